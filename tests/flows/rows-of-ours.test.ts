// A system administrator edits or deletes what only the relay writes: it is found, put back from the ledger and alarmed, and nobody has to touch
// the payment for it. What an administrator may rightly do is left alone.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, invoiceOf, payment, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, type Row, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";

let stage: Stage;
let card: string;
beforeAll(async () => { ({ stage, card } = await openWithCard()); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const alarms = async (name: string): Promise<number> => Number(new RegExp(`^cybs_alarms_total\\{name="${name}"\\} (\\d+)`, "m").exec(await (await fetch(`${stage.relayUrl}/metrics`)).text())?.[1] ?? 0);
/** Written by the relay, and the same again. */
const without = (row: Row | undefined): Row => Object.fromEntries(Object.entries(row ?? {}).sort(([left], [right]) => left.localeCompare(right)).filter(([name]) => !/^(modified|versionnumber|created|overridden|importsequence|timezone|utcconversion|_?owning|exchangerate|cybs_trail|.*_base$)/.test(name)));
const edit = (path: string, values: Row) => stage.as("sysadmin").send("PATCH", path, values);
const transaction = async (taken: Taken) => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymenttransactionid"] === taken.transactionId);
/** Done with a payment: nothing of it waits to be written. */
async function settledPayment(price: number): Promise<Taken> {
  const taken = await take(stage, card, price);
  await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && Number(row["cybs_capturedamount"]) === price);
  return taken;
}

describe("an edit", () => {
  test.each<[string, (taken: Taken) => string, Row]>([
    ["sums and status of a payment, with a revision that claims to be newer", (taken) => `cybs_payments(${taken.paymentId})`, { cybs_capturedamount: 9_999, cybs_status: CHOICE + 9, cybs_revision: 9_999 }],
    ["the outcome of a transaction", (taken) => `cybs_paymenttransactions(${taken.transactionId})`, { cybs_status: CHOICE + 4, cybs_amount: 1, cybs_reason: "forged" }],
    ["whose transaction it is", (taken) => `cybs_paymenttransactions(${taken.transactionId})`, { cybs_merchantreference: "FORGED", cybs_ledgerid: "another" }],
  ])("%s is written over and alarmed", async (_name, path, values) => {
    const taken = await settledPayment(101);
    const [paid, moved, before] = [without(await payment(stage, taken.paymentId)), without(await transaction(taken)), await alarms("row_changed_by_others")];
    await edit(path(taken), values);
    await eventually(async () => (await alarms("row_changed_by_others") > before ? true : undefined), 20_000);
    await eventually(async () => { const now = [without(await payment(stage, taken.paymentId)), without(await transaction(taken))]; return JSON.stringify(now) === JSON.stringify([paid, moved]) ? true : undefined; }, 20_000);
    const after = await alarms("row_changed_by_others");
    await severalRounds();
    expect(await alarms("row_changed_by_others")).toBe(after);
  });

  test("of an allocation is written over too", async () => {
    const taken = await settledPayment(103);
    await invoiceOf(stage, taken.orderId);
    const [allocation] = await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_paymentid"] === taken.paymentId);
    await edit(`cybs_paymentallocations(${String(allocation?.["cybs_paymentallocationid"])})`, { cybs_amount: 5 });
    await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_paymentid"] === taken.paymentId && Number(row["cybs_amount"]) === 103);
  });
});

describe("a deletion", () => {
  test("of transaction and payment is made good", async () => {
    const taken = await settledPayment(102);
    const before = await alarms("row_changed_by_others");
    const [paid, moved] = [without(await payment(stage, taken.paymentId)), without(await transaction(taken))];
    // What refers to a row keeps it from being deleted: whoever wants it gone has to want it.
    await edit(`salesorders(${taken.orderId})`, { "cybs_PaymentAppliedId@odata.bind": null });
    await stage.as("sysadmin").send("DELETE", `cybs_paymenttransactions(${taken.transactionId})`);
    await stage.as("sysadmin").send("DELETE", `cybs_payments(${taken.paymentId})`).catch((error: unknown) => { if (!String(error).includes("0x80040227")) throw error; });
    await eventually(async () => (JSON.stringify([without(await payment(stage, taken.paymentId)), without(await transaction(taken))]) === JSON.stringify([paid, moved]) ? true : undefined), 20_000);
    expect(await alarms("row_changed_by_others")).toBeGreaterThan(before);
  });
});

describe("left alone", () => {
  test("another owner, which is no outcome", async () => {
    const taken = await settledPayment(104);
    const before = await alarms("row_changed_by_others");
    await edit(`cybs_payments(${taken.paymentId})`, { "ownerid@odata.bind": "/systemusers(b0000000-0000-4000-8000-000000000003)" });
    await severalRounds();
    expect(await alarms("row_changed_by_others")).toBe(before);
  });

  test("a payment that the ledger knows nothing of is named, not deleted", async () => {
    const before = await alarms("row_not_ours");
    const taken = await settledPayment(105);
    const accountId = await account(stage, {});
    const forged = await stage.as("sysadmin").create("cybs_payments", { cybs_name: "Forged", cybs_status: CHOICE + 3, cybs_capturedamount: 1_000, "cybs_SalesOrderId@odata.bind": `/salesorders(${taken.orderId})`, "cybs_MerchantAccountId@odata.bind": `/cybs_merchantaccounts(${accountId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${taken.currencyId})` });
    await eventually(async () => (await alarms("row_not_ours") > before ? true : undefined), 20_000);
    expect((await stage.rows("cybs_payment")).some((row) => row["cybs_paymentid"] === forged)).toBe(true);
  });
});
