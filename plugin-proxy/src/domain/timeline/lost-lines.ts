// A ledger that was lost, or went back to a backup, takes over the story that its payment's row tells. Pure.
import type { Intent } from "../payment/intent.ts";
import type { TimelineLine } from "./build-timeline.ts";
import type { ShownLine } from "./shown-trail.ts";
import type { TrailEntry } from "./trail.ts";

const keyOf = ({ at, source, what, kind, answer }: Pick<ShownLine, "at" | "source" | "what" | "kind" | "answer">): string => JSON.stringify([at, source, what, kind, answer]);

/** Lines on the row that this ledger does not know, as entries of its trail. What has no moment is not taken, nor that the founding row was taken up: this ledger did so, too. */
export function lostLines({ organizationId, paymentRequestId }: Pick<Intent, "organizationId" | "paymentRequestId">, own: readonly TimelineLine[], standing: readonly ShownLine[]): readonly TrailEntry[] {
  const known = new Set(own.map(keyOf));
  return standing.filter((line) => line.what !== "claimed" && !known.has(keyOf(line)) && !Number.isNaN(Date.parse(line.at))).map(({ at, source, what, kind, answer, reason, detail }): TrailEntry => {
    const text = (name: string): string | undefined => (typeof detail[name] === "string" ? detail[name] : undefined);
    const number = (name: string): number | undefined => (typeof detail[name] === "number" ? detail[name] : undefined);
    return {
      organizationId, paymentRequestId, at: Date.parse(at), source, what, kind, name: text("name"), answer, reason, evidence: text("evidence"), attempt: number("attempt"), merchantReference: text("merchantReference"), requestId: text("requestId"),
      amount: text("amount"), durationMs: number("durationMs"), revision: number("revision"),
    };
  });
}
