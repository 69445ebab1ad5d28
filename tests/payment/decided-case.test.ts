// A case review: looked at every hour and on a notification, and decided by people at Cybersource (recovery rules §4, DECISION_PROFILE_REVIEW).
import { describe, expect, test } from "@jest/globals";
import { caseDecided, isInCase } from "../../plugin-proxy/src/domain/payment/decided-case.ts";
import { deriveRiskStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { isUndo, type ReviewKind } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EventKind } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { nextSteps } from "../../plugin-proxy/src/domain/payment/next-step.ts";
import { happens, on } from "../support/changes.ts";
import { context, effect, facts, intent, T0 } from "../support/intents.ts";

const HOUR = 3_600_000;
const asked = intent(effect("sent"));
const main = mainEffect(asked).effectId;
const inReview = (reviewKind: ReviewKind | undefined): Intent => happens(asked, on(main, "review", { at: T0, reason: "DECISION_PROFILE_REVIEW", facts: facts({ reviewKind }) }));
const steps = (of: Intent, at: number): readonly string[] => nextSteps(of, { business: at, wire: at }, context.settings).filter((one) => one.dueAt <= at).map((one) => one.step.kind);
/** Seen in the detail, hours after the adopt window. */
const seen = (of: Intent, kind: EventKind, more: Record<string, unknown> = {}): Intent =>
  happens(of, ...caseDecided(of, mainEffect(of), on(main, kind, { evidence: "search", at: T0 + 5 * HOUR, facts: facts({ reviewKind: undefined, ...more }) })));

test.each<[ReviewKind | undefined, boolean]>([["case", true], ["before_authorization", true], [undefined, true], ["soft_decline", false]])("%p is looked at every hour: %p", (kind, isLooked) => {
  const of = inReview(kind);
  expect(isInCase(mainEffect(of))).toBe(isLooked);
  expect([steps(of, T0 + HOUR - 1), steps(of, T0 + HOUR)]).toEqual([[], isLooked ? ["look"] : []]);
});

describe("decided there", () => {
  test("accepted: approved and told, however late", () => {
    const after = seen(inReview("case"), "found_approved");
    expect([mainEffect(after).state, after.isToldApproved, deriveRiskStatus(after), after.effects.length]).toEqual(["approved", true, "accepted", 1]);
  });

  test("rejected: declined, and what it holds is released", () => {
    const held = happens(inReview("case"), ...caseDecided(inReview("case"), mainEffect(inReview("case")), { ...on(main, "found_declined", { at: T0 + 5 * HOUR, holds: true, facts: facts({ reason: "DECISION_PROFILE_REJECT" }) }) }));
    expect(mainEffect(held)).toMatchObject({ state: "declined", holds: true });
    expect(held.effects.filter(isUndo).map((one) => one.kind)).toEqual(["authorization_reversal"]);
  });

  test("rejected and reversed there: taken back, nothing left to do", () => {
    const after = seen(inReview("case"), "undone_proved");
    expect([mainEffect(after).state, after.effects.length]).toEqual(["undone", 1]);
  });

  test("accepted after it was withdrawn: taken back", () => {
    const off = { ...inReview("case"), deal: "withdrawn" as const };
    const after = seen(off, "found_approved");
    expect(after.isToldApproved).toBe(false);
    expect(after.effects.filter(isUndo)).toHaveLength(1);
  });

  test("before anything was authorized, an acceptance is no payment", () => { expect(mainEffect(seen(inReview("before_authorization"), "found_approved")).state).toBe("review"); });
  test.each<EventKind>(["found_review", "found_nothing", "found_partial"])("%s: nobody has decided yet", (kind) => { const of = inReview("case"); expect(seen(of, kind)).toBe(of); });
});
