// Invariant 6, where money goes out at Cybersource: somebody asked for it by a row, for no more than that; above the limit, or when a flow asked, another
// person has approved exactly that amount. Judged by what the people of the simulation did, not by what the relay noted.
import type { Transaction } from "../../sandbox/cybersource/state.ts";
import { LIMIT_PER_REFUND } from "../limits.ts";
import { minorOfNumber, minorOfTenThousandths } from "../money.ts";
import type { World } from "../world.ts";

const spent = new WeakMap<World, Map<string, bigint>>();

/** Called for each transaction that happens; `intentKey` owns it. */
export function moneyWentOut(world: World, one: Transaction, intentKey: string): void {
  const effectId = world.history.planned.get(one.code)?.effectId;
  const command = world.ledgerHost.intents.get(intentKey)?.effects.find((effect) => effect.effectId === effectId)?.commandId;
  const gives = one.kind === "refund" || one.kind === "credit";
  if (command === undefined) {
    if (gives) world.fail(6, `request ${intentKey}: ${one.kind} ${one.code} that no row asked for`);
    return;
  }
  if (!gives && one.kind !== "void") return;
  const key = `${intentKey.split(" ")[0] ?? ""} ${command}`;
  const asked = world.history.refundsAsked.get(key);
  if (asked === undefined) { world.fail(6, `request ${intentKey}: ${one.kind} ${one.code} for row ${command}, which asked for no money back`); return; }
  const known = spent.get(world) ?? new Map<string, bigint>();
  spent.set(world, known);
  const total = (known.get(key) ?? 0n) + (gives ? minorOfTenThousandths(one.amount, one.currency) : 0n);
  known.set(key, total);
  const most = Math.max(asked.amount, asked.editedTo ?? 0);
  if (total > minorOfNumber(most, one.currency)) world.fail(6, `request ${intentKey}: ${total} given back for row ${command}, which asked for ${most}`);
  const isAlone = asked.isRelease || (asked.isPersons && total <= minorOfNumber(LIMIT_PER_REFUND, one.currency) && Math.min(asked.amount, asked.editedTo ?? Infinity) <= LIMIT_PER_REFUND);
  const approved = world.history.approvedRefunds.get(key);
  const isApproved = approved !== undefined && total <= minorOfNumber(approved, one.currency);
  if (!isAlone && !isApproved) world.fail(6, `request ${intentKey}: ${one.kind} ${one.code} of ${asked.amount} without the second person's word for exactly that`);
}
