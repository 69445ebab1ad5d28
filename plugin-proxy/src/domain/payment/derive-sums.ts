// A payment's sums, derived from its effects each time; never kept, so they cannot disagree. Minor units of the command's currency.
import { isLive, isTurnedDown, type Effect } from "./effect.ts";
import { mainEffect, type Intent } from "./intent.ts";

export interface PaymentSums {
  readonly authorized: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  /** Let go by us, by the gateway (the rest of a single capture) or by the bank (a lapsed authorization). */
  readonly reversed: bigint;
  /** Money in that may have been taken; a refund without an answer is not in here, because it makes nothing more taken. */
  readonly unknown: bigint;
  /** Held by the bank for a payment that does not count: declined for risk, or left behind by a void. */
  readonly onHold: bigint;
  /** planned or sent: may become money any moment. */
  readonly inFlight: bigint;
  /** Authorized and neither captured nor released. */
  readonly capturable: bigint;
}

export const amountOf = (effect: Effect): bigint => effect.facts?.amount?.minor ?? effect.amount?.minor ?? 0n;
const sumOf = (effects: readonly Effect[]): bigint => effects.reduce((total, effect) => total + amountOf(effect), 0n);
const least = (left: bigint, right: bigint): bigint => (left < right ? left : right);

const isMoneyInState = (effect: Effect, state: "unknown" | "flying"): boolean =>
  (effect.kind === "authorization" || effect.kind === "sale" || effect.kind === "incremental_authorization" || effect.kind === "undetermined") && effect.undoes === undefined
  && (state === "unknown" ? effect.state === "unknown" : effect.state === "planned" || effect.state === "sent");
/** The claim of a later row is nothing until it is decided; the founding claim is money in. */
const takesMoneyIn = (intent: Intent, state: "unknown" | "flying"): readonly Effect[] =>
  intent.effects.filter((effect, index) => isMoneyInState(effect, state) && (index === 0 || effect.kind === "incremental_authorization"));

/** What has been captured and counts: captures, and a sale that took its money. */
export const liveCaptures = (intent: Intent): readonly Effect[] =>
  intent.effects.filter((effect) => (effect.kind === "capture" && effect.state === "approved") || (effect.kind === "sale" && isLive(effect) && effect.state !== "review" && effect.facts?.isCaptured === true));

function reversedMinor(intent: Intent, main: Effect, captured: bigint): bigint {
  const authorized = amountOf(main);
  if (main.state === "undone") return authorized;
  const rest = authorized - captured;
  const held = sumOf(intent.effects.filter((effect) => effect.kind === "capture" && effect.state === "undone" && effect.holds));
  const gaveUpRest = intent.effects.some((effect) => effect.kind === "capture" && effect.releasesRest === true && (effect.state === "approved" || effect.state === "undone" || isTurnedDown(effect)));
  if (main.isLapsed === true || gaveUpRest) return rest - least(held, rest);
  // A surplus transaction's reversal releases that one, not this payment's own.
  const byUs = sumOf(intent.effects.filter((effect) => effect.kind === "authorization_reversal" && effect.state === "approved" && effect.undoes === main.effectId && effect.targetRequestId === undefined));
  // What was turned down at settlement is not held any more, and is not taken again: the customer pays anew.
  return least(byUs + sumOf(intent.effects.filter((effect) => effect.kind === "capture" && isTurnedDown(effect))), rest);
}

/** After a void most processors have nothing left to capture (payments guide); where they have, the account says so. */
function isCapturable(intent: Intent, main: Effect): boolean {
  const abilities = intent.command?.merchantAccount.abilities;
  const isVoided = intent.effects.some((effect) => effect.kind === "capture" && effect.state === "undone");
  return isLive(main) && main.state !== "review" && main.isLapsed !== true && (!isVoided || abilities?.captureAfterVoid === true);
}

/** Under review before anything was authorized: no money is held, nor was it when that is taken back. */
const holdsNothing = (main: Effect): boolean => (main.state === "review" || main.state === "undone") && main.facts?.reviewKind === "before_authorization";

/** Sums of one intent. An authorization that went through and was taken back counts in `authorized` and in `reversed`. */
export function deriveSums(intent: Intent): PaymentSums {
  const main = mainEffect(intent);
  const isMoneyIn = main.kind !== "credit";
  const live = isLive(main) && isMoneyIn && !holdsNothing(main);
  const counts = live || (main.state === "undone" && main.facts !== undefined && isMoneyIn && !holdsNothing(main));
  const authorized = counts ? amountOf(main) : 0n;
  const captured = sumOf(liveCaptures(intent));
  const reversed = counts ? reversedMinor(intent, main, captured) : 0n;
  const rest = authorized - captured - reversed;
  return {
    authorized, captured, reversed,
    refunded: sumOf(intent.effects.filter((effect) => (effect.kind === "refund" || effect.kind === "credit") && (effect.state === "approved" || (effect.state === "absent" && effect.holds)))),
    unknown: sumOf(takesMoneyIn(intent, "unknown")), inFlight: sumOf(takesMoneyIn(intent, "flying")),
    onHold: main.holds && !live ? amountOf(main) : 0n,
    capturable: isCapturable(intent, main) && rest > 0n ? rest : 0n,
  };
}

/**
 * What this intent takes of its document (design D11): held + captured − refunded, plus everything planned, sent or unknown,
 * plus holds that are not yet released. `unknown` counts as taken.
 */
export function exposureOf(intent: Intent): bigint {
  const sums = deriveSums(intent);
  const exposure = sums.authorized - sums.reversed - sums.refunded + sums.unknown + sums.inFlight + sums.onHold;
  return exposure < 0n ? 0n : exposure;
}
