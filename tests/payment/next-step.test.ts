// What a payment needs next, and when: the worker's only question. Recovery rules §5 for authorization and sale.
import { describe, expect, test } from "@jest/globals";
import { claimRetryMs } from "../../plugin-proxy/src/domain/payment/claim-retry.ts";
import { chooseUndo } from "../../plugin-proxy/src/domain/payment/choose-undo.ts";
import { isStillDue, nextSteps } from "../../plugin-proxy/src/domain/payment/next-step.ts";
import { RECOVERY_DEFAULTS } from "../../plugin-proxy/src/domain/payment/settings.ts";
import { asMerchantReference, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import { effect, intent, T0, usd } from "../support/intents.ts";
import type { Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";

const MINUTE = 60_000;
const first = (of: Intent, minutes: number, wireMinutes = minutes) => {
  const [step] = nextSteps(of, { business: T0 + minutes * MINUTE, wire: T0 + wireMinutes * MINUTE }, RECOVERY_DEFAULTS);
  return step === undefined ? undefined : { kind: step.step.kind, inMinutes: (step.dueAt - T0) / MINUTE };
};
const undo = (state: Effect["state"], reason = state === "refused" ? "INVALID_DATA" : "deal_off"): Effect => ({
  ...effect(state, { kind: "timeout_reversal", step: "timeout_reversal-1", reason, undoes: effect("unknown").effectId }),
  effectId: "undo-1" as never, targetTransactionId: asTransactionId("TX-claim-1"), attempts: [{ attempt: 1, merchantReference: asMerchantReference("U1"), transactionId: asTransactionId("UT1") }],
});

describe("a payment on its way", () => {
  test.each([
    ["claiming is claimed now", intent(effect("claiming")), 0, { kind: "claim", inMinutes: 0 }],
    ["planned is sent now", intent(effect("planned")), 1, { kind: "send", inMinutes: 0 }],
    ["planned and older than a signature's life is not trusted", intent(effect("planned")), 3, { kind: "give_up_owner", inMinutes: 0 }],
    ["a retry that nobody sent when it was due is not trusted either", intent(effect("planned", { retryAt: T0 + 1 * MINUTE })), 4, { kind: "give_up_owner", inMinutes: 1 }],
    ["a retry that waits its turn is not stale", intent(effect("planned", { retryAt: T0 + 4 * MINUTE })), 3, { kind: "send", inMinutes: 4 }],
    ["sent without an answer is a crash after the deadline", intent(effect("sent")), 0, { kind: "note_crash", inMinutes: 65 / 60 }],
  ] as const)("%s", (_name, of, minutes, expected) => { expect(first(of, minutes)).toEqual(expected); });
});

describe("unknown", () => {
  const empties = (firstAt: number, lastAt: number, nextAt: number) => effect("unknown", { looks: { count: 4, emptyCount: 4, firstEmptyAt: T0 + firstAt * MINUTE, lastEmptyAt: T0 + lastAt * MINUTE }, nextLookAt: T0 + nextAt * MINUTE });

  test("is looked for on schedule while the deal is on, whatever was not found", () => {
    expect(first(intent(empties(15, 16, 30)), 17)).toEqual({ kind: "look", inMinutes: 30 });
  });

  test("is taken back by its transactionId once the deal is off and the fence is past", () => {
    expect(first(intent(empties(15, 16, 60)), 31)).toMatchObject({ kind: "plan_timeout_undo" });
  });

  test("is not taken back while the bytes could still arrive: the fence is measured on the wire clock", () => {
    expect(first(intent(empties(15, 16, 60)), 31, 4)).toEqual({ kind: "look", inMinutes: 60 });
  });

  test("is not absent while the timeout undo is on its way", () => {
    const waiting = intent(empties(15, 31, 60));
    expect(first({ ...waiting, effects: [...waiting.effects, undo("sent")] }, 40)?.kind).not.toBe("prove_absent");
  });

  test("is absent after a refused timeout undo and two empty looks ten minutes apart after the lag", () => {
    const waiting = intent(empties(16, 30, 60));
    expect(first({ ...waiting, effects: [...waiting.effects, undo("refused")] }, 31)).toMatchObject({ kind: "prove_absent" });
  });

  test("is taken back, or proved absent, only as it stands under the lock: not once it was answered, taken back by another, or tried again", () => {
    const now = { business: T0 + 31 * MINUTE, wire: T0 + 31 * MINUTE };
    const waiting = intent(empties(15, 16, 60));
    const isDue = (kind: "plan_timeout_undo" | "prove_absent", of: Intent, as: Intent) => isStillDue(of, { kind, effect: mainEffect(as) }, now, RECOVERY_DEFAULTS);
    expect(isDue("plan_timeout_undo", waiting, waiting)).toBe(true);
    for (const state of ["absent", "approved", "declined", "planned"] as const) expect(isDue("plan_timeout_undo", intent({ ...empties(15, 16, 60), state }), waiting)).toBe(false);
    for (const state of ["planned", "sent", "unknown", "refused"] as const) expect(isDue("plan_timeout_undo", { ...waiting, effects: [...waiting.effects, undo(state)] }, waiting)).toBe(false);
    const empty = intent(empties(16, 31, 60));
    const proved: Intent = { ...empty, effects: [...empty.effects, undo("refused")] };
    expect(isDue("prove_absent", proved, proved)).toBe(true);
    const again: Effect = { ...mainEffect(proved), attempts: [...mainEffect(proved).attempts, { attempt: 2, merchantReference: asMerchantReference("REF-claim-2"), transactionId: asTransactionId("TX-claim-2"), sentAt: T0 }] };
    expect(isDue("prove_absent", { ...proved, effects: [again, undo("refused")] }, proved)).toBe(false);
  });

  test("is absent in the same way when no send was ever noted: time counts from the claim", () => {
    const unsent: Effect = { ...empties(16, 31, 60), changedAt: T0 + 31 * MINUTE, attempts: empties(16, 31, 60).attempts.map((attempt) => ({ ...attempt, sentAt: undefined })) };
    const waiting = intent(unsent);
    expect(first({ ...waiting, effects: [...waiting.effects, undo("refused")] }, 32)).toMatchObject({ kind: "prove_absent" });
  });

  test("is not absent before every attempt that may have arrived was taken back by its own transactionId", () => {
    const attempts = [1, 2].map((attempt) => ({ attempt, merchantReference: asMerchantReference(`REF-claim-${attempt}`), transactionId: asTransactionId(`TX-claim-${attempt}`), sentAt: T0 }));
    const waiting = intent({ ...empties(16, 30, 60), attempts });
    expect(chooseUndo(waiting, "deal_off")).toMatchObject({ targetTransactionId: "TX-claim-2" });
    const tried = { ...waiting, effects: [...waiting.effects, { ...undo("refused"), targetTransactionId: asTransactionId("TX-claim-2") }] };
    expect(first(tried, 31)).toMatchObject({ kind: "plan_timeout_undo" });
    expect(chooseUndo(tried, "deal_off")).toMatchObject({ targetTransactionId: "TX-claim-1" });
    expect(first({ ...tried, effects: [...tried.effects, undo("refused")] }, 31)).toMatchObject({ kind: "prove_absent" });
  });

  test("a sale whose timeout void was refused because there was nothing to void is there: its hold is reversed, and it is never absent", () => {
    const sale = { ...empties(16, 30, 60), kind: "sale" as const };
    const waiting = intent(sale);
    const tried = { ...waiting, effects: [...waiting.effects, { ...undo("refused", "NOT_VOIDABLE"), kind: "timeout_void" as const }] };
    expect(first(tried, 31)).toMatchObject({ kind: "plan_timeout_undo" });
    expect(chooseUndo(tried, "deal_off")).toMatchObject({ kind: "timeout_reversal", targetTransactionId: "TX-claim-1" });
    const refused = { ...tried, effects: [...tried.effects, undo("refused", "MISSING_AUTH")] };
    expect(first(refused, 31)?.kind).not.toBe("prove_absent");
  });

  test("a timeout undo that the processor does not have proves nothing: absent only after a day", () => {
    const refused = (minute: number) => { const waiting = intent(empties(16, minute, 60)); return { ...waiting, effects: [...waiting.effects, undo("refused", "NOT_SUPPORTED")] }; };
    expect(first(refused(30), 31)?.kind).toBe("look");
    expect(first(refused(1_440), 1_441)).toMatchObject({ kind: "prove_absent" });
  });

  test("is not absent when the empty looks lie close together", () => {
    const waiting = intent(empties(29, 30, 60));
    expect(first({ ...waiting, effects: [...waiting.effects, undo("refused")] }, 31)).toMatchObject({ kind: "look" });
  });
});

describe("waiting and finished", () => {
  test("a decision that nobody takes is released at its limit", () => {
    expect(first(intent(effect("review", { decisionDueAt: T0 + 90 * MINUTE })), 1)).toEqual({ kind: "release_undecided", inMinutes: 90 });
  });

  test("what was declared gone is watched daily for seven days", () => {
    expect(first(intent(effect("absent", { watchUntil: T0 + 7 * 1440 * MINUTE })), 1)).toEqual({ kind: "watch", inMinutes: 1440 });
    expect(first(intent(effect("absent", { watchUntil: T0 + 60 * MINUTE })), 1)).toBeUndefined();
  });

  test("a hold that nobody can release ends with the authorization", () => {
    expect(first(intent(effect("undone", { holds: true, authorizationExpiresAt: T0 + 100 * MINUTE })), 1)).toEqual({ kind: "hold_ended", inMinutes: 100 });
  });

  test("an approved payment needs nothing", () => {
    expect(first(intent(effect("approved", { facts: { requestId: "1" as never, amount: usd(1n) } }), { isToldApproved: true }), 1)).toBeUndefined();
  });
});

describe("a claim that Dataverse does not take", () => {
  test.each([
    ["at once", 0, 5], ["after forty seconds", 40, 5], ["after four minutes", 240, 30], ["after a day", 86_400, 60],
  ])("is tried again, %s: after %d s of waiting in %d s", (_when, waited, seconds) => {
    expect(claimRetryMs({ claimedAt: T0 }, T0 + waited * 1_000)).toBe(seconds * 1_000);
  });
});
