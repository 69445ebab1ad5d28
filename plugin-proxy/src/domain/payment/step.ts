// The steps that a payment may need, and when: what next-step.ts answers and flows/execute-request.ts does.
import type { Instant } from "../time.ts";
import type { Effect } from "./effect.ts";

export type Step =
  | { readonly kind: "claim" }
  /** A later row whose payment is free: verify, ask the gate, decide. */
  | { readonly kind: "decide_command"; readonly effect: Effect }
  /** Claimed by a ledger that is gone: from now on looked for. */
  | { readonly kind: "adopt_command"; readonly effect: Effect }
  | { readonly kind: "expire_command"; readonly effect: Effect }
  | { readonly kind: "take_turn"; readonly effect: Effect }
  /** Only a person can bring it on: told once. */
  | { readonly kind: "ask_operator"; readonly effect: Effect }
  /** The card of a payment that came to nothing. */
  | { readonly kind: "delete_token"; readonly effect: Effect }
  /** The authorization's time is over: the bank has let go of the rest. */
  | { readonly kind: "lapse"; readonly effect: Effect }
  | { readonly kind: "send"; readonly effect: Effect }
  /** A dispute has opened before the money went back: sent now, the customer would be paid twice. */
  | { readonly kind: "refuse_disputed"; readonly effect: Effect }
  /** Planned so long ago that the process is gone: the ledger may be a restored one. */
  | { readonly kind: "give_up_owner"; readonly effect: Effect }
  /** Sent, and no answer within the deadline: the process that sent it is gone. */
  | { readonly kind: "note_crash"; readonly effect: Effect }
  | { readonly kind: "look"; readonly effect: Effect }
  /** Deal off, fence past, no trace: take back by transactionId what may still arrive. */
  | { readonly kind: "plan_timeout_undo"; readonly effect: Effect }
  | { readonly kind: "prove_absent"; readonly effect: Effect }
  | { readonly kind: "release_undecided"; readonly effect: Effect }
  | { readonly kind: "hold_ended"; readonly effect: Effect }
  | { readonly kind: "watch"; readonly effect: Effect };

/** A step that is about one effect. */
export type EffectStep = Exclude<Step, { readonly kind: "claim" }>;

export interface DueStep {
  readonly step: Step;
  readonly dueAt: Instant;
}

export interface Now {
  readonly business: Instant;
  readonly wire: Instant;
}
