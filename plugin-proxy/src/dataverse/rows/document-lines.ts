// Lines of an order or of an invoice, which have the same columns, each with its product. An order's come with it; an invoice's are read by
// themselves, because the request's read has no `$expand` left (adr/0087).
import { productTable } from "@cybs/schema";
import { z } from "zod";
import type { LineItem } from "../../domain/payment/command.ts";
import type { Money } from "../../domain/money.ts";
import { collectionOf, decimalColumn, textColumn } from "./column-kinds.ts";
import { fromColumn } from "./money-columns.ts";
import { FORMATTED, invoiceDetail, product, salesOrderDetail as line } from "./standard-tables.ts";

const UNIT_NAME = `${line.lookupValues.unit}${FORMATTED}` as const;
const { commodityCode } = productTable.columns;
const SELECTED = [line.columns.description, line.columns.productName, line.columns.quantity, line.columns.unitPrice, line.columns.tax, line.lookupValues.unit];

/** The query's parts. An older solution has no commodity code on products. */
export const lineQuery = (hasLevelThree: boolean): readonly string[] => [
  `$select=${SELECTED.join(",")}`,
  `$expand=${line.navigation.product}($select=${[product.columns.number, product.columns.name, ...(hasLevelThree ? [commodityCode] : [])].join(",")})`,
];
export const invoiceLinesPath = (invoiceId: string, hasLevelThree: boolean): string =>
  `${invoiceDetail.entitySetName}?${[...lineQuery(hasLevelThree), `$filter=${invoiceDetail.lookupValues.invoice} eq ${invoiceId}`].join("&")}`;

export const LineColumns = z.object({
  [line.columns.description]: textColumn, [line.columns.productName]: textColumn, [line.columns.quantity]: decimalColumn,
  [line.columns.unitPrice]: decimalColumn, [line.columns.tax]: decimalColumn, [UNIT_NAME]: textColumn,
  [line.navigation.product]: z.nullish(z.object({ [product.columns.number]: textColumn, [product.columns.name]: textColumn, [commodityCode]: textColumn })),
});

/** All lines or none: a list with a hole would not add up. A line whose price has more digits than its currency cannot be told exactly. */
export function toLines(rows: readonly z.infer<typeof LineColumns>[] | null | undefined, code: string): readonly LineItem[] {
  const lines = (rows ?? []).map((row): LineItem | undefined => {
    const quantity = Number(row[line.columns.quantity]);
    const unitPrice: Money | undefined = fromColumn(row[line.columns.unitPrice], code);
    if (unitPrice === undefined || !Number.isFinite(quantity)) return undefined;
    const sold = row[line.navigation.product];
    const name = sold?.[product.columns.name] ?? row[line.columns.productName] ?? row[line.columns.description] ?? "Item";
    return { sku: sold?.[product.columns.number], name, commodityCode: sold?.[commodityCode], unit: row[UNIT_NAME], quantity, unitPrice, tax: fromColumn(row[line.columns.tax], code) };
  });
  return lines.every((one) => one !== undefined) ? lines : [];
}

const LineRows = collectionOf(LineColumns);
/** Undefined when the answer is not of the shape asked for. */
export function toInvoiceLines(body: unknown, code: string): readonly LineItem[] | undefined {
  const parsed = LineRows.safeParse(body);
  return parsed.success ? toLines(parsed.data.value, code) : undefined;
}
