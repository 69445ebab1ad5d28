// What a payment's row tells of it: the timeline, this very write included, and nothing that may not be told yet. Pure.
import { isBeingUndone } from "../payment/derive-status.ts";
import { mainEffect, wasAnothers, type Intent } from "../payment/intent.ts";
import type { Instant } from "../time.ts";
import { buildTimeline, type TimelineLine } from "./build-timeline.ts";
import { toShownTrail, type ShownLine } from "./shown-trail.ts";
import type { Happenings, TrailEntry } from "./trail.ts";

export interface Story {
  readonly lines: readonly ShownLine[];
  /** The line that this write will be; undefined where the last one says the same: a payment that stays open is written again and again. */
  readonly written: TrailEntry | undefined;
  /** Another ledger had the payment, and what it told has not been read yet. */
  readonly isToBeRecalled: boolean;
}

export function storyOf({ intent, events, trail, at }: Happenings & { readonly intent: Intent; readonly at: Instant }): Story {
  const { organizationId, paymentRequestId, revision, wentBackAt } = intent;
  const last = trail.at(-1);
  const written: TrailEntry | undefined = last?.what === "projected" && last.revision === revision ? undefined : { organizationId, paymentRequestId, at, source: "dataverse", what: "projected", revision };
  const { lines } = buildTimeline({ intent, events, trail: written === undefined ? trail : [...trail, written] });
  return {
    lines: toShownTrail(lines.filter((line) => !isWithheld(intent, line))), written,
    isToBeRecalled: wasAnothers(intent) && !trail.some((entry) => entry.what === "recalled" && entry.at >= (wentBackAt ?? entry.at)),
  };
}

const SAYS_APPROVED = ["approved", "found_approved", "accepted"];

/** Of what is being taken back nobody reads that it is approved (recovery rules, law 9); once it is back, all of it is told. */
function isWithheld(intent: Intent, { what, answer, detail }: TimelineLine): boolean {
  const main = mainEffect(intent);
  return main.state === "approved" && isBeingUndone(intent) && detail["effectId"] === main.effectId && (SAYS_APPROVED.includes(what) || (what === "called" && answer === "approved"));
}
