// One line of an order, invoice, quote or opportunity: its price from the price list or its own, its amounts, its error when there is no price.
// Source: learn.microsoft.com/dynamics365/sales/developer (pricing engine), error options of salesorderdetail.pricingerrorcode.
import { DataverseError, invalidArgument } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { asText, referenceId, type Row } from "../store/rows.ts";
import type { Change, RuleContext } from "./change.ts";
import { asNumber, toMoney } from "./currency.ts";
import { isReadOnly } from "./states.ts";

interface LineOf { readonly document: string; readonly column: string; readonly state: string; /** Only orders and invoices have prices that lock. */ readonly locked?: string }
const LINES: Readonly<Record<string, LineOf>> = {
  salesorderdetail: { document: "salesorder", column: "salesorderid", state: "salesorderstatecode", locked: "salesorderispricelocked" },
  invoicedetail: { document: "invoice", column: "invoiceid", state: "invoicestatecode", locked: "invoiceispricelocked" },
  quotedetail: { document: "quote", column: "quoteid", state: "quotestatecode" }, opportunityproduct: { document: "opportunity", column: "opportunityid", state: "opportunitystatecode" },
};
/** The table of a document's lines; undefined for what is none. */
export const lineTableOf = (document: string): string | undefined => LINE_TABLES.get(document);
const LINE_TABLES: ReadonlyMap<string, string> = new Map(Object.entries(LINES).map(([name, { document }]) => [document, name]));
export const isLine = (table: Table): boolean => Object.hasOwn(LINES, table.name);
export const lineRule = (tableName: string): LineOf | undefined => LINES[tableName];

export function documentOf(organization: Organization, table: Table, line: Row): Row | undefined {
  const rule = LINES[table.name];
  return rule === undefined ? undefined : organization.store.get(rule.document, referenceId(line[rule.column]) ?? "");
}

export function assertParentOpen({ organization, byPlatform }: RuleContext, table: Table, line: Row): void {
  const parent = documentOf(organization, table, line);
  if (byPlatform === true || parent === undefined || !isReadOnly(organization, LINES[table.name]?.document ?? "", parent)) return;
  throw new DataverseError(400, "0x80043b09", "The parent is read only and cannot be edited.");
}

/** Values of pricingerrorcode. */
const ERRORS = { none: 0, missingPriceLevel: 2, inactivePriceLevel: 3, missingQuantity: 4, missingUnitPrice: 5, missingUnit: 10, notInPriceLevel: 11, missingAmount: 12 } as const;

function listPrice(organization: Organization, document: Row, line: Row): { readonly price?: number; readonly error: number } {
  const levelId = referenceId(document["pricelevelid"]);
  const level = levelId === undefined ? undefined : organization.store.get("pricelevel", levelId);
  if (level === undefined) return { error: ERRORS.missingPriceLevel };
  if (level["statecode"] === 1) return { error: ERRORS.inactivePriceLevel };
  const unit = referenceId(line["uomid"]);
  if (unit === undefined) return { error: ERRORS.missingUnit };
  const item = organization.store.pointingAt("productpricelevel", "productid", referenceId(line["productid"]) ?? "").find((one) => referenceId(one["pricelevelid"]) === levelId && referenceId(one["uomid"]) === unit);
  if (item === undefined) return { error: ERRORS.notInPriceLevel };
  return typeof item["amount"] === "number" ? { price: item["amount"], error: ERRORS.none } : { error: ERRORS.missingAmount };
}

/** A write-in has a text and its own price, a product a price of the document's list unless that is overridden. */
function assertKind(line: Row): void {
  const hasProduct = referenceId(line["productid"]) !== undefined;
  if (hasProduct && line["isproductoverridden"] !== true && (line["productdescription"] ?? null) !== null && line["productdescription"] !== "") throw new DataverseError(400, "0x80043afb", "You cannot set both 'productid' and 'productdescription' for the same record.");
  if (hasProduct && line["isproductoverridden"] === true) throw new DataverseError(400, "0x80043afb", "You cannot set both 'productid' and 'productdescription' for the same record.");
  if (!hasProduct) line["isproductoverridden"] = true;
}

/** Amounts and error of one line. */
export function priceLine({ organization }: RuleContext, { table, before, row }: Change): void {
  const document = documentOf(organization, table, row);
  if (document === undefined) return;
  assertKind(row);
  const isWriteIn = row["isproductoverridden"] === true;
  const isOwnPrice = isWriteIn || row["ispriceoverridden"] === true || document["ispricelocked"] === true;
  const found = isOwnPrice ? { error: (row["priceperunit"] ?? null) === null && document["ispricelocked"] !== true ? ERRORS.missingUnitPrice : ERRORS.none } : listPrice(organization, document, row);
  if ("price" in found) row["priceperunit"] = found.price;
  const error = (row["quantity"] ?? null) === null ? ERRORS.missingQuantity : found.error;
  row["pricingerrorcode"] = error;
  if (document["ispricelocked"] === true && before !== undefined) return;
  const base = toMoney((asNumber(row["priceperunit"]) - asNumber(row["volumediscountamount"])) * asNumber(row["quantity"]));
  row["baseamount"] = base;
  row["extendedamount"] = toMoney(base - asNumber(row["manualdiscountamount"]) + asNumber(row["tax"]));
}

/** A line has its document's currency, rate, state and lock, and the next number. */
export function takeFromDocument({ organization }: RuleContext, { table, before, row }: Change): void {
  const rule = LINES[table.name];
  if (rule === undefined) return;
  const document = documentOf(organization, table, row);
  if (document === undefined) throw invalidArgument(`The ${rule.document} id is missing or invalid.`);
  const currency = referenceId(document["transactioncurrencyid"]);
  const asked = referenceId(row["transactioncurrencyid"]);
  if (asked !== undefined && currency !== undefined && asked !== currency) throw new DataverseError(400, "0x80048cea", `The currency of the ${table.name} does not match the currency of the ${rule.document}.`);
  if (currency !== undefined) { row["transactioncurrencyid"] = { id: currency, table: "transactioncurrency" }; row["exchangerate"] = document["exchangerate"] ?? 1; }
  row[rule.state] = document["statecode"] ?? 0;
  if (rule.locked !== undefined) row[rule.locked] = document["ispricelocked"] ?? false;
  if (before !== undefined || typeof row["lineitemnumber"] === "number") return;
  const lines = organization.store.pointingAt(table.name, rule.column, asText(document[rule.column]));
  row["lineitemnumber"] = lines.reduce((most, line) => Math.max(most, asNumber(line["lineitemnumber"])), 0) + 1;
}
