// What Cybersource says right now of a payment's captures: still in an open batch, submitted, or voided by somebody. Read just before money
// is given back, because only that decides between void and refund; never assumed from our own clock.
import { liveCaptures } from "../domain/payment/derive-sums.ts";
import type { ChangeCommand } from "../domain/payment/command.ts";
import type { CaptureSettlement } from "../domain/payment/events.ts";
import { findEffect, type Intent } from "../domain/payment/intent.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";

const GIVES_BACK: readonly ChangeCommand["action"][] = ["give_back", "refund", "void"];

/** Nothing to verify for commands that give nothing back. "unavailable": ask again later. */
export async function verifySettlement(deps: FlowDeps, intent: Intent, command: ChangeCommand): Promise<readonly CaptureSettlement[] | "unavailable"> {
  if (!GIVES_BACK.includes(command.action) || intent.command === undefined) return [];
  const named = command.captureId === undefined ? undefined : findEffect(intent, command.captureId);
  const effects = [...liveCaptures(intent), ...(named?.state === "approved" && (named.kind === "refund" || named.kind === "credit") ? [named] : [])];
  const requestIds = effects.map((effect) => effect.facts?.requestId).filter((id) => id !== undefined);
  const binding = bindingOf(deps, intent.command);
  if (requestIds.length === 0 || binding === undefined) return [];
  const answer = await deps.gateway.look({ binding, merchantReferences: [], around: intent.claimedAt, requestIds });
  if (answer.kind === "unavailable") return "unavailable";
  const settlement = effects.flatMap((effect) => {
    const found = answer.found.find((one) => one.requestId === effect.facts?.requestId);
    return found === undefined ? [] : [{ effectId: effect.effectId, state: found.settlement }];
  });
  // One that was captured a moment ago may not be in there yet.
  return settlement.length === effects.length ? settlement : "unavailable";
}
