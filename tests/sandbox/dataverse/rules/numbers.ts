// Order, invoice and quote numbers: prefix, running number, suffix, as the organization's settings have them. A client's own number stays.
import type { Table } from "../metadata/model.ts";
import type { Row } from "../store/rows.ts";
import type { RuleContext } from "./change.ts";

const NUMBERS: Readonly<Record<string, { readonly column: string; readonly setting: string; readonly prefix: string }>> = {
  salesorder: { column: "ordernumber", setting: "orderprefix", prefix: "ORD" }, invoice: { column: "invoicenumber", setting: "invoiceprefix", prefix: "INV" }, quote: { column: "quotenumber", setting: "quoteprefix", prefix: "QUO" },
};

export function numberDocument({ organization }: RuleContext, table: Table, row: Row): void {
  const rule = NUMBERS[table.name];
  if (rule === undefined) return;
  const { column } = rule;
  if (typeof row[column] === "string") return;
  const settings = organization.store.get("organization", organization.id) ?? {};
  const prefix = settings[rule.setting] ?? rule.prefix;
  const next = (organization.numbers.get(column) ?? 1_000) + 1;
  organization.numbers.set(column, next);
  row[column] = `${typeof prefix === "string" ? prefix : ""}-${String(next).padStart(5, "0")}-${organization.random.hex(6).toUpperCase()}`;
}
