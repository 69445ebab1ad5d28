// Captures that came after the end of their authorization: it had lapsed, or the relay had let go of it by rule shortly before it would have.
// What becomes of each is chosen by policy and consent (reauthorize.ts).
import { deriveSums } from "../payment/derive-sums.ts";
import type { Effect } from "../payment/effect.ts";
import { commandOf, firstSentAt, mainEffect, type Intent } from "../payment/intent.ts";
import { chooseReauthorization, type Reauthorization } from "./reauthorize.ts";

export interface LateCapture {
  readonly capture: Effect;
  readonly choice: Reauthorization;
}

/** Oldest first. */
export function lateCapturesOf(intent: Intent): readonly LateCapture[] {
  const { command } = intent;
  const main = mainEffect(intent);
  if (command === undefined) return [];
  return intent.effects.filter((effect) => isCaptureOf(intent, effect) && effect.state === "refused" && isTooLate(intent, effect)).map((capture) => ({
    capture,
    choice: chooseReauthorization({
      policy: command.merchantAccount.reauthorizePolicy ?? "ask", hasMerchantInitiatedConsent: command.savedCard?.hasMerchantInitiatedConsent === true, isCardUsable: command.savedCard?.isUsable === true,
      previousTransactionId: main.facts?.networkTransactionId, previousAt: firstSentAt(intent, main), now: capture.changedAt,
    }),
  }));
}

const isCaptureOf = (intent: Intent, effect: Effect): boolean => effect.commandId !== undefined && intent.commands.some((command) => command.commandId === effect.commandId && command.action === "capture");

function isTooLate(intent: Intent, capture: Effect): boolean {
  if (capture.reason === "authorization_expired") return true;
  return isTooLateIfByRelay(intent, capture) && intent.commands.some((command) => command.action === "authorization_reversal" && command.reasonCode === "other" && command.isByRelay === true);
}

/** A capture of a hold that was let go of. */
export const isTooLateIfByRelay = (intent: Intent, capture: Effect): boolean =>
  isCaptureOf(intent, capture) && capture.state === "refused" && capture.reason === "payment_not_live" && mainEffect(intent).state === "undone";

/** What could have been captured had it not ended: nobody agreed to more than that, however late it is asked for. Minor units. */
export function capturableBeforeEnd(intent: Intent): bigint {
  const main = mainEffect(intent);
  const others = intent.effects.slice(1).filter((effect) => effect.kind !== "authorization_reversal" || commandOf(intent, effect)?.isByRelay !== true);
  return deriveSums({ ...intent, effects: [{ ...main, state: "approved", isLapsed: undefined }, ...others] }).capturable;
}
