// Who may what: privileges by depth, owner teams, append, impersonation, disabled users, tokens, limits; each refusal with Dataverse's code.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { relayClient } from "../sandbox/dataverse/start.ts";
import { idFrom, startOrganization, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
const user = (number: number): string => `b0000000-0000-4000-8000-00000000000${number}`;
const SHIPPER = "33333333-3333-4333-8333-333333333333";
beforeAll(async () => {
  o = await startOrganization();
  for (const who of [1, 2, 3]) await o.call("sysadmin", "POST", `systemusers(${user(who)})/systemuserroles_association/$ref`, { "@odata.id": `/roles(${SHIPPER})` });
});
afterAll(async () => { await o.close(); });

describe("privileges by depth", () => {
  let own: string;
  beforeAll(async () => { own = idFrom(await o.call("salesrep", "POST", "con_shipments", { con_name: "mine" })); });
  test.each<[string, string, string, number]>([
    ["the owner reads", "salesrep", "GET", 200], ["a colleague of the unit reads", "refundagent", "GET", 200], ["another unit does not", "otherunit", "GET", 403], ["a user without the role does not", "finance", "GET", 403],
    ["the owner writes", "salesrep", "PATCH", 204], ["a colleague does not", "refundagent", "PATCH", 403], ["the administrator writes", "sysadmin", "PATCH", 204], ["a colleague does not delete", "refundagent", "DELETE", 403],
  ])("%s", async (_name, who, method, status) => {
    const answer = await o.call(who, method, `con_shipments(${own})`, method === "PATCH" ? { con_name: "x" } : undefined);
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.error.code).toBe("0x80040220");
  });
  test("a list holds what may be read and nothing else", async () => {
    expect((await o.call("refundagent", "GET", "con_shipments")).json["value"]).toHaveLength(1);
    expect((await o.call("otherunit", "GET", "con_shipments")).json["value"]).toHaveLength(0);
  });
  test("a missing privilege is named, and so is the row that is out of reach", async () => {
    expect((await o.call("finance", "POST", "con_shipments", {})).error.message).toMatch(new RegExp(`^Principal user \\(Id=${user(5)}, type=8, roleCount=\\d+, accessMode=0\\), is missing prvCreatecon_Shipment privilege on OTC=\\d+ for entity 'con_shipment'`));
    expect((await o.call("otherunit", "GET", `con_shipments(${own})`)).error.message).toContain("SecLib::AccessCheckEx failed");
  });
  test("a row of a team belongs to its members", async () => {
    const team = await o.create("teams", { name: "Crew", teamtype: 0, "businessunitid@odata.bind": "/businessunits(a0000000-0000-4000-8000-000000000003)" });
    expect((await o.call("sysadmin", "POST", `teams(${team})/teammembership_association/$ref`, { "@odata.id": `/systemusers(${user(1)})` })).status).toBe(204);
    expect((await o.call("sysadmin", "POST", `teams(${team})/teamroles_association/$ref`, { "@odata.id": `/roles(${SHIPPER})` })).status).toBe(204);
    const shared = await o.create("con_shipments", { con_name: "ours", "ownerid@odata.bind": `/teams(${team})` });
    expect((await o.call("salesrep", "PATCH", `con_shipments(${shared})`, { con_name: "still" })).status).toBe(204);
    expect((await o.call("refundagent", "GET", `con_shipments(${shared})`)).status).toBe(403);
  });
  test("a parent that the user cannot append to is refused", async () => {
    const foreign = await o.create("salesorders", { name: "East's", "ownerid@odata.bind": `/systemusers(${user(2)})` });
    expect((await o.call("salesrep", "POST", "con_shipments", { "con_OrderId@odata.bind": `/salesorders(${foreign})` })).error.code).toBe("0x80040220");
  });
});

describe("impersonation", () => {
  test("the row says who acted and who called", async () => {
    const id = idFrom(await o.call("sysadmin", "POST", "con_shipments", { con_name: "for Ann" }, { mscrmcallerid: user(1) }));
    expect((await o.call("sysadmin", "GET", `con_shipments(${id})`)).json).toMatchObject({ _createdby_value: user(1), _createdonbehalfby_value: user(8), _ownerid_value: user(1) });
  });
  test.each([["without the privilege", "salesrep", { mscrmcallerid: user(2) }], ["of a user that is none", "sysadmin", { mscrmcallerid: user(0) }], ["of an Entra object that is none", "sysadmin", { callerobjectid: user(0) }]])("%s is refused", async (_name, who, headers) => {
    expect((await o.call(who, "GET", "WhoAmI", undefined, headers as Record<string, string>)).status).toBe(403);
  });
});

describe("sign-in", () => {
  test.each([["no token", ""], ["a token nobody issued", "forged"]])("%s is 401 with the place to get one", async (_name, token) => {
    const answer = await o.call(token, "GET", "WhoAmI");
    expect([answer.status, answer.headers.get("www-authenticate")?.startsWith("Bearer authorization_uri=")]).toEqual([401, true]);
  });
  test("client credentials give the application user's token, wrong ones none", async () => {
    const ask = async (secret: string): Promise<Response> => fetch(`${o.http}/${relayClient.tenantId}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams({ grant_type: "client_credentials", client_id: relayClient.clientId, client_secret: secret, scope: `${o.dataverse.url}/.default` }) });
    const { access_token: token } = await (await ask(relayClient.clientSecret)).json() as { access_token: string };
    expect((await o.call(token, "GET", "WhoAmI")).json["UserId"]).toBe(user(7));
    expect((await ask("wrong")).status).toBe(401);
  });
  test("a disabled user is refused", async () => {
    await o.call("sysadmin", "PATCH", `systemusers(${user(4)})`, { isdisabled: true });
    expect((await o.call("approver", "GET", "WhoAmI")).error.code).toBe("0x80040225");
  });
});

describe("service protection", () => {
  test.each([["requests", { requests: 2 }, "0x80072322"], ["concurrency", { concurrent: 0 }, "0x80072326"], ["execution time", { executionMs: 0 }, "0x80072321"]])("%s beyond the limit are 429 with Retry-After", async (_name, limits, code) => {
    await o.sandbox("POST", "limits", limits);
    const answers = [await o.call("finance", "GET", "accounts"), await o.call("finance", "GET", "accounts"), await o.call("finance", "GET", "accounts")];
    await o.sandbox("POST", "limits", { requests: 1_000_000, concurrent: 1_000, executionMs: Number.MAX_SAFE_INTEGER });
    expect([answers.at(-1)?.status, answers.at(-1)?.error.code, Number(answers.at(-1)?.headers.get("retry-after")) > 0]).toEqual([429, code, true]);
    expect((await o.call("finance", "GET", "WhoAmI")).status).toBe(200);
  });
});
