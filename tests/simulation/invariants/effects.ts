// The same invariants for everything that later rows, or recovery, did to a payment. 3: of each capture no more is given back than it took, in whatever
// state a refund is. 4: no row says that nothing was done while its capture, refund or void stands. 9 and 10, at quiet: what stands at Cybersource is
// what the ledger and the row say, one for one.
import { isOpen, isWaiting, type Effect } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import { amountOf, liveCaptures } from "../../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { isLive } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import type { Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import type { Transaction } from "../../sandbox/cybersource/state.ts";
import { intentKey } from "../ledger-host.ts";
import { transactionsOf } from "../live-money.ts";
import { minorOfTenThousandths } from "../money.ts";
import type { Neighbourhood } from "../neighbours.ts";
import type { World } from "../world.ts";
import { STATUS, statusOf } from "./told.ts";

const SAYS_NOTHING_DONE: ReadonlySet<number> = new Set([STATUS.declined, STATUS.refused, STATUS.absent, STATUS.expired, STATUS.withdrawn]);
const MOVES: ReadonlySet<Transaction["kind"]> = new Set(["capture", "refund", "credit"]);
/** It happened, and nobody has taken it back. */
const stands = (one: Transaction): boolean => MOVES.has(one.kind) && one.isLive && !one.isVoided;

const hoodOf = (world: World, key: string): Neighbourhood | undefined => world.neighbours.find((one) => key.startsWith(one.organizationId));
const ownerOf = (world: World, one: Transaction): string | undefined => world.history.planned.get(one.code)?.effectId;

/** After each step, for what it touched. */
export function checkMoves(world: World, intent: Intent): void {
  for (const capture of liveCaptures(intent)) {
    const out = intent.effects.filter((effect) => effect.kind === "refund" && effect.parentId === capture.effectId && (isLive(effect) || isOpen(effect) || isWaiting(effect))).reduce((sum, effect) => sum + amountOf(effect), 0n);
    if (out > amountOf(capture)) world.fail(3, `${capture.step} of ${intent.paymentRequestId}: ${out} given back or about to be, ${amountOf(capture)} captured`);
  }
  const key = intentKey(intent);
  const hood = hoodOf(world, key);
  if (hood === undefined) return;
  for (const one of transactionsOf(world, hood.cybersource.state, key)) {
    if (one.refunded > one.captured) world.fail(3, `${one.id}: given back ${one.refunded} of ${one.captured} captured`);
    if (!stands(one)) continue;
    const row = hood.dataverse.organization.store.get("cybs_paymenttransaction", ownerOf(world, one) ?? "");
    if (row !== undefined && SAYS_NOTHING_DONE.has(statusOf(row))) world.fail(4, `request ${key}: people read status ${statusOf(row)} of a ${one.kind} while ${one.id} stands`);
  }
}

/** At quiet: each capture, refund and credit of an intent. */
export function checkEffects(world: World, intent: Intent, statusIn: Readonly<Record<string, number>>): void {
  const key = intentKey(intent);
  const hood = hoodOf(world, key);
  if (hood === undefined) return;
  const standing = transactionsOf(world, hood.cybersource.state, key).filter(stands);
  for (const effect of intent.effects.slice(1)) {
    const own = standing.filter((one) => ownerOf(world, one) === effect.effectId);
    if (MOVES.has(effect.kind as Transaction["kind"])) checkMove(world, key, effect, own);
    checkRow(world, { hood, key, effect, statusIn });
  }
  const known = new Set<string>(intent.effects.map((effect) => effect.effectId));
  for (const one of standing) if (!known.has(ownerOf(world, one) ?? "")) world.fail(9, `request ${key}: ${one.kind} ${one.id} stands and the ledger has no effect of it`);
}

function checkMove(world: World, key: string, effect: Effect, own: readonly Transaction[]): void {
  if (effect.state === "unknown") return;
  const taken = own.reduce((sum, one) => sum + minorOfTenThousandths(one.amount, one.currency), 0n);
  const counted = effect.state === "approved" ? amountOf(effect) : 0n;
  if (taken !== counted) world.fail(9, `request ${key}: ${effect.step} is ${effect.state} of ${counted}, at Cybersource ${taken} stand`);
}

interface Row { readonly hood: Neighbourhood; readonly key: string; readonly effect: Effect; readonly statusIn: Readonly<Record<string, number>> }

function checkRow(world: World, { hood, key, effect, statusIn }: Row): void {
  const row = hood.dataverse.organization.store.get("cybs_paymenttransaction", effect.effectId);
  if (row === undefined) world.fail(10, `request ${key}: the ledger says ${effect.step} is ${effect.state}, Dataverse has no row`);
  else if (statusOf(row) !== statusIn[effect.state]) world.fail(10, `request ${key}: the ledger says ${effect.step} is ${effect.state}, Dataverse ${statusOf(row)}`);
}
