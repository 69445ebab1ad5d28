// A person's decision on a payment that waits for one is a row, create-only: whoever may create it may decide.
import { paymentDecisionTable, paymentTable, paymentTransactionTable } from "@cybs/schema";

export interface Decision { readonly kind: "accept" | "accept_part" | "release" | "withdraw_refund"; readonly transactionId: string; readonly paymentId: string | undefined; readonly amount: string; readonly currencyId: string | undefined }

const { decision: VALUES } = paymentDecisionTable.choices;
const VALUE_OF: Readonly<Record<Decision["kind"], number>> = { accept: VALUES.acceptSoftDecline, accept_part: VALUES.acceptPartial, release: VALUES.releaseTheHold, withdraw_refund: VALUES.withdrawRefundRequest };

export async function writeDecision(api: ComponentFramework.WebApi, of: Decision): Promise<void> {
  const { columns, navigation, logicalName } = paymentDecisionTable;
  await api.createRecord(logicalName, {
    [columns.decision]: VALUE_OF[of.kind], [columns.amount]: Number(of.amount),
    [`${navigation.paymentTransactionId}@odata.bind`]: `/${paymentTransactionTable.entitySetName}(${of.transactionId})`,
    ...(of.paymentId === undefined ? {} : { [`${navigation.paymentId}@odata.bind`]: `/${paymentTable.entitySetName}(${of.paymentId})` }),
    ...(of.currencyId === undefined ? {} : { [`${navigation.transactionCurrencyId}@odata.bind`]: `/transactioncurrencies(${of.currencyId})` }),
  });
}

/** Hosts reject with an object of their own: number, text, or both. -2147220960 is 0x80040220, "privilege missing". */
export function isPrivilegeError(error: unknown): boolean {
  const { message, errorCode } = (error ?? {}) as { message?: string; errorCode?: number };
  return errorCode === -2147220960 || /0x80040220|privilege/i.test(message ?? "");
}
