// A body becomes a message of the contract, or a refusal. What looks like a card number, anywhere a person could have put one, is named as
// that: in unknown properties, in texts that are free, in whatever is no JSON. Values of a known form (guids, nonces, tokens) are not looked at.
import { err, ok, type Result } from "../domain/result.ts";

export interface BodySchema<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}
export interface BodyRule<T> {
  readonly schema: BodySchema<T>;
  /** Texts of a valid message that are free enough to hide a number. */
  readonly freeTexts?: ((message: T) => readonly string[]) | undefined;
}
type ContainsPan = (text: string) => boolean;
export type BodyRefusal = "invalid_request" | "card_number_refused";

/** `raw` is the body as it came, text of at most 32 KB. */
export function parseBody<T>(raw: unknown, rule: BodyRule<T>, containsPan: ContainsPan): Result<T, BodyRefusal> {
  if (typeof raw !== "string") return err("invalid_request");
  const json = parseJson(raw);
  if (json === undefined) return err(containsPan(raw) ? "card_number_refused" : "invalid_request");
  const parsed = rule.schema.safeParse(json.value);
  if (parsed.success) return (rule.freeTexts?.(parsed.data) ?? []).some(containsPan) ? err("card_number_refused") : ok(parsed.data);
  return err(hasPan(json.value, containsPan) ? "card_number_refused" : "invalid_request");
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

/** Every name and value, however deep; with a stack of its own, because nesting is the sender's choice. */
function hasPan(root: unknown, containsPan: ContainsPan): boolean {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === "string" && !isGuid(value) && containsPan(value)) return true;
    if (typeof value === "number" && containsPan(numberText(value))) return true;
    if (Array.isArray(value)) waiting.push(...splitDigits(value), ...(value as unknown[]));
    else if (typeof value === "object" && value !== null) for (const [name, inner] of Object.entries(value)) waiting.push(name, inner);
  }
  return false;
}

const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
const numberText = (value: number): string => (Number.isInteger(value) ? BigInt(value).toString() : String(value));

/** A number in pieces (["4111","1111",…]) is one number. */
function splitDigits(values: readonly unknown[]): readonly string[] {
  const pieces = values.filter((value): value is string | number => typeof value === "number" || (typeof value === "string" && /^\d{1,8}$/.test(value)));
  return pieces.length > 1 && pieces.length <= 40 ? [pieces.join("")] : [];
}
