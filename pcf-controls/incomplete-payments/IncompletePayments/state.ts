// Payments that are not what they should be: why, since when, what happens next and when, and what an operator may decide. Pure.
import { operatorDecisionTable, paymentTable, paymentTransactionTable } from "@cybs/schema";

export type Decision = "ask" | "accept" | "absent" | "reverse" | "void";
export interface Incomplete {
  /** Of the payment; of the claimed step where Dataverse took no payment yet. */
  readonly id: string;
  readonly hasPayment: boolean;
  readonly name: string;
  readonly status: number;
  readonly statusName: string;
  readonly documentName: string;
  readonly customerName: string;
  readonly card: string;
  readonly currency: string;
  readonly currencyId: string | undefined;
  /** The step that is open: the decision is about it. */
  readonly transactionId: string | undefined;
  readonly transactionType: number;
  readonly amount: bigint;
  /** Cybersource's id of what a look found that differs from what was asked: the answer there is to accept. */
  readonly foundId: string | undefined;
  readonly why: string | undefined;
  readonly reason: string | undefined;
  readonly since: string;
  readonly nextText: string | undefined;
  readonly nextOn: string | undefined;
}
export interface Deciding { readonly paymentId: string; readonly decision: Decision; readonly note: string; readonly step: "writing" | "sending" | "refused"; readonly errorKey?: string | undefined }
export interface IncompleteState { readonly phase: "loading" | "stopped" | "ready"; readonly stopKey: string; readonly rows: readonly Incomplete[]; readonly hasMore: boolean; readonly isReadingMore: boolean; readonly readOn: string; readonly deciding?: Deciding | undefined; readonly decided: Readonly<Record<string, Decision>>; readonly mayDecide: boolean }

export const initialState: IncompleteState = { phase: "loading", stopKey: "ReadFailed", rows: [], hasMore: false, isReadingMore: false, readOn: "", decided: {}, mayDecide: false };

const { status } = paymentTable.choices;
const { type } = paymentTransactionTable.choices;
const HOLDS: readonly number[] = [type.undetermined, type.authorization, type.incrementalAuthorization, type.sale];
const IN_BATCH: readonly number[] = [type.undetermined, type.sale, type.capture, type.refund, type.credit];

/** What may be decided on this payment now; the relay checks it again against Cybersource. */
export function decisionsFor(row: Incomplete): readonly Decision[] {
  if (row.status !== status.unknown || row.transactionId === undefined) return ["ask"];
  return ["ask", ...(row.foundId === undefined ? [] : ["accept" as const]), "absent", ...(HOLDS.includes(row.transactionType) ? ["reverse" as const] : []), ...(IN_BATCH.includes(row.transactionType) ? ["void" as const] : [])];
}

const { decision: values } = operatorDecisionTable.choices;
export const valueOf: Readonly<Record<Decision, number>> = { ask: values.askAgainNow, accept: values.acceptCybersourceSAnswer, absent: values.declareAbsent, reverse: values.reverse, void: values.void };

/** The relay's word on a row that Dataverse took for what it did not take. */
const REJECTED = "projection_rejected";
export const isRejected = (row: Incomplete): boolean => row.reason === REJECTED;

/** Reasons are read by auditors: one word is none. */
const NOTE_LENGTH_MIN = 5;
export const isNoteGood = (note: string): boolean => note.trim().length >= NOTE_LENGTH_MIN;
