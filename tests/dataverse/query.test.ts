// What $filter, $orderby, $expand, $count, $apply and pages answer, on rows whose dates lie around the business clock.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let parent: string;
let child: string;
let grandchild: string;
let order: string;
const ANN = "b0000000-0000-4000-8000-000000000001";
const admin = (path: string, prefer?: string): Promise<Answer> => o.call("sysadmin", "GET", path, undefined, prefer === undefined ? {} : { prefer });
const rows = (answer: Answer): Record<string, unknown>[] => answer.json["value"] as Record<string, unknown>[];
const names = async (set: string, filter: string): Promise<unknown[]> => {
  const answer = await admin(`${set}?$filter=${encodeURIComponent(filter)}&$orderby=${set === "accounts" ? "name" : "con_number"}`);
  if (answer.status !== 200) throw new Error(answer.text);
  return rows(answer).map((row) => row[set === "accounts" ? "name" : "con_number"]);
};
/** Shipped so many days, months or years from now. */
const shifted = (change: { days?: number; months?: number; years?: number }): string => {
  const at = o.clock.now();
  return new Date(Date.UTC(at.getUTCFullYear() + (change.years ?? 0), at.getUTCMonth() + (change.months ?? 0), at.getUTCDate() + (change.days ?? 0), at.getUTCHours(), at.getUTCMinutes())).toISOString();
};

beforeAll(async () => {
  o = await startOrganization();
  await o.sandbox("POST", "switches", { ownerNeedsReadPrivilege: false });
  parent = await o.create("accounts", { name: "Above" });
  child = await o.create("accounts", { name: "Middle", "parentaccountid@odata.bind": `/accounts(${parent})` });
  grandchild = await o.create("accounts", { name: "Under", "parentaccountid@odata.bind": `/accounts(${child})` });
  order = await o.create("salesorders", { name: "Zeta", "customerid_account@odata.bind": `/accounts(${parent})` });
  const other = await o.create("salesorders", { name: "Alpha", "customerid_account@odata.bind": `/accounts(${child})` });
  const ship = (number: string, row: Record<string, unknown>): Promise<string> => o.create("con_shipments", { con_number: number, con_name: "100% [x]", ...row });
  await ship("1 now", { con_shippedon: shifted({}), con_kind: 1, con_weight: 5, con_value: 10, "con_OrderId@odata.bind": `/salesorders(${order})`, "ownerid@odata.bind": `/systemusers(${ANN})` });
  await ship("2 day ago", { con_shippedon: shifted({ days: -1 }), con_kind: 2, con_weight: 10, con_value: 30, con_fragile: true, "con_OrderId@odata.bind": `/salesorders(${other})` });
  await ship("3 years ago", { con_shippedon: shifted({ years: -3 }), con_kind: 2, con_weight: 15, con_name: "plain" });
  await ship("4 in years", { con_shippedon: shifted({ years: 3 }), con_weight: 20, con_name: "O'Brien" });
  await ship("5 never", {});
});
afterAll(async () => { await o.close(); });

const crm = (name: string, rest = ""): string => `Microsoft.Dynamics.CRM.${name}(PropertyName='con_shippedon'${rest})`;
const ANY = expect.anything() as unknown;

describe("$filter", () => {
  test.each<[string, readonly string[]]>([
    ["con_weight eq 5", ["1 now"]], ["con_weight ne 5 and con_weight ne null", ["2 day ago", "3 years ago", "4 in years"]], ["con_weight gt 10", ["3 years ago", "4 in years"]], ["con_weight ge 10 and con_weight lt 20", ["2 day ago", "3 years ago"]], ["con_weight le 5", ["1 now"]],
    ["con_weight eq null", ["5 never"]], ["con_fragile eq true", ["2 day ago"]], ["not (con_weight gt 5) and con_weight ne null", ["1 now"]], ["con_kind eq 1 or con_kind eq 2 and con_weight gt 10", ["1 now", "3 years ago"]], ["(con_kind eq 1 or con_kind eq 2) and con_weight gt 10", ["3 years ago"]],
    ["con_name eq 'o''brien'", ["4 in years"]], ["contains(con_name,'LAI')", ["3 years ago"]], ["startswith(con_name,'pl')", ["3 years ago"]], ["endswith(con_name,'rien')", ["4 in years"]], ["contains(con_name,'p%n')", ["3 years ago"]], ["startswith(con_name,'_lain')", ["3 years ago"]], ["startswith(con_name,'[op]l')", ["3 years ago"]],
    ["con_weight eq con_value", []], ["con_value gt con_weight", ["1 now", "2 day ago"]], ["con_OrderId/name eq 'Alpha'", ["2 day ago"]], ["con_OrderId/customerid_account/parentaccountid/name eq 'Above'", ["2 day ago"]], ["_con_orderid_value ne null", ["1 now", "2 day ago"]], ["con_shippedon gt 2030-01-01T00:00:00Z or con_number eq '1 now'", ["1 now"]],
  ])("%s", async (filter, expected) => { expect(await names("con_shipments", filter)).toEqual(expected); });

  test.each<[string, readonly string[]]>([
    [crm("Today"), ["1 now"]], [crm("Yesterday"), ["2 day ago"]], [crm("Tomorrow"), []], [crm("Last7Days"), ["1 now", "2 day ago"]], [crm("LastXDays", ",PropertyValue=1"), ["1 now", "2 day ago"]], [crm("LastXHours", ",PropertyValue=2"), ["1 now"]], [crm("LastXWeeks", ",PropertyValue=1"), ["1 now", "2 day ago"]],
    [crm("LastXMonths", ",PropertyValue=35"), ["1 now", "2 day ago"]], [crm("LastXMonths", ",PropertyValue=37"), ["1 now", "2 day ago", "3 years ago"]], [crm("LastXYears", ",PropertyValue=3"), ["1 now", "2 day ago", "3 years ago"]], [crm("NextXYears", ",PropertyValue=2"), []], [crm("NextXYears", ",PropertyValue=3"), ["4 in years"]], [crm("NextXMonths", ",PropertyValue=37"), ["4 in years"]],
    [crm("OlderThanXDays", ",PropertyValue=2"), ["3 years ago"]], [crm("OlderThanXMonths", ",PropertyValue=1"), ["3 years ago"]], [crm("OlderThanXYears", ",PropertyValue=4"), []], [crm("OlderThanXMinutes", ",PropertyValue=60"), ["2 day ago", "3 years ago"]], [crm("NextYear"), []], [`not ${crm("ThisYear")} and con_shippedon ne null and con_number ne '2 day ago'`, ["3 years ago", "4 in years"]],
    [`not ${crm("ThisFiscalYear")} and con_shippedon ne null and con_number ne '2 day ago'`, ["3 years ago", "4 in years"]], [crm("LastXFiscalYears", ",PropertyValue=2"), []], [crm("InOrAfterFiscalPeriodAndYear", ",PropertyValue1=1,PropertyValue2=2000"), ["1 now", "2 day ago", "3 years ago", "4 in years"]], [crm("InOrBeforeFiscalPeriodAndYear", ",PropertyValue1=4,PropertyValue2=2000"), []], [crm("InFiscalYear", ",PropertyValue=1999"), []],
  ])("a function of time: %s", async (filter, expected) => { expect(await names("con_shipments", filter)).toEqual(expected); });

  test.each<[string, readonly string[]]>([
    ["Microsoft.Dynamics.CRM.In(PropertyName='con_kind',PropertyValues=[\"1\",\"2\"])", ["1 now", "2 day ago", "3 years ago"]], ["Microsoft.Dynamics.CRM.NotIn(PropertyName='con_kind',PropertyValues=['1'])", ["2 day ago", "3 years ago", "4 in years", "5 never"]],
    ["Microsoft.Dynamics.CRM.Between(PropertyName='con_weight',PropertyValues=[\"5\",\"10\"])", ["1 now", "2 day ago"]], ["Microsoft.Dynamics.CRM.NotBetween(PropertyName='con_weight',PropertyValues=[\"5\",\"10\"])", ["3 years ago", "4 in years"]], ["Microsoft.Dynamics.CRM.Contains(PropertyName='con_name',PropertyValue='plai')", ["3 years ago"]],
    [`Microsoft.Dynamics.CRM.In(PropertyName='ownerid',PropertyValues=['${ANN}'])`.replace("'ownerid'", "'_ownerid_value'"), ["1 now"]], ["Microsoft.Dynamics.CRM.NotEqualUserId(PropertyName='_ownerid_value')", ["1 now"]], ["Microsoft.Dynamics.CRM.EqualUserId(PropertyName='_ownerid_value') and con_kind eq 1", []],
    ["Microsoft.Dynamics.CRM.EqualUserOrUserTeams(PropertyName='_ownerid_value') and con_kind eq 2", ["2 day ago", "3 years ago"]], ["Microsoft.Dynamics.CRM.EqualBusinessId(PropertyName='_owningbusinessunit_value') and con_kind eq 1", []], ["Microsoft.Dynamics.CRM.NotEqualBusinessId(PropertyName='_owningbusinessunit_value')", ["1 now"]],
  ])("sets, ranges, text and users: %s", async (filter, expected) => { expect(await names("con_shipments", filter)).toEqual(expected); });

  test.each<[string, () => string, readonly string[]]>([
    ["Under", () => parent, ["Middle", "Under"]], ["UnderOrEqual", () => child, ["Middle", "Under"]], ["Above", () => grandchild, ["Above", "Middle"]], ["AboveOrEqual", () => child, ["Above", "Middle"]], ["NotUnder", () => parent, ["Above"]],
  ])("a hierarchy: %s", async (name, id, expected) => { expect(await names("accounts", `Microsoft.Dynamics.CRM.${name}(PropertyName='accountid',PropertyValue='${id()}')`)).toEqual(expected); });

  test.each<[string, string, readonly string[]]>([
    ["accounts", "order_customer_accounts/any(o:o/name eq 'Zeta')", ["Above"]], ["accounts", "order_customer_accounts/any()", ["Above", "Middle"]], ["accounts", "not order_customer_accounts/any()", ["Under"]], ["accounts", "order_customer_accounts/all(o:o/name eq 'Zeta') and order_customer_accounts/any()", ["Above"]],
    ["accounts", "order_customer_accounts/any(o:o/con_salesorder_shipment/any(s:s/con_kind eq 1 and o/name eq 'Zeta'))", ["Above"]], ["con_shipments", "con_OrderId/customerid_account/order_customer_accounts/any(c:c/name eq 'Alpha')", ["2 day ago"]],
  ])("a lambda on %s: %s", async (set, filter, expected) => {
    expect(await names(set, filter)).toEqual(expected);
  });

  test.each<[string, RegExp]>([
    ["nosuch eq 1", /property named 'nosuch'/], ["con_orderid eq null", /property named 'con_orderid'/], ["con_OrderId/nosuch eq 1", /property named 'nosuch' on type 'Microsoft.Dynamics.CRM.salesorder'/], ["nosuch/any()", /property named 'nosuch'/], ["con_weight eq 'x'", /incompatible types.*'Edm.Int32' and 'Edm.String' for operator kind 'Equal'/],
    [`_con_orderid_value eq '${ANN}'`, /'Edm.Guid' and 'Edm.String'/], ["con_number eq 5", /'Edm.String' and 'Edm.Int32'/], ["contains(con_weight,'x')", /No function signature/], ["con_weight is 5", /Syntax error/], ["Microsoft.Dynamics.CRM.Nothing(PropertyName='con_name')", /unknown function/], ["Microsoft.Dynamics.CRM.LastXDays(PropertyName='con_shippedon')", /needs a value/],
    ["Microsoft.Dynamics.CRM.LastXDays(PropertyName='con_shippedon',PropertyValue=x)", /whole number/], ["Microsoft.Dynamics.CRM.On(PropertyName='con_shippedon',PropertyValue='x')", /not a date/], ["con_shippedon gt 2026-99-01", /not a valid date/], ["con_weight eq 5 and", /Syntax error/], ["(con_weight eq 5", /Syntax error/],
  ])("refuses %s, also on a table without rows", async (filter, text) => {
    const answer = await admin(`con_shipments?$filter=${encodeURIComponent(filter)}`);
    expect([answer.status, answer.error.code, answer.error.message]).toEqual([400, "0x80060888", expect.stringMatching(text)]);
    expect((await admin(`queueitems?$filter=${encodeURIComponent("nosuch eq 1")}`)).status).toBe(400);
  });
});

describe("order, count and pages", () => {
  test.each<[string, readonly unknown[]]>([
    ["con_weight desc,con_number", ["4 in years", "3 years ago", "2 day ago", "1 now", "5 never"]], ["con_kind,con_number desc", ["5 never", "4 in years", "1 now", "3 years ago", "2 day ago"]], ["_con_orderid_value desc,con_number", ["1 now", "2 day ago", "3 years ago", "4 in years", "5 never"]],
  ])("$orderby=%s; choices by number, lookups by name", async (text, expected) => { expect(rows(await admin(`con_shipments?$select=con_number&$orderby=${text}`)).map((row) => row["con_number"])).toEqual(expected); });
  test.each(["con_number up", "con_number asc desc", "nosuch", "con_OrderId"])("refuses $orderby=%s", async (text) => { expect((await admin(`con_shipments?$orderby=${encodeURIComponent(text)}`)).status).toBe(400); });
  test("$top limits, and is ignored beside a page size", async () => {
    expect(rows(await admin("con_shipments?$top=2"))).toHaveLength(2);
    expect((await admin("con_shipments?$top=2")).json["@odata.nextLink"]).toBeUndefined();
    expect(rows(await admin("con_shipments?$top=2", "odata.maxpagesize=3"))).toHaveLength(3);
  });
  test("$count says the total, and the total's annotations only when asked for", async () => {
    expect((await admin("con_shipments?$count=true&$top=1")).json["@odata.count"]).toBe(5);
    expect((await admin("con_shipments/$count?$filter=con_kind eq 2")).text).toBe("2");
    expect((await admin("con_shipments?$count=true", 'odata.include-annotations="*"')).json).toMatchObject({ "@Microsoft.Dynamics.CRM.totalrecordcount": 5, "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded": false });
    expect((await admin("con_shipments", 'odata.include-annotations="Microsoft.Dynamics.CRM.*"')).json["@Microsoft.Dynamics.CRM.totalrecordcount"]).toBe(-1);
    expect((await admin("con_shipments?$count=maybe")).status).toBe(400);
  });
  test("the link to the next page holds Dataverse's cookie, goes on behind the last row seen, and ends", async () => {
    const seen: unknown[] = [];
    let path = "con_shipments?$select=con_number&$orderby=con_number";
    for (let page = 1; page <= 3; page++) {
      const answer = await admin(path, "odata.maxpagesize=2");
      seen.push(...rows(answer).map((row) => row["con_number"]));
      const link = answer.json["@odata.nextLink"];
      if (page === 3) { expect(link).toBeUndefined(); break; }
      path = String(link).replace(/^.*\/api\/data\/v9\.2\//, "");
      const cookie = decodeURIComponent(/\$skiptoken=(.*)$/.exec(path)?.[1] ?? "");
      expect(cookie).toMatch(new RegExp(`^<cookie pagenumber="${page + 1}" pagingcookie="%253ccookie.*" istracking="False" />$`, "i"));
      expect(decodeURIComponent(decodeURIComponent(cookie))).toMatch(/<cookie page="\d"><con_shipmentid last="\{[0-9A-F-]{36}\}" first="\{[0-9A-F-]{36}\}" \/><\/cookie>/);
      // A row before the page that goes away does not make the next page skip one.
      if (page === 1) await o.call("sysadmin", "DELETE", "con_shipments(con_number='1 now')");
    }
    expect(seen).toEqual(["1 now", "2 day ago", "3 years ago", "4 in years", "5 never"]);
    await o.create("con_shipments", { con_number: "1 now", con_kind: 1, con_weight: 5, con_value: 10, con_shippedon: shifted({}), "con_OrderId@odata.bind": `/salesorders(${order})`, "ownerid@odata.bind": `/systemusers(${ANN})` });
    expect((await admin("con_shipments?$skiptoken=nonsense")).error.message).toBe("Malformed Skip Token.");
  });
});

describe("$expand", () => {
  const read = async (path: string, prefer?: string): Promise<Record<string, unknown>> => (await admin(path, prefer)).json;
  test("a single-valued navigation is an object without etag, or null", async () => {
    expect(await read("con_shipments(con_number='1 now')?$select=con_number&$expand=con_OrderId($select=name)")).toMatchObject({ con_OrderId: { name: "Zeta", salesorderid: order } });
    expect((await read("con_shipments(con_number='1 now')?$expand=con_OrderId($select=name)"))["con_OrderId"]).not.toHaveProperty(["@odata.etag"]);
    expect((await read("con_shipments(con_number='5 never')?$expand=con_OrderId($select=name)"))["con_OrderId"]).toBeNull();
  });
  test("a collection comes with the link to itself, filtered, sorted and cut", async () => {
    const body = await read(`accounts(${parent})?$select=name&$expand=order_customer_accounts($select=name;$filter=contains(name,'eta');$orderby=name desc;$top=1)`);
    expect(body["order_customer_accounts"]).toEqual([{ "@odata.etag": ANY, salesorderid: order, name: "Zeta" }]);
    expect(String(body["order_customer_accounts@odata.nextLink"])).toContain(`/accounts(${parent})/order_customer_accounts?$select=name`);
  });
  test("$ref gives a lookup's address alone", async () => { expect((await read("con_shipments(con_number='1 now')?$expand=con_OrderId/$ref"))["con_OrderId"]).toEqual({ "@odata.id": expect.stringContaining(`salesorders(${order})`) }); });
  test("nested, three deep, and a many-to-many relationship", async () => {
    expect(await read("con_shipments(con_number='2 day ago')?$expand=con_OrderId($expand=customerid_account($select=name;$expand=parentaccountid($select=name)))")).toMatchObject({ con_OrderId: { customerid_account: { name: "Middle", parentaccountid: { name: "Above" } } } });
    expect(await read(`systemusers(${ANN})?$select=fullname&$expand=systemuserroles_association($select=name;$orderby=name)`)).toMatchObject({ ownerid: ANN, systemuserroles_association: [{ name: "Basic User" }, { name: "Salesperson" }] });
  });
  test("only with a nested expand does the page size reach the collections", async () => {
    const path = (inner: string): string => `salesorders?$filter=name eq 'Zeta'&$select=name&$expand=con_salesorder_shipment($select=con_number${inner})`;
    await o.create("con_shipments", { con_number: "6 more", "con_OrderId@odata.bind": `/salesorders(${order})` });
    expect(rows(await admin(path(""), "odata.maxpagesize=1"))[0]?.["con_salesorder_shipment"]).toHaveLength(2);
    const [nested] = rows(await admin(path(";$expand=con_OrderId($select=name)"), "odata.maxpagesize=1"));
    expect(nested?.["con_salesorder_shipment"]).toHaveLength(1);
    const next = String(nested?.["con_salesorder_shipment@odata.nextLink"]).replace(/^.*\/api\/data\/v9\.2\//, "");
    expect(rows(await admin(next, "odata.maxpagesize=1"))[0]?.["con_number"]).toBe("6 more");
    await o.call("sysadmin", "DELETE", "con_shipments(con_number='6 more')");
  });
  test.each<[string, RegExp]>([
    ["nosuch", /property named 'nosuch'/], ["con_OrderId($select=nosuch)", /property named 'nosuch'/], ["con_OrderId($orderby=name)", /Only \$select and \$filter clause can be provided/], ["con_OrderId($top=1)", /Only \$select and \$filter/], ["con_OrderId($expand=con_salesorder_shipment($top=1))", /Only \$select and \$filter/],
    ["con_OrderId($skip=1)", /'\$skip' is not supported/], ["con_OrderId($count=true)", /'\$count' is not supported/], ["con_OrderId($levels=2)", /'\$levels' is not supported/], ["con_OrderId($search=x)", /'\$search' is not supported/], [Array.from({ length: 16 }, () => "con_OrderId").join(","), /maximum number of \$expand segments allowed is 15/],
  ])("refuses %s", async (text, message) => { expect((await admin(`con_shipments?$expand=${encodeURIComponent(text)}`)).error).toEqual({ code: "0x80060888", message: expect.stringMatching(message) }); });
  test("$ref on a collection is refused", async () => { expect((await admin("salesorders?$expand=con_salesorder_shipment/$ref")).error.message).toBe("Expand with $ref is only supported on lookup type navigation property."); });
});
