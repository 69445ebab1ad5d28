// The timeline as it stands on the payment's row, for people without a way to the relay: the newest lines, as many as fit. Pure.
// A line names what happened by its word, so that a form can say it in the reader's language.
import type { TimelineLine } from "./build-timeline.ts";

export type ShownLine = Pick<TimelineLine, "at" | "source" | "what" | "kind" | "answer" | "reason" | "detail">;

/** Enough for months of a payment; an export of the ledger has all. */
export const SHOWN_LINES_MAX = 200;

/** Ids of rows and people are for whoever reads the ledger; on a row they would say nothing. */
const DETAILS = ["name", "attempt", "evidence", "merchantReference", "requestId", "amount", "durationMs", "revision"];

/** Oldest first. */
export const toShownTrail = (lines: readonly TimelineLine[]): readonly ShownLine[] => lines.slice(-SHOWN_LINES_MAX).map(({ at, source, what, kind, answer, reason, detail }) => ({
  at, source, what, kind, answer, reason, detail: Object.fromEntries(DETAILS.flatMap((name) => (detail[name] === undefined ? [] : [[name, detail[name]]]))),
}));

/** JSON of at most `lengthMax` UTF-16 units, which is how Dataverse counts: the oldest lines go first. */
export function trailText(lines: readonly ShownLine[], lengthMax: number): string {
  const texts = lines.map((line) => JSON.stringify(line));
  let length = 1 + texts.reduce((sum, text) => sum + text.length + 1, 0);
  let first = 0;
  for (; length > lengthMax && first < texts.length; first++) length -= (texts[first]?.length ?? 0) + 1;
  return `[${texts.slice(first).join(",")}]`;
}
