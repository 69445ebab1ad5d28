// A credit that belongs to no payment founds one: the same rules as for every row of money out, and nothing that takes money.
import { describe, expect, test } from "@jest/globals";
import { asPaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import type { DocumentRow, SavedCard } from "../../plugin-proxy/src/domain/payment/command.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { deriveSums, exposureOf } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import type { Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { freezeCredit, isFoundingCredit } from "../../plugin-proxy/src/domain/payment/freeze-credit.ts";
import { isBusy, mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { nextSteps } from "../../plugin-proxy/src/domain/payment/next-step.ts";
import { planClaim } from "../../plugin-proxy/src/domain/payment/plan-effect.ts";
import { projectIntent } from "../../plugin-proxy/src/domain/payment/project.ts";
import type { RefundRequestRow } from "../../plugin-proxy/src/domain/refund-governance/refund-request.ts";
import { able, happens, on } from "../support/changes.ts";
import { context, facts, ids, organizationId, T0, usd } from "../support/intents.ts";

const requestId = asPaymentRequestId("00000000-0000-4000-8000-0000000000c1");
const customer = { kind: "account", id: "acc-1" } as const;
const card: SavedCard = { paymentMethodId: "pm-1", customer, merchantAccountId: "ma-1", paymentInstrumentId: "PI1", lastFour: "1111", isUsable: true };
const document: DocumentRow = {
  ref: { kind: "salesorder", id: "order-1" }, number: "ORD-01", isOpen: false, isWritable: false, total: usd(12_400n), currency: "USD", customer, owner: { id: "user-1", kind: "systemuser" }, owningBusinessUnitId: "bu-root", lines: [], payments: [],
};
const row = (more: Partial<RefundRequestRow> = {}): RefundRequestRow => ({
  refundRequestId: requestId, name: "RR-1", action: "credit", amount: usd(350n), currency: "USD", currencyId: "cur-usd", reasonCode: "goodwill", author: { userId: "carla", fullName: "Carla", isInteractivePerson: true },
  createdById: "carla", modifiedById: "carla", ownerId: "carla", document, savedCard: card, isRefundAccepted: false, createdOn: T0, modifiedOn: T0, ...more,
});
const freeze = (of: RefundRequestRow, more: { readonly isClaimed?: boolean; readonly now?: number } = {}) =>
  freezeCredit(of, { organizationId, accounts: [able()], businessUnits: [{ id: "bu-root" }], now: more.now ?? T0, connectedAt: T0 - 1_000, isClaimed: more.isClaimed === true });

describe("the row", () => {
  test("founds only without a payment", () => { expect([isFoundingCredit(row()), isFoundingCredit(row({ paymentId: "p" })), isFoundingCredit(row({ action: "refund" }))]).toEqual([true, false, false]); });
  test("freezes order, customer, card and account; a closed order is as good as an open one", () => {
    expect(freeze(row())).toMatchObject({ ok: true, value: { command: { action: "credit", customer, savedCard: card, documentNumber: "ORD-01", merchantAccount: { merchantAccountId: "ma-1" } }, wish: { commandId: requestId, action: "credit", amount: usd(350n) } } });
  });
  test.each<[string, Partial<RefundRequestRow>, string]>([
    ["no order", { document: undefined }, "no_payment"], ["another currency", { amount: { minor: 350n, currency: "EUR" } }, "currency_mismatch"], ["no card", { savedCard: undefined }, "credit_instrument_not_used"],
    ["another customer's card", { savedCard: { ...card, customer: { kind: "account", id: "acc-2" } } }, "saved_card_of_other_customer"], ["a removed card", { savedCard: { ...card, isUsable: false } }, "saved_card_unusable"],
    ["another account's card", { savedCard: { ...card, merchantAccountId: "ma-2" } }, "saved_card_unusable"], ["no reason", { reasonCode: undefined }, "reason_missing"], ["nothing", { amount: usd(0n) }, "amount_not_valid"],
  ])("is refused for %s", (_what, more, reason) => { expect(freeze(row(more))).toEqual({ ok: false, error: reason }); });
  test("claimed before: money may have moved, so age, end and a card that was removed meanwhile turn nothing down", () => {
    const late = row({ createdOn: T0 - 86_400_000, modifiedOn: T0 - 86_400_000, validUntil: T0 - 1, savedCard: { ...card, isUsable: false } });
    expect([freeze(late).ok, freeze(late, { isClaimed: true }).ok]).toEqual([false, true]);
  });
});

function founded(more: { readonly isForeign?: true } = {}): Intent {
  const frozen = freeze(row());
  if (!frozen.ok) throw new Error(frozen.error);
  const claim: Effect = { ...planClaim({ organizationId, paymentRequestId: requestId }, T0, ids), commandId: requestId, amount: usd(350n) };
  return { organizationId, paymentRequestId: requestId, table: "refundrequest", paymentId: "payment-c", command: frozen.value.command, commands: [{ ...frozen.value.wish, ...more }], deal: "on", claimedAt: T0, effects: [claim], revision: 2, isToldApproved: false };
}
const main = (of: Intent) => mainEffect(of).effectId;
const step = (of: Intent, at = T0) => nextSteps(of, { business: at, wire: at }, context.settings)[0]?.step.kind;
const agreed = happens(founded(), on(main(founded()), "approval_needed", { evidence: "rule", why: "credit_needs_second_person" }), on(main(founded()), "approval_given", { evidence: "person" }));
const sentOut = happens(agreed, on(main(agreed), "send", { evidence: "rule", signatureExpiresAt: T0 + 120_000 }));

describe("the payment that it founds", () => {
  test("is decided like a later row, and does not stand in its own way", () => {
    expect([isBusy(founded(), main(founded())), step(founded())]).toEqual([false, "decide_command"]);
    const waiting = happens(founded(), on(main(founded()), "approval_needed", { evidence: "rule", why: "credit_needs_second_person" }));
    expect([mainEffect(waiting).state, step(waiting)]).toEqual(["awaiting_approval", "expire_command"]);
    expect(mainEffect(agreed)).toMatchObject({ kind: "credit", state: "planned", attempts: [{ attempt: 1 }] });
  });

  test("approved: given back, nothing taken, nothing reserved of the order", () => {
    const done = happens(sentOut, on(main(sentOut), "approved", { facts: facts({ amount: usd(350n) }) }));
    expect(deriveSums(done)).toMatchObject({ authorized: 0n, captured: 0n, refunded: 350n, capturable: 0n });
    expect([exposureOf(done), derivePaymentStatus(done), done.isToldApproved]).toEqual([0n, "refunded", false]);
    expect(projectIntent(done, { ledgerId: "l" })).toMatchObject({ payment: { authorizedOn: undefined }, transactions: [{ type: "credit", status: "approved", parentEffectId: undefined, command: { table: "refundrequest", commandId: requestId } }] });
    expect(step(done, T0 + 40 * 60_000)).toBeUndefined();
  });

  test("without an answer is looked for and never taken back by machine; a person is asked after a day", () => {
    const lost = happens(sentOut, on(main(sentOut), "no_answer", { at: T0 + 60_000 }), ...[2, 15, 30, 24 * 60 + 1].map((minute) => on(main(sentOut), "found_nothing", { evidence: "search", at: T0 + minute * 60_000 })));
    expect([derivePaymentStatus(lost), exposureOf(lost)]).toEqual(["unknown", 0n]);
    expect(step(happens(sentOut, on(main(sentOut), "no_answer", { at: T0 + 60_000 })), T0 + 90 * 60_000)).toBe("look");
    expect(step(lost, T0 + 25 * 3_600_000)).toBe("ask_operator");
    expect(mainEffect(happens(lost, on(main(lost), "found_approved", { evidence: "search", facts: facts({ amount: usd(350n) }) }))).state).toBe("approved");
  });

  test("declined, rejected, withdrawn and expired end it without money", () => {
    expect(derivePaymentStatus(happens(sentOut, on(main(sentOut), "declined", { reason: "PROCESSOR_DECLINED" })))).toBe("declined");
    for (const kind of ["approval_refused", "withdrawn", "expired"] as const) {
      const over = happens(founded(), on(main(founded()), "approval_needed", { evidence: "rule" }), on(main(founded()), kind, { evidence: "person" }));
      expect(derivePaymentStatus(over)).toBe("not_executed");
    }
  });

  test("claimed by a ledger that is gone: looked for by every id that it may have had", () => {
    const adopted = happens(founded({ isForeign: true }), on(main(founded()), "foreign_claim", { evidence: "rule" }));
    expect(mainEffect(adopted)).toMatchObject({ kind: "credit", state: "unknown" });
    expect(mainEffect(adopted).attempts).toHaveLength(5);
    expect(step(adopted, T0 + 60_000)).toBe("look");
  });
});
