// Is what a person wanted still wanted? Money in only inside the adopt window; whatever changes a payment until a person cancels it.
import type { Instant } from "../time.ts";
import type { Effect } from "./effect.ts";
import { commandOf, type Intent } from "./intent.ts";
import type { RecoverySettings } from "./settings.ts";

/** The founding deal at `at`. */
export const isDealOn = (intent: Intent, at: Instant, settings: RecoverySettings): boolean =>
  intent.deal === "on" && (intent.isToldApproved || at <= intent.claimedAt + settings.adoptWindowMs);

/** The deal of whatever asked for this effect. An increment is money in: it too is kept only inside the adopt window. */
export function isWanted(intent: Intent, effect: Effect, at: Instant, settings: RecoverySettings): boolean {
  const command = commandOf(intent, effect);
  if (command === undefined) return isDealOn(intent, at, settings);
  return command.deal === "on" && (effect.kind !== "incremental_authorization" || at <= command.claimedAt + settings.adoptWindowMs);
}
