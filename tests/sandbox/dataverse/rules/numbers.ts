// Order and invoice numbers: prefix, running number, suffix, as the organization's settings have them. A client's own number stays.
import type { Table } from "../metadata/model.ts";
import type { Row } from "../store/rows.ts";
import type { RuleContext } from "./change.ts";

export function numberDocument({ organization }: RuleContext, table: Table, row: Row): void {
  const column = table.name === "salesorder" ? "ordernumber" : "invoicenumber";
  if (typeof row[column] === "string") return;
  const settings = organization.store.get("organization", organization.id) ?? {};
  const prefix = table.name === "salesorder" ? settings["orderprefix"] ?? "ORD" : settings["invoiceprefix"] ?? "INV";
  const next = (organization.numbers.get(column) ?? 1_000) + 1;
  organization.numbers.set(column, next);
  row[column] = `${typeof prefix === "string" ? prefix : ""}-${String(next).padStart(5, "0")}-${organization.random.hex(6).toUpperCase()}`;
}
