// May something have been carried out that what Cybersource shows of it does not show yet? Its picture lags (recovery rules §5), and a refusal speaks of its
// own attempt only: one before it, or somebody else, may have done what it was refused for.
import type { Instant } from "../time.ts";
import { currentAttempt, isUndo, type Effect } from "./effect.ts";
import type { RecoverySettings } from "./settings.ts";

/** False: what the picture shows, or does not, settles the effect. */
export function mayBeUnseen(effect: Effect, at: Instant, { lagMs }: Pick<RecoverySettings, "lagMs">): boolean {
  const since = unseenSince(effect);
  return since !== undefined && (since === "for good" || at < since + lagMs);
}

/** From when on the picture lags behind; undefined: the only attempt was refused, for what can be seen. */
function unseenSince(effect: Effect): Instant | "for good" | undefined {
  const { kind, attempts, refusal } = effect;
  const first = attempts[0]?.sentAt ?? 0;
  if (refusal === undefined) return first;
  // Somebody has just decided the case; or an attempt before the refused one has done it, a batch having closed over a void since.
  if (isUndo(effect)) return attempts.length > 1 || kind === "case_decision" ? first : undefined;
  // Somebody has just voided it.
  if (refusal.reason === "CAPTURE_ALREADY_VOIDED") return currentAttempt(effect)?.sentAt ?? 0;
  // Sent again after an attempt that nobody found, and refused because the authorization has been used up: by that attempt.
  return kind === "capture" && attempts.length > 1 && USED_UP.has(refusal.reason) ? "for good" : undefined;
}

const USED_UP = new Set(["EXCEEDS_AUTH_AMOUNT", "AUTH_ALREADY_REVERSED", "MISSING_AUTH", "TRANSACTION_ALREADY_SETTLED", "TRANSACTION_ALREADY_REVERSED_OR_SETTLED"]);
