// Whether a later row that waited long was carried out by a ledger that is lost, this one being its backup (recovery rules §6). Its row in
// Dataverse says more than that it is in progress, or one of its own ids is known at Cybersource: then it is looked for, and not carried out again.
import { foreignAttempts } from "../domain/payment/attempt-moves.ts";
import type { Effect } from "../domain/payment/effect.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { Instant } from "../domain/time.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";

/** `since`: from when it could have gone. What moved within a signature's life is this ledger's own, where it is not known to have gone back; older rows cost two reads. "unavailable": nobody could say. */
export async function wasTaken(deps: FlowDeps, intent: Intent, { effect, since }: { readonly effect: Effect; readonly since: Instant }): Promise<boolean | "unavailable"> {
  if (intent.wentBackAt === undefined && deps.clocks.business() - since <= deps.settings.signatureLifeMs) return false;
  const told = await deps.dataverse.readTold({ organizationId: intent.organizationId, effectId: effect.effectId });
  if (told.kind === "unavailable") return "unavailable";
  return told.hasMovedOn || isThere(deps, intent, { effect, since });
}

/** Is one of its own ids known at Cybersource? What has no credentials has never been sent. */
export async function isThere(deps: FlowDeps, intent: Intent, { effect, since }: { readonly effect: Effect; readonly since: Instant }): Promise<boolean | "unavailable"> {
  const binding = intent.command === undefined ? undefined : bindingOf(deps, intent.command);
  if (binding === undefined) return false;
  const merchantReferences = foreignAttempts(intent, effect, deps.derivation).map((attempt) => attempt.merchantReference);
  const looked = await deps.gateway.look({ binding, merchantReferences, around: since, requestIds: [] });
  if (looked.kind === "unavailable") return "unavailable";
  return looked.found.length > 0 || !looked.isComplete;
}
