// What an operator decides about a payment that is stuck: a row that is only ever created, whose Create privilege is the privilege, with a
// reason. It becomes an event, never an edit; what does not fit (another amount, no reason, too late) changes nothing and is recorded.
import type { EffectId } from "../ids.ts";
import type { Author } from "../payment/command.ts";
import { toDecimalText } from "../money.ts";
import { isUndo, type Effect } from "../payment/effect.ts";
import type { EventKind } from "../payment/events.ts";
import type { Instant } from "../time.ts";

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

export type OperatorProblem = "not_a_person" | "note_missing" | "no_such_transaction" | "amount_differs" | "not_unknown" | "nothing_to_take_back" | "no_answer_to_accept";
export type OperatorStep =
  | { readonly kind: "event"; readonly event: EventKind; readonly decidedState?: "approved" | "absent" | "undone" }
  | { readonly kind: "look_now" }
  | { readonly kind: "nothing"; readonly why: OperatorProblem };

const nothing = (why: OperatorProblem): OperatorStep => ({ kind: "nothing", why });

/** The step that a decision on an effect comes to. */
export function judgeOperatorDecision(decision: OperatorDecision, effect: Effect | undefined): OperatorStep {
  if (!decision.author.isInteractivePerson) return nothing("not_a_person");
  if ((decision.note ?? "").trim() === "") return nothing("note_missing");
  if (effect === undefined) return nothing("no_such_transaction");
  if (decision.verb !== "ask_again_now" && !repeatsAmount(effect, decision)) return nothing("amount_differs");
  switch (decision.verb) {
    case "ask_again_now": return effect.state === "unknown" ? { kind: "look_now" } : nothing("not_unknown");
    case "accept_answer": return acceptAnswer(effect);
    case "declare_absent": return effect.state === "unknown" ? { kind: "event", event: "operator_decided", decidedState: "absent" } : nothing("not_unknown");
    case "reverse": case "void": return takesBack(effect) ? { kind: "event", event: "deal_off" } : nothing("nothing_to_take_back");
    case "accept_merge": return nothing("no_such_transaction");
  }
}

/** Cybersource's answer is what a look found last; without one there is nothing to accept. */
function acceptAnswer(effect: Effect): OperatorStep {
  if (effect.state !== "unknown") return nothing("not_unknown");
  return effect.facts?.requestId === undefined ? nothing("no_answer_to_accept") : { kind: "event", event: "operator_decided", decidedState: "approved" };
}

const takesBack = (effect: Effect): boolean => !isUndo(effect) && (effect.state === "unknown" || effect.state === "review" || effect.state === "partial" || effect.state === "approved");

function repeatsAmount(effect: Effect, decision: OperatorDecision): boolean {
  const amount = effect.facts?.amount ?? effect.amount;
  return amount !== undefined && decision.amountText !== undefined && Number(toDecimalText(amount)) === Number(decision.amountText);
}
