// Alternate keys work only when Dataverse has built their indexes, which it does after the import. A failed one is asked for once more.
import type { Dataverse } from "../dataverse/web-api.ts";
import { Stop } from "../stop.ts";
import type { Context } from "../verb.ts";

export interface KeyIndex { readonly table: string; readonly key: string; readonly status: string }

const WAIT_MS = 250;
const WAIT_MS_MAX = 10_000;

export async function readKeyIndexes(dataverse: Dataverse, tables: readonly string[]): Promise<readonly KeyIndex[]> {
  const own = tables.filter((table) => table.startsWith("cybs_"));
  const found = await Promise.all(own.map((table) => dataverse.list(`EntityDefinitions(LogicalName='${table}')/Keys?$select=LogicalName,EntityKeyIndexStatus`)));
  return own.flatMap((table, index) => (found[index] ?? []).map((row) => ({ table, key: String(row["LogicalName"]), status: String(row["EntityKeyIndexStatus"]) })));
}

/** Returns when all are active. Stops when one fails twice, or the time is over. */
export async function awaitKeyIndexes(context: Context, dataverse: Dataverse, input: { readonly tables: readonly string[]; readonly untilMs: number }): Promise<void> {
  const asked = new Set<string>();
  for (let waitMs = WAIT_MS; ; waitMs = Math.min(WAIT_MS_MAX, waitMs * 1.5)) {
    const open = (await readKeyIndexes(dataverse, input.tables)).filter((one) => one.status !== "Active");
    if (open.length === 0) return;
    for (const one of open.filter(({ status }) => status === "Failed")) {
      if (asked.has(one.key)) throw new Stop("key_index_failed", { key: one.key, table: one.table });
      asked.add(one.key);
      context.screen.say(`The index of ${one.key} on ${one.table} had failed; asking Dataverse to build it again.`);
      await dataverse.act("ReactivateEntityKey", { EntityLogicalName: one.table, EntityKeyLogicalName: one.key });
    }
    if (context.clock.now() > input.untilMs) throw new Stop("key_index_too_long", { key: open[0]?.key ?? "" });
    context.screen.say(`Waiting for ${open.length} key index(es) …`);
    await context.clock.sleep(waitMs);
  }
}
