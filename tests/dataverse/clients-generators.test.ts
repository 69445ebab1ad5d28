// Other people's code generator and small clients against the stand-in, each in a process of its own.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runClient } from "./client-process.ts";
import { startOrganization, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
beforeAll(async () => { o = await startOrganization(); });
afterAll(async () => { await o.close(); });

test("dataverse-gen makes types from live metadata: tables, choices, actions, functions and what they need", async () => {
  expect(await runClient(o, "dataverse-gen.cjs", "sysadmin")).toEqual({
    entities: expect.arrayContaining(["OrderClose.ts", "SalesOrder.ts", "con_Shipment.ts"]), actions: ["ConvertSalesOrderToInvoice.ts", "FulfillSalesOrder.ts"], functions: ["RetrieveCurrentOrganization.ts", "WhoAmI.ts"], complex: expect.arrayContaining(["ColumnSet.ts", "OrganizationDetail.ts", "WhoAmIResponse.ts"]),
    typeName: "mscrm.con_shipment", set: "con_shipments", kind: "Optionset", value: "Money", shipped: "DateAndTime:UserLocal", pallet: true, fulfil: true,
  });
});

test.each(["xrm-webapi", "dataverse-webapi"])("%s works through every function of its Node side", async (name) => {
  expect(await runClient(o, "web-api-modules.mjs", "sysadmin", [name])).toEqual({
    created: [36, true], byKey: 2, pages: [1, true], updated: "updated", returned: "returned", property: "single", cleared: null, associated: true, disassociated: null, user: "b0000000-0000-4000-8000-000000000008", impersonated: "Order", rights: expect.stringContaining("ReadAccess, WriteAccess"), nobody: true, batch: true, gone: true, missed: [],
  });
});
