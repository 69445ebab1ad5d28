// A bank that approved only a part: whoever may decide is offered the part with its amount and the end of the wait, and the decision that he
// makes is the one that the relay counts for a part.
import { afterEach, expect, test } from "@jest/globals";
import { paymentDecisionTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { Picker } from "../../pcf-controls/card-picker/CardPicker/actions.ts";
import { createStatus } from "../../pcf-controls/payment-status/PaymentStatus/status.ts";

const { status, type } = paymentTransactionTable.choices;
const { awaitingDecision, inProgress } = paymentTable.choices.status;
const DECIDE_BY = "2026-11-26T18:30:00Z";
const stops: (() => void)[] = [];
afterEach(() => { for (const stop of stops.splice(0)) stop(); });

interface Held { readonly status: number; readonly paymentStatus: number }
/** An order of 100 of which the bank approved 60. */
function hostOf(held: Held): { readonly host: never; readonly decisions: Record<string, unknown>[] } {
  const decisions: Record<string, unknown>[] = [];
  const payment = { cybs_paymentid: "p", cybs_status: held.paymentStatus, cybs_authorizedamount: 60, cybs_lastfour: "1111" };
  const transaction = {
    cybs_paymenttransactionid: "t", _cybs_paymentid_value: "p", cybs_PaymentId: payment, cybs_status: held.status, cybs_type: type.sale, cybs_amount: 60, cybs_isfinal: false, cybs_expireson: DECIDE_BY,
    cybs_agenttext: "The bank approved only a part of the amount. It is released unless somebody accepts it.",
  };
  const tables: Readonly<Record<string, readonly object[]>> = { cybs_payment: [payment], cybs_paymenttransaction: [transaction], organization: [{ organizationid: "org" }] };
  const order = { totalamount: 100, ordernumber: "ORD-1", transactioncurrencyid: { isocurrencycode: "USD" } };
  const webAPI = {
    retrieveRecord: async (table: string) => (table === "salesorder" ? order : { cybs_state: 727_000_001, _cybs_salesorderid_value: "o" }),
    retrieveMultipleRecords: async (table: string) => ({ entities: tables[table] ?? [] }),
    createRecord: async (table: string, row: Record<string, unknown>) => { if (table === paymentDecisionTable.logicalName) decisions.push(row); return { id: "d" }; },
  };
  return { host: { webAPI, mode: { contextInfo: { entityId: "r", entityTypeName: "cybs_paymentrequest" } }, resources: { getString: (key: string) => key }, userSettings: { languageId: 1033 }, utils: { hasEntityPrivilege: () => true } } as never, decisions };
}
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries++) await new Promise((resolve) => { setTimeout(resolve, 50); });
}
const counted = { [paymentDecisionTable.columns.decision]: paymentDecisionTable.choices.decision.acceptPartial, [paymentDecisionTable.columns.amount]: 60 };

async function openPicker(held: Held): Promise<{ readonly picker: Picker; readonly decisions: Record<string, unknown>[] }> {
  const { host, decisions } = hostOf(held);
  const picker = new Picker(() => host);
  stops.push(() => { picker.destroy(); });
  await picker.start();
  await until(() => picker.store.get().phase === "result");
  return { picker, decisions };
}

test("in the window: a part waits until a time, and accepting it is written as that", async () => {
  const { picker, decisions } = await openPicker({ status: status.partial, paymentStatus: awaitingDecision });
  expect(picker.store.get().result).toMatchObject({ kind: "partial", amount: 60_00n, decideBy: DECIDE_BY });
  await picker.decide("accept");
  expect(decisions).toMatchObject([counted]);
});

test("in the window: a part that policy gives back is taken back, and nobody is asked", async () => {
  const { picker } = await openPicker({ status: status.partial, paymentStatus: inProgress });
  expect(picker.store.get().result).toMatchObject({ kind: "undone", decideBy: undefined });
});

test("on the order: the same", async () => {
  const { host, decisions } = hostOf({ status: status.partial, paymentStatus: awaitingDecision });
  const shown = createStatus(() => host, { table: "salesorder", id: "o" });
  stops.push(() => { shown.stop(); });
  shown.start();
  await until(() => shown.store.get().phase === "ready");
  const [line] = shown.store.get().lines;
  expect(line).toMatchObject({ waitsForDecision: true, isPart: true, decideBy: DECIDE_BY });
  if (line !== undefined) await shown.decide(line, "accept");
  expect(decisions).toMatchObject([counted]);
});

test("a soft decline is accepted as what it is", async () => {
  const { picker, decisions } = await openPicker({ status: status.review, paymentStatus: awaitingDecision });
  await picker.decide("accept");
  expect(decisions).toMatchObject([{ [paymentDecisionTable.columns.decision]: paymentDecisionTable.choices.decision.acceptSoftDecline }]);
});
