// Where poke, webhook, sweep, restart and clock all end: bring one request as far as it can go now, and say when to come back.
// Idempotent: a request that is finished, claimed by another or not yet submitted is left as it is.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { EffectEvent, EventKind } from "../domain/payment/events.ts";
import type { CommandTable } from "../domain/payment/command.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { isStillDue, nextSteps } from "../domain/payment/next-step.ts";
import type { EffectStep, Step } from "../domain/payment/step.ts";
import { planClaim } from "../domain/payment/plan-effect.ts";
import type { Instant } from "../domain/time.ts";
import { adoptPayment } from "./adopt-payment.ts";
import { refuseCommand } from "./begin-command.ts";
import { claimRequest } from "./claim-request.ts";
import { decideCommand } from "./decide-command.ts";
import { deleteToken } from "./delete-token.ts";
import type { FlowDeps } from "./deps.ts";
import { expireCommand } from "./expire-command.ts";
import { withoutKnown, type LostRow } from "./find-lost-rows.ts";
import { planTimeoutUndo } from "./plan-timeout-undo.ts";
import { recordEvents } from "./record-events.ts";
import { recoverEffect } from "./recover-effect.ts";
import { sendEffect } from "./send-effect.ts";
import { takeTurn } from "./take-turn.ts";

export interface ExecuteInput {
  readonly organizationId: OrganizationId;
  /** The row: one that founds a payment, or a later one of either table. */
  readonly paymentRequestId: PaymentRequestId;
  readonly table?: CommandTable | undefined;
}

/** A payment takes a handful of steps; more than this in one go means that something turns in a circle. */
const STEPS_MAX = 24;

/** Does every step that is due. Returns when the next one will be (business clock), or undefined when none will be by itself. */
export async function executeRequest(deps: FlowDeps, input: ExecuteInput): Promise<Instant | undefined> {
  let intent = await loadOrBegin(deps, input);
  for (let count = 0; count < STEPS_MAX; count++) {
    const now = { business: deps.clocks.business(), wire: deps.clocks.wire() };
    const [next] = nextSteps(intent, now, deps.settings);
    if (next === undefined) return undefined;
    if (next.dueAt > now.business) return comeBack(deps, input, { intent, dueAt: next.dueAt });
    const outcome = await takeStep(deps, intent, next.step);
    if (typeof outcome !== "object") return outcome;
    // What the step itself has just committed need not be read again: whatever comes next is decided anew under the lock.
    intent = outcome.moved ?? await load(deps, input);
  }
  deps.reporter.alarm("payment_turns_in_circles", input);
  return deps.clocks.business() + deps.settings.responseDeadlineMs;
}

/** A later row's payment comes back by its founding row: one piece of work for one payment. */
async function comeBack(deps: FlowDeps, input: ExecuteInput, { intent, dueAt }: { readonly intent: Intent; readonly dueAt: Instant }): Promise<Instant | undefined> {
  const { organizationId, paymentRequestId } = intent;
  if (paymentRequestId === input.paymentRequestId) return dueAt;
  await deps.ledger.alone((tx) => tx.schedule({ kind: "advance", organizationId, key: paymentRequestId, dueAt }));
  return undefined;
}

/** Begun at once where it is new, as most are that somebody pokes for; else read. */
async function loadOrBegin(deps: FlowDeps, input: ExecuteInput): Promise<Intent> {
  const at = deps.clocks.business();
  const begun: Intent = {
    organizationId: input.organizationId, paymentRequestId: input.paymentRequestId, ...(input.table === "refundrequest" ? { table: input.table } : {}), paymentId: deps.derivation.paymentId(input.organizationId, input.paymentRequestId), deal: "on", claimedAt: at,
    commands: [], effects: [planClaim(input, at, deps.derivation)], revision: 1, isToldApproved: false,
  };
  if (await deps.ledger.alone((ledger) => ledger.insertIntent(begun))) return begun;
  return load(deps, input);
}

async function load(deps: FlowDeps, input: ExecuteInput): Promise<Intent> {
  const { organizationId, paymentRequestId } = input;
  const intent = await deps.ledger.transaction(async (tx) => {
    const own = await tx.loadIntent(organizationId, paymentRequestId);
    const founder = own === undefined ? await tx.founderOf(organizationId, { commandId: paymentRequestId }) : undefined;
    return founder === undefined ? own : tx.loadIntent(organizationId, founder);
  });
  if (intent === undefined) throw new Error(`intent ${input.paymentRequestId} was there and is gone`);
  return intent;
}

/** When to come back, or that the intent moved: as it stands now, where that is known. */
type StepOutcome = Instant | undefined | { readonly moved: Intent | undefined };
const MOVED = { moved: undefined } as const;

async function takeStep(deps: FlowDeps, intent: Intent, step: Step): Promise<StepOutcome> {
  switch (step.kind) {
    case "claim": {
      const outcome = await claimRequest(deps, intent);
      if (outcome.kind === "unknown_payment") return adoptFirst(deps, intent, outcome.paymentId);
      if (outcome.kind === "lost_rows") return adoptLost(deps, intent, outcome.rows);
      return outcome.kind === "moved" ? { moved: outcome.intent } : outcome.until;
    }
    case "send": return { moved: await sendEffect(deps, intent, step.effect) };
    case "look": case "watch": return await recoverEffect(deps, intent, step.effect) ?? MOVED;
    case "plan_timeout_undo": return await planTimeoutUndo(deps, intent, step) ?? MOVED;
    case "give_up_owner": return note(deps, intent, step, "owner_gone");
    case "refuse_disputed": return note(deps, intent, step, "refused_by_rule", "payment_disputed");
    case "note_crash": return note(deps, intent, step, "crash");
    case "prove_absent": return note(deps, intent, step, "absent_proved");
    case "release_undecided": return note(deps, intent, step, "decision_late");
    case "hold_ended": return note(deps, intent, step, "released");
    case "decide_command": return decideCommand(deps, intent, step.effect);
    case "adopt_command": return note(deps, intent, step, "foreign_claim");
    case "expire_command": return noted(deps, intent, step, await expireCommand(deps, intent, step.effect));
    case "take_turn": {
      const turn = await takeTurn(deps, intent, step.effect);
      return turn === "owner_gone" ? note(deps, intent, step, turn) : turn;
    }
    case "ask_operator": return note(deps, intent, step, "escalated");
    case "delete_token": return await deleteToken(deps, intent, step.effect) ?? MOVED;
    case "lapse": return note(deps, intent, step, "lapsed");
  }
}

const ADOPT_RETRY_MS = 10_000;

/** The row is claimed; its payment is looked for before anything about it is decided. */
async function adoptFirst(deps: FlowDeps, intent: Intent, paymentId: string): Promise<StepOutcome> {
  const founder = await adoptPayment(deps, executeRequest, { organizationId: intent.organizationId, paymentId });
  if (founder === "unavailable") return deps.clocks.business() + ADOPT_RETRY_MS;
  if (founder === undefined) await refuseCommand(deps, intent);
  return MOVED;
}

/** What a lost ledger did to the payment is looked for before this row is put on it. */
async function adoptLost(deps: FlowDeps, { organizationId }: Intent, rows: readonly LostRow[]): Promise<StepOutcome> {
  for (const row of rows) await executeRequest(deps, { organizationId, ...row });
  const left = await deps.ledger.alone((ledger) => withoutKnown(ledger, organizationId, rows));
  return left.length === 0 ? MOVED : deps.clocks.business() + ADOPT_RETRY_MS;
}

/** What was found out is recorded; an instant says when to ask again. */
const noted = (deps: FlowDeps, intent: Intent, step: EffectStep, said: EventKind | Instant): Promise<StepOutcome> =>
  (typeof said === "number" ? Promise.resolve(said) : note(deps, intent, step, said));

/** What the step says by itself is recorded, if it is still due: who was overtaken reads anew. */
async function note(deps: FlowDeps, intent: Intent, step: EffectStep, kind: EventKind, reason?: string): Promise<StepOutcome> {
  const now = { business: deps.clocks.business(), wire: deps.clocks.wire() };
  const event: EffectEvent = { kind, reason, effectId: step.effect.effectId, attempt: step.effect.attempts.length, evidence: "rule", at: now.business };
  const isDue = (current: Intent): boolean => isStillDue(current, step, now, deps.settings);
  const recorded = await recordEvents(deps, { ...intent, events: async (current) => ({ events: isDue(current) ? [event] : [] }) });
  return recorded.ok && (recorded.value.changes.length > 0 || !isDue(recorded.value.before)) ? MOVED : undefined;
}
