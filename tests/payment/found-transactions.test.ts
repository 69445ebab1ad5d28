// What transaction search shows of money in, and what that proves: each row a detail as /tss/v2/transactions gives it, judged for what was asked.
// Recovery rules §4 (sale: "any review above → captured 0"), §5, laws 6 and 9; application names and codes of the transaction search guide.
import { describe, expect, test } from "@jest/globals";
import { toFound } from "../../plugin-proxy/src/cybersource/operations/look.ts";
import { openMemoryLedger } from "../../plugin-proxy/src/db/memory/open-memory-ledger.ts";
import { judgeLook, provesUndo } from "../../plugin-proxy/src/domain/payment/adopt.ts";
import { deriveSums } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import type { EffectKind } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect, recalled, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { planUndoEffect } from "../../plugin-proxy/src/domain/payment/plan-effect.ts";
import { projectIntent } from "../../plugin-proxy/src/domain/payment/project.ts";
import type { FlowDeps } from "../../plugin-proxy/src/flows/deps.ts";
import { recoverEffect } from "../../plugin-proxy/src/flows/recover-effect.ts";
import type { FoundTransaction } from "../../plugin-proxy/src/ports/gateway.ts";
import { happens } from "../support/changes.ts";
import { asMerchantReference, asRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import { command, context, effect, event, intent, organizationId, T0, usd } from "../support/intents.ts";

const MINUTE = 60_000;
const OK = { reasonCode: "100", rCode: "1", rFlag: "SOK" };
const REVIEW = { name: "ics_decision", reasonCode: "480", rCode: "0", rFlag: "DREVIEW" };
const ID = "7000000000000000000001";

const detail = (status: string, applications: readonly Record<string, string>[], amount = "124.00"): Record<string, unknown> => ({
  id: ID, merchantId: "mid-1", clientReferenceInformation: { code: "REF-claim-1" }, applicationInformation: { status, applications },
  orderInformation: { amountDetails: { totalAmount: amount, currency: "USD" } }, paymentInformation: { card: { suffix: "1111", type: "001" } },
});
const found = (body: Record<string, unknown>): FoundTransaction => {
  const one = toFound(body, []);
  if (one === undefined) throw new Error("no id");
  return one;
};
const unanswered = (kind: EffectKind, more: Partial<Intent> = {}): Intent => intent(effect("unknown", { kind }), { command: command({ action: kind === "sale" ? "sale" : "authorization" }), ...more });

describe("a look finds", () => {
  test.each([
    ["a sale in case review, its authorization and no capture", "sale", detail("AUTHORIZED_PENDING_REVIEW", [{ name: "ics_auth", ...OK }, REVIEW]), "review", 12_400n, 0n],
    ["a sale that failed a check and was not captured", "sale", detail("AUTHORIZED_PENDING_REVIEW", [{ name: "ics_auth", reasonCode: "200", rCode: "0", rFlag: "DAVSNO" }]), "review", 12_400n, 0n],
    ["a sale that was authorized alone: the capture is another step", "sale", detail("AUTHORIZED", [{ name: "ics_auth", ...OK }]), "approved", 12_400n, 0n],
    ["a sale with its capture", "sale", detail("PENDING", [{ name: "ics_auth", ...OK }, { name: "ics_bill", ...OK }]), "approved", 12_400n, 12_400n],
    ["a review before anything was authorized, by its status", "authorization", detail("PENDING_REVIEW", [{ name: "ics_auth", ...OK }, REVIEW]), "review", 0n, 0n],
    ["a review before anything was authorized, its decision alone", "sale", detail("PENDING_REVIEW", [REVIEW]), "review", 0n, 0n],
    ["the same, where the detail has no status", "authorization", detail("", [REVIEW]), "review", 0n, 0n],
  ] as const)("%s", (_what, kind, body, state, authorized, captured) => {
    const before = unanswered(kind);
    const verdict = judgeLook(before, mainEffect(before), [found(body)], T0 + MINUTE);
    if (verdict.kind !== "event") throw new Error(verdict.why);
    const after = happens(before, verdict.event);
    expect([mainEffect(after).state, deriveSums(after).authorized, deriveSums(after).captured]).toEqual([state, authorized, captured]);
  });

  test("a sale that was declined, and whose timeout void was answered all the same: nothing was taken, and nothing is held", () => {
    const before = unanswered("sale");
    const verdict = judgeLook(before, mainEffect(before), [found(detail("VOIDED", [{ name: "ics_auth", reasonCode: "205", rCode: "0", rFlag: "DCARDREFUSED" }]))], T0 + MINUTE);
    if (verdict.kind !== "event") throw new Error(verdict.why);
    const after = happens(before, verdict.event);
    expect(mainEffect(after)).toMatchObject({ state: "declined", holds: false });
    expect(deriveSums(after)).toMatchObject({ authorized: 0n, reversed: 0n, onHold: 0n });
  });

  const part = (status: string): Record<string, unknown> => ({ ...detail(status, [{ name: "ics_bill", ...OK }], "60.00"), id: "7000000000000000000002" });
  const rest = { ...detail("REVERSED", [{ name: "ics_auth_reversal", ...OK }], "64.00"), id: "7000000000000000000003" };
  test.each([
    ["a part captured, the rest let go by the gateway", [part("PENDING")], false],
    ["a part captured, the rest let go by us", [part("TRANSMITTED"), rest], false],
    ["a part captured and voided, then all let go", [part("VOIDED"), rest], true],
    ["nothing captured", [], true],
  ] as const)("an authorization that says REVERSED is taken back or not: %s", (_what, children, isUndone) => {
    expect(toFound(detail("REVERSED", [{ name: "ics_auth", ...OK }]), [...children])).toMatchObject({ kind: "authorization", isUndone, isReversed: true });
  });

  test("a sale where an authorization was asked for: not ours", () => {
    const before = unanswered("authorization");
    expect(judgeLook(before, mainEffect(before), [found(detail("PENDING", [{ name: "ics_auth", ...OK }, { name: "ics_bill", ...OK }]))], T0)).toEqual({ kind: "incident", why: "contradicts_intent" });
  });
});

interface Ground { readonly before: Intent; readonly amount?: string; readonly told?: "approved" | "nothing" | "unavailable"; /** A search hit whose detail is not there yet. */ readonly isUnseen?: true; /** It shows nothing. */ readonly isEmpty?: true; /** Until somebody records it. */ readonly sleepsMs?: number; /** As another process has saved it by then. */ readonly meanwhile?: Intent }

/** One look at a payment, half an hour and more after its claim, with a ledger in memory. */
async function lookAt({ before, amount = "124.00", told = "nothing", isUnseen, isEmpty, sleepsMs = 0, meanwhile }: Ground, minutes = 31) {
  const ledger = openMemoryLedger("ledger-1");
  await ledger.alone((tx) => tx.insertIntent(before));
  const alarms: string[] = [];
  let at = T0 + minutes * MINUTE;
  const shown = (): { readonly found: readonly FoundTransaction[]; readonly isComplete: boolean } => {
    if (isUnseen || isEmpty) return { found: [], isComplete: isUnseen !== true };
    return { found: [found(detail("AUTHORIZED", [{ name: "ics_auth", ...OK }], amount))], isComplete: true };
  };
  const deps = {
    ledger, settings: context.settings, derivation: context.ids, clocks: { business: () => at, wire: () => at },
    organizations: new Map([[organizationId, { organizationId, environmentType: "sandbox", embeddingOrigins: [], merchants: [{ organizationId, merchantId: "mid-1", environment: "test" }] }]]),
    reporter: { alarm: (name: string) => { alarms.push(name); }, info: () => undefined, count: () => undefined },
    gateway: {
      look: async () => {
        at += sleepsMs;
        if (meanwhile !== undefined) await ledger.transaction((tx) => tx.saveIntent(before, meanwhile, {}));
        return { kind: "looked", ...shown() };
      },
    },
    dataverse: { readTold: async () => (told === "unavailable" ? { kind: "unavailable", cause: "down" } : { kind: "read", isApproved: told === "approved" }) },
  } as unknown as FlowDeps;
  await recoverEffect(deps, before, mainEffect(before));
  const after = await ledger.transaction((tx) => tx.loadIntent(organizationId, before.paymentRequestId));
  await ledger.close();
  return { after, alarms };
}

test("what contradicts the intent is not nothing: an operator is told, and absence has to be proved from the beginning", async () => {
  const empty = { count: 4, emptyCount: 4, firstEmptyAt: T0 + 15 * MINUTE, lastEmptyAt: T0 + 16 * MINUTE };
  const { after, alarms } = await lookAt({ before: intent(effect("unknown", { looks: empty, nextLookAt: T0 + 30 * MINUTE }), { deal: "withdrawn" }), amount: "999.00" });
  expect(alarms).toEqual(["contradicts_intent"]);
  expect(after?.effects[0]).toMatchObject({ state: "unknown", looks: { count: 5, emptyCount: 0, firstEmptyAt: undefined } });
});

test("an empty look that was recorded an hour after it was asked proves what it proved when it was asked", async () => {
  const { after } = await lookAt({ before: intent(effect("unknown")), isEmpty: true, sleepsMs: 60 * MINUTE }, 1);
  expect(after?.effects[0]?.looks).toMatchObject({ emptyCount: 1, lastEmptyAt: T0 + MINUTE });
  expect(after?.effects[0]?.looks.firstEmptyAt).toBeUndefined();
});

test.each([
  ["without an answer", undefined], ["turned away", { reason: "TOO_MANY_REQUESTS", isTransient: true }],
] as const)("nothing found of the first attempt says nothing of the second, made meanwhile and %s", async (_how, refusal) => {
  const first = effect("unknown", { refusal });
  const before = intent(first);
  const second = { attempt: 2, merchantReference: asMerchantReference("REF-claim-2"), transactionId: asTransactionId("TX-claim-2"), sentAt: T0 + MINUTE };
  const meanwhile = { ...before, revision: before.revision + 1, effects: [{ ...first, attempts: [...first.attempts, second] }] };
  const { after } = await lookAt({ before, isEmpty: true, meanwhile }, 1);
  expect(after?.effects[0]).toMatchObject({ state: "unknown", looks: { emptyCount: 0 } });
  expect(after?.effects[0]?.attempts).toHaveLength(2);
});

test("what search shows and detail does not know yet is not nothing: no empty look, and nothing is sent again", async () => {
  const looks = { count: 1, emptyCount: 1, lastEmptyAt: T0 + MINUTE };
  for (const refusal of [undefined, { reason: "TOO_MANY_REQUESTS", isTransient: true }]) {
    const { after } = await lookAt({ before: intent(effect("unknown", { looks, refusal, nextLookAt: T0 + 31 * MINUTE })), isUnseen: true });
    expect(after?.effects).toMatchObject([{ state: "unknown", looks, attempts: [{ attempt: 1 }] }]);
  }
});

describe("law 9 after a lost ledger: found approved when the adopt window is over", () => {
  const adopted = intent(effect("unknown", { attempts: [{ attempt: 1, merchantReference: asMerchantReference("REF-claim-1"), transactionId: asTransactionId("TX-claim-1"), sentAt: T0 }] }));
  test.each([
    ["approved", "approved", true, []], ["nothing", "approved", false, ["authorization_reversal"]], ["unavailable", "unknown", false, []],
  ] as const)("people had read: %s", async (told, state, isTold, undos) => {
    const { after } = await lookAt({ before: adopted, told });
    expect([after?.effects[0]?.state, after?.isToldApproved, after?.effects.slice(1).map((one) => one.kind)]).toEqual([state, isTold, undos]);
  });

  test("a withdrawal that came after that changes nothing", () => {
    const told = recalled(adopted);
    expect(happens(told, event("withdrawn", { evidence: "person" })).deal).toBe("on");
  });
});

describe("a void leaves the cardholder's hold (recovery rules §4, void)", () => {
  const voided = detail("VOIDED", [{ name: "ics_auth", ...OK }, { name: "ics_bill", ...OK }]);
  const reversal = { id: "7000000000000000000009", applicationInformation: { applications: [{ name: "ics_auth_reversal", ...OK }] }, orderInformation: { amountDetails: { totalAmount: "124.00", currency: "USD" } } };
  const see = (...children: readonly Record<string, unknown>[]): FoundTransaction => { const one = toFound(voided, children); if (one === undefined) throw new Error("no id"); return one; };

  test.each([["voided", see(), true, ["authorization_reversal"]], ["voided and reversed", see(reversal), false, []]] as const)("a sale found %s", (_what, one, holds, undos) => {
    const before = unanswered("sale");
    const verdict = judgeLook(before, mainEffect(before), [one], T0 + MINUTE);
    if (verdict.kind !== "event") throw new Error(verdict.why);
    const after = happens(before, verdict.event);
    expect([mainEffect(after).state, mainEffect(after).holds, after.effects.slice(1).map((effect) => effect.kind)]).toEqual(["undone", holds, undos]);
  });

  test.each([
    ["void", see(), true], ["timeout_void", see(), true], ["authorization_reversal", see(), false], ["timeout_reversal", see(), false], ["authorization_reversal", see(reversal), true], ["timeout_reversal", see(reversal), true],
  ] as const)("does a %s count as done by what is found", (kind, one, isDone) => {
    expect(provesUndo(effect("unknown", { kind, attempts: [] }), { requestId: ID, references: [] }, [one])).toBe(isDone);
  });
});

test("a timeout void of a sale that was declined is answered all the same: no hold is left by it, and none is released", () => {
  const before = unanswered("sale", { deal: "withdrawn" });
  const undo = planUndoEffect(before, { kind: "timeout_void", undoes: mainEffect(before).effectId, targetTransactionId: asTransactionId("TX-claim-1"), reason: "deal_off" }, T0, context.ids);
  const declined = happens({ ...before, effects: [...before.effects, undo] }, event("found_declined", { evidence: "search", facts: { requestId: asRequestId(ID) }, reason: "PROCESSOR_DECLINED", at: T0 + MINUTE }));
  const after = happens(declined, event("send", { effectId: undo.effectId, at: T0 + MINUTE }), event("approved", { effectId: undo.effectId, at: T0 + 2 * MINUTE }));
  expect(after.effects.map((one) => [one.kind, one.state, one.holds])).toEqual([["sale", "declined", false], ["timeout_void", "approved", false]]);
});

test("a void that came too late leaves what stands, and it is shown as it is", () => {
  const before = happens(unanswered("sale", { deal: "withdrawn" }), event("found_approved", { evidence: "search", facts: { requestId: asRequestId(ID), amount: usd(12_400n), isCaptured: true }, at: T0 + MINUTE }));
  const undo = before.effects[1];
  if (undo === undefined) throw new Error("no undo was planned");
  const failed = happens(before, event("send", { effectId: undo.effectId, at: T0 + MINUTE }), event("refused", { effectId: undo.effectId, reason: "NOT_VOIDABLE", at: T0 + 2 * MINUTE }));
  const { transactions: [main], payment } = projectIntent(failed, { ledgerId: "ledger-1", documentStatus: "paid" });
  expect([main?.status, main?.isFinal, payment?.status, payment?.needsAttention]).toEqual(["approved", true, "captured", true]);
});

describe("law 9: nobody reads approved of what is being taken back", () => {
  const found = event("found_approved", { evidence: "search", facts: { requestId: asRequestId(ID), amount: usd(12_400n) }, at: T0 + MINUTE });
  test.each([["withdrawn", "in_progress", false, undefined], ["on", "approved", true, "claim"]] as const)("the deal is %s: the row says %s", (deal, status, isFinal, applied) => {
    const after = happens(unanswered("authorization", { deal }), found);
    const { transactions: [main], document } = projectIntent(after, { ledgerId: "ledger-1", documentStatus: "authorized" });
    expect([main?.status, main?.isFinal, document?.appliedEffectId?.split("/")[1]]).toEqual([status, isFinal, applied]);
  });
});
