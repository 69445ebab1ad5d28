// Invariant 4: nobody is told that it failed while it may be live, and what was told as approved is not taken back by a machine.
// People are told by the transaction row that stands in Dataverse.
import type { Transaction } from "../../sandbox/cybersource/state.ts";
import { asText, type Row } from "../../sandbox/dataverse/store/rows.ts";
import { dealOf } from "./deals.ts";
import { liveMoneyOf } from "../live-money.ts";
import type { Neighbourhood } from "../neighbours.ts";
import type { World } from "../world.ts";

const CHOICE = 727_000_000;
export const STATUS = { inProgress: 0, approved: 1, review: 2, partial: 3, declined: 4, refused: 5, unknown: 6, absent: 7, undone: 8, expired: 9, withdrawn: 10 } as const;
/** Rows that say: no money moved, or none stays. */
const SAYS_NOTHING_TAKEN: ReadonlySet<number> = new Set([STATUS.declined, STATUS.refused, STATUS.absent, STATUS.undone, STATUS.expired, STATUS.withdrawn]);

export const statusOf = (row: Row): number => Number(row["cybs_status"]) - CHOICE;

/** The row that stands for the payment itself: the claim. */
export function mainRowOf(world: World, hood: Neighbourhood, intentKey: string): Row | undefined {
  const requestId = intentKey.split(" ")[1] ?? "";
  return hood.dataverse.organization.store.pointingAt("cybs_paymenttransaction", "cybs_paymentrequestid", requestId).find((row) => (row["cybs_parentid"] ?? null) === null);
}

export function checkTold(world: World, key: string): void {
  const hood = world.neighbours.find((one) => key.startsWith(one.organizationId));
  const row = hood === undefined ? undefined : mainRowOf(world, hood, key);
  if (row === undefined) return;
  const status = statusOf(row);
  if (status === STATUS.approved) world.history.toldApproved.add(key);
  if (!SAYS_NOTHING_TAKEN.has(status)) return;
  const [live] = liveMoneyOf(world, key);
  if (live !== undefined) world.fail(4, `request ${key}: people read status ${status} (${asText(row["cybs_reason"])}) while ${live.kind} ${live.id} is live`);
}

const UNDOES: ReadonlySet<Transaction["kind"]> = new Set(["void", "reversal"]);

/** Called for each transaction that happens at Cybersource. */
export function undoExecuted(world: World, _hood: Neighbourhood, one: Transaction, key: string): void {
  if (!UNDOES.has(one.kind) || !world.history.toldApproved.has(key) || world.history.askedToUndo.has(key) || isCalledOff(world, key)) return;
  world.fail(4, `request ${key}: told as approved, and taken back by ${one.kind} ${one.code} that nobody asked for`);
}

/** Whoever cancels an order, or an invoice that is paid by itself, wants what is held for it let go. */
function isCalledOff(world: World, key: string): boolean {
  const intent = world.ledgerHost.intents.get(key);
  const deal = intent === undefined ? undefined : dealOf(world, intent);
  return deal !== undefined && (deal.state === "cancelled" || deal.invoices.some(({ id, isCancelled }) => isCancelled && id === intent?.command?.document.id));
}
