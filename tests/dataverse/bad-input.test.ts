// Whatever is sent, the stand-in answers with a 4xx of Dataverse's and writes nothing; it never fails itself.
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { asText } from "../sandbox/dataverse/store/rows.ts";
import { openOrganization, type OpenOrganization } from "./in-process.ts";

let organization: OpenOrganization;
beforeAll(async () => { organization = await openOrganization(); });

const RUNS = 10_000;
const TIME_MS = 300_000;
/** Queries go over all rows, so there are never many. */
const ROWS_KEPT = 50;
function clearRows(): void {
  const { store, model } = organization.open.organization;
  for (const row of [...store.all("con_shipment")]) store.remove(model.table("con_shipment"), asText(row["con_shipmentid"]));
}
const countOf = (): number => organization.open.organization.store.count("con_shipment");

const column = fc.constantFrom("con_name", "con_weight", "con_value", "con_kind", "con_fragile", "con_shippedon", "con_orderid", "con_OrderId@odata.bind", "con_orderid@odata.bind", "ownerid", "ownerid@odata.bind", "statecode", "statuscode", "con_shipmentid", "unknown", "__proto__", "constructor", "con_salesorder_shipment", "_con_orderid_value", "SalesOrder_Tasks");
const junk = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("/salesorders(1)", "/accounts()", "$1", "/nosuch(00000000-0000-0000-0000-000000000000)", "2026-13-45", 1e308, -1, "x".repeat(5_000)));
const filterText = fc.array(fc.constantFrom("con_name", "eq", "'x'", "(", ")", "and", "or", "not", "null", "contains(", ",", "5", "con_orderid/name", "o/any(", "Microsoft.Dynamics.CRM.In(", "PropertyName=", "'", "[", "]", "@p1", "ne", "totalamount", "con_salesorder_shipment/any(o:o/con_name eq 'a')"), { maxLength: 10 }).map((parts) => parts.join(" "));

describe("bad input is refused with a 4xx and leaves nothing behind", () => {
  test("bodies of creates", async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(column, junk), async (row) => {
      const before = countOf();
      const answer = await organization.call("sysadmin", "POST", "con_shipments", row);
      expect(answer.status === 204 || (answer.status >= 400 && answer.status < 500)).toBe(true);
      if (answer.status !== 204) expect(answer.code).toMatch(/^0x8[0-9a-f]{7}$/);
      expect(countOf()).toBe(answer.status === 204 ? before + 1 : before);
      if (before > ROWS_KEPT) clearRows();
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("bodies that are no objects", async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.jsonValue().filter((value) => typeof value !== "object" || value === null || Array.isArray(value)).map((value) => JSON.stringify(value))), async (text) => {
      const answer = await organization.call("sysadmin", "POST", "con_shipments", text);
      expect(text === "" || text === "{}" ? 204 : Math.floor(answer.status / 100)).toBe(text === "" || text === "{}" ? answer.status : 4);
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("paths and methods", async () => {
    const segment = fc.oneof(fc.constantFrom("con_shipments", "salesorders", "(", ")", "$ref", "$count", "$value", "$batch", "$1", "WhoAmI", "constructor", "toString()", "%", "%27", "con_name", "Microsoft.Dynamics.CRM.FulfillSalesOrder", "EntityDefinitions", "EntityDefinitions(LogicalName='x')", "con_shipments(con_number='a')", "con_shipments(con_number=a,b=c)", "con_shipments(00000000-0000-0000-0000-000000000001)", "systemuserroles_association"), fc.string({ maxLength: 6 }));
    await fc.assert(fc.asyncProperty(fc.constantFrom("GET", "POST", "PATCH", "PUT", "DELETE"), fc.array(segment, { minLength: 1, maxLength: 4 }), async (method, segments) => {
      const path = segments.join("/").replaceAll("#", "%23").replaceAll("?", "%3F");
      const answer = await organization.call("salesrep", method, path, method === "GET" ? undefined : {});
      expect(answer.status).toBeLessThan(500);
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("query options", async () => {
    const option = fc.oneof(filterText.map((text) => `$filter=${encodeURIComponent(text)}`), fc.constantFrom("$select=", "$expand=", "$orderby=", "$top=", "$apply=", "$skiptoken=", "fetchXml=", "$count=", "$skip=").chain((name) => fc.oneof(fc.string({ maxLength: 12 }), filterText, fc.constantFrom("con_OrderId($select=name;$expand=customerid_account)", "con_OrderId($top=1)", "con_OrderId(", "<fetch/>", "<fetch><entity name='con_shipment'><attribute name='x'/></entity></fetch>", "groupby((con_kind),aggregate($count as n))")).map((text) => `${name}${encodeURIComponent(text)}`)));
    await fc.assert(fc.asyncProperty(fc.array(option, { minLength: 1, maxLength: 3 }), async (options) => {
      const answer = await organization.call("sysadmin", "GET", `con_shipments?${options.join("&")}`);
      expect(answer.status).toBeLessThan(500);
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("batches", async () => {
    const line = fc.constantFrom("--b", "--b--", "--c", "--c--", "Content-Type: application/http", "Content-Type: multipart/mixed;boundary=c", "Content-Type: multipart/mixed", "Content-ID: 1", "", "", "POST con_shipments HTTP/1.1", "GET /api/data/v9.2/con_shipments HTTP/1.1", "PATCH $1 HTTP/1.1", "GET %zz HTTP/1.1", "{\"con_name\":\"batched\"}", "{", "nonsense");
    await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
      const answer = await organization.call("sysadmin", "POST", "$batch", `--b\n${lines.join("\n")}\n--b--`, { "content-type": "multipart/mixed;boundary=b" });
      expect(answer.status).toBeLessThan(500);
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("zips that are none", async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const answer = await organization.sandbox("POST", "import", Buffer.from(bytes));
      expect([answer.status, answer.code]).toEqual([400, "0x80048060"]);
    }), { numRuns: RUNS });
  }, TIME_MS);
});
