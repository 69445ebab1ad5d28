// FetchXML: every kind of link, conditions, orders, aliases, aggregates and pages.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let order: string;
beforeAll(async () => {
  o = await startOrganization();
  const account = await o.create("accounts", { name: "Contoso" });
  const make = (name: string): Promise<string> => o.create("salesorders", { name, "customerid_account@odata.bind": `/accounts(${account})` });
  order = await make("Two");
  const one = await make("One");
  await make("None");
  const ship = (number: string, row: Record<string, unknown>): Promise<string> => o.create("con_shipments", { con_number: number, ...row });
  await ship("a", { con_kind: 1, con_weight: 5, con_value: 10, con_name: "a", con_shippedon: "2026-01-04T10:00:00Z", "con_OrderId@odata.bind": `/salesorders(${order})` });
  await ship("b", { con_kind: 2, con_weight: 7, con_value: 7, con_name: "z", con_shippedon: "2026-05-01T10:00:00Z", "con_OrderId@odata.bind": `/salesorders(${order})` });
  await ship("c", { con_kind: 2, con_weight: 9, con_value: 3, con_shippedon: "2025-05-01T10:00:00Z", "con_OrderId@odata.bind": `/salesorders(${one})` });
  await ship("d", {});
});
afterAll(async () => { await o.close(); });

const fetch = (set: string, xml: string, prefer = 'odata.include-annotations="*"', user = "sysadmin"): Promise<Answer> => o.call(user, "GET", `${set}?fetchXml=${encodeURIComponent(xml)}`, undefined, { prefer });
const found = async (set: string, xml: string, column: string): Promise<unknown[]> => {
  const answer = await fetch(set, xml, "");
  if (answer.status !== 200) throw new Error(answer.text);
  return (answer.json["value"] as Record<string, unknown>[]).map((row) => row[column]);
};
const shipments = (inner: string, attributes = ""): string => `<fetch ${attributes}><entity name='con_shipment'><attribute name='con_number'/><order attribute='con_number'/>${inner}</entity></fetch>`;
const where = (condition: string): string => shipments(`<filter>${condition}</filter>`);
const orders = (inner: string): string => `<fetch><entity name='salesorder'><attribute name='name'/><order attribute='name'/>${inner}</entity></fetch>`;
const LINK = "name='con_shipment' from='con_orderid' to='salesorderid'";

describe("links", () => {
  test.each<[string, string, readonly string[]]>([
    ["inner", `<link-entity ${LINK} link-type='inner'/>`, ["One", "Two", "Two"]], ["outer", `<link-entity ${LINK} link-type='outer'/>`, ["None", "One", "Two", "Two"]], ["outer with a null condition on the link: who has none", `<link-entity ${LINK} link-type='outer' alias='s'/><filter><condition entityname='s' attribute='con_shipmentid' operator='null'/></filter>`, ["None"]],
    ["exists", `<link-entity ${LINK} link-type='exists'/>`, ["One", "Two"]], ["in", `<link-entity ${LINK} link-type='in'/>`, ["One", "Two"]], ["the first match only", `<link-entity ${LINK} link-type='matchfirstrowusingcrossapply'/>`, ["One", "Two"]],
    ["any, in a filter", `<filter><link-entity ${LINK} link-type='any'><filter><condition attribute='con_kind' operator='eq' value='1'/></filter></link-entity></filter>`, ["Two"]], ["not any", `<filter><link-entity ${LINK} link-type='not any'/></filter>`, ["None"]],
    ["all: partners, none of which meets the condition", `<filter><link-entity ${LINK} link-type='all'><filter><condition attribute='con_kind' operator='eq' value='1'/></filter></link-entity></filter>`, ["One"]], ["not all, which is any", `<filter><link-entity ${LINK} link-type='not all'><filter><condition attribute='con_kind' operator='eq' value='1'/></filter></link-entity></filter>`, ["Two"]],
    ["any or a condition", `<filter type='or'><condition attribute='name' operator='eq' value='None'/><link-entity ${LINK} link-type='any'><filter><condition attribute='con_kind' operator='eq' value='1'/></filter></link-entity></filter>`, ["None", "Two"]],
  ])("%s", async (_name, inner, expected) => { expect(await found("salesorders", orders(inner), "name")).toEqual(expected); });
  test("linked columns are named by alias, by attribute alias, or by table and number; nulls are left out", async () => {
    const [row] = (await fetch("con_shipments", shipments("<filter><condition attribute='con_number' operator='eq' value='a'/></filter><attribute name='con_weight' alias='heavy'/><link-entity name='salesorder' from='salesorderid' to='con_orderid'><attribute name='name'/><link-entity name='account' from='accountid' to='customerid' alias='buyer'><attribute name='name' alias='who'/><attribute name='accountid'/><attribute name='emailaddress1'/></link-entity></link-entity>"), "")).json["value"] as Record<string, unknown>[];
    expect(row).toEqual({ "@odata.etag": expect.any(String), con_shipmentid: expect.any(String), con_number: "a", heavy: 5, "salesorder1.name": "Two", who: "Contoso", "buyer.accountid": expect.any(String) });
  });
});

describe("conditions", () => {
  test.each<[string, readonly string[]]>([
    ["<condition attribute='con_kind' operator='in'><value>1</value><value>2</value></condition>", ["a", "b", "c"]], ["<condition attribute='con_kind' operator='not-in'><value>2</value></condition>", ["a", "d"]], ["<condition attribute='con_weight' operator='between'><value>5</value><value>7</value></condition>", ["a", "b"]],
    ["<condition attribute='con_name' operator='like' value='A%'/>", ["a"]], ["<condition attribute='con_name' operator='not-like' value='A%'/>", ["b", "c", "d"]], ["<condition attribute='con_name' operator='begins-with' value='z'/>", ["b"]], ["<condition attribute='con_weight' operator='eq' valueof='con_value'/>", ["b"]], ["<condition attribute='con_weight' operator='gt' valueof='con_value'/>", ["c"]],
    ["<condition attribute='con_shippedon' operator='on' value='2026-01-04'/>", ["a"]], ["<condition attribute='con_shippedon' operator='on-or-after' value='2026-01-04'/>", ["a", "b"]], ["<condition attribute='con_shippedon' operator='in-fiscal-year' value='2025'/>", ["c"]], ["<condition attribute='con_shippedon' operator='in-fiscal-period-and-year'><value>2</value><value>2026</value></condition>", ["b"]],
    ["<condition attribute='con_shippedon' operator='olderthan-x-days' value='1'/>", ["a", "b", "c"]], ["<condition attribute='con_shippedon' operator='null'/>", ["d"]], ["<condition attribute='createdon' operator='last-x-hours' value='1'/>", ["a", "b", "c", "d"]], ["<condition attribute='ownerid' operator='eq-userid'/>", ["a", "b", "c", "d"]], ["<condition attribute='owningbusinessunit' operator='ne-businessid'/>", []],
  ])("%s", async (condition, expected) => { expect(await found("con_shipments", where(condition), "con_number")).toEqual(expected); });
});

describe("orders and pages", () => {
  test("choices sort by label, or by value when raw order is asked for; the entity's orders come before a link's", async () => {
    const by = (attributes: string): string => `<fetch ${attributes}><entity name='con_shipment'><attribute name='con_number'/><filter><condition attribute='con_kind' operator='not-null'/></filter><order attribute='con_kind'/><order attribute='con_number'/></entity></fetch>`;
    expect(await found("con_shipments", by(""), "con_number")).toEqual(["b", "c", "a"]);
    expect(await found("con_shipments", by("useraworderby='true'"), "con_number")).toEqual(["a", "b", "c"]);
    expect(await found("con_shipments", "<fetch><entity name='con_shipment'><attribute name='con_number'/><link-entity name='salesorder' from='salesorderid' to='con_orderid' alias='o'/><order entityname='o' attribute='name'/><order attribute='con_number' descending='true'/></entity></fetch>", "con_number")).toEqual(["c", "b", "a"]);
  });
  test("pages follow each other, with the cookie while there are more", async () => {
    const page = async (number: number): Promise<Record<string, unknown>> => (await fetch("con_shipments", shipments("", `count='3' page='${number}' returntotalrecordcount='true'`))).json;
    const [first, second] = [await page(1), await page(2)];
    expect([first["value"], second["value"]].map((rows) => (rows as Record<string, unknown>[]).map((row) => row["con_number"]))).toEqual([["a", "b", "c"], ["d"]]);
    expect(first).toMatchObject({ "@Microsoft.Dynamics.CRM.morerecords": true, "@Microsoft.Dynamics.CRM.totalrecordcount": 4 });
    const cookie = /pagingcookie="([^"]*)"/.exec(String(first["@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"]))?.[1] ?? "";
    expect(decodeURIComponent(decodeURIComponent(cookie))).toMatch(/^<cookie page="1"><con_shipmentid last="\{[0-9A-F-]+\}" first="\{[0-9A-F-]+\}" \/><\/cookie>$/);
    expect(second).not.toHaveProperty(["@Microsoft.Dynamics.CRM.morerecords"]);
  });
  test("top cuts, distinct leaves out what is the same", async () => {
    expect(await found("con_shipments", shipments("", "top='2'"), "con_number")).toEqual(["a", "b"]);
    expect(await found("salesorders", `<fetch distinct='true'><entity name='salesorder'><attribute name='name'/><order attribute='name'/><link-entity ${LINK}/></entity></fetch>`, "name")).toEqual(["One", "Two"]);
  });
});

describe("aggregates", () => {
  const sums = async (inner: string, prefer = ""): Promise<unknown> => (await fetch("con_shipments", `<fetch aggregate='true'><entity name='con_shipment'>${inner}</entity></fetch>`, prefer)).json["value"];
  test("sum, avg, min, max, count, countcolumn, distinct", async () => {
    expect(await sums("<attribute name='con_value' alias='sum' aggregate='sum'/><attribute name='con_weight' alias='avg' aggregate='avg'/><attribute name='con_weight' alias='min' aggregate='min'/><attribute name='con_weight' alias='max' aggregate='max'/><attribute name='con_shipmentid' alias='n' aggregate='count'/><attribute name='con_kind' alias='with' aggregate='countcolumn'/><attribute name='con_kind' alias='kinds' aggregate='countcolumn' distinct='true'/>")).toEqual([{ sum: 20, avg: 7, min: 5, max: 9, n: 4, with: 3, kinds: 2 }]);
  });
  test("groups by choice, by year and week, and by a linked column, ordered by alias", async () => {
    expect(await sums("<attribute name='con_kind' alias='kind' groupby='true'/><attribute name='con_shipmentid' alias='n' aggregate='count'/><filter><condition attribute='con_kind' operator='not-null'/></filter><order alias='n' descending='true'/>", 'odata.include-annotations="*"')).toEqual([
      { kind: 2, "kind@OData.Community.Display.V1.FormattedValue": "Pallet", n: 2, "n@OData.Community.Display.V1.FormattedValue": "2" }, { kind: 1, "kind@OData.Community.Display.V1.FormattedValue": "Parcel", n: 1, "n@OData.Community.Display.V1.FormattedValue": "1" },
    ]);
    expect(await sums("<attribute name='con_shippedon' alias='year' groupby='true' dategrouping='year'/><attribute name='con_shippedon' alias='week' groupby='true' dategrouping='week'/><attribute name='con_shipmentid' alias='n' aggregate='count'/><filter><condition attribute='con_number' operator='eq' value='a'/></filter>")).toEqual([{ year: 2026, week: 2, n: 1 }]);
    expect(await sums("<attribute name='con_weight' alias='kg' aggregate='sum'/><link-entity name='salesorder' from='salesorderid' to='con_orderid'><attribute name='name' alias='order' groupby='true'/><order alias='order'/></link-entity>")).toEqual([{ kg: 9, order: "One" }, { kg: 12, order: "Two" }]);
  });
});

describe("refusals", () => {
  test.each<[string, string, string]>([
    ["an unknown table", "<fetch><entity name='nosuch'/></fetch>", "0x80041102"], ["an unknown column", shipments("<attribute name='nosuch'/>"), "0x80041103"], ["another table than the address", "<fetch><entity name='account'/></fetch>", "0x80060888"], ["no XML", "<fetch", "0x80040203"], ["an unknown operator", where("<condition attribute='con_kind' operator='resembles' value='1'/>"), "0x80040203"],
    ["an unknown link", where("<condition entityname='x' attribute='con_kind' operator='null'/>"), "0x80040203"], ["an unknown link type", shipments("<link-entity name='salesorder' from='salesorderid' to='con_orderid' link-type='sideways'/>"), "0x80040203"], ["any outside a filter", shipments("<link-entity name='salesorder' from='salesorderid' to='con_orderid' link-type='any'/>"), "0x80040203"],
    ["top and page together", shipments("", "top='1' page='2'"), "0x80040203"], ["sixteen links", shipments("<link-entity name='salesorder' from='salesorderid' to='con_orderid'/>".repeat(16)), "0x80040203"], ["an aggregate without alias", "<fetch aggregate='true'><entity name='con_shipment'><attribute name='con_kind' aggregate='count'/></entity></fetch>", "0x8004e021"],
    ["an attribute in the order of an aggregate", "<fetch aggregate='true'><entity name='con_shipment'><attribute name='con_kind' alias='n' aggregate='count'/><order attribute='con_kind'/></entity></fetch>", "0x8004e020"], ["two equal aliases", shipments("<attribute name='con_kind' alias='x'/><attribute name='con_weight' alias='x'/>"), "0x80040203"], ["a count that is none", shipments("", "count='many'"), "0x80040203"],
  ])("%s", async (_name, xml, code) => {
    const answer = await fetch("con_shipments", xml);
    expect([answer.status, answer.error.code]).toEqual([400, code]);
  });
  test("rows of a table that the caller may not read are refused in a link too", async () => { expect((await fetch("salesorders", orders(`<link-entity ${LINK}/>`), "", "salesrep")).status).toBe(403); });
});
