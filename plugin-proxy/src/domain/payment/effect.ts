// An effect is one step that may move money: the authorization of a request, or the reversal that takes it back.
// States belong to effects; a payment's status is derived from them (derive-status.ts). One effect is one
// cybs_paymenttransaction row and one to five attempts; an attempt goes on the wire at most once.
import type { EffectId, MerchantReference, PaymentRequestId, RequestId, TransactionId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { Instant } from "../time.ts";

export type EffectKind =
  | "undetermined" | "authorization" | "sale" | "capture" | "incremental_authorization" | "authorization_reversal" | "void"
  | "refund" | "credit" | "timeout_reversal" | "timeout_void" | "token_creation" | "case_decision";

export type EffectState =
  | "claiming" | "awaiting_approval" | "queued" | "planned" | "sent" | "unknown" | "approved" | "review" | "partial" | "declined"
  | "refused" | "absent" | "undone" | "expired" | "withdrawn";

/** How we know, strongest first. Weaker evidence never overwrites stronger; absence never changes a known state. */
export const EVIDENCE = ["answer", "detail", "search", "webhook", "report", "person", "rule"] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** Why an approved-by-the-bank transaction waits: the bank's check failed (nobody will ever decide it there), or a case is open. */
export type ReviewKind = "soft_decline" | "case" | "before_authorization";

/** What Cybersource says of a transaction, in our words. Amounts are those of the answer, never sums of ours. */
export interface TransactionFacts {
  readonly requestId: RequestId;
  readonly amount?: Money | undefined;
  readonly isCaptured?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly reviewKind?: ReviewKind | undefined;
  readonly reconciliationId?: string | undefined;
  readonly approvalCode?: string | undefined;
  readonly networkTransactionId?: string | undefined;
  readonly avsCode?: string | undefined;
  readonly cvnCode?: string | undefined;
  readonly merchantAdvice?: string | undefined;
  readonly card?: CardFacts | undefined;
  readonly token?: TokenFacts | undefined;
}

/** Never a number: brand (Cybersource's card type code, "001" is Visa), last four, expiry. */
export interface CardFacts {
  readonly typeCode?: string | undefined;
  readonly lastFour?: string | undefined;
  readonly expirationMonth?: number | undefined;
  readonly expirationYear?: number | undefined;
}

/** Ids in Cybersource's token management service. */
export interface TokenFacts {
  readonly customerId?: string | undefined;
  readonly paymentInstrumentId?: string | undefined;
  readonly instrumentIdentifierId?: string | undefined;
}

/** One send. `merchantReference` and `transactionId` are pure functions of organization, request, step and attempt. */
export interface Attempt {
  readonly attempt: number;
  readonly merchantReference: MerchantReference;
  readonly transactionId: TransactionId;
  /** Business clock, when `planned → sent` was committed. */
  readonly sentAt?: Instant | undefined;
  /** Wire clock: after this moment (plus the fence's skew) Cybersource cannot accept these bytes any more. */
  readonly signatureExpiresAt?: Instant | undefined;
}

export interface Looks {
  readonly count: number;
  readonly emptyCount: number;
  /** Batch reports of days that should have had it and have not. */
  readonly reportsWithout?: number | undefined;
  /** Until when these have been read: a day counts once. */
  readonly reportedUntil?: Instant | undefined;
  readonly firstEmptyAt?: Instant | undefined;
  readonly lastEmptyAt?: Instant | undefined;
}

export interface Effect {
  readonly effectId: EffectId;
  /** "claim" for the first one, else kind and number: "authorization_reversal-1". */
  readonly step: string;
  readonly kind: EffectKind;
  readonly state: EffectState;
  readonly amount?: Money | undefined;
  /** The row that asked for this effect; undefined for the founding request's own and for what the relay does by itself. */
  readonly commandId?: PaymentRequestId | undefined;
  /** What this one acts on: the authorization that a capture takes from, the capture or sale that a refund gives back. */
  readonly parentId?: EffectId | undefined;
  /** The effect that this one takes back. */
  readonly undoes?: EffectId | undefined;
  /** Undo of one of several live successes: the surplus transaction, which is not the parent's own. */
  readonly targetRequestId?: RequestId | undefined;
  /** Undo of something we have no id of: the transactionId that its call carried. */
  readonly targetTransactionId?: TransactionId | undefined;
  readonly attempts: readonly Attempt[];
  /** A queued effect waits for its turn on the payment, and at least until then (a refund after the batch). */
  readonly notBefore?: Instant | undefined;
  /** A capture on an account without several captures: the gateway itself releases the rest of the authorization. */
  readonly releasesRest?: true | undefined;
  /** A refund or void that may become the other when it comes too late: what the person's preview said. */
  readonly isRefundAccepted?: true | undefined;
  /** What a look found under our reference that is not what was asked for (another card, another amount): an operator may accept it, nobody else. */
  readonly shown?: TransactionFacts | undefined;
  /** A refusal that says our picture of the parent is wrong, or that may have been executed all the same: looked at before it is believed. */
  readonly refusal?: { readonly reason: string; readonly isTransient: boolean } | undefined;
  /** An authorization whose time is over: the bank has let go of what was not captured. */
  readonly isLapsed?: true | undefined;
  /** A refund or credit that a report calls settled. */
  readonly isSettled?: true | undefined;
  /** A day's report names it by this id: it is there, although no look has shown it yet. */
  readonly reportedAs?: RequestId | undefined;
  /** Only an operator can bring this on: told once (recovery rules §5, last rows). */
  readonly isEscalated?: true | undefined;
  /** Keeps the cardholder's money although it does not count: a declined-for-risk authorization, what a void leaves. */
  readonly holds: boolean;
  readonly facts?: TransactionFacts | undefined;
  readonly reason?: string | undefined;
  /** The member of the call that Cybersource could not read: the column to be mended (input-words.ts). */
  readonly field?: string | undefined;
  readonly evidence?: Evidence | undefined;
  readonly changedAt: Instant;
  readonly looks: Looks;
  readonly nextLookAt?: Instant | undefined;
  /** Until when a person may decide a soft decline or a partial authorization; then it is released. */
  readonly decisionDueAt?: Instant | undefined;
  readonly authorizationExpiresAt?: Instant | undefined;
  /** A closed attempt stays on watch: found live after all, it is undone and told. */
  readonly watchUntil?: Instant | undefined;
  /** When a transient refusal may be tried again. */
  readonly retryAt?: Instant | undefined;
}

/** Decided, reserved, and not on the wire yet. */
export const WAITING_STATES: readonly EffectState[] = ["awaiting_approval", "queued"];
/** Serialize a payment: at most one effect that is no undo is in one of these (law 2). */
export const RUNNING_STATES: readonly EffectState[] = ["planned", "sent", "unknown"];
export const OPEN_STATES: readonly EffectState[] = ["claiming", "planned", "sent", "unknown"];
export const FINAL_STATES: readonly EffectState[] = ["refused", "absent", "undone", "expired", "withdrawn"];
export const ATTEMPTS_MAX = 5;

export const isOpen = (effect: Effect): boolean => OPEN_STATES.includes(effect.state);
export const isUndo = (effect: Effect): boolean => effect.undoes !== undefined;
export const currentAttempt = (effect: Effect): Attempt | undefined => effect.attempts.at(-1);
export const isRunning = (effect: Effect): boolean => RUNNING_STATES.includes(effect.state);
export const isWaiting = (effect: Effect): boolean => WAITING_STATES.includes(effect.state);
/** What Cybersource has under our reference, as far as anybody knows: of an unknown effect what a look has shown, which may not be what was asked for. */
export const standingOf = (effect: Effect): TransactionFacts | undefined => (effect.state === "unknown" ? effect.shown ?? effect.facts : effect.facts);
export const isMoneyOut = (effect: Effect): boolean => effect.kind === "refund" || effect.kind === "credit";
/** Money in that a report calls turned down at settlement: it never came, whatever the answer said. */
export const isTurnedDown = (effect: Effect): boolean => (effect.kind === "capture" || effect.kind === "sale") && effect.state === "refused" && effect.evidence === "report";
/** What was taken, and may yet be turned down: a capture, or a sale that took its money. */
export const isTaken = (effect: Effect): boolean => effect.state === "approved" && (effect.kind === "capture" || (effect.kind === "sale" && effect.facts?.isCaptured === true));
/** Counts as money: approved, in review or partial, and not undone. */
export const isLive = (effect: Effect): boolean => effect.state === "approved" || effect.state === "review" || effect.state === "partial";
export const isMoneyIn = (effect: Effect): boolean => effect.kind === "authorization" || effect.kind === "sale" || effect.kind === "undetermined";
