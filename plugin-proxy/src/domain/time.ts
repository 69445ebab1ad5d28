// Points in time and lengths of time. The domain never asks what time it is: instants arrive as arguments.

/** Milliseconds since 1970-01-01T00:00:00Z. Which clock it was read from (wire or business) is said where it is kept. */
export type Instant = number;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** ISO 8601 in UTC with seconds, the form both Cybersource and Dataverse accept. */
export const toIsoText = (at: Instant): string => `${new Date(at).toISOString().slice(0, -".000Z".length)}Z`;

/** Milliseconds of an ISO 8601 text, or undefined when it is not one. */
export function fromIsoText(text: string): Instant | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
