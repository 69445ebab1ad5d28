// Which rows found a payment: one that asks for a capture, an increment or a re-authorization that may not be is never taken for a new charge.
import { describe, expect, test } from "@jest/globals";
import type { MerchantAccount, RequestedAction, RequestRow, SavedCard } from "../../plugin-proxy/src/domain/payment/command.ts";
import { freezeCommand } from "../../plugin-proxy/src/domain/payment/freeze-command.ts";
import { account, organizationId, paymentRequestId, T0, usd } from "../support/intents.ts";

const card: SavedCard = { paymentMethodId: "pm-1", customer: { kind: "account", id: "acc-1" }, merchantAccountId: "ma-1", paymentInstrumentId: "PI1", isUsable: true, hasMerchantInitiatedConsent: true };
const rowOf = (action: RequestedAction, more: Partial<RequestRow> = {}): RequestRow => ({
  paymentRequestId, name: "PR-1", state: "submitted", action, method: "saved_card", channel: "phone", amount: usd(1_000n), currency: "USD", currencyId: "cur-usd", saveCard: false, createdOn: T0, modifiedOn: T0, billTo: {}, savedCard: card,
  author: { userId: "u", fullName: "Ann", isInteractivePerson: true }, createdById: "u", modifiedById: "u", ownerId: "u", hasOnBehalfBy: false,
  document: { ref: { kind: "salesorder", id: "o" }, number: "ORD-1", isOpen: true, isWritable: true, total: usd(1_000n), currency: "USD", customer: { kind: "account", id: "acc-1" }, owner: { id: "u", kind: "systemuser" }, owningBusinessUnitId: "bu-root", lines: [], payments: [] }, ...more,
});
const freeze = (row: RequestRow, more: { readonly account?: Partial<MerchantAccount>; readonly networkTransactionId?: string } = {}) => freezeCommand(row, {
  organizationId, accounts: [account(more.account)], businessUnits: [{ id: "bu-root" }], now: T0, connectedAt: T0,
  ...(more.networkTransactionId === undefined ? {} : { reauthorizes: { paymentId: "old", networkTransactionId: more.networkTransactionId } }),
});

describe("a row that founds no payment", () => {
  test.each(["capture", "incremental_authorization", "remove_saved_card", "make_default", "rename_saved_card", "apply_payment"] as const)("%s with a saved card charges nothing", (action) => {
    expect(freeze(rowOf(action))).toEqual({ ok: false, error: "action_unsupported" });
  });
});

describe("a re-authorization", () => {
  const allowed = { account: { reauthorizePolicy: "with_consent" as const }, networkTransactionId: "N1" };
  test("founds an authorization that refers to the ended one", () => {
    expect(freeze(rowOf("reauthorization", { paymentId: "old" }), allowed)).toMatchObject({ ok: true, value: { action: "authorization", reauthorizes: { paymentId: "old", networkTransactionId: "N1" } } });
  });
  test.each([
    ["the account only asks by task", rowOf("reauthorization", { paymentId: "old" }), { ...allowed, account: {} }],
    ["the customer did not agree", rowOf("reauthorization", { paymentId: "old", savedCard: { ...card, hasMerchantInitiatedConsent: false } }), allowed],
    ["the first authorization still holds", rowOf("reauthorization", { paymentId: "old" }), { account: allowed.account }],
  ])("is refused when %s", (_why, row, more) => { expect(freeze(row, more)).toEqual({ ok: false, error: "not_reauthorizable" }); });
});
