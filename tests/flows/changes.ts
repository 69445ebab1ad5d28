// Rows that change a payment, as people write them, and what the stand-ins show of it.
import { expect } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { limit } from "../support/deeds.ts";
import { CHOICE, eventually, settled, untilTimeOfDay, type LedgerLine, type Row, type Stage } from "../support/stage.ts";
import { openWithCard, type Opened } from "./open-with-card.ts";
import { mainOf, poke, submit } from "./recovery.ts";

export interface Taken { readonly requestId: string; readonly paymentId: string; readonly orderId: string; readonly currencyId: string }

export const updateAccounts = async (stage: Stage, values: Row): Promise<void> => {
  const api = stage.as("sysadmin");
  for (const account of await api.find("cybs_merchantaccounts?$select=cybs_merchantaccountid")) await api.send("PATCH", `cybs_merchantaccounts(${String(account["cybs_merchantaccountid"])})`, values);
};

/** What a processor may be able to do, on both sides: the merchant account says it, and the stand-in does it. */
export async function useAbilities(stage: Stage, more: { readonly multiCapture?: boolean } = {}): Promise<void> {
  const multiCapture = more.multiCapture ?? true;
  await updateAccounts(stage, { cybs_multicapture: multiCapture, cybs_incremental: true, cybs_reversalaftervoid: true });
  await stage.settings({ multiCapture });
  await useBatch(stage, "00:00", "UTC");
}

/** When the day's batch closes, on both sides. */
export async function useBatch(stage: Stage, cutOff: string, timeZone: string): Promise<void> {
  await updateAccounts(stage, { cybs_batchcutoff: cutOff, cybs_timezone: timeZone });
  await stage.settings({ batchCutOff: cutOff, batchTimeZone: timeZone });
}

/** The business clock moves on until it shows this time of day. */
export const untilTime = (stage: Stage, time: string, timeZone = "UTC"): Promise<void> => stage.clock.advance(`PT${Math.ceil(untilTimeOfDay(stage.clock.now(), time, timeZone) / 1000)}S`);

/** Refund agents may give anything back without a second person. */
export async function withoutLimits(stage: Stage): Promise<void> {
  const [usd] = await stage.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  await limit(stage, { currencyId: String(usd?.["transactioncurrencyid"]), perRefund: 100_000, perDay: 1_000_000 });
}

/** A stage at nine in the morning on which all may be asked for that an account can do, without limits; its relay, and a saved card. `before` the relay starts. */
export const openForChanges = ({ relay, before }: { readonly relay?: Readonly<Record<string, string>>; readonly before?: (stage: Stage) => Promise<unknown> } = {}): Promise<Opened> => openWithCard({
  at: "09:00", ...(relay === undefined ? {} : { relay }),
  before: async (stage) => {
    await useAbilities(stage);
    await withoutLimits(stage);
    await before?.(stage);
  },
});

interface Input { readonly price: number; readonly amount?: number; readonly cardId: string; readonly orderId?: string }

async function take(stage: Stage, input: Input, action: number): Promise<Taken> {
  const { id, orderId } = await submit(stage, input.price, { amount: input.amount ?? input.price, cardId: input.cardId, ...(input.orderId === undefined ? {} : { orderId: input.orderId }), more: { cybs_action: CHOICE + action } });
  const rows = await settled(stage, id);
  const main = mainOf(rows);
  expect(main["cybs_status"]).toBe(CHOICE + 1);
  return { requestId: id, paymentId: String(main["cybs_paymentid"]), orderId, currencyId: String(main["transactioncurrencyid"]) };
}

/** Authorized. */
export const takenPayment = (stage: Stage, input: Input): Promise<Taken> => take(stage, input, 1);
/** Authorized and captured in one. */
export const soldPayment = (stage: Stage, input: Input): Promise<Taken> => take(stage, input, 2);

async function change(stage: Stage, payment: Taken, amount: number, action: number): Promise<string> {
  const id = await stage.as("salesrep").create("cybs_paymentrequests", {
    "cybs_SalesOrderId@odata.bind": `/salesorders(${payment.orderId})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${payment.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${payment.currencyId})`,
    cybs_action: CHOICE + action, cybs_amount: amount, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1,
  });
  await poke(stage, id).catch(() => undefined);
  return id;
}
export const capture = (stage: Stage, payment: Taken, amount: number): Promise<string> => change(stage, payment, amount, 3);
export const increment = (stage: Stage, payment: Taken, amount: number): Promise<string> => change(stage, payment, amount, 4);

/** A refund request by the refund agent; by policy unless an action is named. */
export async function giveBack(stage: Stage, payment: Taken, amount: number, more: { readonly action?: number; readonly captureId?: string; readonly isRefundAccepted?: boolean; readonly invoiceId?: string } = {}): Promise<string> {
  const id = await stage.as("refundagent").create("cybs_refundrequests", {
    "cybs_PaymentId@odata.bind": `/cybs_payments(${payment.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${payment.currencyId})`,
    cybs_action: CHOICE + (more.action ?? 0), cybs_amount: amount, cybs_reasoncode: CHOICE + 4, cybs_isrefundaccepted: more.isRefundAccepted ?? false, ...(more.captureId === undefined ? {} : { "cybs_CaptureId@odata.bind": `/cybs_paymenttransactions(${more.captureId})` }),
    ...(more.invoiceId === undefined ? {} : { "cybs_InvoiceId@odata.bind": `/invoices(${more.invoiceId})` }),
  });
  await poke(stage, id).catch(() => undefined);
  return id;
}

/** Time passes until the day's batch has closed. */
export async function nextBatch(stage: Stage): Promise<void> {
  await stage.clock.advance("P1DT1M");
  await delay(300);
}

export const rowsOf = async (stage: Stage, id: string): Promise<readonly Row[]> => (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === id || row["cybs_refundrequestid"] === id);
/** The claim of a row is its first transaction: it carries out the wish, or its first part. */
const firstOf = (rows: readonly Row[]): Row | undefined => [...rows].sort((left, right) => String(left["createdon"]).localeCompare(String(right["createdon"])))[0];

export interface Patience { readonly step?: string; readonly states?: readonly number[] }

/** What a row came to: its transaction, once it is final or in one of `states`. With a step, time passes while waiting. */
export const outcome = (stage: Stage, id: string, ms = 20_000, patience: Patience = {}): Promise<Row> => eventually(async () => {
  const row = firstOf(await rowsOf(stage, id));
  const isThere = row !== undefined && (patience.states === undefined ? row["cybs_isfinal"] === true : patience.states.includes(Number(row["cybs_status"]) - CHOICE));
  if (isThere) return row;
  if (patience.step !== undefined) { await stage.clock.advance(patience.step); await delay(600); }
  return undefined;
}, ms).catch(async (error: unknown) => { throw new Error(`${String(error)}: ${JSON.stringify(await rowsOf(stage, id), undefined, 1)}`); });

export const paymentOf = async (stage: Stage, payment: Taken): Promise<Row> => (await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === payment.paymentId) ?? {};

/** Everything that happened at Cybersource to this payment, the payment itself first. */
export async function linesOf(stage: Stage, payment: Taken): Promise<readonly LedgerLine[]> {
  const main = (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === payment.requestId && (row["cybs_parentid"] ?? null) === null);
  const lines = await stage.ledger();
  const family = new Set([String(main?.["cybs_requestid"])]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const line of lines) if (line.parentId !== null && family.has(line.parentId)) family.add(line.id);
  }
  return lines.filter((line) => family.has(line.id));
}

export interface Sums { readonly authorized?: number; readonly captured?: number; readonly refunded?: number; readonly status?: number }

/** The payment's row shows these sums, and Cybersource's ledger adds up to the same. */
export async function expectSums(stage: Stage, payment: Taken, sums: Sums): Promise<void> {
  const wanted = {
    ...(sums.authorized === undefined ? {} : { cybs_authorizedamount: sums.authorized }), ...(sums.captured === undefined ? {} : { cybs_capturedamount: sums.captured }),
    ...(sums.refunded === undefined ? {} : { cybs_refundedamount: sums.refunded }), ...(sums.status === undefined ? {} : { cybs_status: CHOICE + sums.status }),
  };
  await eventually(async () => {
    const row = await paymentOf(stage, payment);
    return Object.entries(wanted).every(([name, value]) => row[name] === value) ? true : undefined;
  }, 15_000).catch(async () => { expect(await paymentOf(stage, payment)).toMatchObject(wanted); });
  const live = (await linesOf(stage, payment)).filter((line) => line.state === "live" || line.state === "captured" || line.state === "settled");
  const total = (kinds: readonly string[]): number => live.filter((line) => kinds.includes(line.kind)).reduce((sum, line) => sum + Number(line.amount), 0);
  if (sums.refunded !== undefined) expect(total(["refund"])).toBe(sums.refunded);
  if (sums.captured !== undefined) expect(total(["sale", "capture"])).toBe(sums.captured);
}
