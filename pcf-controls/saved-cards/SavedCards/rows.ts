// Reads and writes of the saved cards, all through context.webAPI: a change is a request row, the relay carries it out at Cybersource.
import { operatorDecisionTable, paymentMethodTable, paymentRequestTable, paymentTable } from "@cybs/schema";
import { bind, numberOf, plainId, readRows, textOf, type Row } from "@cybs/controls-shared";
import type { Card, CardAction } from "./state";

type WebApi = ComponentFramework.WebApi;
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const CARDS_MAX = 50;
const VALID_MS = 3_600_000;
const { columns, lookupValues, choices, logicalName, primaryId, entitySetName } = paymentMethodTable;

/** The customer of the card that the form shows. */
export async function readCustomer(api: WebApi, cardId: string): Promise<{ readonly id: string | undefined; readonly name: string }> {
  const row = await api.retrieveRecord(logicalName, cardId, `?$select=${lookupValues.customerId}`) as Row;
  return { id: textOf(row, lookupValues.customerId), name: textOf(row, `${lookupValues.customerId}${FORMATTED}`) ?? "" };
}

export async function readCards(api: WebApi, customerId: string, now: Date): Promise<readonly Card[]> {
  const wanted = [columns.brand, columns.lastFour, columns.nickname, columns.expiryMonth, columns.expiryYear, columns.isDefault, columns.state, columns.mergeState, columns.consentedOn];
  const rows = await readRows(api, logicalName, `?$select=${wanted.join(",")}&$filter=${lookupValues.customerId} eq ${customerId} and ${columns.state} ne ${choices.state.removed}&$orderby=${columns.isDefault} desc,createdon desc&$top=${CARDS_MAX}`);
  return rows.map((row) => {
    const month = numberOf(row, columns.expiryMonth) ?? 12;
    const year = numberOf(row, columns.expiryYear) ?? 2099;
    return {
      id: textOf(row, primaryId) ?? "", brand: textOf(row, `${columns.brand}${FORMATTED}`) ?? "", lastFour: textOf(row, columns.lastFour) ?? "", nickname: textOf(row, columns.nickname) ?? "", expiry: `${String(month).padStart(2, "0")}/${String(year).slice(-2)}`,
      isExpired: Date.UTC(year, month, 1) <= now.getTime(), isDefault: row[columns.isDefault] === true, isActive: numberOf(row, columns.state) === choices.state.active, needsMergeConsent: numberOf(row, columns.mergeState) === choices.mergeState.toConfirm, consentedOn: textOf(row, columns.consentedOn),
    };
  });
}

const ACTIONS: Readonly<Record<Exclude<CardAction, "confirm">, number>> = { default: paymentRequestTable.choices.action.makeDefault, rename: paymentRequestTable.choices.action.renameSavedCard, remove: paymentRequestTable.choices.action.removeSavedCard };

export async function createCardRequest(api: WebApi, of: { readonly cardId: string; readonly action: keyof typeof ACTIONS; readonly newName: string; readonly now: Date }): Promise<string> {
  const { columns: column, choices: choice, navigation } = paymentRequestTable;
  const made = await api.createRecord(paymentRequestTable.logicalName, {
    [column.action]: ACTIONS[of.action], [column.method]: choice.method.none, [column.state]: choice.state.submitted, [column.validUntil]: new Date(of.now.getTime() + VALID_MS).toISOString(),
    ...(of.action === "rename" ? { [column.newName]: of.newName } : {}), ...bind(navigation.paymentMethodId, entitySetName, of.cardId),
  });
  return plainId(made.id);
}

/** An operator's decision, which names the card by a payment that was made with it. False where no payment was. */
export async function confirmMerge(api: WebApi, of: { readonly cardId: string; readonly note: string }): Promise<boolean> {
  const { columns: column, choices: choice, navigation } = operatorDecisionTable;
  const [payment] = await readRows(api, paymentTable.logicalName, `?$select=${paymentTable.primaryId}&$filter=${paymentTable.lookupValues.paymentMethodId} eq ${of.cardId}&$orderby=createdon desc&$top=1`);
  if (payment === undefined) return false;
  await api.createRecord(operatorDecisionTable.logicalName, { [column.decision]: choice.decision.acceptMergeOfCustomers, [column.note]: of.note, ...bind(navigation.paymentId, paymentTable.entitySetName, textOf(payment, paymentTable.primaryId)) });
  return true;
}
