// What is unknown is left only by proof: look (search by all our references, detail of what is known), then decide. Nothing is resent here.
import { judgeChangeLook } from "../domain/payment/adopt-change.ts";
import { judgeLook, wasOvertaken, type LookVerdict } from "../domain/payment/adopt.ts";
import { isUndo, type Effect } from "../domain/payment/effect.ts";
import { caseDecided, isInCase } from "../domain/payment/decided-case.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { bringsMoneyIn, findEffect, firstSentAt, mainEffect, recalled, type Intent } from "../domain/payment/intent.ts";
import { partReferences } from "../domain/payment/foreign-parts.ts";
import { withReviewerCaptures } from "../domain/payment/reviewer-capture.ts";
import { withLateToken } from "../domain/payment/token-creation.ts";
import { planUndoEffect } from "../domain/payment/plan-effect.ts";
import { asRequestId } from "../domain/ids.ts";
import { DAY_MS, HOUR_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { LookAnswer } from "../ports/gateway.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";
import { adoptParts } from "./adopt-parts.ts";
import { recallTold } from "./recall-told.ts";
import { recastEffect } from "./recast-effect.ts";
import { recordEvents } from "./record-events.ts";
import { recordUndoLook } from "./recover-undo.ts";

const RETRY_MS = 30 * SECOND_MS;
type Looked = Extract<LookAnswer, { kind: "looked" }>;

/** Looks once. Returns when to look again at the earliest when Cybersource could not be asked, or not everything could be seen; undefined when the look was recorded. */
export async function recoverEffect(deps: FlowDeps, intent: Intent, effect: Effect): Promise<Instant | undefined> {
  const binding = intent.command === undefined ? undefined : bindingOf(deps, intent.command);
  if (binding === undefined) {
    deps.reporter.alarm("cannot_look", { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, effectId: effect.effectId });
    return deps.clocks.business() + 20 * RETRY_MS;
  }
  // The effect, what it acts on, and the payment itself: a parent names what was done to it even where search does not show it yet.
  const main = mainEffect(intent);
  const parent = [effect.undoes, effect.parentId].map((id) => (id === undefined ? undefined : findEffect(intent, id))).find((one) => one !== undefined);
  const concerned = [main, parent, effect].filter((one) => one !== undefined);
  const merchantReferences = [...new Set(concerned.flatMap((one) => one.attempts.map((attempt) => attempt.merchantReference))), ...partReferences(intent, effect, deps.derivation)];
  const requestIds = [...new Set(concerned.flatMap((one) => [one.facts?.requestId, one.reportedAs]).filter((id) => id !== undefined))];
  const around = firstSentAt(intent, effect.undoes !== undefined || effect.commandId === undefined ? main : effect);
  const told = bringsMoneyIn(intent, effect) ? await recallTold(deps, intent) : false;
  if (told === "unavailable") return deps.clocks.business() + RETRY_MS;
  const askedAt = deps.clocks.business();
  const answer = await deps.gateway.look({ binding, merchantReferences, around, requestIds });
  if (answer.kind === "unavailable") return deps.clocks.business() + (isLockedOut(deps, intent, { effect, cause: answer.cause }) ? 20 * RETRY_MS : RETRY_MS);
  if (isUndo(effect)) return recordUndoLook(deps, intent, effect, { ...answer, askedAt });
  if (await recastEffect(deps, intent, { effect, found: answer.found }) || await adoptParts(deps, intent, { effect, found: answer.found })) return undefined;
  return recordLook(deps, intent, effect, { ...answer, told, askedAt });
}

/** A look that is refused for its signature will be refused again: a key was revoked, or this machine's clock is off. Somebody has to mend that. */
function isLockedOut(deps: FlowDeps, intent: Intent, { effect, cause }: { readonly effect: Effect; readonly cause: string }): boolean {
  const isRefused = /answered 40[13]$/.test(cause);
  if (isRefused) deps.reporter.alarm("cannot_look", { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, effectId: effect.effectId, reason: cause });
  return isRefused;
}

async function recordLook(deps: FlowDeps, intent: Intent, effect: Effect, answer: Looked & { readonly told: boolean; readonly askedAt: Instant }): Promise<Instant | undefined> {
  const { organizationId, paymentRequestId } = intent;
  // A look shows what was there when it was asked, however long it took until somebody recorded it: all waiting that proves something counts from there.
  const at = answer.askedAt;
  let again: Instant | undefined;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (standing, tx) => {
      const current = withReviewerCaptures(answer.told && !standing.isToldApproved ? recalled(standing) : standing, answer.found, { at, ids: deps.derivation });
      const now = findEffect(current, effect.effectId);
      if (now === undefined) return { events: [] };
      const verdict = judge(deps, current, now, { ...answer, at });
      if (verdict.kind === "nothing" || wasOvertaken(effect, now, verdict)) {
        again = at + RETRY_MS * 10;
        return { events: [] };
      }
      if (verdict.kind === "incident") {
        await tx.openIncident({ organizationId, paymentRequestId, kind: verdict.why, detail: `effect ${effect.effectId}`, at });
        // Until when nothing happens by itself is told: it is for a person now.
        await tx.schedule({ kind: "project", organizationId, key: paymentRequestId, dueAt: at });
        deps.reporter.alarm(verdict.why, { organizationId, paymentRequestId, effectId: effect.effectId });
        return { intent: now.state === "unknown" ? foundOther(current, now, { at, shown: verdict.shown }) : lookedAgain(current, now, at), events: [] };
      }
      if (isInCase(now)) return { intent: withLook(current, now, { nextLookAt: at + HOUR_MS }), events: caseDecided(current, now, verdict.event) };
      if (now.state !== "unknown") return { intent: lookedAgain(withLateToken(current, verdict.event, deps.derivation), now, at), events: watchEvents(now, verdict.event) };
      return { intent: withSurplusUndone(deps, current, now, { surplus: verdict.surplus, at }), events: [verdict.event] };
    },
  });
  return again;
}

const judge = (deps: FlowDeps, intent: Intent, effect: Effect, look: Looked & { readonly at: Instant }): LookVerdict | { readonly kind: "nothing" } =>
  (bringsMoneyIn(intent, effect) ? judgeMain(intent, effect, look) : judgeChangeLook(intent, effect, look, deps.settings));

/** Nothing found, although not everything could be seen, is not nothing there. */
function judgeMain(intent: Intent, effect: Effect, look: Looked & { readonly at: Instant }): LookVerdict | { readonly kind: "nothing" } {
  const verdict = judgeLook(intent, effect, look.found, look.at);
  const isEmpty = verdict.kind === "event" && (verdict.event.kind === "found_nothing" || verdict.event.kind === "not_executed");
  return isEmpty && !look.isComplete ? { kind: "nothing" } : verdict;
}

/** On watch, only a live find matters: it was declared gone and is not. */
function watchEvents(effect: Effect, event: EffectEvent): readonly EffectEvent[] {
  const isLive = event.kind === "found_approved" || event.kind === "found_partial" || event.kind === "found_review";
  return isLive && !effect.holds ? [{ ...event, kind: "found_live" }] : [];
}

const withLook = (intent: Intent, effect: Effect, change: Pick<Effect, "nextLookAt"> & Partial<Pick<Effect, "looks" | "shown">>): Intent =>
  ({ ...intent, revision: intent.revision + 1, effects: intent.effects.map((other) => (other.effectId === effect.effectId ? { ...other, ...change } : other)) });
const lookedAgain = (intent: Intent, effect: Effect, at: Instant): Intent => withLook(intent, effect, { nextLookAt: at + DAY_MS });

/** Something with our reference stands there that we cannot make out: an operator is told, and absence has to be proved from the beginning. */
const foundOther = (intent: Intent, effect: Effect, { at, shown }: { readonly at: Instant; readonly shown: Effect["shown"] }): Intent =>
  withLook(intent, effect, { shown, nextLookAt: at + HOUR_MS, looks: { ...effect.looks, count: effect.looks.count + 1, emptyCount: 0, firstEmptyAt: undefined, lastEmptyAt: undefined } });

interface Surplus { readonly surplus: readonly { readonly requestId: string; readonly amount: Effect["amount"] }[]; readonly at: Instant }

/** Several live successes of one intent: the earliest is kept, each other one gets an undo of its own by its id (law 8). Refunds wait for a person. */
function withSurplusUndone(deps: FlowDeps, intent: Intent, effect: Effect, { surplus, at }: Surplus): Intent {
  return surplus.reduce<Intent>((current, extra) => {
    deps.reporter.alarm("two_live_payments", { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, effectId: effect.effectId });
    if (effect.kind === "refund" || effect.kind === "credit") return current;
    const kind = effect.kind === "authorization" ? "authorization_reversal" : "void";
    const undo = planUndoEffect(current, { kind, undoes: effect.effectId, amount: extra.amount, targetRequestId: asRequestId(extra.requestId), commandId: effect.commandId, reason: "surplus" }, at, deps.derivation);
    return { ...current, revision: current.revision + 1, effects: [...current.effects, undo] };
  }, intent);
}
