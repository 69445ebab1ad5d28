// Reading JSON of unknown shape without trusting any of it.
export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
export const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** The member at a path of names, or undefined where the path ends early. */
export const path = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>((current, name) => (isRecord(current) ? current[name] : undefined), value);

/** The body as an object; undefined when it is not JSON or not an object. */
export function parseBody(body: Buffer): Record<string, unknown> | undefined {
  // What has no body is asked often, and an error costs a hundred times its finding.
  if (body.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
