// Transaction search and detail: its query language, its lag, what it does not know.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { amount, payment, startMerchant, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
const ids: string[] = [];
beforeAll(async () => {
  merchant = await startMerchant();
  await merchant.control("settings", { searchLagMs: 0 });
  for (const [code, total, card] of [["SO-1", "10.00", {}], ["SO-2", "20.00", {}], ["IN-3", "30.00", { number: "5555555555554444" }]] as const) {
    ids.push(String((await merchant.call("POST", "/pts/v2/payments", payment(total, { code, card }))).body["id"]));
  }
});
afterAll(async () => { await merchant.close(); });

const search = (body: Json) => merchant.call("POST", "/tss/v2/searches", body);
async function codes(query: string, more: Json = {}): Promise<unknown> {
  const { status, body } = await search({ query, ...more });
  if (status !== 201) return status;
  const { transactionSummaries } = body["_embedded"] as { transactionSummaries: { clientReferenceInformation: { code: string } }[] };
  return transactionSummaries.map((one) => one.clientReferenceInformation.code);
}

describe("A query", () => {
  test.each<[string, readonly string[] | number]>([
    ["clientReferenceInformation.code:SO-1", ["SO-1"]], ['clientReferenceInformation.code:"SO-2"', ["SO-2"]], ["clientReferenceInformation.code:(SO-1 OR IN-3)", ["SO-1", "IN-3"]],
    ["clientReferenceInformation.code:SO-1 OR clientReferenceInformation.code:SO-2", ["SO-1", "SO-2"]], ["clientReferenceInformation.code:SO-*", ["SO-1", "SO-2"]], ["clientReferenceInformation.code:SO-?", ["SO-1", "SO-2"]],
    ["NOT clientReferenceInformation.code:SO-1", ["SO-2", "IN-3"]], ["clientReferenceInformation.code:SO-* AND NOT clientReferenceInformation.code:SO-2", ["SO-1"]],
    ["(clientReferenceInformation.code:SO-1 OR clientReferenceInformation.code:IN-3) AND paymentInformation.card.suffix:4444", ["IN-3"]],
    ["orderInformation.amountDetails.totalAmount:[10.00 TO 20.00]", ["SO-1", "SO-2"]], ["orderInformation.amountDetails.totalAmount:{10.00 TO 20.00]", ["SO-2"]], ["orderInformation.amountDetails.totalAmount:[20 TO *]", ["SO-2", "IN-3"]],
    ["submitTimeUtc:[NOW/DAY-7DAYS TO NOW/DAY+1DAY}", ["SO-1", "SO-2", "IN-3"]], ["submitTimeUtc:[NOW-2DAYS TO NOW-1DAY]", []], ["submitTimeUtc:[2020-01-01T00:00:00Z TO 2020-01-02T00:00:00Z]", []],
    ["clientReferenceInformation.transactionId:T1", 400], ["", 400], ["nonsense", 400], ["clientReferenceInformation.code:A AND", 400], ["(id:1", 400], ["id:1)", 400], ["submitTimeUtc:[soon TO NOW]", 400], ["constructor:1", 400], ["id:" + "*".repeat(50), 400],
  ])("%s", async (query, found) => { expect(await codes(query)).toEqual(found); });

  test("in pages, in either order", async () => {
    expect(await codes("merchantId:*", { limit: 2 })).toEqual(["SO-1", "SO-2"]);
    expect(await codes("merchantId:*", { limit: 2, offset: 2 })).toEqual(["IN-3"]);
    expect(await codes("merchantId:*", { limit: 1, sort: "id:desc" })).toEqual(["IN-3"]);
    expect((await search({ query: "merchantId:*", limit: 1 })).body).toMatchObject({ count: 1, totalCount: 3 });
  });
  test.each([{ limit: 2_501 }, { limit: -1 }, { limit: "many" }, { offset: -1 }, { offset: 0.5 }])("with %j is refused", async (more) => { expect((await search({ query: "merchantId:*", ...more })).status).toBe(400); });
  test("is kept under its id", async () => {
    const { body } = await search({ query: "clientReferenceInformation.code:SO-1" });
    expect((await merchant.call("GET", `/tss/v2/searches/${String(body["searchId"])}`)).body).toEqual(body);
    expect((await merchant.call("GET", "/tss/v2/searches/0")).status).toBe(404);
  });
});

test("a transaction shows up after the lag, in search and in detail", async () => {
  await merchant.control("settings", { searchLagMs: 60_000 });
  const { body } = await merchant.call("POST", "/pts/v2/payments", payment("40.00", { code: "LATE" }));
  const look = async (): Promise<unknown> => [await codes("clientReferenceInformation.code:LATE"), (await merchant.call("GET", `/tss/v2/transactions/${String(body["id"])}`)).status];
  expect(await look()).toEqual([[], 404]);
  await merchant.control("clock", { advance: "PT1M" });
  expect(await look()).toEqual([["LATE"], 200]);
  await merchant.control("settings", { searchLagMs: 0 });
});

test("detail names what followed", async () => {
  const [id = ""] = ids;
  const capture = await merchant.call("POST", `/pts/v2/payments/${id}/captures`, amount("10.00"));
  const { body } = await merchant.call("GET", `/tss/v2/transactions/${id}`);
  expect(body).toMatchObject({ id, applicationInformation: { status: "PENDING", applications: [{ name: "ics_auth", reasonCode: "100", rFlag: "SOK" }] }, _links: { relatedTransactions: [{ href: expect.stringContaining(String(capture.body["id"])) }] } });
});
