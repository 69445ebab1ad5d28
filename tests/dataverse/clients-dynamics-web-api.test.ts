// dynamics-web-api, unchanged but for host and certificate authority, through every method that it has: one that is not called fails the test.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runClient } from "./client-process.ts";
import { startOrganization, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
beforeAll(async () => { o = await startOrganization(); });
afterAll(async () => { await o.close(); });

test("every method of dynamics-web-api finds what it expects", async () => {
  expect(await runClient(o, "dynamics-web-api-every-method.mjs", "sysadmin")).toEqual({
    create: true, "create with representation": "4", retrieve: "1", "retrieve by alternate key": 2, "retrieve one column": 1, "retrieve an address": true, "retrieve unchanged": null, update: "u", "update with representation": "r", updateSingleProperty: "s",
    "upsert creates": 1, "upsert must not update": null, "upsert must not create": null, "deleteRecord's column": null, deleteRecord: 4, retrieveMultiple: [2, ["3", "2"]], "retrieveMultiple, applied": [{ con_kind: 2, n: 3 }], retrieveAll: 4, count: 4, countAll: 3, fetch: [3, 1, 2], fetchAll: 4,
    associate: true, disassociate: false, associateSingleValued: true, disassociateSingleValued: false, callFunction: ["BusinessUnitId", "UserId", "OrganizationId"], "callFunction with parameters": "Fabrikam", callAction: true, "callAction, unbound": null,
    "batch with change sets and a read": [4, "7"], "a batch that goes on": [404, 4], impersonate: "b0000000-0000-4000-8000-000000000001", retrieveEntities: ["con_shipment"], retrieveEntity: ["con_shipments", true], retrieveAttributes: [["con_kind", [1, 2]]], retrieveAttribute: 30, retrieveRelationships: ["con_shipment"], retrieveRelationship: "salesorder",
    createGlobalOptionSet: true, updateGlobalOptionSet: 2, retrieveGlobalOptionSets: true, deleteGlobalOptionSet: false, retrieveCsdlMetadata: true, useEntityNames: "3",
    createEntity: "con_trucks", updateEntity: "Lorry", createAttribute: 30, updateAttribute: 50, createRelationship: ["CON 1"], updateRelationship: "Restrict", deleteRelationship: false, "uploadFile and downloadFile": ["papers.txt", 5_000_000, 0, "papers.txt"],
    query: ["account", 1, ["{crmhit}Contoso{/crmhit}"]], search: true, suggest: "{crmhit}Cont{/crmhit}oso", autocomplete: "{crmhit}Cont{/crmhit}oso", "query, version 2": 1, getBackgroundOperationStatus: [30, 0], cancelBackgroundOperation: 30, setConfig: 2, missed: [],
  });
});
