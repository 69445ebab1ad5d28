// Totals of orders, invoices, quotes and opportunities. Sums follow the lines, unless prices are locked or the organization calculates prices itself.
// totallineitemamount = lines less their discounts; less the document's discount in money and percent; plus freight; plus tax.
// Source: column descriptions of salesorder and invoice (CDM).
import { DataverseError } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { asText, isReference, referenceId, type Row, type Value } from "../store/rows.ts";
import type { Change, RuleContext } from "./change.ts";
import { asNumber, settleBase, toMoney } from "./currency.ts";
import { documentOf, isLine, lineRule, lineTableOf } from "./price-lines.ts";

const DETAIL_ERROR = 1;
const MISSING_PRICE_LEVEL = 2;

const linesOf = (organization: Organization, document: Row, tableName: string): readonly Row[] => {
  const column = `${tableName}id`;
  return organization.store.pointingAt(lineTableOf(tableName) ?? "", column, asText(document[column]));
};

/** A document and its price list are of one currency. */
export function assertPriceList({ organization }: RuleContext, { row, changed, before }: Change): void {
  if (before !== undefined && changed?.some((name) => name === "pricelevelid" || name === "transactioncurrencyid") !== true) return;
  const level = organization.store.get("pricelevel", referenceId(row["pricelevelid"]) ?? "");
  const currency = referenceId(level?.["transactioncurrencyid"]);
  if (currency !== undefined && currency !== referenceId(row["transactioncurrencyid"])) throw new DataverseError(400, "0x80048cf6", "The currency of the record does not match the currency of the price list.");
}

/** The totals as the lines give them. */
export function totalsOf(lines: readonly Row[], document: Row): Row {
  const sum = (of: (line: Row) => number): number => toMoney(lines.reduce((amount, line) => amount + of(line), 0));
  const lineTotal = sum((line) => asNumber(line["baseamount"]) - asNumber(line["manualdiscountamount"]));
  const tax = sum((line) => asNumber(line["tax"]));
  const discount = toMoney(asNumber(document["discountamount"]) + lineTotal * asNumber(document["discountpercentage"]) / 100);
  const lessFreight = toMoney(lineTotal - discount);
  const isWrong = lines.some((line) => asNumber(line["pricingerrorcode"]) !== 0);
  const needsList = lines.some((line) => line["isproductoverridden"] !== true);
  return {
    totallineitemamount: lineTotal, totallineitemdiscountamount: sum((line) => asNumber(line["manualdiscountamount"])), totaltax: tax, totaldiscountamount: discount, totalamountlessfreight: lessFreight,
    totalamount: toMoney(lessFreight + asNumber(document["freightamount"]) + tax), pricingerrorcode: needsList && referenceId(document["pricelevelid"]) === undefined ? MISSING_PRICE_LEVEL : isWrong ? DETAIL_ERROR : 0,
  };
}

/** Brings the totals of a document up to date; `row` is the document or one of its lines. */
export function totalDocument(context: RuleContext, table: Table, row: Row): void {
  const { organization } = context;
  const documentTable = isLine(table) ? organization.model.table(lineRule(table.name)?.document ?? "") : table;
  const document = isLine(table) ? documentOf(organization, table, row) : organization.store.get(table.name, asText(row[table.id]));
  const isOwnPricing = organization.store.get("organization", organization.id)?.["oobpricecalculationenabled"] === false;
  if (document === undefined || document["ispricelocked"] === true || isOwnPricing) return;
  const totals = totalsOf(linesOf(organization, document, documentTable.name), document);
  if (Object.entries(totals).every(([name, value]) => document[name] === value)) return;
  const next: Row = { ...document, ...totals, versionnumber: organization.store.nextVersion() };
  settleBase(context, documentTable, next);
  organization.store.put(documentTable, next);
}

const isSame = (left: Value, right: Value): boolean => left === right || (isReference(left) && isReference(right) && left.id === right.id && left.table === right.table);

/** Lines show their document's state, lock, currency and rate. */
export function mirrorToLines(context: RuleContext, table: Table, document: Row): void {
  const { organization } = context;
  const lineTable = organization.model.table(lineTableOf(table.name) ?? "");
  const rule = lineRule(lineTable.name);
  if (rule === undefined) return;
  for (const line of linesOf(organization, document, table.name)) {
    const wanted: Row = { [rule.state]: document["statecode"] ?? 0, ...(rule.locked === undefined ? {} : { [rule.locked]: document["ispricelocked"] ?? false }), ownerid: document["ownerid"], owningbusinessunit: document["owningbusinessunit"], owninguser: document["owninguser"], owningteam: document["owningteam"], transactioncurrencyid: document["transactioncurrencyid"], exchangerate: document["exchangerate"] };
    if (Object.entries(wanted).every(([name, value]) => isSame(line[name], value))) continue;
    const next: Row = { ...line, ...wanted, versionnumber: organization.store.nextVersion() };
    settleBase(context, lineTable, next);
    organization.store.put(lineTable, next);
  }
}
