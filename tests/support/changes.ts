// Payments that are changed, for tests of the machine: an approved authorization or sale, a later row on it, and events that follow each other.
import { asEffectId, asPaymentRequestId, asRequestId, asTransactionId, asMerchantReference, type EffectId } from "../../plugin-proxy/src/domain/ids.ts";
import { apply } from "../../plugin-proxy/src/domain/payment/apply.ts";
import type { Change } from "../../plugin-proxy/src/domain/payment/change.ts";
import type { ChangeAction, ChangeCommand, MerchantAccount } from "../../plugin-proxy/src/domain/payment/command.ts";
import { decide } from "../../plugin-proxy/src/domain/payment/decide.ts";
import { liveCaptures } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import type { Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EffectEvent, EventKind } from "../../plugin-proxy/src/domain/payment/events.ts";
import { claimOf, effectsOf, findEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { nextSteps } from "../../plugin-proxy/src/domain/payment/next-step.ts";
import { planCommandClaim } from "../../plugin-proxy/src/domain/payment/plan-effect.ts";
import { account, command, context, effect, ids, intent, organizationId, T0, usd } from "./intents.ts";

export const ALL_ABILITIES: MerchantAccount["abilities"] = { multiCapture: true, reversalAfterVoid: true, captureAfterVoid: true, timeoutVoid: true, incremental: true, standaloneCredit: true, partialReversal: true };
export const able = (more: Partial<MerchantAccount["abilities"]> = {}, rest: Partial<MerchantAccount> = {}): MerchantAccount =>
  account({ abilities: { ...ALL_ABILITIES, ...more }, creditPolicy: "allowed", capturePolicy: "authorize_only", ...rest });

const approved = (kind: "authorization" | "sale", minor: bigint): Effect => effect("approved", {
  kind, amount: usd(minor), facts: { requestId: asRequestId("7000000000000000000001"), amount: usd(minor), isCaptured: kind === "sale", card: { lastFour: "1111" } }, evidence: "answer", authorizationExpiresAt: T0 + 7 * 86_400_000,
});

/** Told, live, of this amount. */
export const authorized = (minor = 12_400n, merchantAccount = able()): Intent => intent(approved("authorization", minor), { isToldApproved: true, command: command({ merchantAccount, amount: usd(minor), documentTotal: usd(20_000n) }) });
export const sold = (minor = 12_400n, merchantAccount = able()): Intent => intent(approved("sale", minor), { isToldApproved: true, command: command({ action: "sale", merchantAccount, amount: usd(minor), documentTotal: usd(20_000n) }) });

let rows = 0;
/** A row of its own each time. */
export const row = (action: ChangeAction, minor: bigint, more: Partial<ChangeCommand> = {}): ChangeCommand => {
  rows += 1;
  const commandId = asPaymentRequestId(`00000000-0000-4000-8000-${String(rows).padStart(12, "9")}`);
  return {
    commandId, table: action === "capture" || action === "incremental_authorization" ? "paymentrequest" : "refundrequest", name: `R-${rows}`, action, amount: usd(minor), isRefundAccepted: false, reasonCode: "goodwill",
    author: { userId: "user-2", fullName: "Ben Agent", isInteractivePerson: true }, createdOn: T0, validUntil: T0 + 86_400_000, claimedAt: T0, deal: "on", ...more,
  };
};

/** The row is claimed and stands on its payment. */
export function claimed(of: Intent, wish: ChangeCommand): Intent {
  return { ...of, commands: [...of.commands, wish], effects: [...of.effects, planCommandClaim({ organizationId }, wish.commandId, T0, ids)], revision: of.revision + 1 };
}

export const settlementOf = (of: Intent, state: "open" | "closed" = "open") => liveCaptures(of).map((capture) => ({ effectId: capture.effectId, state }));

export function changesOf(of: Intent, event: EffectEvent): readonly Change[] {
  const decided = decide(of, event, context);
  if (!decided.ok) throw new Error(`${event.kind}: ${JSON.stringify(decided.error)}`);
  return decided.value;
}
export const happens = (of: Intent, ...events: readonly EffectEvent[]): Intent => events.reduce((current, event) => apply(current, changesOf(current, event)), of);

export const on = (effectId: EffectId, kind: EventKind, more: Partial<EffectEvent> = {}): EffectEvent => ({ kind, effectId, attempt: 1, evidence: "answer", at: T0 + 1_000, ...more });

/** Claimed and decided. `settlement`: what was just verified; open unless said otherwise. */
export function decided(of: Intent, wish: ChangeCommand, more: { readonly settlement?: "open" | "closed"; readonly at?: number; readonly kind?: EventKind } = {}): Intent {
  const waiting = claimed(of, wish);
  const claim = claimOf(waiting, wish.commandId);
  return happens(waiting, on(claim?.effectId ?? asEffectId(""), more.kind ?? "read_ok", { evidence: "rule", at: more.at ?? T0 + 1_000, settlement: settlementOf(of, more.settlement) }));
}

export const claimEffect = (of: Intent, wish: ChangeCommand): Effect => {
  const found = claimOf(of, wish.commandId);
  if (found === undefined) throw new Error("the row has no effect");
  return found;
};
export const partsOf = (of: Intent, wish: ChangeCommand): readonly Effect[] => effectsOf(of, wish.commandId);
export const effectNow = (of: Intent, effectId: EffectId): Effect => {
  const found = findEffect(of, effectId);
  if (found === undefined) throw new Error("no such effect");
  return found;
};

export const sentAt = (of: Intent, effectId: EffectId, at = T0 + 2_000): Intent => happens(of, on(effectId, "send", { evidence: "rule", at, signatureExpiresAt: at + 120_000 }));

/** Decided, sent, and on the wire. */
export function underway(of: Intent, wish: ChangeCommand, more: Parameters<typeof decided>[2] = {}): Intent {
  const planned = decided(of, wish, more);
  return sentAt(planned, claimEffect(planned, wish).effectId, (more.at ?? T0 + 1_000) + 1_000);
}

let answers = 100;
/** Decided, sent and approved with an id of its own. */
export function done(of: Intent, wish: ChangeCommand, more: Parameters<typeof decided>[2] = {}): Intent {
  const flying = underway(of, wish, more);
  const { effectId, amount } = claimEffect(flying, wish);
  answers += 1;
  return happens(flying, on(effectId, "approved", { at: (more.at ?? T0 + 1_000) + 3_000, facts: { requestId: asRequestId(`70000000000000000${answers}0`), amount } }));
}

/** What is due for the payment at this minute of both clocks, earliest first. */
export const stepsAt = (of: Intent, minutes: number, wireMinutes = minutes) => nextSteps(of, { business: T0 + minutes * 60_000, wire: T0 + wireMinutes * 60_000 }, context.settings);
export const stepFor = (of: Intent, effectId: EffectId, minutes: number, wireMinutes = minutes) => {
  const step = stepsAt(of, minutes, wireMinutes).find((one) => "effect" in one.step && one.step.effect.effectId === effectId);
  return step === undefined ? undefined : { kind: step.step.kind, inMinutes: (step.dueAt - T0) / 60_000 };
};
export const anAttempt = (name: string) => ({ attempt: 1, merchantReference: asMerchantReference(`REF-${name}`), transactionId: asTransactionId(`TX-${name}`), sentAt: T0 });
