// Business events (design D5): the documents of payments with something left to capture or to apply are read, and what their state asks for
// becomes a request row that the relay creates once. A step in Dataverse is only a hint to come sooner; this is the truth.
import { decideBusinessEvents, hasGrown, type EventRequest } from "../domain/business-events/decide-business-events.ts";
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { receivedMinor } from "../domain/manual-payment/received.ts";
import { toDecimalText } from "../domain/money.ts";
import type { NewRow } from "../domain/notify/rows.ts";
import type { Command } from "../domain/payment/command.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { DAY_MS, MINUTE_MS, type Instant } from "../domain/time.ts";
import type { DocumentsReading, InvoiceReading, OrderReading } from "../ports/surroundings.ts";
import type { FlowDeps } from "./deps.ts";
import { noteOnTrail } from "./note-on-trail.ts";
import { readWholeOrder, toWatched, toWatchedOrder } from "./read-whole-order.ts";

const PAGE_SIZE = 40;
const PAGES_MAX = 50;
const VALID_MS = 7 * DAY_MS;
const AGAIN_MS = 5 * MINUTE_MS;

/** Reads what is watched in an organization, page by page, and creates what is missing. Returns when to come again. */
export async function watchDocuments(deps: FlowDeps, organizationId: OrganizationId, everyMs = AGAIN_MS): Promise<Instant> {
  const startedAt = deps.clocks.business();
  // More than one run can read: each starts elsewhere, so that all are seen in turn.
  let after = firstKey(startedAt, everyMs);
  let hasWrapped = after === "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const keys = await deps.ledger.alone((ledger) => ledger.surroundings.paymentsToWatch({ organizationId, after, limit: PAGE_SIZE }));
    if (keys.length > 0 && !await watchPage(deps, organizationId, keys)) break;
    if (keys.length === PAGE_SIZE) { after = keys.at(-1) ?? ""; continue; }
    if (hasWrapped) break;
    hasWrapped = true;
    after = "";
  }
  return deps.clocks.business() + everyMs;
}

/** Keys are random ids: two hex digits cut them into 256 equal parts. */
const firstKey = (at: Instant, everyMs: number): string => { const part = Math.floor(at / everyMs) % 256; return part === 0 ? "" : part.toString(16).padStart(2, "0"); };

/** False: Dataverse does not answer now. */
async function watchPage(deps: FlowDeps, organizationId: OrganizationId, keys: readonly PaymentRequestId[]): Promise<boolean> {
  const intents = await deps.ledger.alone(async (ledger) => {
    const found: Intent[] = [];
    for (const key of keys) {
      // Looked at only: one statement each, and no lock.
      const read = await ledger.loadWithClaims(organizationId, key);
      if (read?.intent.command !== undefined) found.push(read.intent);
    }
    return found;
  });
  const ids = (kind: "salesorder" | "invoice"): readonly string[] => [...new Set(intents.flatMap(({ command }) => (command?.document.kind === kind ? [command.document.id] : [])))];
  const reading = await deps.surroundings.readDocuments({ organizationId, orderIds: ids("salesorder"), invoiceIds: ids("invoice") });
  if (reading.kind === "unavailable") return false;
  for (const intent of intents) await applyInvoices(deps, intent, reading);
  for (const order of reading.orders) await askForOrder(deps, order, intents.filter((intent) => intent.command?.document.id === order.orderId), reading.invoices);
  for (const invoice of reading.invoices.filter((one) => one.state === "cancelled")) await releaseForInvoice(deps, invoice, intents.filter((intent) => intent.command?.document.id === invoice.invoiceId));
  return true;
}

/** What was captured is applied to an invoice that is there now: that is the payment's own work item. */
async function applyInvoices(deps: FlowDeps, intent: Intent, reading: DocumentsReading): Promise<void> {
  if (deriveSums(intent).captured === 0n) return;
  const { document } = intent.command ?? {};
  const isThere = reading.invoices.some((invoice) => invoice.state !== "cancelled" && (invoice.invoiceId === document?.id || invoice.orderId === document?.id));
  if (isThere) await deps.ledger.alone((ledger) => ledger.schedule({ kind: "surround", organizationId: intent.organizationId, key: intent.paymentRequestId, dueAt: deps.clocks.business() }));
}

async function askForOrder(deps: FlowDeps, order: OrderReading, intents: readonly Intent[], invoices: readonly InvoiceReading[]): Promise<void> {
  const own = invoices.filter((invoice) => invoice.orderId === order.orderId && invoice.total !== undefined);
  const glance = toWatchedOrder(order, { payments: intents, invoices: own });
  const hasGrownSince = hasGrown(glance);
  if (!hasGrownSince && decideBusinessEvents(glance).length === 0) return;
  // This page shows a part of it: what is asked for follows from all of its payments, also those that nobody watches any more.
  const whole = await readWholeOrder(deps, order, { payments: intents, invoices: own });
  const coveredMinor = hasGrownSince ? await coveredBy(deps, order, intents) : undefined;
  for (const request of decideBusinessEvents({ ...toWatchedOrder(order, whole), coveredMinor })) {
    const intent = whole.payments.find((one) => one.paymentId === request.paymentId);
    if (intent?.command !== undefined) await create(deps, intent, intent.command, request);
  }
}

/** By all payments of the order, also those that nobody watches any more. */
async function coveredBy(deps: FlowDeps, order: OrderReading, payments: readonly Intent[]): Promise<bigint | undefined> {
  const organizationId = payments[0]?.organizationId;
  if (organizationId === undefined) return undefined;
  const claims = await deps.ledger.alone((ledger) => ledger.documentClaims(organizationId, { kind: "salesorder", id: order.orderId }));
  if (claims.some((claim) => claim.isOpen || claim.isUnknown)) return undefined;
  return claims.reduce((sum, claim) => sum + claim.authorizedMinor - claim.refundedMinor, receivedMinor(order.received));
}

async function releaseForInvoice(deps: FlowDeps, invoice: InvoiceReading, intents: readonly Intent[]): Promise<void> {
  for (const intent of intents) {
    const payment = toWatched(intent);
    if (payment.isBusy || payment.capturableMinor === 0n || intent.command === undefined) continue;
    await create(deps, intent, intent.command, { kind: "release", paymentId: intent.paymentId, minor: payment.capturableMinor, policy: "on_cancellation", change: `invoice ${invoice.invoiceId} cancelled` });
  }
}

/** Creates the row, once. Standing already: it was made, maybe withdrawn by a person, and is never made again. */
async function create(deps: FlowDeps, intent: Intent, command: Command, request: EventRequest): Promise<void> {
  const { organizationId, paymentRequestId } = intent;
  const id = deps.derivation.rowId(organizationId, "business_event", intent.paymentId, request.policy, request.change);
  if (await deps.ledger.alone((ledger) => ledger.surroundings.isNoted({ organizationId, key: `row ${id}` }))) return;
  // Made first and noted then: a process that ends between the two makes it again, under the same key.
  const written = await deps.surroundings.createOnce({ organizationId, row: toRow(deps, intent, command, { request, id }) });
  if (written.kind === "unavailable") return;
  deps.reporter.count("business_events", { policy: request.policy, answer: written.kind });
  if (written.kind === "rejected") deps.reporter.alarm("business_event_rejected", { organizationId, paymentRequestId, reason: written.code });
  await deps.ledger.transaction(async (tx) => {
    // Refused, it is told once and asked for again each time: a right that is missing may be given back.
    const isNews = await tx.insertInbox({ organizationId, source: "notice", key: `${written.kind === "rejected" ? "refused" : "row"} ${id}`, at: deps.clocks.business() });
    if (isNews) await noteOnTrail(tx, { organizationId, paymentRequestId, at: deps.clocks.business(), source: "relay", what: written.kind === "rejected" ? "request_not_made" : "business_event", kind: request.policy, reason: request.change.split(" ")[0], answer: written.kind, rowId: id });
  });
  if (written.kind !== "rejected") await deps.ledger.alone((ledger) => ledger.schedule({ kind: "sweep", organizationId, key: organizationId, dueAt: deps.clocks.business() }));
}

function toRow(deps: FlowDeps, intent: Intent, command: Command, { request, id }: { readonly request: EventRequest; readonly id: string }): NewRow {
  const amount = { minor: request.minor, currency: command.amount.currency };
  const document = request.invoiceId === undefined ? command.document : { kind: "invoice" as const, id: request.invoiceId };
  const common = { id, paymentId: intent.paymentId, amount, currencyId: command.currencyId, validUntil: deps.clocks.business() + VALID_MS, owner: command.owner, document };
  switch (request.kind) {
    case "capture": return { ...common, table: "capture_request" };
    case "increment": return { ...common, table: "increment_request" };
    case "release": return { ...common, table: "release_request", reasonCode: "cancelled", note: `By rule: ${request.policy.replaceAll("_", " ")}.` };
    case "gap": {
      const text = `${toDecimalText(amount)} ${amount.currency}`;
      return {
        id, table: "task", regarding: command.document, owner: command.owner, dueAt: mainEffect(intent).authorizationExpiresAt ?? deps.clocks.business() + VALID_MS, subject: `Authorize ${text} more for ${command.documentNumber}`,
        description: `The order has grown since it was authorized, and its processor cannot raise an authorization: ${text} are not covered. Take another payment for the difference, or release this one and authorize the new total.`,
      };
    }
  }
}
