// What a look says of an undo whose answer nobody read, and of one that was refused after an attempt which nobody read: resolved by its parent, once the
// parent can be believed (recovery rules §5; law 10). The picture lags: what happened a moment ago is not in it.
import { describe, expect, test } from "@jest/globals";
import { openMemoryLedger } from "../../plugin-proxy/src/db/memory/open-memory-ledger.ts";
import { toFound } from "../../plugin-proxy/src/cybersource/operations/look.ts";
import { asMerchantReference, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import { provesUndo } from "../../plugin-proxy/src/domain/payment/adopt.ts";
import type { Attempt, Effect, EffectKind } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { answerToEvent } from "../../plugin-proxy/src/flows/answer-to-event.ts";
import type { FlowDeps } from "../../plugin-proxy/src/flows/deps.ts";
import { recordUndoLook } from "../../plugin-proxy/src/flows/recover-undo.ts";
import type { FoundTransaction } from "../../plugin-proxy/src/ports/gateway.ts";
import { context, effect, facts, ids, intent, organizationId, paymentRequestId, T0 } from "../support/intents.ts";

const MINUTE = 60_000;
const PARENT = "7000000000000000000001";
const OWN = "7000000000000000000002";
const attempt = (number: number, minute = 0): Attempt => ({ attempt: number, merchantReference: asMerchantReference(`U-${number}`), transactionId: asTransactionId(`TX-U-${number}`), sentAt: T0 + minute * MINUTE, signatureExpiresAt: T0 + (minute + 2) * MINUTE });

const detail = (id: string, status: string, names: readonly string[]): Record<string, unknown> => ({
  id, merchantId: "mid-1", clientReferenceInformation: { code: id === OWN ? "U-1" : "REF-claim-1" }, applicationInformation: { status, applications: names.map((name) => ({ name, reasonCode: "100", rCode: "1", rFlag: "SOK" })) },
  orderInformation: { amountDetails: { totalAmount: "124.00", currency: "USD" } },
});
const seen = (id: string, status: string, names: readonly string[], children: readonly Record<string, unknown>[] = []): FoundTransaction => {
  const one = toFound(detail(id, status, names), children);
  if (one === undefined) throw new Error("no id");
  return one;
};
const SALE = ["ics_auth", "ics_bill"];

interface Ground { readonly kind: EffectKind; readonly attempts: readonly Attempt[]; readonly refusal?: Effect["refusal"]; readonly at: number; readonly found: readonly FoundTransaction[]; readonly looks?: Effect["looks"] }

/** The undo after one look, with a ledger in memory. */
async function lookedAt({ kind, attempts, refusal, at, found, looks = { count: 0, emptyCount: 0 } }: Ground): Promise<Effect | undefined> {
  const isCase = kind === "case_decision";
  const main = effect(isCase ? "review" : "approved", { kind: isCase ? "authorization" : "sale", facts: facts(isCase ? { reviewKind: "case" } : { isCaptured: true }) });
  const undo = effect("unknown", { effectId: ids.effectId(organizationId, paymentRequestId, "undo-1"), step: "undo-1", kind, undoes: main.effectId, attempts, refusal, looks });
  const before = intent(main, { effects: [main, undo] });
  const ledger = openMemoryLedger("ledger-1");
  await ledger.alone((tx) => tx.insertIntent(before));
  const deps = {
    ledger, settings: context.settings, derivation: context.ids, clocks: { business: () => at, wire: () => at }, organizations: new Map(),
    reporter: { alarm: () => undefined, info: () => undefined, count: () => undefined },
  } as unknown as FlowDeps;
  await recordUndoLook(deps, before, undo, { kind: "looked", found, isComplete: true, askedAt: at });
  const after = await ledger.transaction((tx) => tx.loadIntent(organizationId, paymentRequestId));
  await ledger.close();
  return after?.effects[1];
}

describe("a void, and its sale shown as sent to the processor", () => {
  const closed = [seen(PARENT, "TRANSMITTED", SALE)];
  const refusal = { reason: "NOT_VOIDABLE", isTransient: false };
  test.each([
    ["without an answer, five minutes later: the picture may be older than the void", [attempt(1)], undefined, 5, "unknown"],
    ["without an answer, after the lag: it came too late", [attempt(1)], undefined, 16, "refused"],
    ["refused, once: it came too late", [attempt(1)], refusal, 5, "refused"],
    ["refused at a second attempt: the first may have done it", [attempt(1), attempt(2, 4)], refusal, 5, "unknown"],
    ["refused at a second attempt, after the lag", [attempt(1), attempt(2, 4)], refusal, 16, "refused"],
  ] as const)("%s", async (_what, attempts, refused, minute, state) => {
    expect(await lookedAt({ kind: "void", attempts, refusal: refused, at: T0 + minute * MINUTE, found: closed })).toMatchObject({ state });
  });
});

describe("a void refused as NOT_VOIDABLE, and its sale still shown as pending", () => {
  const pending = [seen(PARENT, "PENDING", SALE)];
  const refusal = { reason: "NOT_VOIDABLE", isTransient: false };
  test.each([
    ["once: looked at thrice, its batch has left", [attempt(1)], 5, "refused"],
    ["after an attempt that may have been carried out: the picture may be old", [attempt(1), attempt(2, 4)], 5, "unknown"],
    ["the same after the lag", [attempt(1), attempt(2, 4)], 16, "refused"],
  ] as const)("%s", async (_what, attempts, minute, state) => {
    expect(await lookedAt({ kind: "void", attempts, refusal, at: T0 + minute * MINUTE, found: pending, looks: { count: 3, emptyCount: 3 } })).toMatchObject({ state });
  });
});

describe("a void that FAILED (answered 201, undid nothing)", () => {
  const failed = detail(OWN, "FAILED", ["ics_void"]);
  const undo = effect("unknown", { kind: "void", attempts: [attempt(1)] });
  const sale = { requestId: PARENT, references: mainEffect(intent(effect("approved"))).attempts.map((one) => one.merchantReference) };
  test("stands there and proves nothing; one that went through does", () => {
    expect(seen(OWN, "FAILED", ["ics_void"])).toMatchObject({ verdict: "refused" });
    expect(provesUndo(undo, sale, [seen(OWN, "FAILED", ["ics_void"])])).toBe(false);
    expect(provesUndo(undo, sale, [seen(OWN, "VOIDED", ["ics_void"])])).toBe(true);
  });
  test("leaves the sale as it was", () => {
    expect(seen(PARENT, "PENDING", SALE, [failed])).toMatchObject({ settlement: "open", isUndone: false });
    expect(seen(PARENT, "PENDING", SALE, [detail(OWN, "VOIDED", ["ics_void"])])).toMatchObject({ settlement: "voided", isUndone: true });
  });
});

describe("a case decision that is refused because the case is decided", () => {
  const answer = { kind: "refused", reason: "INVALID_DATA", isTransient: false, needsLook: false } as const;
  const refusal = { reason: "INVALID_DATA", isTransient: false };
  const decisionOf = (...attempts: readonly Attempt[]) => effect("sent", { kind: "case_decision", undoes: effect("review").effectId, attempts });
  test("the payment is looked at, at the first attempt as at a later one; what was refused for its credentials is not", () => {
    expect(answerToEvent(decisionOf(attempt(1)), answer, T0)).toMatchObject({ kind: "refused_pending_look" });
    expect(answerToEvent(decisionOf(attempt(1), attempt(2)), answer, T0)).toMatchObject({ kind: "refused_pending_look" });
    expect(answerToEvent(decisionOf(attempt(1)), { ...answer, reason: "AUTHENTICATION_FAILED", pauses: "account" }, T0)).toMatchObject({ kind: "refused" });
  });
  test.each([
    ["still in review, five minutes after the first attempt", "AUTHORIZED_PENDING_REVIEW", 5, "unknown"], ["still in review after the lag", "AUTHORIZED_PENDING_REVIEW", 16, "refused"], ["reversed", "REVERSED", 5, "approved"],
  ] as const)("%s", async (_what, status, minute, state) => {
    expect(await lookedAt({ kind: "case_decision", attempts: [attempt(1), attempt(2, 4)], refusal, at: T0 + minute * MINUTE, found: [seen(PARENT, status, ["ics_auth"])] })).toMatchObject({ state });
  });
  test("refused at a second attempt, and its payment is not shown yet, however late it is: nothing is told", async () => {
    expect(await lookedAt({ kind: "case_decision", attempts: [attempt(1), attempt(2, 4)], refusal, at: T0 + 40 * MINUTE, found: [] })).toMatchObject({ state: "unknown" });
  });
});
