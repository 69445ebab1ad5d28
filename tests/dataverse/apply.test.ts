// $apply: groups and sums, filtered first; what Dataverse does not aggregate is refused in its words.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
beforeAll(async () => {
  o = await startOrganization();
  const account = await o.create("accounts", { name: "Contoso" });
  const order = await o.create("salesorders", { name: "First", "customerid_account@odata.bind": `/accounts(${account})` });
  for (const [kind, weight, value] of [[1, 5, 10], [2, 7, 20.5], [2, 9, 30]]) await o.create("con_shipments", { con_kind: kind, con_weight: weight, con_value: value, "con_OrderId@odata.bind": `/salesorders(${order})` });
  await o.create("con_shipments", {});
});
afterAll(async () => { await o.close(); });
const apply = (text: string, more = "", prefer?: string): Promise<Answer> => o.call("sysadmin", "GET", `con_shipments?$apply=${encodeURIComponent(text)}${more}`, undefined, prefer === undefined ? {} : { prefer });

test.each<[string, string, readonly unknown[]]>([
  ["groupby((con_kind))", "&$orderby=con_kind desc", [{ con_kind: 2 }, { con_kind: 1 }, { con_kind: null }]],
  ["groupby((con_kind),aggregate($count as n))", "&$orderby=con_kind desc", [{ con_kind: 2, n: 2 }, { con_kind: 1, n: 1 }, { con_kind: null, n: 1 }]],
  ["aggregate(con_value with sum as total,con_weight with average as mean,con_weight with min as least,con_weight with max as most,con_kind with countdistinct as kinds,$count as n)", "", [{ total: 60.5, mean: 7, least: 5, most: 9, kinds: 2, n: 4 }]],
  ["filter(con_kind eq 2)/aggregate(con_value with sum as total)", "", [{ total: 50.5 }]],
  ["filter(con_kind eq 2)/groupby((con_kind),aggregate(con_value with max as most))", "", [{ con_kind: 2, most: 30 }]],
  ["filter(con_kind eq 99)/groupby((con_kind),aggregate($count as n))", "", []],
  ["filter(con_kind ne null)/groupby((con_OrderId/name),aggregate($count as n))", "", [{ salesorder_name: "First", n: 3 }]],
  ["aggregate($count as n)", "&$filter=con_kind eq 1", [{ n: 1 }]],
])("%s%s", async (text, more, expected) => { expect((await apply(text, more)).json["value"]).toEqual(expected); });

test("groups carry their labels when annotations are asked for", async () => {
  expect((await apply("filter(con_kind eq 2)/groupby((con_kind),aggregate($count as n))", "", 'odata.include-annotations="*"')).json["value"]).toEqual([{ "con_kind@OData.Community.Display.V1.FormattedValue": "Pallet", con_kind: 2, "n@OData.Community.Display.V1.FormattedValue": "2", n: 2 }]);
});

test.each<[string, string, RegExp]>([
  ["groupby((nosuch))", "", /property named 'nosuch'/], ["aggregate(con_value with product as x)", "", /Syntax error/], ["aggregate()", "", /empty/], ["groupby(con_kind)", "", /Syntax error/], ["topcount(2,con_value)", "", /Syntax error/], ["filter(con_kind eq 1)", "", /needs groupby or aggregate/],
  ["groupby((con_shippedon))", "", /date and time is not supported/], ["groupby((con_kind),aggregate($count as n))", "&$orderby=n", /^The query node SingleValueOpenPropertyAccess is not supported\.$/], ["aggregate($count as n)/groupby((con_kind))", "", /not supported after a grouping/],
])("refuses %s%s", async (text, more, message) => {
  const answer = await apply(text, more);
  expect([answer.status, answer.error.message]).toEqual([400, expect.stringMatching(message)]);
});
