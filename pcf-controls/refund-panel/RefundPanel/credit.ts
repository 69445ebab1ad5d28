// A credit that belongs to no payment: where policy allows it, for an order of the customer, to a card that he keeps. The relay judges all of it again.
import { merchantAccountTable, paymentMethodTable, refundRequestTable } from "@cybs/schema";
import { bind, factsOf, plainId, readRows, textOf, toDecimalText, type PaymentFacts, type Row } from "@cybs/controls-shared";
import type { CreditPlace, Place } from "./state";

type WebApi = ComponentFramework.WebApi;
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const CARDS_MAX = 20;

/** What a credit needs to be asked for from here; undefined where no merchant account gives credits in this currency, or the customer keeps no card. */
export async function readCredit(api: WebApi, place: Place): Promise<CreditPlace | undefined> {
  const salesOrderId = place.salesOrderId ?? (place.invoiceId === undefined ? undefined : textOf(await api.retrieveRecord("invoice", place.invoiceId, "?$select=_salesorderid_value"), "_salesorderid_value"));
  if (salesOrderId === undefined) return undefined;
  const order = await api.retrieveRecord("salesorder", salesOrderId, "?$select=name,_customerid_value,_transactioncurrencyid_value&$expand=transactioncurrencyid($select=isocurrencycode)") as Row;
  const [customerId, currencyId] = [textOf(order, "_customerid_value"), textOf(order, "_transactioncurrencyid_value")];
  if (customerId === undefined || currencyId === undefined) return undefined;
  const { columns: account, choices, lookupValues } = merchantAccountTable;
  const { columns: card, choices: cardChoices, lookupValues: cardLookups } = paymentMethodTable;
  const [accounts, cards] = await Promise.all([
    readRows(api, merchantAccountTable.logicalName, `?$select=${merchantAccountTable.primaryId}&$filter=${account.isEnabled} eq true and ${account.standaloneCredit} eq true and ${account.creditPolicy} eq ${choices.creditPolicy.allowed} and ${lookupValues.transactionCurrencyId} eq ${currencyId}&$top=1`),
    readRows(api, paymentMethodTable.logicalName, `?$select=${card.name}&$filter=${cardLookups.customerId} eq ${customerId} and ${card.state} eq ${cardChoices.state.active}&$orderby=${card.isDefault} desc,createdon desc&$top=${CARDS_MAX}`),
  ]);
  if (accounts.length === 0 || cards.length === 0) return undefined;
  return { salesOrderId, documentName: textOf(order, "name") ?? "", currency: textOf((order["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD", currencyId, cards: cards.map((row) => ({ id: textOf(row, paymentMethodTable.primaryId) ?? "", name: textOf(row, card.name) ?? "" })) };
}

export interface NewCredit { readonly credit: CreditPlace; readonly cardId: string; readonly amount: bigint; readonly reason: number; readonly note: string }

/** Submitted by being created, like every other request for money out. */
export async function createCredit(api: WebApi, of: NewCredit): Promise<string> {
  const { columns, choices, navigation, logicalName } = refundRequestTable;
  const made = await api.createRecord(logicalName, {
    [columns.action]: choices.action.credit, [columns.amount]: Number(toDecimalText(of.amount, of.credit.currency)), [columns.reasonCode]: choices.reasonCode.returnedGoods + of.reason, ...(of.note === "" ? {} : { [columns.note]: of.note }),
    ...bind(navigation.salesOrderId, "salesorders", of.credit.salesOrderId), ...bind(navigation.paymentMethodId, paymentMethodTable.entitySetName, of.cardId), ...bind(navigation.transactionCurrencyId, "transactioncurrencies", of.credit.currencyId),
  });
  return plainId(made.id);
}

/** What is shown of a request that names no payment: its card, its order, its currency. It founds its payment only when it is carried out. */
export function factsOfCredit(row: Row, currency: string): PaymentFacts | undefined {
  const { columns, lookupValues, choices } = refundRequestTable;
  if (row[columns.action] !== choices.action.credit || textOf(row, lookupValues.paymentMethodId) === undefined) return undefined;
  return { ...factsOf({}, { transactions: [], requests: [], account: {} }), currency, currencyId: textOf(row, lookupValues.transactionCurrencyId), card: textOf(row, `${lookupValues.paymentMethodId}${FORMATTED}`) ?? "", salesOrderId: textOf(row, lookupValues.salesOrderId), documentName: textOf(row, `${lookupValues.salesOrderId}${FORMATTED}`) ?? "" };
}
