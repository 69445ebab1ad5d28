// Invariant 8: no card number anywhere it could stay or travel: log lines, the ledger, rows of Dataverse, addresses. Cards typed in a run are known,
// so that they are looked for as they are; besides, nothing may look like one.
import { toExactJson } from "../../../plugin-proxy/src/domain/exact-json.ts";
import type { Call } from "../../sandbox/kit/faults.ts";
import type { World } from "../world.ts";

export const TYPED_CARDS = ["4111111111111111", "5555555555554444", "4000000000000002"] as const;

const found = (text: string): string | undefined => TYPED_CARDS.find((card) => text.includes(card));

/** What the relay sends to Dataverse, and every address it calls. */
export function checkCall(world: World, where: string, call: Call): void {
  if (found(call.url) !== undefined || found(call.body.toString("latin1")) !== undefined) world.fail(8, `a card number travels to ${where}: ${call.method} ${call.url.split("?")[0] ?? ""}`);
}

const seenLogs = new WeakMap<World, number>();

/** Log lines that are new since the last time. */
export function checkLogs(world: World): void {
  const from = seenLogs.get(world) ?? 0;
  seenLogs.set(world, world.logs.length);
  for (const line of world.logs.slice(from)) if (found(line) !== undefined) world.fail(8, `a card number in the log: ${line.slice(0, 60)}…`);
}

/** Everything that stays, at the end. */
export function checkStored(world: World): void {
  checkLogs(world);
  for (const intent of world.ledgerHost.intents.values()) if (found(toExactJson(intent)) !== undefined) world.fail(8, `a card number in the ledger, request ${intent.paymentRequestId}`);
  for (const hood of world.neighbours) {
    for (const [table, rows] of Object.entries(hood.dataverse.organization.store.dump())) {
      if (table.startsWith("cybs_") && found(JSON.stringify(rows)) !== undefined) world.fail(8, `a card number in table ${table} of ${hood.organizationId}`);
    }
  }
}
