// Mints a card-entry session for a draft request. The row is the ticket: its author wrote the hash of a nonce on it, and only who
// knows the nonce may enter a card for it, once. Everything is checked against Dataverse before Cybersource is asked for anything.
import { asOrganizationId, asPaymentRequestId, type OrganizationId, type PaymentRequestId } from "../domain/ids.ts";
import { toDecimalText, type Money } from "../domain/money.ts";
import type { DocumentRow, RequestRow } from "../domain/payment/command.ts";
import { chooseMerchantAccount } from "../domain/payment/choose-merchant-account.ts";
import { actionByPolicy } from "../domain/payment/freeze-command.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, toIsoText } from "../domain/time.ts";
import type { RequestReading } from "../ports/dataverse.ts";
import type { CaptureContext, MerchantBinding } from "../ports/gateway.ts";
import type { DocumentClaim } from "../ports/ledger.ts";
import { claimsOfOrder, paidBeside, readAroundInvoice, type AroundInvoice } from "./around-invoice.ts";
import { bindingOf, type FlowDeps, type OrganizationBinding } from "./deps.ts";
import { takesNoNewCard } from "./new-card-declines.ts";

export interface OpenCardEntryInput {
  readonly organizationId: string;
  readonly paymentRequestId: string;
  readonly nonce: string;
  readonly ancestorOrigins: readonly string[];
  readonly card: boolean;
}

export interface CardEntrySession {
  readonly sessionId: string;
  readonly captureContext?: string;
  readonly libraryUrl?: string;
  readonly integrity?: string;
  readonly action: "authorization" | "sale";
  readonly amount: string;
  readonly currency: string;
  readonly openAmount: string;
  readonly expiresAt: string;
  readonly paymentInProgress?: InProgress;
}
export interface InProgress {
  readonly who: string;
  readonly since: string;
}

export type CardEntryRefusalCode =
  | "request_not_found" | "nonce_wrong" | "nonce_spent" | "nonce_expired" | "not_author" | "chain_not_allowed" | "not_draft" | "document_closed"
  | "payment_in_progress" | "no_merchant_account" | "too_many_sessions" | "too_many_declines" | "dataverse_unavailable" | "cybersource_unavailable";
export interface CardEntryRefusal {
  readonly code: CardEntryRefusalCode;
  readonly retryAfterSeconds?: number;
  readonly paymentInProgress?: InProgress;
}

type Outcome = Result<CardEntrySession, CardEntryRefusal>;
const refuse = (code: CardEntryRefusalCode, more: Omit<CardEntryRefusal, "code"> = {}): { readonly ok: false; readonly error: CardEntryRefusal } => ({ ok: false, error: { code, ...more } });

/** Without card data there is no capture context; the session then only tells what will be taken. */
const SESSION_LIFE_MS = 15 * MINUTE_MS;

export async function openCardEntry(deps: FlowDeps, input: OpenCardEntryInput): Promise<Outcome> {
  const organizationId = asOrganizationId(input.organizationId);
  const paymentRequestId = asPaymentRequestId(input.paymentRequestId);
  const organization = deps.organizations.get(organizationId);
  if (organization === undefined) return refuse("request_not_found");
  const chain = [...new Set(input.ancestorOrigins)];
  if (!chain.every((origin) => organization.embeddingOrigins.includes(origin))) return refuse("chain_not_allowed");
  const reading = await deps.dataverse.readRequest({ organizationId, paymentRequestId });
  if (reading.kind === "unavailable") return refuse("dataverse_unavailable", { retryAfterSeconds: Math.ceil((reading.retryAfterMs ?? 5 * SECOND_MS) / 1000) });
  if (reading.kind === "request_not_found") return refuse("request_not_found");
  const wrong = checkTicket(deps, reading, input.nonce);
  if (wrong !== undefined) return refuse(wrong);
  const tooMany = await checkVelocity(deps, organizationId, reading.row);
  if (tooMany !== undefined) return tooMany;
  return mintFor(deps, { organization, organizationId, paymentRequestId, reading, nonce: input.nonce, chain, card: input.card });
}

/** Who may enter a card: the person who made the row, still its owner and last writer, within fifteen minutes by Dataverse's clock. */
function checkTicket(deps: FlowDeps, { row, now }: RequestReading, nonce: string): CardEntryRefusalCode | undefined {
  if (row.nonceHash === undefined || !deps.hasher.isEqual(deps.hasher.sha256Hex(nonce), row.nonceHash)) return "nonce_wrong";
  if (row.state !== "draft") return "not_draft";
  const isAuthor = row.author.isInteractivePerson && !row.hasOnBehalfBy && row.createdById === row.modifiedById && row.createdById === row.ownerId;
  if (!isAuthor) return "not_author";
  if (now - row.modifiedOn > deps.limits.nonceAgeMs) return "nonce_expired";
  return row.document?.isOpen === true ? undefined : "document_closed";
}

async function checkVelocity(deps: FlowDeps, organizationId: OrganizationId, row: RequestRow): Promise<ReturnType<typeof refuse> | undefined> {
  const now = deps.clocks.business();
  const mint = { organizationId, scope: "mint", key: row.author.userId } as const;
  const { mints, declines } = await deps.ledger.transaction(async (tx) => {
    const counted = { mints: await tx.countVelocity(mint, now - MINUTE_MS), declines: await tx.countVelocity({ organizationId, scope: "decline", key: row.author.userId }, now - HOUR_MS) };
    await tx.recordVelocity([mint, { organizationId, scope: "mint", key: organizationId }], now);
    return counted;
  });
  if (mints >= deps.limits.mintsPerMinute) return refuse("too_many_sessions", { retryAfterSeconds: 60 });
  return declines >= deps.limits.declinesPerHour ? refuse("too_many_declines", { retryAfterSeconds: 3600 }) : undefined;
}

interface MintInput {
  readonly organization: OrganizationBinding;
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly reading: RequestReading;
  readonly nonce: string;
  readonly chain: readonly string[];
  readonly card: boolean;
}

async function mintFor(deps: FlowDeps, input: MintInput): Promise<Outcome> {
  const { reading, organizationId } = input;
  const document = reading.row.document;
  const total = document?.total;
  if (document === undefined || total === undefined) return refuse("document_closed");
  const account = chooseMerchantAccount({ accounts: reading.merchantAccounts, businessUnits: reading.businessUnits, businessUnitId: document.owningBusinessUnitId, currency: total.currency });
  const binding = account === undefined ? undefined : bindingOf(deps, { organizationId, merchantAccount: account });
  if (account === undefined || binding === undefined) return refuse("no_merchant_account");
  const { merchantId } = account;
  if (input.card && await deps.ledger.alone((tx) => takesNoNewCard(deps, tx, { organizationId, merchantId }))) return refuse("too_many_declines", { retryAfterSeconds: 3600 });
  const around = await readAroundInvoice(deps, organizationId, document);
  if (around?.kind === "unavailable") return refuse("dataverse_unavailable", { retryAfterSeconds: Math.ceil((around.retryAfterMs ?? 5 * SECOND_MS) / 1000) });
  const { open, inProgress } = await openAmountOf(deps, input, { document, total, around });
  if (open.minor === 0n && inProgress !== undefined) return refuse("payment_in_progress", { paymentInProgress: inProgress });
  const context = input.card ? await mintContext(deps, binding, input.chain) : undefined;
  if (context !== undefined && !context.ok) return context;
  const action = reading.row.action === "authorization" || reading.row.action === "sale" ? reading.row.action : actionByPolicy(account);
  return keepSession(deps, input, { action, amount: reading.row.amount ?? open, open, inProgress, context: context?.value });
}

/** What a payment may take as things stand now; decided again, under locks, when it is claimed. */
async function openAmountOf(deps: FlowDeps, { organizationId, paymentRequestId }: MintInput, of: { readonly document: DocumentRow; readonly total: Money; readonly around: AroundInvoice | undefined }): Promise<{ open: Money; inProgress: InProgress | undefined }> {
  const { document, total, around } = of;
  return deps.ledger.transaction(async (tx) => {
    const others = (await tx.documentClaims(organizationId, document.ref)).filter((claim) => claim.paymentRequestId !== paymentRequestId);
    const { beingCapturedMinor, together } = await paidBeside(tx, { organizationId, document, around, orderClaims: await claimsOfOrder(tx, organizationId, document), except: paymentRequestId });
    const own = openAmountMinor(total.minor, others, document.payments, (document.receivedMinor ?? 0n) + beingCapturedMinor);
    return { open: { minor: together === undefined || own < together.minor ? own : together.minor, currency: total.currency }, inProgress: inProgressOf(others) };
  });
}

function inProgressOf(claims: readonly DocumentClaim[]): InProgress | undefined {
  const open = claims.find((claim) => claim.isOpen);
  return open === undefined ? undefined : { who: open.authorName, since: toIsoText(open.since) };
}

/** Target origins are this page's own and every frame around it; Cybersource allows nine. */
async function mintContext(deps: FlowDeps, binding: MerchantBinding, chain: readonly string[]): Promise<Result<CaptureContext, CardEntryRefusal>> {
  const targetOrigins = [...new Set([deps.publicOrigin, ...chain])].slice(0, 9);
  const minted = await deps.gateway.mintCaptureContext({ binding, targetOrigins });
  if (minted.kind === "minted") return ok(minted.context);
  deps.reporter.alarm("capture_context_refused", { organizationId: binding.organizationId, reason: minted.cause });
  return err({ code: "cybersource_unavailable", retryAfterSeconds: 10 });
}

interface Minted {
  readonly action: "authorization" | "sale";
  readonly amount: Money;
  readonly open: Money;
  readonly inProgress: InProgress | undefined;
  readonly context: CaptureContext | undefined;
}

async function keepSession(deps: FlowDeps, input: MintInput, minted: Minted): Promise<Outcome> {
  const { organizationId, paymentRequestId, reading } = input;
  const sessionId = deps.randomId();
  const wire = deps.clocks.wire();
  const expiresAt = Math.min(minted.context?.expiresAt ?? Infinity, wire + SESSION_LIFE_MS);
  const inserted = await deps.ledger.transaction(async (tx) => {
    const at = deps.clocks.business();
    await tx.schedule({ kind: "sweep", organizationId, key: organizationId, dueAt: at + 5 * SECOND_MS });
    return tx.insertSession({
      sessionId, organizationId, paymentRequestId, nonceHash: deps.hasher.sha256Hex(input.nonce), userId: reading.row.author.userId,
      mintedAt: at, expiresAt, action: minted.action, tokenKey: minted.context?.tokenKey,
    });
  });
  if (inserted === "nonce_spent") return refuse("nonce_spent");
  deps.reporter.count("sessions", { card: String(input.card) });
  return ok({
    sessionId,
    ...(minted.context === undefined ? {} : { captureContext: minted.context.captureContext, libraryUrl: minted.context.libraryUrl, integrity: minted.context.integrity }),
    action: minted.action, amount: toDecimalText(minted.amount), currency: minted.open.currency, openAmount: toDecimalText(minted.open), expiresAt: toIsoText(expiresAt),
    ...(minted.inProgress === undefined ? {} : { paymentInProgress: minted.inProgress }),
  });
}
