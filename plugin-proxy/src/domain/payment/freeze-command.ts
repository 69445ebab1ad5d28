// The rules a submitted row must pass before anything is sent, in the order a person would want to hear of them.
// Everything the form already checked is checked again here: a flow or another system may have written the row.
import { err, ok, type Result } from "../result.ts";
import type { OrganizationId } from "../ids.ts";
import { isPositive, type Money } from "../money.ts";
import { DAY_MS, SECOND_MS, type Instant } from "../time.ts";
import { chooseMerchantAccount, type BusinessUnitNode } from "./choose-merchant-account.ts";
import type { Command, CustomerRef, DocumentRow, MerchantAccount, Method, RequestRow, SavedCard } from "./command.ts";

export type RuleRefusal =
  | "action_unsupported" | "amount_not_valid" | "document_closed" | "currency_mismatch" | "no_merchant_account" | "saved_card_of_other_customer"
  | "saved_card_unusable" | "saved_card_to_confirm" | "saved_card_not_agreed" | "document_changed" | "older_than_ledger" | "request_expired" | "not_reauthorizable";

/** A row without `cybs_validuntil` is good for a day; nobody may ask for more than a week (design D1). */
export const VALID_FOR_MS_DEFAULT = DAY_MS;
export const VALID_FOR_MS_MAX = 7 * DAY_MS;

export const validUntilOf = (row: RequestRow): Instant =>
  Math.min(row.validUntil ?? row.modifiedOn + VALID_FOR_MS_DEFAULT, row.modifiedOn + VALID_FOR_MS_MAX);

export interface FreezeContext {
  readonly organizationId: OrganizationId;
  readonly accounts: readonly MerchantAccount[];
  readonly businessUnits: readonly BusinessUnitNode[];
  /** What the card-entry session told the rep; frozen there. */
  readonly sessionAction?: "authorization" | "sale" | undefined;
  /** The ended payment that the row authorizes again. */
  readonly reauthorizes?: Command["reauthorizes"];
  readonly now: Instant;
  readonly connectedAt: Instant;
  /** Claimed before this ledger knew it: money may have moved, so no rule may turn it down any more. */
  readonly isClaimed?: true | undefined;
}

interface Checked { readonly document: DocumentRow; readonly total: Money; readonly customer: CustomerRef; readonly amount: Money; readonly currencyId: string; readonly method: Method }

function checkDocument(row: RequestRow, isClaimed: boolean): Result<Checked, RuleRefusal> {
  const { document, amount, currencyId, method } = row;
  if (method !== "saved_card" && method !== "new_card") return err("action_unsupported");
  if (amount === undefined || !isPositive(amount) || currencyId === undefined) return err("amount_not_valid");
  if (document?.total === undefined || document.customer === undefined) return err("document_changed");
  // Authorized again for what was shipped or invoiced meanwhile; a cancelled document wants nothing any more.
  const mayBeClosed = isClaimed || (row.action === "reauthorization" && document.isCancelled !== true);
  if (!document.isOpen && !mayBeClosed) return err("document_closed");
  if (document.currency !== amount.currency) return err("currency_mismatch");
  return ok({ document, total: document.total, customer: document.customer, amount, currencyId, method });
}

/** A saved card may pay for its own customer, or for that customer's parent account's. */
function checkSavedCard({ savedCard: card, channel }: RequestRow, checked: Checked, account: MerchantAccount): Result<SavedCard | undefined, RuleRefusal> {
  if (checked.method === "new_card") return ok(undefined);
  if (card?.isToConfirm === true) return err("saved_card_to_confirm");
  if (card === undefined || !card.isUsable || card.merchantAccountId !== account.merchantAccountId) return err("saved_card_unusable");
  const isOwn = card.customer.kind === checked.customer.kind && card.customer.id === checked.customer.id;
  const isParents = card.customer.kind === "account" && card.customer.id === checked.document.customerParentAccountId;
  if (!isOwn && !isParents) return err("saved_card_of_other_customer");
  // Not present, as agreed: so the bank is told, and so it has to be (docs/adr/0091).
  return channel === "absent_as_agreed" && card.hasMerchantInitiatedConsent !== true ? err("saved_card_not_agreed") : ok(card);
}

function chooseAction(row: RequestRow, account: MerchantAccount, sessionAction: "authorization" | "sale" | undefined): "authorization" | "sale" {
  if (row.action === "authorization" || row.action === "sale") return row.action;
  if (row.action === "reauthorization") return "authorization";
  return sessionAction ?? actionByPolicy(account);
}

const FOUNDING: readonly RequestRow["action"][] = ["take_payment", "authorization", "sale", "reauthorization"];

/** On the saved card, without the customer: only where he agreed to that, the account's policy allows it, and the old authorization has ended. */
const mayReauthorize = (row: RequestRow, account: MerchantAccount, context: FreezeContext): boolean =>
  context.reauthorizes !== undefined && account.reauthorizePolicy === "with_consent" && row.method === "saved_card" && row.savedCard?.hasMerchantInitiatedConsent === true;

/** Take payment lets the merchant account's policy choose: sale, or authorize now and capture later. */
export const actionByPolicy = (account: MerchantAccount): "authorization" | "sale" => (account.capturePolicy === "sale" ? "sale" : "authorization");

/** The frozen command, or the first rule that the row breaks. Open amount and velocity are checked under the document's lock by the caller. */
export function freezeCommand(row: RequestRow, context: FreezeContext): Result<Command, RuleRefusal> {
  // A capture without a payment is not a payment of its own: only these found one.
  if (!FOUNDING.includes(row.action)) return err("action_unsupported");
  const isClaimed = context.isClaimed === true;
  // Dataverse's times are whole seconds (facts: dataverse.md): within the second of the connection a row counts as new; its claim is unique anyway.
  if (!isClaimed && row.modifiedOn < Math.floor(context.connectedAt / SECOND_MS) * SECOND_MS) return err("older_than_ledger");
  if (!isClaimed && context.now > validUntilOf(row)) return err("request_expired");
  const checked = checkDocument(row, isClaimed);
  if (!checked.ok) return checked;
  const { document, amount } = checked.value;
  const account = chooseMerchantAccount({ accounts: context.accounts, businessUnits: context.businessUnits, businessUnitId: document.owningBusinessUnitId, currency: amount.currency });
  if (account === undefined) return err("no_merchant_account");
  if (row.action === "reauthorization" && !isClaimed && !mayReauthorize(row, account, context)) return err("not_reauthorizable");
  const card = isClaimed ? ok(checked.value.method === "saved_card" ? row.savedCard : undefined) : checkSavedCard(row, checked.value, account);
  if (!card.ok) return card;
  return ok({
    organizationId: context.organizationId, paymentRequestId: row.paymentRequestId, requestName: row.name,
    document: document.ref, documentNumber: document.number, customer: checked.value.customer,
    action: chooseAction(row, account, context.sessionAction), ...(row.action === "reauthorization" ? { reauthorizes: context.reauthorizes ?? { paymentId: row.paymentId ?? "", networkTransactionId: undefined } } : {}), amount, currencyId: checked.value.currencyId,
    method: checked.value.method, savedCard: card.value, channel: row.channel,
    saveCard: row.saveCard && row.consentTextVersion !== undefined && checked.value.method === "new_card", consentTextVersion: row.consentTextVersion,
    validUntil: validUntilOf(row), author: row.author, owner: document.owner, merchantAccount: account, documentTotal: checked.value.total,
  });
}

/**
 * Why what is held may not be accepted any more: its document wants nothing, or something else than what was frozen (by value: its version moves by our
 * own writes). One that was shipped or invoiced meanwhile, or costs more, still wants it.
 */
export function dealOffBecause(command: Pick<Command, "customer" | "amount">, held: Money, document: DocumentRow | undefined): "document_closed" | "document_changed" | undefined {
  if (document === undefined || document.isCancelled === true) return "document_closed";
  const isSame = document.customer?.id === command.customer.id && document.currency === command.amount.currency && document.total !== undefined && document.total.minor >= held.minor;
  return isSame ? undefined : "document_changed";
}
