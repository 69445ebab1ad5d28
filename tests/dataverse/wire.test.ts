// Small things that clients see on the wire, as the documentation and recorded answers have them.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let account: string;
let order: string;
const NOBODY = "5f000000-0000-4000-8000-00000000dead";
const admin = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => o.call("sysadmin", method, path, body, headers);
const batch = (text: string): Promise<Answer> => admin("POST", "$batch", text, { "content-type": "multipart/mixed;boundary=b" });
beforeAll(async () => {
  o = await startOrganization();
  account = await o.create("accounts", { name: "Contoso" });
  order = await o.create("salesorders", { name: "Money", freightamount: 52_000, "customerid_account@odata.bind": `/accounts(${account})` });
});
afterAll(async () => { await o.close(); });

test("what is not there and what is there already are told in Dataverse's words", async () => {
  expect((await admin("GET", `accounts(${NOBODY})`)).error).toEqual({ code: "0x80040217", message: `account With Id = ${NOBODY} Does Not Exist` });
  expect((await admin("POST", "accounts", { accountid: account })).error).toEqual({ code: "0x80040237", message: "Cannot insert duplicate key." });
  expect((await admin("PATCH", `accounts(${account})`, {}, { "if-none-match": "*" })).error.message).toBe("A record with matching key values already exists.");
});
test("with every annotation asked for, an error has all of its details", async () => {
  const { error } = (await admin("GET", `accounts(${NOBODY})`, undefined, { prefer: 'odata.include-annotations="*"' })).json as { error: Record<string, string> };
  expect(Object.keys(error)).toEqual(["code", "message", "@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus", "@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode", "@Microsoft.PowerApps.CDS.HelpLink", "@Microsoft.PowerApps.CDS.TraceText", "@Microsoft.PowerApps.CDS.InnerError.Message"]);
  expect(error["@Microsoft.PowerApps.CDS.HelpLink"]).toBe("http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a80040217&client=platform");
});
test("a refused part of a batch names its request, one that went through does not", async () => {
  const { text } = await batch("--b\r\nContent-Type: application/http\r\n\r\nGET /api/data/v9.2/WhoAmI HTTP/1.1\r\n\r\n--b\r\nContent-Type: application/http\r\n\r\nGET /api/data/v9.2/nosuch HTTP/1.1\r\n\r\n--b--");
  expect(text.match(/REQ_ID: [0-9a-f-]{36}/g)).toHaveLength(1);
  expect(text.indexOf("REQ_ID")).toBeGreaterThan(text.indexOf("HTTP/1.1 404 Not Found"));
});
test.each<[string, number, boolean]>([["a thousand operations", 1_000, false], ["a thousand and one", 1_001, false], ["a thousand and one in one change set", 1_001, true]])("%s in a batch", async (_name, count, isChangeSet) => {
  const before = (await admin("GET", "accounts/$count")).text;
  const inner = isChangeSet ? `--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n${"--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\nPOST /api/data/v9.2/accounts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{}\r\n".repeat(count)}--c--\r\n` : "--b\r\nContent-Type: application/http\r\n\r\nGET /api/data/v9.2/WhoAmI HTTP/1.1\r\n\r\n".repeat(count);
  const answer = await batch(`${inner}--b--`);
  expect([answer.status, (await admin("GET", "accounts/$count")).text]).toEqual([count > 1_000 ? 400 : 200, before]);
});
test("money has four decimals in OData and one in FetchXML; versions are formatted too", async () => {
  const { text } = await admin("GET", `salesorders(${order})?$select=freightamount,versionnumber`, undefined, { prefer: 'odata.include-annotations="OData.Community.Display.V1.FormattedValue"' });
  expect(text).toContain('"freightamount":52000.0000');
  expect(text).toMatch(/"versionnumber@OData\.Community\.Display\.V1\.FormattedValue":"\d,\d{3}"/);
  const fetched = await admin("GET", `salesorders?fetchXml=${encodeURIComponent(`<fetch><entity name='salesorder'><attribute name='freightamount'/><filter><condition attribute='salesorderid' operator='eq' value='${order}'/></filter></entity></fetch>`)}`);
  expect(fetched.text).toContain('"freightamount":52000.0,');
});
