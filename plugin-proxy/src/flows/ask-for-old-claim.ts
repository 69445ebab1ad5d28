// A claim of this ledger that could have gone on long ago and has not. Either something held it up, or this ledger is a backup and the lost one went
// on with it (recovery rules §3 row 2, §6). Cybersource is asked before it is planned; an empty answer counts only after the lag.
import { foreignAttempts } from "../domain/payment/attempt-moves.ts";
import type { Command } from "../domain/payment/command.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { StoredToken } from "../ports/ledger.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";

const RETRY_MS = 10 * SECOND_MS;
const TOKEN_LIFE_MS = 15 * MINUTE_MS;

interface Held { readonly submittedOn: Instant; readonly token: StoredToken | undefined; readonly pausedUntil: Instant | undefined }

/** From when nothing kept the claim from being planned, where that is longer ago than a signature lives; undefined when it is not. */
export function heldSince(deps: FlowDeps, intent: Intent, { submittedOn, token, pausedUntil }: Held): Instant | undefined {
  const now = deps.clocks.business();
  const tokenSince = token === undefined ? 0 : now - (deps.clocks.wire() - (token.expiresAt - TOKEN_LIFE_MS));
  const since = Math.max(mainEffect(intent).changedAt, submittedOn, tokenSince, pausedUntil ?? 0);
  return now - since > deps.settings.signatureLifeMs ? since : undefined;
}

/** `taken`: something with its ids is there. `free`: nothing is. An instant: ask again then. */
export async function askForOldClaim(deps: FlowDeps, intent: Intent, { command, since }: { readonly command: Command; readonly since: Instant }): Promise<"taken" | "free" | Instant> {
  const now = deps.clocks.business();
  const binding = bindingOf(deps, command);
  if (binding === undefined) return "free";
  const merchantReferences = foreignAttempts(intent, mainEffect(intent), deps.derivation).map((attempt) => attempt.merchantReference);
  const looked = await deps.gateway.look({ binding, merchantReferences, around: since, requestIds: [] });
  if (looked.kind === "unavailable") return now + RETRY_MS;
  if (looked.found.length > 0 || !looked.isComplete) return "taken";
  const provesAt = since + deps.settings.lagMs;
  return now >= provesAt ? "free" : provesAt;
}
