// Which invoice a payment pays, and how much of it. One row for each payment and invoice; once money is applied to an invoice it stays
// there, and refunds and voids take it away from the invoice they name, else from the invoice that was applied to last.
import type { Instant } from "../time.ts";
import { byAge } from "./spread-received.ts";

export interface InvoiceFacts {
  readonly invoiceId: string;
  readonly createdOn: Instant;
  readonly totalMinor: bigint;
  /** Cancelled invoices take no money. */
  readonly isCancelled: boolean;
  /** Applied by other payments, net of their refunds, and paid otherwise (cash, cheque, bank transfer), its share of what its order received included. */
  readonly takenByOthersMinor: bigint;
  /** What payments of its own have, hold or may have, and is not applied to it yet: theirs, and nobody else's. */
  readonly keptMinor?: bigint | undefined;
}

export interface Allocation {
  readonly invoiceId: string;
  readonly amountMinor: bigint;
  readonly refundedMinor: bigint;
}

export interface RefundShare {
  readonly invoiceId?: string | undefined;
  readonly minor: bigint;
}

export interface AllocationInput {
  readonly capturedMinor: bigint;
  /** The payment's own invoice; undefined for one taken on an order. */
  readonly ownInvoiceId?: string | undefined;
  /** The invoices it may pay: its own, or those created from its order. */
  readonly invoices: readonly InvoiceFacts[];
  readonly standing: readonly Allocation[];
  /** What was captured for a certain invoice: it pays that one before any other. */
  readonly captures?: readonly RefundShare[] | undefined;
  /** Refunds that went out, oldest first. */
  readonly refunds: readonly RefundShare[];
  /** Captures that were voided. */
  readonly voids?: readonly RefundShare[] | undefined;
}

const atMost = (left: bigint, right: bigint): bigint => (left < right ? left : right);
const netOf = (allocation: Allocation): bigint => allocation.amountMinor - allocation.refundedMinor;

const namedFor = ({ captures = [] }: AllocationInput, invoiceId: string): bigint => captures.reduce((sum, capture) => (capture.invoiceId === invoiceId ? sum + capture.minor : sum), 0n);

/** The allocations as they shall stand: a pure function of what was captured, refunded and applied before. */
export function planAllocations(input: AllocationInput): readonly Allocation[] {
  const applied = new Map(input.standing.map((allocation) => [allocation.invoiceId, allocation.amountMinor]));
  let rest = input.capturedMinor - [...applied.values()].reduce((sum, minor) => sum + minor, 0n);
  const apply = (invoice: InvoiceFacts, mostMinor: bigint): void => {
    if (rest <= 0n || invoice.isCancelled) return;
    const own = applied.get(invoice.invoiceId) ?? 0n;
    // A payment taken on an invoice belongs to it whole; one of an order pays what is still open.
    const open = invoice.invoiceId === input.ownInvoiceId ? rest : invoice.totalMinor - invoice.takenByOthersMinor - (invoice.keptMinor ?? 0n) - own;
    const share = atMost(atMost(rest, mostMinor), open);
    if (share <= 0n) return;
    applied.set(invoice.invoiceId, own + share);
    rest -= share;
  };
  for (const invoice of byAge(input.invoices)) apply(invoice, namedFor(input, invoice.invoiceId) - (applied.get(invoice.invoiceId) ?? 0n));
  for (const invoice of byAge(input.invoices)) apply(invoice, rest);
  // More was applied than is captured now: captures were voided since.
  const refunds = rest < 0n ? [...input.refunds, ...missingOf(-rest, input.voids ?? [])] : input.refunds;
  return withRefunds([...applied].map(([invoiceId, amountMinor]) => ({ invoiceId, amountMinor, refundedMinor: 0n })), refunds, rest > 0n ? rest : 0n);
}

/** What is missing since is taken from the invoices that the voids name, the rest from none in particular. */
function missingOf(minor: bigint, voids: readonly RefundShare[]): readonly RefundShare[] {
  let left = minor;
  const named = voids.filter(({ invoiceId }) => invoiceId !== undefined).map((one) => {
    const share = atMost(left, one.minor);
    left -= share;
    return { ...one, minor: share };
  });
  return [...named, { minor: left }];
}

/** A refund that names no invoice is first taken from what was applied to none, then from the invoices in reverse order. */
function withRefunds(allocations: readonly Allocation[], refunds: readonly RefundShare[], unapplied: bigint): readonly Allocation[] {
  const rows = allocations.map((allocation) => ({ ...allocation }));
  let free = unapplied;
  const take = (row: { amountMinor: bigint; refundedMinor: bigint } | undefined, minor: bigint): bigint => {
    if (row === undefined) return minor;
    const share = atMost(minor, netOf({ invoiceId: "", ...row }));
    row.refundedMinor += share;
    return minor - share;
  };
  for (const refund of refunds) {
    let left = take(rows.find((row) => row.invoiceId === refund.invoiceId), refund.minor);
    const fromFree = atMost(left, free);
    free -= fromFree;
    left -= fromFree;
    for (const row of rows.toReversed()) left = take(row, left);
  }
  return rows;
}

/** Applied: something of it still pays the invoice. Reversed: all of it was given back. */
export const allocationState = (allocation: Allocation): "applied" | "reversed" => (netOf(allocation) > 0n ? "applied" : "reversed");
