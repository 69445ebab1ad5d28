// One attempt, on the wire at most once: sign, commit `planned → sent` as a compare-and-set, send, record what came back.
// Who loses the compare-and-set does not send. No answer is an outcome too.
import type { Effect } from "../domain/payment/effect.ts";
import { currentAttempt } from "../domain/payment/effect.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { bringsMoneyIn, findEffect, mainEffect, type Intent } from "../domain/payment/intent.ts";
import { isClosed, isStillDue } from "../domain/payment/next-step.ts";
import { toDecimalText } from "../domain/money.ts";
import type { TrailEntry } from "../domain/timeline/trail.ts";
import { MINUTE_MS, type Instant } from "../domain/time.ts";
import type { GatewayAnswer, SignedCall } from "../ports/gateway.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import { answerToEvent } from "./answer-to-event.ts";
import { buildCall } from "./build-call.ts";
import type { FlowDeps } from "./deps.ts";
import { noteNewCardDeclined } from "./new-card-declines.ts";
import { recordEvents } from "./record-events.ts";

/** Sends the current attempt of a planned effect. Returns when the answer, or its absence, is in the ledger; with the intent as it was recorded, when it was. */
export async function sendEffect(deps: FlowDeps, intent: Intent, effect: Effect): Promise<Intent | undefined> {
  const attempt = currentAttempt(effect);
  if (attempt === undefined) throw new Error(`effect ${effect.effectId} is planned without an attempt`);
  const call = await deps.ledger.alone((tx) => buildCall(deps, intent, effect, tx));
  if (call.kind === "impossible") return endWithoutSending(deps, intent, effect, call.reason);
  const { binding } = call.call;
  const admission = await deps.admission.admit(binding);
  if (!admission.isAdmitted) return waitForTurn(deps, intent, effect, admission);
  let answer: GatewayAnswer | undefined;
  try {
    const signed = await deps.gateway.sign(call.call);
    const sent = await markSent(deps, intent, effect, signed);
    if (sent === undefined) return undefined;
    const started = deps.clocks.wire();
    answer = await signed.send();
    deps.reporter.count("answers", { kind: effect.kind, answer: answer.kind });
    return await recordAnswer(deps, sent, effect, answer, deps.clocks.wire() - started);
  } finally {
    await deps.admission.settle(binding, answer);
  }
}

/** Nothing was sent: the attempt stays planned and comes back. That Cybersource is away is said on the form. */
async function waitForTurn(deps: FlowDeps, intent: Intent, effect: Effect, { until, reason }: { readonly until: Instant; readonly reason: string }): Promise<Intent | undefined> {
  const { organizationId, paymentRequestId } = intent;
  const isTold = reason === "cybersource_away";
  const recorded = await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current) => {
      const now = findEffect(current, effect.effectId);
      if (now?.state !== "planned") return { events: [] };
      const waiting: Effect = { ...now, retryAt: until, reason: isTold ? reason : now.reason };
      return { intent: { ...current, revision: current.revision + 1, effects: current.effects.map((other) => (other.effectId === effect.effectId ? waiting : other)) }, events: [] };
    },
    then: async (_after, tx) => { if (isTold && effect.reason !== reason) await tx.schedule({ kind: "project", organizationId, key: paymentRequestId, dueAt: deps.clocks.business() }); },
  });
  return recorded.ok ? recorded.value.after : undefined;
}

/**
 * The compare-and-set that comes last before the bytes. Undefined: somebody else sent it, the deal is off, or whoever slept while it waited for its hand
 * finds an attempt that is too old to be sent without a look.
 */
async function markSent(deps: FlowDeps, intent: Intent, effect: Effect, signed: SignedCall): Promise<Intent | undefined> {
  const { organizationId, paymentRequestId } = intent;
  const now = { business: deps.clocks.business(), wire: deps.clocks.wire() };
  const send: EffectEvent = { kind: "send", effectId: effect.effectId, attempt: currentAttempt(effect)?.attempt ?? 0, evidence: "rule", at: now.business, signatureExpiresAt: signed.signatureExpiresAt };
  const recorded = await recordEvents(deps, {
    organizationId, paymentRequestId, known: intent,
    events: async (current) => ({ events: isStillDue(current, { kind: "send", effect }, now, deps.settings) ? [send] : [] }),
  });
  const isOurs = recorded.ok && recorded.value.changes.length > 0 && findEffect(recorded.value.after, effect.effectId)?.state === "sent" && findEffect(recorded.value.before, effect.effectId)?.attempts.length === effect.attempts.length;
  return isOurs ? recorded.value.after : undefined;
}

async function recordAnswer(deps: FlowDeps, intent: Intent, effect: Effect, answer: GatewayAnswer, durationMs: number): Promise<Intent | undefined> {
  const { organizationId, paymentRequestId } = intent;
  if (answer.kind === "unknown" && answer.isAlarming) deps.reporter.alarm("answer_not_understood", { organizationId, paymentRequestId, effectId: effect.effectId, reason: answer.cause, durationMs });
  const recorded = await recordEvents(deps, {
    organizationId, paymentRequestId, known: intent,
    events: async (current, tx) => {
      const event = await withCard(answerToEvent(effect, answer, deps.clocks.business()), current, tx);
      await noteAnswer(deps, current, effect, answer, tx);
      await tx.surroundings.appendTrail(trailOf(current, effect, event, { answer: answer.kind, durationMs }));
      return { events: [event] };
    },
    then: dropSecrets,
  });
  return recorded.ok ? recorded.value.after : undefined;
}

/** The call as the timeline shows it: ids and outcome, nothing of what was sent. */
function trailOf({ organizationId, paymentRequestId }: Intent, effect: Effect, event: EffectEvent, given: { readonly answer: string; readonly durationMs: number }): TrailEntry {
  const amount = effect.amount === undefined ? undefined : `${toDecimalText(effect.amount)} ${effect.amount.currency}`;
  return {
    organizationId, paymentRequestId, at: event.at, source: "gateway", what: "called", kind: effect.kind, effectId: effect.effectId, attempt: effect.attempts.length, answer: given.answer,
    durationMs: given.durationMs, reason: event.reason, requestId: event.facts?.requestId, merchantReference: currentAttempt(effect)?.merchantReference, amount,
  };
}

/** An answer to a transient token does not repeat last four and expiry; the token said them. */
async function withCard(event: EffectEvent, intent: Intent, tx: LedgerTransaction): Promise<EffectEvent> {
  const token = event.facts === undefined || intent.command?.method !== "new_card" ? undefined : await tx.loadTransientToken(intent.organizationId, intent.paymentRequestId);
  if (event.facts === undefined || token === undefined) return event;
  const { card } = event.facts;
  return { ...event, facts: { ...event.facts, card: { typeCode: card?.typeCode ?? token.typeCode, lastFour: token.lastFour, expirationMonth: token.expirationMonth, expirationYear: token.expirationYear } } };
}

/** What an answer means beyond the payment: velocity, blocked cards, paused accounts. */
async function noteAnswer(deps: FlowDeps, intent: Intent, effect: Effect, answer: GatewayAnswer, tx: LedgerTransaction): Promise<void> {
  const { command, organizationId } = intent;
  if (command === undefined) return;
  const now = deps.clocks.business();
  const { merchantId } = command.merchantAccount;
  if (answer.kind === "declined" && bringsMoneyIn(intent, effect)) {
    await tx.recordVelocity([{ organizationId, scope: "decline", key: command.author.userId }], now);
    if (command.method === "new_card") await noteNewCardDeclined(deps, tx, { organizationId, merchantId });
    const paymentInstrumentId = command.savedCard?.paymentInstrumentId;
    if (answer.blocksInstrument && paymentInstrumentId !== undefined) await tx.blockInstrument({ organizationId, merchantId, paymentInstrumentId, reason: answer.reason, at: now });
  }
  if (answer.kind === "refused" && answer.pauses !== undefined) {
    const action = answer.pauses === "action" ? effect.kind : undefined;
    await tx.pauseAccount({ organizationId, merchantId, action, until: now + MINUTE_MS, reason: answer.reason });
    if (action === undefined) deps.reporter.alarm("merchant_account_paused", { organizationId, reason: answer.reason });
    else deps.reporter.alarm("merchant_action_paused", { organizationId, reason: answer.reason, kind: action });
  }
}

/** The transient token is forgotten once its effect has left `sent` for good; the cardholder's details once the payment is closed. */
async function dropSecrets(intent: Intent, tx: LedgerTransaction): Promise<void> {
  const main = mainEffect(intent);
  if (main.state === "planned" || main.state === "sent") return;
  if (intent.command?.method === "new_card") await tx.discardTransientToken(intent.organizationId, intent.paymentRequestId);
  if (isClosed(intent)) await tx.discardDetail(intent.organizationId, intent.paymentRequestId);
}

async function endWithoutSending(deps: FlowDeps, intent: Intent, effect: Effect, reason: string): Promise<undefined> {
  const { organizationId, paymentRequestId } = intent;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async () => ({ events: [{ kind: reason === "request_expired" ? "expired" : "refused_by_rule", effectId: effect.effectId, attempt: effect.attempts.length, evidence: "rule", at: deps.clocks.business(), reason }] }),
  });
  if (reason === "no_merchant_account") deps.reporter.alarm("no_credentials", { organizationId, paymentRequestId, effectId: effect.effectId });
}
