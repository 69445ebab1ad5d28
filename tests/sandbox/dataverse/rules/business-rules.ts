// What the platform and Dynamics 365 Sales do by themselves around a write, in the order in which they do it.
import { DataverseError } from "../errors.ts";
import { assertUninstallable, uninstall } from "../import/uninstall.ts";
import { guardJob } from "../jobs/system-jobs.ts";
import type { Table } from "../metadata/model.ts";
import { asText, isReference, type Row } from "../store/rows.ts";
import type { Change, RuleContext } from "./change.ts";
import { dropPointer, mirrorActivity, settleActivity } from "./activities.ts";
import { guardCurrency, settleBase, settleCurrency } from "./currency.ts";
import { numberDocument } from "./numbers.ts";
import { assertParentOpen, isLine, lineTableOf, priceLine, takeFromDocument } from "./price-lines.ts";
import { assertPriceList, mirrorToLines, totalDocument } from "./price-documents.ts";
import { addDefaultTeam, addRole, guardDeletion, guardPrincipal } from "./principals.ts";
import { assertWritable, settleState } from "./states.ts";

const isDocument = (table: Table): boolean => lineTableOf(table.name) !== undefined;

const CUSTOMERS: Readonly<Record<string, { readonly column: string; readonly contact: string }>> = {
  salesorder: { column: "customerid", contact: "contactid" }, invoice: { column: "customerid", contact: "contactid" }, quote: { column: "customerid", contact: "contactid" }, contact: { column: "parentcustomerid", contact: "parentcontactid" },
};
/** A customer shows in the account's or in the contact's read-only lookup too. */
function splitCustomer(table: Table, row: Row): void {
  const rule = CUSTOMERS[table.name];
  if (rule === undefined) return;
  const value = row[rule.column];
  row["accountid"] = isReference(value) && value.table === "account" ? value : null;
  row[rule.contact] = isReference(value) && value.table === "contact" ? value : null;
}

/** Before a row is stored: completes it, and throws when the platform would refuse. */
export function beforeWrite(context: RuleContext, change: Change): void {
  const { table, row, before } = change;
  if (isDocument(table)) { assertWritable(context, change); if (before === undefined) numberDocument(context, table, row); }
  if (isLine(table)) { assertParentOpen(context, table, row); takeFromDocument(context, change); }
  splitCustomer(table, row);
  settleState(context, change);
  guardPrincipal(context, change);
  if (table.name === "asyncoperation" && before !== undefined && before["statecode"] !== row["statecode"]) guardJob(context.organization, before, row);
  guardCurrency(context, change);
  settleActivity(context, change);
  settleCurrency(context, change);
  if (isDocument(table)) assertPriceList(context, change);
  if (isLine(table)) priceLine(context, change);
  settleBase(context, table, row);
  if (table.name === "contact") row["fullname"] = [asText(row["firstname"]), asText(row["lastname"])].filter((part) => part !== "").join(" ");
}

/** After a row is stored: what depends on it follows. */
export function afterWrite(context: RuleContext, change: Change): void {
  const { table, row } = change;
  if (isLine(table)) totalDocument(context, table, row);
  if (isDocument(table)) { totalDocument(context, table, row); mirrorToLines(context, table, row); }
  mirrorActivity(context, table, row);
  addDefaultTeam(context, change);
  addRole(context, change);
}

/** Before a row is deleted: lines of a closed document stay. */
export function beforeDelete(context: RuleContext, table: Table, row: Row): void {
  if (isLine(table)) assertParentOpen(context, table, row);
  guardDeletion(context, table, row);
  if (table.name === "solution") assertUninstallable(context.organization, row);
  if (table.name === "asyncoperation" && row["statecode"] !== 3) throw new DataverseError(400, "0x8004416a", "Cannot delete async operation unless it is in Completed state.");
}

export function afterDelete(context: RuleContext, table: Table, row: Row): void {
  if (isLine(table)) totalDocument(context, table, row);
  dropPointer(context, table, row);
  if (table.name === "solution") uninstall(context.organization, row);
}
