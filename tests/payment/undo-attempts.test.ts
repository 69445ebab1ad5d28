// Law 1 across a lost ledger: an undo that it may have sent goes out under another id. Recovery rules §3 row 2, §6.
import { describe, expect, test } from "@jest/globals";
import { asMerchantReference, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Attempt } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { nextSteps } from "../../plugin-proxy/src/domain/payment/next-step.ts";
import { planUndoEffect, undoAttemptNumber } from "../../plugin-proxy/src/domain/payment/plan-effect.ts";
import { askAgainMs, RECOVERY_DEFAULTS } from "../../plugin-proxy/src/domain/payment/settings.ts";
import { answerToEvent } from "../../plugin-proxy/src/flows/answer-to-event.ts";
import { happens } from "../support/changes.ts";
import { effect, event, ids, intent, T0 } from "../support/intents.ts";

const MINUTE = 60_000;
const attempt = (number: number, more: Partial<Attempt> = {}): Attempt => ({ attempt: number, merchantReference: asMerchantReference(`U${number}`), transactionId: asTransactionId(`UT${number}`), sentAt: T0, signatureExpiresAt: T0, ...more });
const own = intent(effect("declined", { holds: true }));
const adopted = intent(effect("declined", { holds: true, attempts: [attempt(1, { signatureExpiresAt: undefined })] }));

describe("the number of an undo's attempt", () => {
  test.each([
    ["of our own payment: one", own, [], 40, 1],
    ["after one that was sent: the next", own, [attempt(1)], 40, 2],
    ["of a payment that a lost ledger had: by the minutes since its claim", adopted, [], 12, 22],
    ["again, at once", adopted, [attempt(22)], 12, 23],
    ["again, later", adopted, [attempt(22)], 40, 50],
    ["after one that nobody sent when it was due", own, [attempt(1, { sentAt: undefined })], 12, 22],
  ] as const)("%s", (_what, of, attempts, minutes, number) => { expect(undoAttemptNumber(of, attempts, T0 + minutes * MINUTE)).toBe(number); });
});

test("a planned undo that is older than a signature's life is looked for, and then sent under another id", () => {
  const planned = { ...own, effects: [...own.effects, planUndoEffect(own, { kind: "authorization_reversal", undoes: effect("declined").effectId, reason: "declined" }, T0, ids)] };
  const [step] = nextSteps(planned, { business: T0 + 9 * MINUTE, wire: T0 + 9 * MINUTE }, RECOVERY_DEFAULTS).filter((one) => "effect" in one.step && one.step.effect.undoes !== undefined);
  expect(step?.step.kind).toBe("give_up_owner");
  const undo = planned.effects[1];
  if (undo === undefined) throw new Error("no undo");
  const after = happens(planned, event("owner_gone", { effectId: undo.effectId, evidence: "rule", at: T0 + 9 * MINUTE }), event("retry_undo", { effectId: undo.effectId, evidence: "detail", at: T0 + 10 * MINUTE }));
  expect(after.effects[1]).toMatchObject({ state: "planned", attempts: [{ attempt: 1 }, { attempt: 20 }] });
});

describe("a timeout void that is refused because the transaction is not voidable", () => {
  const refused = { kind: "refused", reason: "NOT_VOIDABLE", needsLook: true, isTransient: false } as const;
  const undoOf = (...attempts: readonly Attempt[]) => effect("sent", { kind: "timeout_void", undoes: effect("unknown").effectId, targetTransactionId: asTransactionId("T1"), attempts });

  test.each([
    ["the first attempt: Cybersource's word stands, the money was never captured", [attempt(1)], "refused"],
    ["a second one, after 429: the first may have done it, so its parent is looked at (law 10)", [attempt(1), attempt(2)], "refused_pending_look"],
    ["the only one that this ledger knows of, after a lost ledger", [attempt(22)], "refused_pending_look"],
  ] as const)("%s", (_what, attempts, kind) => {
    expect(answerToEvent(undoOf(...attempts), refused, T0)).toMatchObject({ kind, reason: "NOT_VOIDABLE" });
  });
});

test("what cannot be asked is asked again in steps that grow with the waiting, up to a quarter of an hour", () => {
  expect([0, MINUTE, 4 * MINUTE, 10 * MINUTE, 600 * MINUTE].map(askAgainMs)).toEqual([3_000, 15_000, MINUTE, 2.5 * MINUTE, 15 * MINUTE]);
});
