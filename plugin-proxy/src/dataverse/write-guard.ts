// What stands in Dataverse decides how a projection is written. A row's version (etag) makes the write conditional, so that a worker that
// was paused for an hour cannot overwrite what a later one has written: its write meets another version, and it reads before it tries again.
// A revision never goes back: a ledger that lost its disk, or went back to a backup, goes on from the one that stands there (flows/catch-up.ts).
import { paymentMethodTable } from "@cybs/schema";
import { z } from "zod";
import type { PaymentProjection, TransactionRow } from "../domain/payment/project.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { KnownVersions } from "./known-versions.ts";
import { partOf, refusedPart } from "./read-request.ts";
import { collectionOf, wholeColumn } from "./rows/column-kinds.ts";
import { paymentGuardPath, toPaymentGuard } from "./rows/payment.ts";
import { toTransactionGuard, transactionGuardPath } from "./rows/payment-transaction.ts";
import type { Transport } from "./transport.ts";
import type { Read } from "./write-batch.ts";

/** `create`: only if no row is there. An etag: only over that version. */
export interface Guard {
  readonly kind: "guard";
  readonly payment: "create" | { readonly etag: string } | undefined;
  /** Of the first transaction, when there is no payment that could guard the set. */
  readonly transaction: "create" | { readonly etag: string } | undefined;
  /** `leave`: the card was removed, and stays so. */
  readonly paymentMethod: "create" | "leave" | { readonly etag: string } | undefined;
  /** Transactions of which a lost ledger has told people more than this one knows yet: they stay as they are. */
  readonly left?: ReadonlySet<string> | undefined;
}
export type GuardAnswer = Guard | { readonly kind: "newer_stands" } | { readonly kind: "ahead"; readonly revision: number; readonly isAnothers: boolean } | Unavailable;

/** The row whose version guards the whole change set. */
export const guardedRowId = (projection: PaymentProjection): string | undefined => projection.payment?.paymentId ?? projection.transactions[0]?.effectId;

/**
 * A guess without a read: right for a payment that is written for the first time, and for one this process wrote last. Not for an unknown that
 * nobody here has written yet: a lost ledger may have ended its row without ever making a payment row, and what it told stands.
 */
export function guessGuard(projection: PaymentProjection, versions: KnownVersions): Guard | undefined {
  const rowId = guardedRowId(projection);
  const etag = rowId === undefined ? undefined : versions.of(rowId);
  if (etag === undefined && projection.transactions[0]?.status === "unknown") return undefined;
  if (projection.transactions.some((transaction) => transaction.isHearsay === true)) return undefined;
  // Read from the ledger before this process slept, and something later has been written by it since.
  if (rowId !== undefined && (versions.revisionOf(rowId) ?? 0) > projection.revision) return undefined;
  const method = projection.paymentMethod;
  const known = method === undefined ? undefined : versions.of(method.paymentMethodId);
  const paymentMethod = method === undefined ? undefined : known === undefined ? "create" : { etag: known };
  if (projection.payment !== undefined) return { kind: "guard", payment: etag === undefined ? "create" : { etag }, transaction: undefined, paymentMethod };
  return etag === undefined ? undefined : { kind: "guard", payment: undefined, transaction: { etag }, paymentMethod };
}

/** Reads what stands there. */
export async function readGuard(transport: Transport, projection: PaymentProjection): Promise<GuardAnswer> {
  const first = projection.transactions[0];
  if (first === undefined) return { kind: "unavailable", cause: "a projection without a transaction" };
  const { payment, paymentMethod } = projection;
  const operations: Read[] = [
    { kind: "read", path: transactionGuardPath(first.effectId) },
    ...(payment === undefined ? [] : [{ kind: "read", path: paymentGuardPath(payment.paymentId) } as const]),
    ...(paymentMethod === undefined ? [] : [{ kind: "read", path: paymentMethodPath(paymentMethod.paymentMethodId) } as const]),
  ];
  const hearsay = projection.transactions.filter((transaction) => transaction.isHearsay === true);
  const answer = await transport.batch(projection.organizationId, [...operations, ...hearsay.map(({ effectId }): Read => ({ kind: "read", path: transactionGuardPath(effectId) }))]);
  if (answer.kind === "unavailable") return answer;
  const parts = answer.results.map(partOf);
  const transaction = toTransactionGuard(parts[0]?.body);
  const standing = payment === undefined ? "none" : toPaymentGuard(parts[1]?.body);
  if (transaction === undefined || standing === undefined) return refusedPart("rows to write over", parts.find((part) => part?.status !== 200));
  const isOurs = transaction !== "none" && transaction.ledgerId === projection.ledgerId;
  const isLater = standing === "none" ? transaction !== "none" && payment === undefined && transaction.isFinal && !first.isFinal : standing.revision > projection.revision;
  // Somebody else's hand on the payment may have written any revision: that is put right by the sweep, and proves nothing.
  const isByUs = standing !== "none" && transaction !== "none" && standing.modifiedBy === transaction.modifiedBy;
  // A ledger that was lost or restored does not know yet what people have read already: it may not take it back before it has found out.
  const isForgotten = transaction !== "none" && transaction.hasOutcome && first.status === "unknown";
  if (standing !== "none" && isLater && isByUs) return { kind: "ahead", revision: standing.revision, isAnothers: !isOurs };
  if ((isOurs && isLater) || isForgotten) return { kind: "newer_stands" };
  return {
    kind: "guard",
    payment: payment === undefined ? undefined : standing === "none" ? "create" : { etag: standing.etag },
    transaction: payment !== undefined ? undefined : transaction === "none" ? "create" : { etag: transaction.etag },
    paymentMethod: paymentMethod === undefined ? undefined : methodGuard(parts[operations.length - 1]?.body),
    left: new Set(hearsay.filter((row, index) => saysMore(row, parts[operations.length + index]?.body)).map(({ effectId }) => effectId)),
  };
}

/** An outcome against none, an end against what may still change. What cannot be read is not written over either. */
function saysMore({ status, isFinal }: TransactionRow, body: unknown): boolean {
  const standing = toTransactionGuard(body);
  if (standing === undefined || standing === "none") return standing === undefined;
  return (standing.hasOutcome && (status === "unknown" || status === "in_progress")) || (standing.isFinal && !isFinal);
}

const paymentMethodPath = (id: string): string => `${paymentMethodTable.entitySetName}?$select=${paymentMethodTable.columns.state}&$filter=${paymentMethodTable.primaryId} eq ${id}`;
const Methods = collectionOf(z.object({ "@odata.etag": z.string(), [paymentMethodTable.columns.state]: wholeColumn }));
function methodGuard(body: unknown): Guard["paymentMethod"] {
  const row = Methods.safeParse(body).data?.value[0];
  if (row === undefined) return "create";
  return row[paymentMethodTable.columns.state] === paymentMethodTable.choices.state.removed ? "leave" : { etag: row["@odata.etag"] };
}

/** The header that makes a write conditional. */
export function conditionOf(guard: "create" | { readonly etag: string } | undefined): Readonly<Record<string, string>> {
  if (guard === undefined) return {};
  if (guard === "create") return { "If-None-Match": "*" };
  return { "If-Match": guard.etag };
}
