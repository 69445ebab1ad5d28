// Applies what a payment captured to its invoice, or to the invoices created from its order; refunds take away. The ledger decides under the
// invoices' locks, Dataverse's rows follow, and an invoice that is fully paid is closed by policy. Totals are never written.
import { chooseInvoiceState } from "../domain/allocation/choose-invoice-state.ts";
import { allocationState, planAllocations, type Allocation, type InvoiceFacts } from "../domain/allocation/plan-allocations.ts";
import { capturesOf, everCapturedMinor, refundsOf, turnedDownOf, voidsOf } from "../domain/allocation/shares-of.ts";
import { spreadReceived } from "../domain/allocation/spread-received.ts";
import { receivedMinor } from "../domain/manual-payment/received.ts";
import type { StandingRow } from "../domain/notify/rows.ts";
import type { Command } from "../domain/payment/command.ts";
import { amountOf, deriveSums } from "../domain/payment/derive-sums.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { DAY_MS, MINUTE_MS } from "../domain/time.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { InvoiceReading, Written } from "../ports/surroundings.ts";
import type { FlowDeps } from "./deps.ts";
import { noteOnTrail } from "./note-on-trail.ts";
import { readPayable, type Payable } from "./read-payable.ts";
import { afterMending, DONE, laterAfter, type Surrounded } from "./surrounded.ts";

export async function applyToInvoices(deps: FlowDeps, seen: Intent): Promise<Surrounded> {
  const { command, organizationId } = seen;
  if (command === undefined || deriveSums(seen).captured === 0n && await hasNone(deps, seen)) return DONE;
  const payable = await readPayable(deps, organizationId, command);
  if (payable.kind === "unavailable") return laterAfter(deps, payable);
  const usable = payable.invoices;
  const { intent, rows, paid } = await deps.ledger.transaction((tx) => allocate(deps, tx, seen, payable));
  const standing = rows.map((row) => toRow(deps, intent, command, row, usable));
  await deps.ledger.alone((tx) => tx.ownedRows.noteRows({ organizationId, paymentRequestId: intent.paymentRequestId, rowIds: standing.map((row) => row.id) }));
  const written = await deps.surroundings.writeRows({ organizationId, rows: standing });
  if (written.kind === "unavailable") return laterAfter(deps, written);
  if (written.kind === "rejected") deps.reporter.alarm("surroundings_rejected", { organizationId, paymentRequestId: intent.paymentRequestId, reason: written.code });
  let isRefused = false;
  for (const invoice of usable) isRefused = await close(deps, intent, invoice, paid.get(invoice.invoiceId) ?? 0n) === "rejected" || isRefused;
  const now = deps.clocks.business();
  const isRecent = now - intent.claimedAt < LOOK_FOR_MS;
  if (written.kind === "rejected" || (isRefused && isRecent)) return afterMending(deps);
  const isWaiting = isRecent && usable.some((invoice) => isPaidInPart(intent, invoice, paid.get(invoice.invoiceId) ?? 0n));
  return isWaiting ? { kind: "later", at: now + LOOK_EVERY_MS } : DONE;
}

/** Cash or a transfer that pays the rest changes neither payment nor invoice: only looking again finds it. */
const LOOK_EVERY_MS = 5 * MINUTE_MS;
const LOOK_FOR_MS = 90 * DAY_MS;

const isPaidInPart = (intent: Intent, invoice: InvoiceReading, paidMinor: bigint): boolean =>
  invoice.state === "open" && paidMinor > 0n && paidMinor < (invoice.total?.minor ?? 0n) && intent.command?.merchantAccount.invoicePaidPolicy !== "never";

const hasNone = async (deps: FlowDeps, intent: Intent): Promise<boolean> => (await deps.ledger.alone((ledger) => ledger.surroundings.allocationsOf(intent))).length === 0;

interface Allocated { readonly intent: Intent; readonly rows: readonly Allocation[]; readonly paid: ReadonlyMap<string, bigint> }

/** Under the invoices' locks: two payments never pay the same cent of one. Of the payment as it is now: a refund may have gone out since it was read. */
async function allocate(deps: FlowDeps, tx: LedgerTransaction, seen: Intent, payable: Payable): Promise<Allocated> {
  const { organizationId } = seen;
  const intent = await tx.loadIntent(organizationId, seen.paymentRequestId) ?? seen;
  await tx.surroundings.lockBooks(organizationId, payable.invoices.map((invoice) => `invoice ${invoice.invoiceId}`));
  const standing = await tx.surroundings.allocationsOf(intent);
  const capturedMinor = everCapturedMinor(intent);
  const isToApply = capturedMinor > standing.reduce((sum, row) => sum + row.amountMinor, 0n);
  const facts = await factsOf(tx, intent, payable, { standing, isToApply });
  const rows = planAllocations({
    capturedMinor, ownInvoiceId: ownInvoiceOf(intent), invoices: facts, standing,
    captures: capturesOf(intent), refunds: [...refundsOf(intent), ...turnedDownOf(intent).map((effect) => ({ minor: amountOf(effect) }))], voids: voidsOf(intent),
  });
  await tx.surroundings.saveAllocations(intent, rows, deps.clocks.business());
  const paid = new Map(facts.map((fact) => [fact.invoiceId, fact.takenByOthersMinor + rows.filter((row) => row.invoiceId === fact.invoiceId).reduce((sum, row) => sum + row.amountMinor - row.refundedMinor, 0n)]));
  return { intent, rows, paid };
}

const ownInvoiceOf = ({ command }: Intent): string | undefined => (command?.document.kind === "invoice" ? command.document.id : undefined);

/** What others have paid of each invoice, and its share of what the order received: what cards and its own cash leave open, the oldest first. */
async function factsOf(tx: LedgerTransaction, intent: Intent, { invoices, ofOrder, orderReceivedMinor }: Payable, { standing, isToApply }: { readonly standing: readonly Allocation[]; readonly isToApply: boolean }): Promise<readonly InvoiceFacts[]> {
  const { organizationId, paymentRequestId } = intent;
  // Read only where it decides something: what is applied stays, a payment pays its own invoice whatever others hold on it, and a cancelled one takes nothing.
  const isKeptAsked = ({ invoiceId, state }: InvoiceReading): boolean => state !== "cancelled" && (orderReceivedMinor > 0n || (isToApply && invoiceId !== ownInvoiceOf(intent)));
  const toFacts = async (invoice: InvoiceReading): Promise<InvoiceFacts> => {
    const byOthers = await tx.surroundings.allocatedMinor({ organizationId, invoiceId: invoice.invoiceId, except: paymentRequestId });
    return {
      invoiceId: invoice.invoiceId, createdOn: invoice.createdOn, totalMinor: invoice.total?.minor ?? 0n, isCancelled: invoice.state === "cancelled", takenByOthersMinor: byOthers + receivedMinor(invoice.received),
      keptMinor: isKeptAsked(invoice) ? await keptOn(tx, intent, invoice.invoiceId) : undefined,
    };
  };
  const facts: InvoiceFacts[] = [];
  for (const invoice of orderReceivedMinor > 0n ? ofOrder : invoices) facts.push(await toFacts(invoice));
  const ownMinor = (invoiceId: string): bigint => standing.reduce((sum, row) => (row.invoiceId === invoiceId ? sum + row.amountMinor - row.refundedMinor : sum), 0n);
  const shares = spreadReceived(orderReceivedMinor, facts.map((fact) => ({ ...fact, openMinor: fact.totalMinor - fact.takenByOthersMinor - (fact.keptMinor ?? 0n) - ownMinor(fact.invoiceId) })));
  return facts.filter((fact) => invoices.some((invoice) => invoice.invoiceId === fact.invoiceId)).map((fact) => ({ ...fact, takenByOthersMinor: fact.takenByOthersMinor + (shares.get(fact.invoiceId) ?? 0n) }));
}

/** Taken on the invoice itself by other payments, held or on its way, and not applied to it yet. */
async function keptOn(tx: LedgerTransaction, { organizationId, paymentRequestId }: Intent, invoiceId: string): Promise<bigint> {
  let minor = 0n;
  for (const claim of await tx.documentClaims(organizationId, { kind: "invoice", id: invoiceId })) {
    if (claim.paymentRequestId === paymentRequestId || claim.exposureMinor === 0n) continue;
    const applied = await tx.surroundings.allocationsOf({ organizationId, paymentRequestId: claim.paymentRequestId });
    const left = applied.reduce((sum, row) => (row.invoiceId === invoiceId ? sum - row.amountMinor + row.refundedMinor : sum), claim.exposureMinor);
    if (left > 0n) minor += left;
  }
  return minor;
}

function toRow(deps: FlowDeps, intent: Intent, command: Command, row: Allocation, invoices: readonly InvoiceReading[]): Extract<StandingRow, { table: "allocation" }> {
  const money = (minor: bigint) => ({ minor, currency: command.amount.currency });
  return {
    table: "allocation", id: deps.derivation.rowId(intent.organizationId, intent.paymentId, row.invoiceId, "allocation"), paymentId: intent.paymentId, invoiceId: row.invoiceId,
    salesOrderId: command.document.kind === "salesorder" ? command.document.id : invoices.find((invoice) => invoice.invoiceId === row.invoiceId)?.orderId,
    amount: money(row.amountMinor), refunded: money(row.refundedMinor), state: allocationState(row), revision: intent.revision, currencyId: command.currencyId, owner: command.owner,
  };
}

async function close(deps: FlowDeps, intent: Intent, invoice: InvoiceReading, paidMinor: bigint): Promise<Written["kind"] | undefined> {
  const state = chooseInvoiceState({ isOpen: invoice.state === "open", totalMinor: invoice.total?.minor ?? 0n, paidMinor }, intent.command?.merchantAccount.invoicePaidPolicy ?? "when_fully_allocated");
  if (state === undefined) return undefined;
  const { organizationId, paymentRequestId } = intent;
  const { invoiceId } = invoice;
  const written = await deps.surroundings.closeInvoice({ organizationId, invoiceId, as: state });
  if (written.kind === "rejected") deps.reporter.alarm("invoice_not_closed", { organizationId, paymentRequestId, reason: written.code });
  const isPaid = written.kind === "written" || written.kind === "stands";
  await deps.ledger.transaction(async (tx) => {
    // Refused again and again, it is told once.
    const isNews = isPaid || await tx.insertInbox({ organizationId, source: "notice", key: `invoice_not_paid ${invoiceId} ${written.kind}`, at: deps.clocks.business() });
    if (isNews) await noteOnTrail(tx, { organizationId, paymentRequestId, at: deps.clocks.business(), source: "dataverse", what: isPaid ? "invoice_paid" : "invoice_not_paid", kind: state, answer: written.kind, rowId: invoiceId });
  });
  return written.kind;
}
