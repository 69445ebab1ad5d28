// People are told: a requester whose outcome came late, a document's owner who has to decide, operators when only they can go on.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, rowsWhere, severalRounds, take } from "../support/deeds.ts";
import { CHOICE, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";

let stage: Stage;
let card: string;
const ANN = "b0000000-0000-4000-8000-000000000001";
beforeAll(async () => { ({ stage, card } = await openWithCard()); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

describe("a soft decline", () => {
  test("is a task of the order's owner, once", async () => {
    const { orderId } = await take(stage, card, 6001, { states: [2] });
    const [task] = await rowsWhere(stage, "task", (row) => row["regardingobjectid"] === orderId);
    expect(task).toMatchObject({ ownerid: ANN });
    expect(String(task?.["description"])).toContain("6001.00 USD");
    await severalRounds();
    expect((await stage.rows("task")).filter((row) => row["regardingobjectid"] === orderId)).toHaveLength(1);
  });
});

describe("an outcome that comes after the dialog was closed", () => {
  test("is told to who asked for it, in the app, with a link to the payment", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: "/pts/v2/payments" }, fault: "drop-after", times: 1 });
    const taken = await take(stage, card, 510, { states: [6] });
    await stage.clock.advance("PT3M");
    const [told] = await rowsWhere(stage, "appnotification", (row) => String(row["data"]).includes(taken.paymentId));
    expect(told).toMatchObject({ ownerid: ANN, icontype: 100_000_001 });
    expect(String(told?.["title"])).toContain("carried out");
    expect(JSON.parse(String(told?.["data"]))).toMatchObject({ actions: [{ data: { url: `?pagetype=entityrecord&etn=cybs_payment&id=${taken.paymentId}` } }] });
  });

  test("one that was seen at once is not told again", async () => {
    const taken = await take(stage, card, 520);
    await severalRounds();
    expect((await stage.rows("appnotification")).filter((row) => String(row["data"]).includes(taken.paymentId))).toEqual([]);
  });
});

describe("an authorization that nobody captures", () => {
  test("warns its owner 48 hours before it lapses, and is let go by a row of the relay's own", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE + 1 });
    const { orderId, paymentId } = await take(stage, card, 540);
    await stage.clock.advance("P5DT1H");
    const [task] = await rowsWhere(stage, "task", (row) => row["regardingobjectid"] === orderId);
    expect(String(task?.["subject"])).toContain("before it lapses");
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === paymentId && row["cybs_expirywarnedon"] !== null && row["cybs_expirywarnedon"] !== undefined);
    expect((await stage.rows("cybs_refundrequest")).filter((row) => row["cybs_paymentid"] === paymentId)).toEqual([]);
    await stage.clock.advance("P1DT18H");
    const [release] = await rowsWhere(stage, "cybs_refundrequest", (row) => row["cybs_paymentid"] === paymentId);
    expect(release).toMatchObject({ cybs_action: CHOICE + 3, cybs_amount: 540 });
  });
});
