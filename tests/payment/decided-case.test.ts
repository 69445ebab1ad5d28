// A case review: looked at every hour and on a notification, and decided by people at Cybersource (recovery rules §4, DECISION_PROFILE_REVIEW).
import { describe, expect, test } from "@jest/globals";
import { caseDecided, isInCase } from "../../plugin-proxy/src/domain/payment/decided-case.ts";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Found } from "../../plugin-proxy/src/domain/payment/adopt.ts";
import { deriveSums } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { deriveRiskStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { isUndo, type ReviewKind } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EventKind } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { nextSteps } from "../../plugin-proxy/src/domain/payment/next-step.ts";
import { withReviewerCaptures } from "../../plugin-proxy/src/domain/payment/reviewer-capture.ts";
import { happens, on } from "../support/changes.ts";
import { account, context, effect, facts, intent, T0, usd } from "../support/intents.ts";

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

describe("captured there together with accepting", () => {
  const mid = account().merchantId;
  const found = (kind: "sale" | "capture", requestId: string, minor: bigint, more: Partial<Found> = {}): Found => ({
    requestId, merchantReference: "REF-claim-1", merchantId: mid, kind, amount: usd(minor), verdict: "approved", settlement: "open", holds: false, isUndone: false, isReversed: false, facts: { requestId: asRequestId(requestId), amount: usd(minor), isCaptured: false }, ...more,
  });
  const shown = (minor = 12_400n, more: Partial<Found> = {}): readonly Found[] => [found("sale", "7000000000000000000001", 12_400n), found("capture", "7000000000000000000002", minor, more)];
  const adopted = (of: Intent, seen: readonly Found[]): Intent => withReviewerCaptures(of, seen, { at: T0 + 5 * HOUR, ids: context.ids });

  test("it counts once, however often it is seen", () => {
    const after = adopted(adopted(seen(inReview("case"), "found_approved"), shown()), shown());
    expect(deriveSums(after)).toMatchObject({ authorized: 12_400n, captured: 12_400n, capturable: 0n });
    expect(after.effects.filter((effect) => effect.kind === "capture")).toHaveLength(1);
  });

  test("a part of it lets the rest go, where the processor captures once", () => {
    expect(deriveSums(adopted(seen(inReview("case"), "found_approved"), shown(2_400n)))).toMatchObject({ captured: 2_400n, reversed: 10_000n, capturable: 0n });
  });

  test.each<[string, readonly Found[]]>([
    ["under another reference", shown(12_400n, { merchantReference: "SOMEBODY-ELSE" })], ["of another account", shown(12_400n, { merchantId: "another" })], ["voided meanwhile", shown(12_400n, { isUndone: true })],
    ["of more than is authorized", shown(12_401n)], ["in another currency", shown(12_400n, { amount: { minor: 12_400n, currency: "EUR" } })], ["under a payment that is still in review", [{ ...found("sale", "7000000000000000000001", 12_400n), verdict: "review" }, ...shown().slice(1)]],
  ])("not what stands there %s", (_what, there) => { const of = inReview("case"); expect(adopted(of, there)).toBe(of); });

  test("of a payment that nobody wants any more it is voided, and the hold released after it", () => {
    const off = adopted({ ...inReview("case"), deal: "withdrawn" }, shown());
    const undone = seen(off, "found_approved");
    const [undo] = undone.effects.filter(isUndo);
    expect(undo).toMatchObject({ kind: "void", undoes: off.effects[1]?.effectId });
    expect(seen(undone, "found_approved").effects.filter(isUndo)).toHaveLength(1);
    const voided = happens(undone, on(undo?.effectId ?? main, "send", { evidence: "rule", at: T0 + 5 * HOUR, signatureExpiresAt: T0 + 5 * HOUR }), on(undo?.effectId ?? main, "approved", { at: T0 + 5 * HOUR }));
    expect(voided.effects.filter(isUndo)).toMatchObject([{ kind: "void", state: "approved" }, { kind: "authorization_reversal", undoes: main, state: "planned" }]);
  });
});
