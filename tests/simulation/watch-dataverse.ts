// Invariant 7, on every committed write: what Dataverse shows of a payment never goes backwards. Revisions grow within one ledger, what is
// final stays final, and an outcome never turns back into "in progress". Also notes what the write touched.
import type { Committed } from "../sandbox/dataverse/organization.ts";
import { asText, referenceId, type Row } from "../sandbox/dataverse/store/rows.ts";
import { statusOf, STATUS } from "./invariants/told.ts";
import type { Neighbourhood } from "./neighbours.ts";
import type { World } from "./world.ts";

export function watchDataverse(world: World): void {
  for (const hood of world.neighbours) {
    hood.dataverse.organization.listeners.push((change) => {
      if (change.table === "cybs_paymenttransaction") transactionWritten(world, hood, change);
      if (change.table === "cybs_payment") paymentWritten(world, change);
      if (change.message === "Create" && change.table === "cybs_paymentrequest") world.history.requestedAt.set(`${hood.organizationId} ${asText(change.row["cybs_paymentrequestid"])}`, world.scheduler.now());
    });
  }
}

const OPEN: ReadonlySet<number> = new Set([STATUS.inProgress, STATUS.unknown]);

function transactionWritten(world: World, hood: Neighbourhood, { row, before, message }: Committed): void {
  const requestId = referenceId(row["cybs_paymentrequestid"]) ?? referenceId(row["cybs_refundrequestid"]);
  if (requestId !== undefined) world.history.touched.add(`${hood.organizationId} ${requestId}`);
  if (message === "Delete") { world.fail(7, `transaction row ${asText(row["cybs_paymenttransactionid"])} was deleted`); return; }
  const id = asText(row["cybs_paymenttransactionid"]);
  world.calls.shown(id);
  if (before === undefined) return;
  if (before["cybs_isfinal"] === true && row["cybs_isfinal"] !== true) world.fail(7, `transaction row ${id} was final (${statusOf(before)}) and is ${statusOf(row)} again`);
  if (!OPEN.has(statusOf(before)) && OPEN.has(statusOf(row))) world.fail(7, `transaction row ${id} went from ${statusOf(before)} back to ${statusOf(row)}`);
}

const ledgerOf = new WeakMap<World, Map<string, string>>();

function paymentWritten(world: World, { row, before }: Committed): void {
  const ledgers = ledgerOf.get(world) ?? new Map<string, string>();
  ledgerOf.set(world, ledgers);
  const id = asText(row["cybs_paymentid"]);
  const sameLedger = ledgers.get(id) === world.ledgerHost.ledgerId;
  ledgers.set(id, world.ledgerHost.ledgerId);
  if (before === undefined || !sameLedger) return;
  if (revisionOf(row) < revisionOf(before)) world.fail(7, `payment row ${id} went from revision ${revisionOf(before)} to ${revisionOf(row)}`);
}

const revisionOf = (row: Row): number => Number(row["cybs_revision"] ?? 0);
