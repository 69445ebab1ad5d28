// What Dataverse does not take: the payment stands at Cybersource, once; the row that people see says what is wrong and with which right or column;
// mended and asked for again from the form, it is written as if nothing had been.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createOrder } from "../sandbox/demo-data.ts";
import { payment, rowsWhere } from "../support/deeds.ts";
import { CHOICE, eventually, request, type Row, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";
import { expectAgreement, poke, salesOf } from "./recovery.ts";

let stage: Stage;
let card: string;
beforeAll(async () => { ({ stage, card } = await openWithCard({ at: "09:00" })); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const roleId = async (ending: string): Promise<string> => String((await stage.as("sysadmin").find("roles?$select=name,roleid")).find((role) => String(role["name"]).endsWith(ending))?.["roleid"]);

test("an owner who may not own payments: said on the row, mended, asked for again by an operator, and written once", async () => {
  const [nobody] = await stage.as("sysadmin").find("systemusers?$select=systemuserid&$filter=startswith(domainname,'nobody@')");
  const ownerId = String(nobody?.["systemuserid"]);
  const orderId = await createOrder(stage.as("sysadmin"), { name: "Order of somebody without our roles", accountId: stage.demo.accounts["Fabrikam, Inc."] ?? "", currency: "USD", ownerKey: "nobody", lines: [{ name: "Thing", quantity: 1, price: 970 }] });
  // Nor may the team that owns what nobody else can.
  const [user] = await stage.as("sysadmin").find(`systemusers?$select=_businessunitid_value&$filter=systemuserid eq ${ownerId}`);
  const [team] = await stage.as("sysadmin").find(`teams?$select=teamid&$expand=teamroles_association($select=roleid,name)&$filter=isdefault eq true and _businessunitid_value eq ${String(user?.["_businessunitid_value"])}`);
  for (const role of team?.["teamroles_association"] as Row[]) await stage.as("sysadmin").send("DELETE", `teams(${String(team?.["teamid"])})/teamroles_association(${String(role["roleid"])})/$ref`);
  const id = await request(stage, { orderId, amount: 970, cardId: card, by: "sysadmin" });
  await poke(stage, id);
  const [rejected] = await rowsWhere(stage, "cybs_paymenttransaction", (row) => row["cybs_paymentrequestid"] === id && row["cybs_reason"] === "projection_rejected");
  expect(rejected).toMatchObject({ cybs_isfinal: false });
  expect(String(rejected?.["cybs_agenttext"])).toMatch(/^Dynamics 365 does not take .*prvReadcybs_/);
  expect((await salesOf(stage, 970)).map((line) => line.state)).toEqual(["live"]);

  await stage.as("sysadmin").send("POST", `systemusers(${ownerId})/systemuserroles_association/$ref`, { "@odata.id": `roles(${await roleId("Team reader")})` });
  await stage.as("sysadmin").create("cybs_operatordecisions", { "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${String(rejected?.["cybs_paymenttransactionid"])})`, cybs_decision: CHOICE, cybs_note: "The owner has the role now." });
  const written = await eventually(async (): Promise<Row | undefined> => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === id && row["cybs_status"] === CHOICE + 1), 20_000);
  expect(written).toMatchObject({ cybs_isfinal: true, ownerid: ownerId });
  expect(written["cybs_reason"] ?? null).toBeNull();
  expect(await payment(stage, String(written["cybs_paymentid"]))).toMatchObject({ cybs_capturedamount: 970, cybs_status: CHOICE + 3 });
  await expectAgreement(stage, id, 970);
}, 60_000);
