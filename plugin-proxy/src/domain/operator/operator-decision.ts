// What an operator decides about a payment that is stuck: a row that is only ever created, whose Create privilege is the privilege, with a
// reason. It becomes an event, never an edit; what does not fit (another amount, no reason, too late) changes nothing and is recorded.
import type { EffectId } from "../ids.ts";
import type { Author } from "../payment/command.ts";
import { toDecimalText } from "../money.ts";
import { isMoneyOut, isUndo, standingOf, type Effect, type TransactionFacts } from "../payment/effect.ts";
import type { EventKind } from "../payment/events.ts";
import { isMissingForPerson } from "../settlement/judge-report.ts";
import { DAY_MS, SECOND_MS, type Instant } from "../time.ts";

export type OperatorVerb = "ask_again_now" | "accept_answer" | "declare_absent" | "reverse" | "void" | "accept_merge";

export interface OperatorDecision {
  readonly decisionId: string;
  readonly verb: OperatorVerb;
  readonly paymentId?: string | undefined;
  readonly effectId?: EffectId | undefined;
  /** Saved card of that payment: what a merge of customers is confirmed for. */
  readonly paymentMethodId?: string | undefined;
  readonly amountText: string | undefined;
  readonly note: string | undefined;
  readonly author: Author;
  readonly createdOn: Instant;
}

export type OperatorProblem = "not_a_person" | "note_missing" | "no_such_transaction" | "amount_differs" | "not_unknown" | "nothing_to_take_back" | "no_answer_to_accept" | "something_stands_there" | "reports_missing" | "sent_again";
export type OperatorStep =
  | { readonly kind: "event"; readonly event: EventKind; readonly decidedState?: "approved" | "absent" | "undone"; readonly facts?: TransactionFacts | undefined }
  | { readonly kind: "look_now" }
  /** Nothing is unknown: what the ledger knows is written to Dataverse once more, now (a row that was rejected and has been mended). */
  | { readonly kind: "replay" }
  | { readonly kind: "nothing"; readonly why: OperatorProblem };

/** From day 7 on he decides, reports or not (recovery rules §5, last row). */
const LONG_UNKNOWN_MS = 7 * DAY_MS;
/** Dataverse notes whole seconds, by a clock of its own; nobody decides this soon after a send. */
const CLOCKS_APART_MS = 5 * SECOND_MS;
const nothing = (why: OperatorProblem): OperatorStep => ({ kind: "nothing", why });

/** The step that a decision on an effect comes to. `isTold`: a person was told that this payment is approved, so that only a refund request takes it back. */
export function judgeOperatorDecision(decision: OperatorDecision, effect: Effect | undefined, isTold: boolean): OperatorStep {
  if (!decision.author.isInteractivePerson) return nothing("not_a_person");
  if ((decision.note ?? "").trim() === "") return nothing("note_missing");
  if (effect === undefined) return nothing("no_such_transaction");
  if (decision.verb !== "ask_again_now" && !repeatsAmount(effect, decision)) return nothing("amount_differs");
  switch (decision.verb) {
    case "ask_again_now": return { kind: effect.state === "unknown" ? "look_now" : "replay" };
    case "accept_answer": return acceptAnswer(effect);
    case "declare_absent": return declareAbsent(effect, decision.createdOn);
    case "reverse": case "void": return takeBack(effect, isTold);
    case "accept_merge": return nothing("no_such_transaction");
  }
}

/** Cybersource's answer is what a look found, or what an answer that could not be read named; without one there is nothing to accept. */
function acceptAnswer(effect: Effect): OperatorStep {
  if (effect.state !== "unknown") return nothing("not_unknown");
  const facts = standingOf(effect);
  return facts?.requestId === undefined ? nothing("no_answer_to_accept") : { kind: "event", event: "operator_decided", decidedState: "approved", facts };
}

/**
 * Not while Cybersource shows something under our reference: that is there, whatever it is. Money out only after two business days' reports without it.
 * What was sent after he had decided is nothing that he has looked for.
 */
function declareAbsent(effect: Effect, decidedOn: Instant): OperatorStep {
  if (effect.state !== "unknown") return nothing("not_unknown");
  if (effect.attempts.some(({ sentAt }) => sentAt !== undefined && sentAt > decidedOn + CLOCKS_APART_MS)) return nothing("sent_again");
  const isLongUnknown = decidedOn - (effect.attempts[0]?.sentAt ?? decidedOn) >= LONG_UNKNOWN_MS;
  if (isMoneyOut(effect) && !isLongUnknown && !isMissingForPerson(effect)) return nothing("reports_missing");
  return effect.shown === undefined ? { kind: "event", event: "operator_decided", decidedState: "absent" } : nothing("something_stands_there");
}

/** Which call it is follows from what is known of it. A hold whose release was refused is asked for again. */
function takeBack(effect: Effect, isTold: boolean): OperatorStep {
  if (isUndo(effect)) return nothing("nothing_to_take_back");
  if (effect.state === "declined" && effect.holds) return { kind: "event", event: "hold_found" };
  const isOpenEnded = effect.state === "unknown" || effect.state === "review" || effect.state === "partial" || (effect.state === "approved" && effect.commandId === undefined && !isTold);
  return isOpenEnded ? { kind: "event", event: "deal_off" } : nothing("nothing_to_take_back");
}

/** The amount that he saw: what Cybersource shows, where it shows anything, else what was asked for. */
function repeatsAmount(effect: Effect, decision: OperatorDecision): boolean {
  const amount = standingOf(effect)?.amount ?? effect.amount;
  return amount !== undefined && decision.amountText !== undefined && Number(toDecimalText(amount)) === Number(decision.amountText);
}
