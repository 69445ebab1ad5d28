// What Dataverse shall show of an intent: rows that are a pure function of the ledger, so that writing them twice,
// late or after a restore gives the same rows. Status words here, choice numbers in dataverse/rows.
import type { EffectId, OrganizationId, PaymentRequestId } from "../ids.ts";
import { zero, type Money } from "../money.ts";
import type { Instant } from "../time.ts";
import type { CommandTable, CustomerRef, DocumentRef } from "./command.ts";
import { deriveSums } from "./derive-sums.ts";
import { derivePaymentStatus, deriveRiskStatus, isBeingUndone, type PaymentStatus, type RiskStatus } from "./derive-status.ts";
import { currentAttempt, FINAL_STATES, isOpen, standingOf, type Effect, type EffectKind, type EffectState } from "./effect.ts";
import { commandOf, mainEffect, wasAnothers, type Intent } from "./intent.ts";
import { isReviewerCapture } from "./reviewer-capture.ts";
import { whatNext } from "../operator/what-next.ts";
import type { ShownLine } from "../timeline/shown-trail.ts";
import { projectPaymentMethod, type PaymentMethodRow } from "./project-payment-method.ts";
import { wordsFor } from "./words.ts";

export type TransactionStatus = "in_progress" | "approved" | "review" | "partial" | "declined" | "refused" | "unknown" | "absent" | "undone" | "expired" | "withdrawn";
export type DocumentPaymentStatus = "unpaid" | "in_progress" | "authorized" | "partly_paid" | "paid" | "refunded" | "needs_attention" | "unknown";

export interface TransactionRow {
  readonly effectId: EffectId;
  readonly type: EffectKind;
  readonly status: TransactionStatus;
  readonly isFinal: boolean;
  /** A lost ledger's, and not looked for yet: it may say more already than this ledger knows, and is left then. */
  readonly isHearsay?: true | undefined;
  readonly attempt: number;
  readonly amount?: Money | undefined;
  readonly reason?: string | undefined;
  readonly agentText?: string | undefined;
  readonly customerText?: string | undefined;
  readonly parentEffectId?: EffectId | undefined;
  /** The row that asked for it, where that is not the founding one. */
  readonly command?: { readonly table: CommandTable; readonly commandId: PaymentRequestId } | undefined;
  readonly merchantReference?: string | undefined;
  readonly requestId?: string | undefined;
  readonly reconciliationId?: string | undefined;
  readonly approvalCode?: string | undefined;
  readonly networkTransactionId?: string | undefined;
  readonly avsCode?: string | undefined;
  readonly cvnCode?: string | undefined;
  readonly merchantAdvice?: string | undefined;
  readonly occurredOn?: Instant | undefined;
  readonly nextLookOn?: Instant | undefined;
  readonly expiresOn?: Instant | undefined;
}

export interface PaymentRow {
  readonly paymentId: string;
  readonly name: string;
  readonly document: DocumentRef;
  readonly customer: CustomerRef;
  readonly merchantAccountId: string;
  readonly paymentMethodId?: string | undefined;
  readonly status: PaymentStatus;
  readonly riskStatus: RiskStatus;
  readonly authorized: Money;
  readonly captured: Money;
  readonly refunded: Money;
  readonly reversed: Money;
  readonly open: Money;
  readonly unknown: Money;
  readonly authorizedOn?: Instant | undefined;
  readonly expiresOn?: Instant | undefined;
  /** Cybersource's card type code ("001"); dataverse/rows gives it the brand's name. */
  readonly cardTypeCode?: string | undefined;
  readonly lastFour?: string | undefined;
  /** Why it waits, what happens next by itself, and when; for operators. */
  readonly nextText?: string | undefined;
  readonly nextOn?: Instant | undefined;
  readonly needsAttention?: boolean | undefined;
}

export interface PaymentProjection {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  /** In which table the founding row stands. */
  readonly table?: CommandTable | undefined;
  readonly revision: number;
  readonly ledgerId: string;
  readonly currencyId?: string | undefined;
  readonly owner?: { readonly id: string; readonly kind: "systemuser" | "team" } | undefined;
  /** Absent for a request that never became a payment (refused by rule, expired, withdrawn before it was frozen). */
  readonly payment?: PaymentRow | undefined;
  readonly transactions: readonly TransactionRow[];
  /** What happened, as far as the ledger knows, oldest first; stands on the payment's row. */
  readonly trail?: readonly ShownLine[] | undefined;
  readonly paymentMethod?: PaymentMethodRow | undefined;
  /** Convenience columns of the document; written in a part of the batch that may fail alone. */
  readonly document?: { readonly ref: DocumentRef; readonly paymentStatus: DocumentPaymentStatus; readonly appliedEffectId?: EffectId | undefined } | undefined;
}

const STATUS: Readonly<Record<EffectState, TransactionStatus>> = {
  claiming: "in_progress", awaiting_approval: "in_progress", queued: "in_progress", planned: "in_progress", sent: "in_progress", unknown: "unknown", approved: "approved", review: "review", partial: "partial",
  declined: "declined", refused: "refused", absent: "absent", undone: "undone", expired: "expired", withdrawn: "withdrawn",
};

/** Approved is final for an authorization too: what follows (capture, reversal) is another row. A declined hold that still has to be released is not. */
export function isFinalEffect(effect: Effect): boolean {
  if (FINAL_STATES.includes(effect.state)) return true;
  return (effect.state === "approved" || effect.state === "declined") && !effect.holds;
}

function commandRefOf(intent: Intent, effect: Effect): TransactionRow["command"] {
  const command = commandOf(intent, effect);
  return command === undefined ? undefined : { table: command.table, commandId: command.commandId };
}

/** Whatever the need for a second person, views, flows and forms look for one word; the need itself is in the sentence. */
const reasonOf = (effect: Effect): string | undefined => (effect.state === "awaiting_approval" ? "awaiting_approval" : effect.reason);
/** A lost ledger may have told more than this one knows yet: a row that says more stays. */
const isHearsay = (intent: Intent, effect: Effect): boolean => wasAnothers(intent) || (commandOf(intent, effect)?.isForeign === true && (effect.state === "claiming" || effect.state === "unknown"));

function projectEffect(intent: Intent, effect: Effect): TransactionRow {
  const attempt = currentAttempt(effect);
  // Found approved after the deal was off: nobody reads "approved" of what is being taken back (recovery rules, law 9).
  const isGoing = effect === mainEffect(intent) && effect.state === "approved" && isBeingUndone(intent);
  const words = isGoing ? undefined : wordsFor(effect);
  return {
    effectId: effect.effectId, type: effect.kind, status: isGoing ? "in_progress" : STATUS[effect.state], isFinal: !isGoing && isFinalEffect(effect),
    ...(isHearsay(intent, effect) ? { isHearsay: true as const } : {}),
    attempt: attempt?.attempt ?? 0, amount: standingOf(effect)?.amount ?? effect.amount, reason: reasonOf(effect), agentText: words?.agent, customerText: words?.customer,
    command: commandRefOf(intent, effect),
    parentEffectId: effect.undoes ?? effect.parentId ?? (effect === mainEffect(intent) ? undefined : mainEffect(intent).effectId),
    merchantReference: (isReviewerCapture(effect) ? currentAttempt(mainEffect(intent)) : attempt)?.merchantReference, requestId: standingOf(effect)?.requestId, reconciliationId: effect.facts?.reconciliationId,
    approvalCode: effect.facts?.approvalCode, networkTransactionId: effect.facts?.networkTransactionId, avsCode: effect.facts?.avsCode,
    cvnCode: effect.facts?.cvnCode, merchantAdvice: effect.facts?.merchantAdvice,
    occurredOn: effect.changedAt, nextLookOn: effect.state === "unknown" ? effect.nextLookAt : undefined,
    expiresOn: effect.decisionDueAt ?? effect.authorizationExpiresAt,
  };
}

/** The document's status from all of its payments' sums: what is captured against the total, then what is held, then what is open. */
export function deriveDocumentStatus(total: Money, sums: { readonly captured: bigint; readonly authorized: bigint; readonly refunded: bigint; readonly isUnknown: boolean; readonly needsAttention: boolean; readonly isInProgress: boolean }): DocumentPaymentStatus {
  if (sums.isUnknown) return "unknown";
  if (sums.needsAttention) return "needs_attention";
  if (sums.captured > 0n && sums.refunded >= sums.captured) return "refunded";
  if (sums.captured - sums.refunded >= total.minor && total.minor > 0n) return "paid";
  if (sums.captured > 0n) return "partly_paid";
  if (sums.authorized > 0n) return "authorized";
  return sums.isInProgress ? "in_progress" : "unpaid";
}

function projectPayment(intent: Intent): PaymentRow | undefined {
  const command = intent.command;
  if (command === undefined) return undefined;
  const main = mainEffect(intent);
  const sums = deriveSums(intent);
  const money = (minor: bigint): Money => ({ ...zero(command.amount.currency), minor });
  const card = main.facts?.card;
  const next = whatNext(intent);
  return {
    paymentId: intent.paymentId, name: `${command.documentNumber} · ${command.requestName}`, document: command.document, customer: command.customer,
    merchantAccountId: command.merchantAccount.merchantAccountId, paymentMethodId: command.savedCard?.paymentMethodId,
    status: derivePaymentStatus(intent), riskStatus: deriveRiskStatus(intent),
    authorized: money(sums.authorized), captured: money(sums.captured), refunded: money(sums.refunded), reversed: money(sums.reversed),
    open: money(sums.capturable), unknown: money(sums.unknown),
    authorizedOn: main.facts?.amount === undefined || main.kind === "credit" ? undefined : main.changedAt, expiresOn: main.authorizationExpiresAt,
    cardTypeCode: card?.typeCode, lastFour: card?.lastFour ?? command.savedCard?.lastFour,
    nextText: next?.text, nextOn: next?.at, needsAttention: next?.needsAttention === true,
  };
}

/** The whole projection of an intent. `documentStatus` comes from the caller, who has seen the document's other payments. */
export function projectIntent(intent: Intent, context: { readonly ledgerId: string; readonly documentStatus?: DocumentPaymentStatus | undefined; readonly paymentMethodId?: ((paymentInstrumentId: string) => string) | undefined }): PaymentProjection {
  const command = intent.command;
  const main = mainEffect(intent);
  const paymentMethod = context.paymentMethodId === undefined ? undefined : projectPaymentMethod(intent, context.paymentMethodId);
  const payment = projectPayment(intent);
  return {
    organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, table: intent.table, revision: intent.revision, ledgerId: context.ledgerId,
    currencyId: command?.currencyId, owner: command?.owner,
    payment: payment === undefined || paymentMethod === undefined ? payment : { ...payment, paymentMethodId: paymentMethod.paymentMethodId },
    transactions: intent.effects.map((effect) => projectEffect(intent, effect)),
    paymentMethod,
    document: command === undefined || context.documentStatus === undefined ? undefined : {
      ref: command.document, paymentStatus: context.documentStatus,
      appliedEffectId: isOpen(main) || main.state !== "approved" || isBeingUndone(intent) ? undefined : main.effectId,
    },
  };
}
