// What the ledger knows of a new payment's request, and what stands in its way: a paused account, a blocked card, declines in an hour, a card that is
// another customer's by now, and the open amount of its document behind the locks. Asked again under them: the row and the form may have said otherwise.
import type { Command, RequestRow } from "../domain/payment/command.ts";
import { exposureOf } from "../domain/payment/derive-sums.ts";
import { firstSentAt, mainEffect, type Intent } from "../domain/payment/intent.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { DocumentClaim, LedgerTransaction, Session, StoredToken } from "../ports/ledger.ts";
import { claimsOfOrder, paidBeside, type AroundInvoice, type PaidBeside } from "./around-invoice.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";
import { takesNoNewCard } from "./new-card-declines.ts";

/** What the ledger knows of a request before its row is looked at. */
export interface Known {
  readonly session: Session | undefined;
  readonly connectedAt: Instant;
  readonly token: StoredToken | undefined;
  readonly declines: number;
  readonly reauthorizes: Command["reauthorizes"];
}

/** Read without the document's lock. */
export const knownOf = (deps: FlowDeps, { organizationId, paymentRequestId }: Intent, row: RequestRow) => async (tx: LedgerTransaction): Promise<Known> => {
  const now = deps.clocks.business();
  const [session, connectedAt, token, declines] = await Promise.all([
    tx.latestSession(organizationId, paymentRequestId), tx.connectedAt(organizationId, now),
    row.method === "new_card" ? tx.loadTransientToken(organizationId, paymentRequestId) : undefined,
    tx.countVelocity({ organizationId, scope: "decline", key: row.author.userId }, now - HOUR_MS),
  ]);
  return { session, connectedAt, token, declines, reauthorizes: row.action === "reauthorization" ? await endedPayment(tx, organizationId, row, now) : undefined };
};

const PREVIOUS_TRANSACTION_MS = 30 * 24 * HOUR_MS;

/** A payment of the same document whose authorization has ended holds nothing any more; its network id speaks of its own card, and for 30 days (Cybersource, stored credentials). */
async function endedPayment(tx: LedgerTransaction, organizationId: Intent["organizationId"], { paymentId, document, savedCard }: RequestRow, now: Instant): Promise<Command["reauthorizes"]> {
  const founder = paymentId === undefined ? undefined : await tx.founderOf(organizationId, { paymentId });
  const ended = founder === undefined ? undefined : await tx.loadIntent(organizationId, founder);
  if (paymentId === undefined || ended?.command === undefined || ended.command.document.id !== document?.ref.id) return undefined;
  const main = mainEffect(ended);
  if (exposureOf(ended) > 0n || (main.isLapsed !== true && main.state !== "undone")) return undefined;
  const paidWith = ended.command.savedCard?.paymentMethodId;
  const isItsCard = paidWith === undefined || paidWith === savedCard?.paymentMethodId;
  // Released by rule shortly before its end, it has changed since.
  const isFresh = now - firstSentAt(ended, main) <= PREVIOUS_TRANSACTION_MS;
  return { paymentId, networkTransactionId: isItsCard && isFresh ? main.facts?.networkTransactionId : undefined };
}

/** What stands in a command's way; its document stays locked until the transaction ends. */
export interface Guards {
  readonly pausedUntil: Instant | undefined;
  readonly isBlocked: boolean;
  readonly claims: readonly DocumentClaim[];
  /** Whose the saved card is, as far as this ledger knows: a merge of customers changes the row, and no word of the row changes this. */
  readonly cardHolderId: string | undefined;
  readonly isNewCardStopped: boolean;
}

/** Asked for together: who is first to be told does not depend on who is first to answer. */
export async function guardsOf(deps: FlowDeps, command: Command, tx: LedgerTransaction): Promise<Guards> {
  const { organizationId, merchantAccount: { merchantId }, savedCard } = command;
  const [pausedUntil, isBlocked, claims, holders, isNewCardStopped] = await Promise.all([
    tx.pausedUntil({ organizationId, merchantId, actions: [command.action] }),
    savedCard === undefined ? false : tx.isInstrumentBlocked({ organizationId, merchantId, paymentInstrumentId: savedCard.paymentInstrumentId }),
    tx.lockDocument({ organizationId, document: command.document, limitMinor: command.documentTotal.minor, currency: command.amount.currency, except: command.paymentRequestId }),
    savedCard === undefined ? [] : tx.surroundings.cardHolders({ organizationId, cards: [{ paymentMethodId: savedCard.paymentMethodId, customerId: savedCard.customer.id }] }),
    command.method === "new_card" && takesNoNewCard(deps, tx, { organizationId, merchantId }),
  ]);
  return { pausedUntil, isBlocked, claims, cardHolderId: holders[0], isNewCardStopped };
}

/** After the document's lock, which guards have taken. */
export async function lockBeside(tx: LedgerTransaction, { organizationId, paymentRequestId, amount }: Command, { row: { document }, around }: { readonly row: RequestRow; readonly around: AroundInvoice | undefined }): Promise<PaidBeside> {
  const orderClaims = around === undefined ? await claimsOfOrder(tx, organizationId, document)
    : await tx.lockDocument({ organizationId, document: around.order, limitMinor: around.orderMinor, currency: amount.currency, except: paymentRequestId });
  return paidBeside(tx, { organizationId, document, around, orderClaims, except: paymentRequestId });
}

/** A new card without its token yet waits for it; a paused account waits for its credentials or setup. Both end with the request's validity. */
export function mustWait(deps: FlowDeps, command: Command, { pausedUntil, token }: Known & Guards): Instant | undefined {
  if (pausedUntil !== undefined && pausedUntil > deps.clocks.business()) return Math.min(pausedUntil, command.validUntil + SECOND_MS);
  return command.method === "new_card" && token === undefined ? command.validUntil + SECOND_MS : undefined;
}

/** Rules that need the ledger: velocity, blocked cards, and the open amount under the document's lock. */
export function refusalOf(deps: FlowDeps, command: Command, row: RequestRow, known: Known & Guards & PaidBeside): string | undefined {
  const { declines, isBlocked, isNewCardStopped, token, cardHolderId } = known;
  if (bindingOf(deps, command) === undefined) return "no_merchant_account";
  if (declines >= deps.limits.declinesPerHour || isNewCardStopped) return "too_many_declines";
  if (command.savedCard !== undefined && cardHolderId !== command.savedCard.customer.id) return "saved_card_to_confirm";
  if (isBlocked) return "instrument_blocked";
  const isTokenOver = token === undefined || token.expiresAt <= deps.clocks.wire() + MINUTE_MS / 6;
  if (command.method === "new_card" && isTokenOver) return "card_entry_lost";
  return aboveOpen(command, row, known);
}

function aboveOpen({ amount, documentTotal }: Command, { document }: RequestRow, { claims, beingCapturedMinor, together }: Guards & PaidBeside): string | undefined {
  const open = openAmountMinor(documentTotal.minor, claims, document?.payments ?? [], (document?.receivedMinor ?? 0n) + beingCapturedMinor);
  if (amount.minor > open) return beingCapturedMinor > 0n || claims.some((claim) => claim.isOpen) ? "payment_in_progress" : "amount_above_open";
  if (together === undefined || amount.minor <= together.minor) return undefined;
  return together.isInProgress ? "payment_in_progress" : "amount_above_open";
}
