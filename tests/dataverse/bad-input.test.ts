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
/** How many rows every table has, and how many tables there are: what is refused changes neither. */
const sizes = (): string => { const { store, model } = organization.open.organization; return [...model.tables.keys()].map((name) => `${name} ${store.count(name)}`).join(); };

const column = fc.constantFrom("con_name", "con_weight", "con_value", "con_kind", "con_fragile", "con_shippedon", "con_orderid", "con_OrderId", "con_OrderId@odata.bind", "con_orderid@odata.bind", "ownerid", "ownerid@odata.bind", "statecode", "statuscode", "con_shipmentid", "unknown", "__proto__", "constructor", "con_salesorder_shipment", "_con_orderid_value", "SalesOrder_Tasks");
const plain = fc.oneof(fc.constantFrom("text", 1, 2, true, null, 12.5, "2026-01-04T10:00:00Z"));
/** Rows below and above, good and bad ones mixed: the last may be refused when the first is written already. */
const nested = fc.oneof(fc.array(fc.dictionary(fc.constantFrom("con_name", "con_kind", "con_weight", "subject", "nosuch"), plain), { maxLength: 3 }), fc.dictionary(fc.constantFrom("name", "freightamount", "con_salesorder_shipment", "customerid_account", "nosuch"), fc.oneof(plain, fc.array(fc.dictionary(fc.constantFrom("con_name", "nosuch"), plain), { maxLength: 2 }), fc.dictionary(fc.constantFrom("name", "nosuch"), plain))));
const junk = fc.oneof(nested, fc.jsonValue({ maxDepth: 2 }), fc.constantFrom("/salesorders(1)", "/accounts()", "$1", "/nosuch(00000000-0000-0000-0000-000000000000)", "2026-13-45", 1e308, -1, "x".repeat(5_000)));
const filterText = fc.array(fc.constantFrom("con_name", "eq", "'x'", "(", ")", "and", "or", "not", "null", "contains(", ",", "5", "con_orderid/name", "o/any(", "Microsoft.Dynamics.CRM.In(", "PropertyName=", "'", "[", "]", "@p1", "ne", "totalamount", "con_salesorder_shipment/any(o:o/con_name eq 'a')"), { maxLength: 10 }).map((parts) => parts.join(" "));

describe("bad input is refused with a 4xx and leaves nothing behind", () => {
  test("bodies of creates", async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(column, junk), async (row) => {
      const before = countOf();
      const all = sizes();
      const answer = await organization.call("sysadmin", "POST", "con_shipments", row);
      expect(answer.status === 204 || (answer.status >= 400 && answer.status < 500)).toBe(true);
      if (answer.status !== 204) expect(answer.code).toMatch(/^0x8[0-9a-f]{7}$/);
      if (answer.status === 204) expect(countOf()).toBeGreaterThan(before);
      else expect(sizes()).toBe(all);
      if (before > ROWS_KEPT) clearRows();
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("nested rows, good ones before bad ones: all of them or none", async () => {
    const { store, model } = organization.open.organization;
    const shipment = fc.dictionary(fc.constantFrom("con_name", "con_kind", "con_weight", "nosuch"), plain, { maxKeys: 2 });
    const task = fc.dictionary(fc.constantFrom("subject", "percentcomplete", "nosuch"), plain, { maxKeys: 2 });
    const order = fc.record({ name: fc.constant("Nested"), customerid_account: fc.record({ name: fc.constant("Above"), nosuch: plain }, { requiredKeys: ["name"] }), con_salesorder_shipment: fc.array(shipment, { maxLength: 3 }), SalesOrder_Tasks: fc.array(task, { maxLength: 2 }), freightamount: plain, statuscode: plain }, { requiredKeys: ["name"] });
    const outcomes = { written: 0, refused: 0 };
    await fc.assert(fc.asyncProperty(order, async (body) => {
      const all = sizes();
      const answer = await organization.call("sysadmin", "POST", "salesorders", body);
      expect(answer.status === 204 || (answer.status >= 400 && answer.status < 500)).toBe(true);
      outcomes[answer.status === 204 ? "written" : "refused"] += 1;
      if (answer.status !== 204) expect(sizes()).toBe(all);
      else for (const name of ["con_shipment", "task", "activitypointer", "salesorder", "account"]) for (const row of [...store.all(name)]) store.remove(model.table(name), asText(row[model.table(name).id]));
    }), { numRuns: RUNS });
    // Both happen, or the property says nothing.
    expect([outcomes.written > 100, outcomes.refused > 1_000]).toEqual([true, true]);
  }, TIME_MS);

  test("bodies of updates: the row is as it was, or as it was told to be", async () => {
    const made = await organization.call("sysadmin", "POST", "con_shipments", { con_name: "kept", con_number: "K" });
    expect(made.status).toBe(204);
    const { store } = organization.open.organization;
    const id = asText([...store.all("con_shipment")].at(-1)?.["con_shipmentid"]);
    await fc.assert(fc.asyncProperty(fc.dictionary(column, junk), async (change) => {
      const [before, all] = [JSON.stringify(store.get("con_shipment", id)), sizes()];
      const answer = await organization.call("sysadmin", "PATCH", `con_shipments(${id})`, change);
      expect(answer.status === 204 || (answer.status >= 400 && answer.status < 500)).toBe(true);
      if (answer.status === 204) return;
      expect(answer.code).toMatch(/^0x8[0-9a-f]{7}$/);
      expect([JSON.stringify(store.get("con_shipment", id)), sizes()]).toEqual([before, all]);
    }), { numRuns: RUNS });
    clearRows();
  }, TIME_MS);

  test("change sets: every part is written, or none", async () => {
    const part = fc.record({ set: fc.constantFrom("con_shipments", "accounts", "tasks", "nosuch"), body: fc.dictionary(fc.constantFrom("con_name", "name", "subject", "con_kind", "nosuch"), plain, { maxKeys: 2 }) });
    await fc.assert(fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
      const { store } = organization.open.organization;
      const count = (): number => ["con_shipment", "account", "task"].reduce((sum, name) => sum + store.count(name), 0);
      const [before, all] = [count(), sizes()];
      const text = parts.map(({ set, body }, at) => `--c\nContent-Type: application/http\nContent-ID: ${at + 1}\n\nPOST /api/data/v9.2/${set} HTTP/1.1\nContent-Type: application/json\n\n${JSON.stringify(body)}\n`).join("");
      const answer = await organization.call("sysadmin", "POST", "$batch", `--b\nContent-Type: multipart/mixed;boundary=c\n\n${text}--c--\n--b--`, { "content-type": "multipart/mixed;boundary=b" });
      expect([200, 400, 403, 404]).toContain(answer.status);
      if (answer.status === 200) expect(count()).toBe(before + parts.length);
      else expect(sizes()).toBe(all);
      if (count() > 4 * ROWS_KEPT) for (const name of ["con_shipment", "account", "task"]) for (const row of [...store.all(name)]) store.remove(organization.open.organization.model.table(name), asText(row[organization.open.organization.model.table(name).id]));
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("definitions", async () => {
    const name = fc.constantFrom("SchemaName", "@odata.type", "Attributes", "IsPrimaryName", "MaxLength", "OptionSet", "Options", "DisplayName", "OwnershipType", "ReferencedEntity", "ReferencingEntity", "Lookup", "CascadeConfiguration", "Delete", "__proto__");
    const value = fc.oneof(plain, fc.constantFrom("Truck", "con_", "_x", "account", "Microsoft.Dynamics.CRM.StringAttributeMetadata", "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata"));
    const body = fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value), fc.array(fc.dictionary(name, value), { maxLength: 2 })));
    const path = fc.constantFrom("EntityDefinitions", "EntityDefinitions(LogicalName='con_shipment')/Attributes", "EntityDefinitions(LogicalName='con_shipment')", "EntityDefinitions(LogicalName='nosuch')", "RelationshipDefinitions", "RelationshipDefinitions(SchemaName='nosuch')", "EntityDefinitions(LogicalName='con_shipment')/Attributes(LogicalName='con_name')/x");
    const { model } = organization.open.organization;
    await fc.assert(fc.asyncProperty(fc.constantFrom("POST", "PUT", "PATCH"), path, body, async (method, at, definition) => {
      const [all, columns] = [sizes(), model.table("con_shipment").columns.size];
      const answer = await organization.call("sysadmin", method, at, definition);
      expect(answer.status === 204 || (answer.status >= 400 && answer.status < 500)).toBe(true);
      if (answer.status !== 204) expect([sizes(), model.table("con_shipment").columns.size]).toEqual([all, columns]);
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("bodies that are no objects", async () => {
    const noObject = fc.oneof(fc.string().filter((text) => !isObjectOrNothing(text)), fc.jsonValue().filter((value) => typeof value !== "object" || value === null || Array.isArray(value)).map((value) => JSON.stringify(value)));
    await fc.assert(fc.asyncProperty(noObject, async (text) => {
      const answer = await organization.call("sysadmin", "POST", "con_shipments", text);
      expect(Math.floor(answer.status / 100)).toBe(4);
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("paths and methods", async () => {
    const segment = fc.oneof(fc.constantFrom("con_shipments", "salesorders", "(", ")", "$ref", "$count", "$value", "$batch", "$1", "WhoAmI", "constructor", "toString()", "%", "%27", "con_name", "Microsoft.Dynamics.CRM.FulfillSalesOrder", "EntityDefinitions", "EntityDefinitions(LogicalName='x')", "con_shipments(con_number='a')", "con_shipments(con_number=a,b=c)", "con_shipments(00000000-0000-0000-0000-000000000001)", "systemuserroles_association"), fc.string({ maxLength: 6 }));
    await fc.assert(fc.asyncProperty(fc.constantFrom("GET", "POST", "PATCH", "PUT", "DELETE"), fc.array(segment, { minLength: 1, maxLength: 4 }), async (method, segments) => {
      const path = segments.join("/").replaceAll("#", "%23").replaceAll("?", "%3F");
      const all = sizes();
      const answer = await organization.call("salesrep", method, path, method === "GET" ? undefined : {});
      expect(answer.status).toBeLessThan(500);
      if (answer.status >= 400) expect(sizes()).toBe(all);
    }), { numRuns: RUNS });
  }, TIME_MS);

  test("query options", async () => {
    const option = fc.oneof(filterText.map((text) => `$filter=${encodeURIComponent(text)}`), fc.constantFrom("$select=", "$expand=", "$orderby=", "$top=", "$apply=", "$skiptoken=", "fetchXml=", "$count=", "$skip=").chain((name) => fc.oneof(fc.string({ maxLength: 12 }), filterText, fc.constantFrom("con_OrderId($select=name;$expand=customerid_account)", "con_OrderId($top=1)", "con_OrderId(", "<fetch/>", "<fetch><entity name='con_shipment'><attribute name='x'/></entity></fetch>", "groupby((con_kind),aggregate($count as n))")).map((text) => `${name}${encodeURIComponent(text)}`)));
    await fc.assert(fc.asyncProperty(fc.array(option, { minLength: 1, maxLength: 3 }), async (options) => {
      const answer = await organization.call("sysadmin", "GET", `con_shipments?${options.join("&")}`);
      expect(answer.status === 200 || (answer.status >= 400 && answer.status < 500 && answer.code !== "")).toBe(true);
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
      const all = sizes();
      const answer = await organization.sandbox("POST", "import", Buffer.from(bytes));
      expect(sizes()).toBe(all);
      expect([answer.status, answer.code]).toEqual([400, "0x80048060"]);
    }), { numRuns: RUNS });
  }, TIME_MS);
});

/** Chance writes these, too: an object, with or without blanks around it, and nothing at all, which is an object without columns. */
function isObjectOrNothing(text: string): boolean {
  if (text.trim() === "") return true;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
