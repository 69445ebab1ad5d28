// What Dynamics 365 Sales does to orders and invoices on request: fulfil, cancel, invoice, lock and unlock prices.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference (FulfillSalesOrder, CancelSalesOrder, ConvertSalesOrderToInvoice, …)
import type { Reply } from "../../kit/faults.ts";
import { DataverseError, invalidArgument, notFound } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import { isReadOnly } from "../rules/states.ts";
import { totalDocument } from "../rules/price-documents.ts";
import { assertAccess } from "../security/access.ts";
import { asText, isReference, type Row } from "../store/rows.ts";
import { idOf, parseAddress, resolveReference } from "../web-api/address.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { serialize } from "../query/serialize.ts";
import { create, update } from "../web-api/write.ts";

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function load(context: ApiContext, table: Table, id: unknown): Row {
  if (typeof id !== "string" || !GUID.test(id)) throw invalidArgument(`Expected non-empty Guid for ${table.name}.`);
  const row = context.organization.store.get(table.name, id.toLowerCase());
  if (row === undefined) throw notFound(table.name, id);
  return row;
}

const SUBMITTED = 1;
const INVOICED = { statecode: 4, statuscode: 100003 } as const;
/** Columns of a body that the table has, without its lookups and keys. */
const picked = (table: Table, body: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(body).filter(([name]) => name !== table.id && table.columns.has(name) && table.columns.get(name)?.targets === undefined));
export const asSystem = (context: ApiContext): ApiContext => ({ ...context, caller: { ...context.caller, isSystem: true, isPlatform: true } });

/** Status -1 lets the platform choose. Leaves a completed order close activity behind. */
export function closeOrder(context: ApiContext, request: ApiRequest, to: { readonly state: number; readonly status: number }): Reply {
  const body = jsonBody(request.body);
  const close = body["OrderClose"];
  const bound = typeof close === "object" && close !== null ? (close as Record<string, unknown>)["salesorderid@odata.bind"] : undefined;
  if (typeof bound !== "string") throw invalidArgument("Required field 'OrderClose.salesorderid' is missing.");
  const { organization } = context;
  const order = resolveReference(context, bound);
  const table = organization.model.table("salesorder");
  const row = load(context, table, order.id);
  assertAccess(organization, context.caller, "Write", table, row);
  if (isReadOnly(organization, "salesorder", row) && row["statecode"] !== SUBMITTED) throw new DataverseError(400, "0x80040233", "The object is not in a valid state to perform this operation.");
  const status = typeof body["Status"] === "number" && body["Status"] !== -1 ? body["Status"] : to.status;
  const { subject } = close as { readonly subject?: unknown };
  const closing = { "salesorderid@odata.bind": bound, ...(typeof row["ordernumber"] === "string" ? { ordernumber: row["ordernumber"] } : {}) };
  organization.store.atomically(() => {
    update({ ...context, byPlatform: true }, table, order.id, { statecode: to.state, statuscode: status, ...(to.state === 3 ? { datefulfilled: organization.clock.now().toISOString() } : {}) });
    const closes = organization.model.table("orderclose");
    const id = create(asSystem(context), closes, { ...picked(closes, close as Record<string, unknown>), subject: typeof subject === "string" ? subject : "Order Close", ...closing });
    update(asSystem(context), closes, id, { statecode: 1, statuscode: 2 });
  });
  return empty();
}

/** Prices of a locked document are not calculated again. */
export function lockPricing(context: ApiContext, tableName: "salesorder" | "invoice", id: unknown, isLocked: boolean): Reply {
  const table = context.organization.model.table(tableName);
  const row = load(context, table, id);
  if ((row["ispricelocked"] === true) === isLocked) throw isLocked ? new DataverseError(400, "0x80043b1d", "This entity is already locked.") : new DataverseError(400, "0x80043b1e", "This entity is already unlocked.");
  context.organization.store.atomically(() => { update(context, table, asText(row[table.id]), { ispricelocked: isLocked }); });
  return empty();
}

/** CalculatePrice: the totals of Target, or of the document that a target line belongs to, now. */
export function calculatePrice(context: ApiContext, request: ApiRequest): Reply {
  const target = jsonBody(request.body)["Target"];
  const { "@odata.type": type, ...key } = typeof target === "object" && target !== null ? target as Record<string, unknown> : {};
  const name = typeof type === "string" ? type.replace(/^#?Microsoft\.Dynamics\.CRM\./, "") : "";
  const table = ["salesorder", "invoice", "quote", "opportunity", "salesorderdetail", "invoicedetail", "quotedetail", "opportunityproduct"].includes(name) ? context.organization.model.table(name) : undefined;
  if (table === undefined) throw invalidArgument("Required field 'Target' is missing.");
  const row = load(context, table, key[table.id]);
  assertAccess(context.organization, context.caller, "Write", table, row);
  context.organization.store.atomically(() => { totalDocument(context, table, row); });
  return empty();
}

/** The id in `salesorders(…)/Microsoft.Dynamics.CRM.LockSalesOrderPricing`. */
export function boundId(context: ApiContext, request: ApiRequest): string {
  const address = parseAddress(context.organization, request.path);
  if (address.keyText === undefined) throw invalidArgument("The action is bound to a row, and the address names none.");
  return idOf(context.organization, address.table, address.keyText);
}

/** ColumnSet: all, or a list of names. It is required. */
export function columnsOf(set: unknown): readonly string[] | undefined {
  const { AllColumns: all, Columns: names } = typeof set === "object" && set !== null ? set as { readonly AllColumns?: unknown; readonly Columns?: unknown } : {};
  if (all === true) return undefined;
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  throw invalidArgument("Required field 'ColumnSet' is missing.");
}

export const COPIED = ["name", "totalamount", "totallineitemamount", "totallineitemdiscountamount", "totaltax", "totaldiscountamount", "totalamountlessfreight", "discountamount", "discountpercentage", "freightamount", "paymenttermscode", "emailaddress", "description", "ispricelocked", ...["billto", "shipto"].flatMap((side) => ["name", "line1", "line2", "line3", "city", "stateorprovince", "postalcode", "country", "telephone", "fax", "contactname"].map((part) => `${side}_${part}`))];
export const LINE = ["productdescription", "quantity", "priceperunit", "manualdiscountamount", "tax", "isproductoverridden", "ispriceoverridden", "lineitemnumber", "description"];

export function copyOf(from: Row, names: readonly string[], to: Table): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => to.columns.has(name) && (from[name] ?? null) !== null).map((name) => [name, from[name]]));
}

/** Binds of the lookups that both have. */
export function lookupsOf(context: ApiContext, from: Row, to: Table, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.flatMap((column) => {
    const value = from[column];
    const target = isReference(value) ? to.columns.get(column)?.targets?.find((one) => one.table === value.table || one.table === "principal") : undefined;
    return target === undefined || !isReference(value) ? [] : [[`${target.nav}@odata.bind`, `/${context.organization.model.table(value.table).set}(${value.id})`]];
  }));
}

/** An invoice with the order's header, currency and lines. Whether the order becomes Invoiced at once varies: a switch. */
export function convertToInvoice(context: ApiContext, request: ApiRequest): Reply {
  const { organization } = context;
  const { model, store } = organization;
  const body = jsonBody(request.body);
  const order = load(context, model.table("salesorder"), body["SalesOrderId"]);
  const columns = columnsOf(body["ColumnSet"]);
  assertAccess(organization, context.caller, "Read", model.table("salesorder"), order);
  const invoices = model.table("invoice");
  const id = store.atomically(() => {
    const made = create(context, invoices, { ...copyOf(order, COPIED, invoices), ...lookupsOf(context, order, invoices, ["customerid", "transactioncurrencyid", "pricelevelid"]), "salesorderid@odata.bind": `/salesorders(${asText(order["salesorderid"])})` });
    const lines = model.table("invoicedetail");
    for (const line of store.pointingAt("salesorderdetail", "salesorderid", asText(order["salesorderid"]))) {
      create(context, lines, { ...copyOf(line, LINE, lines), ...lookupsOf(context, line, lines, ["productid", "uomid", "transactioncurrencyid"]), "invoiceid@odata.bind": `/invoices(${made})`, "SalesOrderDetailId@odata.bind": `/salesorderdetails(${asText(line["salesorderdetailid"])})` });
    }
    if (organization.switches.conversionInvoicesOrder) update({ ...asSystem(context), byPlatform: true }, model.table("salesorder"), asText(order["salesorderid"]), INVOICED);
    return made;
  });
  const row = store.get("invoice", id) ?? {};
  return odata(200, { "@odata.context": `${organization.baseUrl}/api/data/v9.2/$metadata#invoices/$entity`, ...serialize(organization, invoices, row, columns, () => false) });
}
