// The story on a payment's row, read by a ledger that has lost its own.
import { expect, test } from "@jest/globals";
import { ids, withAdapter } from "./adapter.ts";
import { failure, type Answer } from "./batch-server.ts";
import { paymentId } from "./fixtures.ts";

const query = { organizationId: ids.organizationId, paymentId };
const line = { at: "2026-11-25T10:00:00Z", source: "gateway", what: "called", kind: "sale", answer: "approved", detail: { attempt: 1, requestId: "7" } };
const row = (trail: unknown): Answer => ({ status: 200, body: { value: [{ cybs_trail: trail }] } });

test.each([
  ["lines of our shape", row(JSON.stringify([line])), [line]], ["no row", { status: 200, body: { value: [] } }, []], ["an empty column", row(null), []], ["no list", row("{}"), []], ["no JSON", row("[{"), []],
  ["lines of another shape among ours", row(JSON.stringify([{ ...line, source: "nobody" }, { ...line, detail: { nested: {} } }, { ...line, what: "x".repeat(201) }, 7, line])), [line]],
  ["a right that is missing", failure(403, "0x80040220"), []],
] as const)("%s", async (_name, answer, lines) => {
  await withAdapter({ answer: () => answer }, async ({ dataverse }) => { expect(await dataverse.readTrail(query)).toEqual({ kind: "read", lines }); });
});

test("an older solution is asked once, and tells nothing", async () => {
  await withAdapter({ answer: () => failure(400, "0x80060888", "Could not find a property named 'cybs_trail' on type 'Microsoft.Dynamics.CRM.cybs_payment'.") }, async ({ dataverse, server }) => {
    for (let time = 0; time < 2; time++) expect(await dataverse.readTrail(query)).toEqual({ kind: "read", lines: [] });
    expect(server.batches).toHaveLength(1);
  });
});

test("Dataverse away is no answer: it is asked again before anything is told anew", async () => {
  await withAdapter({ answer: () => failure(503, "") }, async ({ dataverse }) => { expect(await dataverse.readTrail(query)).toMatchObject({ kind: "unavailable" }); });
});
