// Receipts: where the merchant account asks for them, each captured payment and each refund leaves an e-mail draft on the document, addressed to
// its customer, from its owner, in the owner's language. Nothing is sent by itself.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, rowsWhere, severalRounds } from "../support/deeds.ts";
import { CHOICE, type Row, type Stage } from "../support/stage.ts";
import { expectSums, giveBack, nextBatch, openForChanges, outcome, soldPayment } from "./changes.ts";

let stage: Stage;
let card: string;
const ANN = "b0000000-0000-4000-8000-000000000001";
const GERMAN = 1031;

beforeAll(async () => { ({ stage, card } = await openForChanges({ before: (opened) => account(opened, { cybs_receiptpolicy: CHOICE + 1 }) })); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const draftsOf = (orderId: string, count: number): Promise<readonly Row[]> => rowsWhere(stage, "email", (row) => row["regardingobjectid"] === orderId, count);
const partiesOf = async (draft: Row | undefined): Promise<readonly (readonly [unknown, unknown])[]> => (await stage.rows("activityparty"))
  .filter((row) => row["activityid"] === draft?.["activityid"]).map((row) => [row["participationtypemask"], row["partyid"]] as const).toSorted((one, other) => Number(one[0]) - Number(other[0]));

describe("a draft of a receipt", () => {
  test("is left for the payment and for its refund, once each, from the order's owner to its customer", async () => {
    const payment = await soldPayment(stage, { price: 801, cardId: card });
    const [receipt] = await draftsOf(payment.orderId, 1);
    expect(receipt).toMatchObject({ ownerid: ANN, directioncode: true, statecode: 0 });
    expect(String(receipt?.["subject"])).toMatch(/^Receipt for /);
    expect(String(receipt?.["description"])).toContain("$801.00");
    expect(await partiesOf(receipt)).toEqual([[1, ANN], [2, stage.demo.accounts["Fabrikam, Inc."]]]);
    await nextBatch(stage);
    await outcome(stage, await giveBack(stage, payment, 300));
    await expectSums(stage, payment, { captured: 801, refunded: 300, status: 4 });
    const drafts = await draftsOf(payment.orderId, 2);
    const refund = drafts.find((row) => row["activityid"] !== receipt?.["activityid"]);
    expect(String(refund?.["subject"])).toMatch(/^Refund for /);
    expect(String(refund?.["description"])).toContain("$300.00");
    await severalRounds();
    expect(await draftsOf(payment.orderId, 2)).toHaveLength(2);
  });

  test("speaks the language of who will send it, and names no card number", async () => {
    await stage.as("sysadmin").send("PATCH", `usersettingscollection(${ANN})`, { uilanguageid: GERMAN });
    const payment = await soldPayment(stage, { price: 802, cardId: card });
    const [receipt] = await draftsOf(payment.orderId, 1);
    expect(String(receipt?.["subject"])).toMatch(/^Zahlungsbeleg zu /);
    expect(String(receipt?.["description"])).toContain("802,00");
    expect(String(receipt?.["description"])).toContain("•••• 1111");
    expect(JSON.stringify(receipt)).not.toContain("411111");
  });

  test("that a person deleted does not come back", async () => {
    const payment = await soldPayment(stage, { price: 803, cardId: card });
    const [receipt] = await draftsOf(payment.orderId, 1);
    await stage.as("sysadmin").send("DELETE", `emails(${String(receipt?.["activityid"])})`);
    await nextBatch(stage);
    await outcome(stage, await giveBack(stage, payment, 3));
    const drafts = await draftsOf(payment.orderId, 1);
    await severalRounds();
    expect((await stage.rows("email")).filter((row) => row["regardingobjectid"] === payment.orderId).map((row) => row["activityid"])).toEqual(drafts.map((row) => row["activityid"]));
    expect(drafts).toHaveLength(1);
  });
});

test("without that policy there is none", async () => {
  await account(stage, { cybs_receiptpolicy: CHOICE });
  const payment = await soldPayment(stage, { price: 804, cardId: card });
  await severalRounds();
  expect((await stage.rows("email")).filter((row) => row["regardingobjectid"] === payment.orderId)).toEqual([]);
});
