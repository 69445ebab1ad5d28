// Clients that others wrote, unchanged but for host and certificate authority. Each runs in a process of its own, because Node reads
// NODE_EXTRA_CA_CERTS when it starts.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runClient } from "./client-process.ts";
import { startOrganization, type TestOrganization } from "./organization.ts";

const run = promisify(execFile);
let organization: TestOrganization;
beforeAll(async () => { organization = await startOrganization(); });
afterAll(async () => { await organization.close(); });

async function client(script: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "fixtures", script), organization.dataverse.url, organization.dataverse.tokens["salesrep"] ?? ""], { env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: organization.caFile } });
  return JSON.parse(stdout.split("\n").findLast((line) => line.startsWith("{")) ?? "{}") as Record<string, unknown>;
}

test("dynamics-web-api creates, reads, updates, upserts, counts, pages, batches, calls actions and reads metadata", async () => {
  expect(await client("dynamics-web-api.mjs")).toEqual({
    name: "From a client", formatted: "Contoso", lookupTable: "account", updated: "Changed", upserted: "S-1", single: "One column", count: 4, pages: [2, 2], fetched: 4, version: "9.2.26111.00110", user: "b0000000-0000-4000-8000-000000000001",
    batch: ["Batched", 4], changeSet: 2, fulfilled: 3, missing: { status: 404, code: "0x80040217" }, wrong: { status: 400, code: "0x80048d19" }, stale: false, entity: "salesorders", isMetadata: true, deleted: 404,
  });
});

test("dataverse-ify's Node client, which encodes its bodies twice, creates, updates, reads, fetches, batches and deletes", async () => {
  expect(await client("dataverse-ify.cjs")).toEqual({ name: "SO", customer: { entityType: "account", name: "Contoso" }, updated: "SO2", customerAfter: null, found: 1, fetched: 1, batch: 2, after: "B", locked: true, isGone: true });
});

test.each(["node", "browser"])("dataverse-ify's %s client works through every method", async (kind) => {
  await organization.sandbox("POST", "reset");
  expect(await runClient(organization, "dataverse-ify-every-method.cjs", "sysadmin", [kind])).toEqual({
    create: ["SO", "account", "Contoso"], everything: true, update: ["SO2", "contact"], cleared: null, odata: [[1, 2], 12.5, true, "string"], fetch: [2, true, "string"], associate: 1, disassociate: 0,
    actions: [true, false], function: kind === "node" ? "b0000000-0000-4000-8000-000000000008" : true, cancelled: 2, fulfilled: 3, metadata: "con_shipments", batch: [3, "Renamed in it"], made: ["Executed", "In a set"], refused: true, never: 0, deleted: 0, missing: true, wrong: true, entitySet: "con_shipments", pure: [true, "x", "function"], missed: [],
  });
});
