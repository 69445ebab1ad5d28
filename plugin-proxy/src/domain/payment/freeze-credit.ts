// A credit that belongs to no payment: it founds one of its own, for an order of the customer it goes to. Frozen like every row; who may, and
// whether the customer ever paid with that card, is judged with the other refunds (refund-governance), always by a second person.
import { err, ok, type Result } from "../result.ts";
import type { OrganizationId } from "../ids.ts";
import type { RefundRequestRow } from "../refund-governance/refund-request.ts";
import { chooseMerchantAccount, type BusinessUnitNode } from "./choose-merchant-account.ts";
import type { ChangeCommand, Command, MerchantAccount } from "./command.ts";
import { freezeMoneyOut, type ChangeContext, type ChangeRefusal } from "./freeze-change.ts";

export type CreditRefusal = ChangeRefusal | "currency_mismatch" | "no_merchant_account" | "credit_instrument_not_used" | "saved_card_of_other_customer" | "saved_card_unusable";

export interface CreditContext extends ChangeContext {
  readonly organizationId: OrganizationId;
  readonly accounts: readonly MerchantAccount[];
  readonly businessUnits: readonly BusinessUnitNode[];
}

/** A refund request that names no payment and asks for a credit. */
export const isFoundingCredit = (row: RefundRequestRow): boolean => row.action === "credit" && row.paymentId === undefined;

/** The payment that it founds, and the wish on it; or the first rule that the row breaks. One that was claimed before may have moved money: no rule turns it down. */
export function freezeCredit(row: RefundRequestRow, context: CreditContext): Result<{ readonly command: Command; readonly wish: ChangeCommand }, CreditRefusal> {
  const frozen = freezeMoneyOut(row, context);
  if (!frozen.ok) return frozen;
  const { document, savedCard, currencyId } = row;
  const { value: wish } = frozen;
  if (document?.customer === undefined || document.total === undefined || currencyId === undefined) return err("no_payment");
  if (document.currency !== wish.amount.currency) return err("currency_mismatch");
  const account = chooseMerchantAccount({ accounts: context.accounts, businessUnits: context.businessUnits, businessUnitId: document.owningBusinessUnitId, currency: wish.amount.currency });
  if (account === undefined) return err("no_merchant_account");
  if (savedCard === undefined) return err("credit_instrument_not_used");
  const isOwn = savedCard.customer.kind === document.customer.kind && savedCard.customer.id === document.customer.id;
  if (!context.isClaimed && !isOwn) return err("saved_card_of_other_customer");
  if (!context.isClaimed && (!savedCard.isUsable || savedCard.merchantAccountId !== account.merchantAccountId)) return err("saved_card_unusable");
  return ok({
    wish,
    command: {
      organizationId: context.organizationId, paymentRequestId: row.refundRequestId, requestName: row.name, document: document.ref, documentNumber: document.number, customer: document.customer, action: "credit",
      amount: wish.amount, currencyId, method: "saved_card", savedCard, channel: "absent_as_agreed", saveCard: false, validUntil: wish.validUntil, author: wish.author, owner: document.owner, merchantAccount: account, documentTotal: document.total,
    },
  });
}
