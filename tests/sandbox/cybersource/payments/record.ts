// Makes and finds transactions. Every money effect that really happened stands in the map, whatever the client was told of it.
import type { Card, State, Transaction, TransactionKind } from "../state.ts";
import { newRequestId } from "../state.ts";
import { isPicked, longLagMs } from "../strictness.ts";
import { announceTransaction } from "../webhooks/events.ts";

export interface NewTransaction {
  readonly kind: TransactionKind;
  readonly code: string;
  readonly transactionId?: string | undefined;
  readonly parentId?: string | undefined;
  readonly amount: bigint;
  readonly authorized: bigint;
  readonly currency: string;
  readonly card?: Card | undefined;
  readonly customerId?: string | undefined;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly review?: "soft" | "case" | undefined;
  readonly isLive: boolean;
  readonly captured?: bigint;
}

export function record(state: State, input: NewTransaction): Transaction {
  const at = state.clock.now();
  const transaction: Transaction = {
    ...input, id: newRequestId(state), merchantId: state.merchant.id, at, visibleAt: new Date(at.getTime() + (isPicked(state, "longSearchLag", input.code) ? longLagMs(state, input.code) : state.settings.searchLagMs)),
    asCreated: { status: input.status, captured: input.captured ?? 0n, authorized: input.authorized },
    isReversed: false, isVoided: false, isCaptureVoided: false, captured: input.captured ?? 0n, refunded: 0n, isSettled: false,
    reconciliationId: `${state.random.digits(8)}${state.random.hex(8).toUpperCase()}`, networkTransactionId: state.random.digits(15), approvalCode: "888888",
  };
  state.transactions.set(transaction.id, transaction);
  announceTransaction(state, transaction);
  return transaction;
}

const DAY_MS = 86_400_000;

/** An undo by transaction id repeats its original's: the original is meant, never the undo. */
const isUndo = (one: Transaction): boolean => one.kind === "void" || one.kind === "reversal";

/** The newest transaction with this merchant transaction id; they are unique for 60 days. */
export const findByTransactionId = (state: State, transactionId: string): Transaction | undefined =>
  [...state.transactions.values()].reverse().find((one) => one.transactionId === transactionId && !isUndo(one) && state.clock.now().getTime() - one.at.getTime() < 60 * DAY_MS);

export const isExpired = (state: State, transaction: Transaction): boolean =>
  state.clock.now().getTime() - transaction.at.getTime() > state.settings.authorizationDays * DAY_MS;

