// What people may give back alone. A row whose number does not fit its currency is left out: it limits nobody, and without a limit nobody gives back alone.
import { refundLimitTable as table } from "@cybs/schema";
import { z } from "zod";
import type { RefundLimit } from "../../domain/refund-governance/refund-limit.ts";
import { collectionOf, decimalColumn, guidColumn, textColumn } from "./column-kinds.ts";
import { fromColumn } from "./money-columns.ts";
import { currency } from "./standard-tables.ts";

const { columns, lookupValues, navigation } = table;
const SELECTED = [lookupValues.systemUserId, lookupValues.businessUnitId, columns.perRefund, columns.perDay, columns.perCustomer];
export const refundLimitsPath =
  `${table.entitySetName}?$select=${SELECTED.join(",")}&$expand=${navigation.transactionCurrencyId}($select=${currency.columns.code})&$filter=${columns.isEnabled} eq true and ${columns.stateCode} eq 0&$top=500`;

const LimitColumns = z.object({
  [lookupValues.systemUserId]: guidColumn, [lookupValues.businessUnitId]: guidColumn,
  [columns.perRefund]: decimalColumn, [columns.perDay]: decimalColumn, [columns.perCustomer]: decimalColumn,
  [navigation.transactionCurrencyId]: z.nullish(z.object({ [currency.columns.code]: textColumn })),
});
const Rows = collectionOf(LimitColumns);

export function toRefundLimits(body: unknown): readonly RefundLimit[] | undefined {
  const parsed = Rows.safeParse(body);
  return parsed.success ? parsed.data.value.map(toLimit).filter((limit) => limit !== undefined) : undefined;
}

function toLimit(row: z.infer<typeof LimitColumns>): RefundLimit | undefined {
  const code = row[navigation.transactionCurrencyId]?.[currency.columns.code];
  if (code === undefined) return undefined;
  const numbers = [row[columns.perRefund], row[columns.perDay], row[columns.perCustomer]].map((text) => (text === undefined ? undefined : fromColumn(text, code)?.minor ?? null));
  const [perRefundMinor, perDayMinor, perCustomerMinor] = numbers;
  if (perRefundMinor === null || perDayMinor === null || perCustomerMinor === null) return undefined;
  return { userId: row[lookupValues.systemUserId], businessUnitId: row[lookupValues.businessUnitId], currency: code, perRefundMinor, perDayMinor, perCustomerMinor };
}
