// The oracle: what Cybersource's stand-in really holds for an intent, found by the references that were ever planned for it.
import type { State, Transaction } from "../sandbox/cybersource/state.ts";
import { minorOfTenThousandths } from "./money.ts";
import type { World } from "./world.ts";

export interface LiveMoney {
  readonly id: string;
  readonly kind: Transaction["kind"];
  readonly currency: string;
  /** Counts as money: authorized and neither released nor voided. */
  readonly authorized: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly isReview: boolean;
}

const isPayment = (one: Transaction): boolean => one.kind === "authorization" || one.kind === "sale";
/** Declined for risk: the cardholder's money is held and does not count. */
const isHoldOnly = (one: Transaction): boolean => one.status === "AUTHORIZED_RISK_DECLINED" || (one.isVoided && one.captured === 0n);
export const isLiveMoney = (one: Transaction): boolean => isPayment(one) && one.isLive && !isHoldOnly(one) && (!one.isReversed || one.captured > 0n);
/** Held and not counted: an orphan when everything is quiet. */
export const isOrphanHold = (one: Transaction): boolean => isPayment(one) && one.isLive && isHoldOnly(one) && !one.isReversed;

const paymentsByIntent = new WeakMap<World, Map<string, Set<string>>>();

/** Called for each new transaction, so that nobody has to search. */
export function noteTransaction(world: World, key: string, id: string): void {
  const known = paymentsByIntent.get(world) ?? new Map<string, Set<string>>();
  paymentsByIntent.set(world, known);
  known.set(key, (known.get(key) ?? new Set()).add(id));
}

export function transactionsOf(world: World, state: State | undefined, key: string): readonly Transaction[] {
  return [...paymentsByIntent.get(world)?.get(key) ?? []].map((id) => state?.transactions.get(id)).filter((one) => one !== undefined);
}

/** What is given back of a capture stands at the capture. */
const refundedOfCaptures = (state: State, world: World, key: string, id: string): bigint =>
  transactionsOf(world, state, key).filter((one) => one.kind === "capture" && one.parentId === id && !one.isVoided).reduce((sum, one) => sum + one.refunded, 0n);

export function liveMoneyOf(world: World, key: string): readonly LiveMoney[] {
  const hood = world.neighbours.find((one) => key.startsWith(one.organizationId));
  if (hood === undefined) return [];
  return transactionsOf(world, hood.cybersource.state, key).filter(isLiveMoney).map((one) => ({
    id: one.id, kind: one.kind, currency: one.currency, authorized: minorOfTenThousandths(one.isReversed ? one.captured : one.authorized, one.currency),
    captured: minorOfTenThousandths(one.captured, one.currency), refunded: minorOfTenThousandths(one.refunded + refundedOfCaptures(hood.cybersource.state, world, key, one.id), one.currency), isReview: one.review !== undefined,
  }));
}
