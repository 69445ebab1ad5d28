// What comes before an order: a quote that is won becomes one, and an opportunity gives its products to an order or an invoice.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference (ConvertQuoteToSalesOrder, GenerateSalesOrderFromOpportunity, …).
// That the quote is closed as won by the conversion, and which quotes can be converted, is [mem].
import type { Reply } from "../../kit/faults.ts";
import { DataverseError, invalidArgument } from "../errors.ts";
import { serialize } from "../query/serialize.ts";
import { assertAccess } from "../security/access.ts";
import { asText, type Row } from "../store/rows.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { create, update } from "../web-api/write.ts";
import { asSystem, boundId, columnsOf, COPIED, copyOf, LINE, load, lookupsOf } from "./sales.ts";

type Document = "salesorder" | "invoice";
const LINES: Readonly<Record<string, { readonly table: string; readonly column: string }>> = {
  quote: { table: "quotedetail", column: "quoteid" }, opportunity: { table: "opportunityproduct", column: "opportunityid" }, salesorder: { table: "salesorderdetail", column: "salesorderid" }, invoice: { table: "invoicedetail", column: "invoiceid" },
};
const ACTIVE_QUOTE = 1;
const WON_QUOTE = 2;
const WON_STATUS = 4;

interface From { readonly table: "quote" | "opportunity"; readonly id: string }

function copyLines(context: ApiContext, from: From, to: { readonly table: Document; readonly id: string }): void {
  const { store, model } = context.organization;
  const [source, target] = [LINES[from.table], LINES[to.table]];
  if (source === undefined || target === undefined) return;
  const lines = model.table(target.table);
  for (const line of store.pointingAt(source.table, source.column, from.id)) {
    const origin = from.table === "quote" && lines.singles.has("QuoteDetailId") ? { "QuoteDetailId@odata.bind": `/quotedetails(${asText(line["quotedetailid"])})` } : {};
    create(context, lines, { ...copyOf(line, LINE.filter((name) => name !== "lineitemnumber"), lines), ...lookupsOf(context, line, lines, ["productid", "uomid", "transactioncurrencyid"]), [`${target.column}@odata.bind`]: `/${model.table(to.table).set}(${to.id})`, ...origin });
  }
}

/** The customer of an opportunity may stand in its older columns only. */
function customerOf(context: ApiContext, row: Row, to: Document): Record<string, unknown> {
  const customer = row["customerid"] ?? row["parentaccountid"] ?? row["parentcontactid"];
  return lookupsOf(context, { customerid: customer }, context.organization.model.table(to), ["customerid"]);
}

function makeDocument(context: ApiContext, row: Row, from: From, to: Document): string {
  const { model } = context.organization;
  const table = model.table(to);
  const id = create(context, table, { ...copyOf(row, COPIED, table), ...customerOf(context, row, to), ...lookupsOf(context, row, table, ["transactioncurrencyid", "pricelevelid", "opportunityid"]), ...(table.singles.has(`${from.table}id`) ? { [`${from.table}id@odata.bind`]: `/${model.table(from.table).set}(${from.id})` } : {}) });
  copyLines(context, from, { table: to, id });
  return id;
}

function answer(context: ApiContext, to: Document, id: string, columns: readonly string[] | undefined): Reply {
  const table = context.organization.model.table(to);
  return odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#${table.set}/$entity`, "@odata.type": `#Microsoft.Dynamics.CRM.${to}`, ...serialize(context.organization, table, context.organization.store.get(to, id) ?? {}, columns, () => false) });
}

export function convertQuote(context: ApiContext, request: ApiRequest): Reply {
  const { organization } = context;
  const body = jsonBody(request.body);
  const table = organization.model.table("quote");
  const quote = load(context, table, body["QuoteId"]);
  const columns = columnsOf(body["ColumnSet"]);
  assertAccess(organization, context.caller, "Read", table, quote);
  if (quote["statecode"] !== ACTIVE_QUOTE && quote["statecode"] !== WON_QUOTE) throw new DataverseError(400, "0x80040233", "The object is not in a valid state to perform this operation.");
  const from: From = { table: "quote", id: asText(quote["quoteid"]) };
  const status = typeof body["QuoteCloseStatus"] === "number" && body["QuoteCloseStatus"] !== -1 ? body["QuoteCloseStatus"] : WON_STATUS;
  const id = organization.store.atomically(() => {
    const made = makeDocument(context, quote, from, "salesorder");
    if (quote["statecode"] !== WON_QUOTE && organization.switches.conversionWinsQuote) update({ ...asSystem(context), byPlatform: true }, table, from.id, { statecode: WON_QUOTE, statuscode: status, ...(typeof body["QuoteCloseDate"] === "string" ? { closedon: body["QuoteCloseDate"] } : {}) });
    return made;
  });
  return answer(context, "salesorder", id, columns);
}

export function generateFromOpportunity(context: ApiContext, request: ApiRequest, to: Document): Reply {
  const { organization } = context;
  const body = jsonBody(request.body);
  const table = organization.model.table("opportunity");
  const opportunity = load(context, table, body["OpportunityId"]);
  const columns = columnsOf(body["ColumnSet"]);
  assertAccess(organization, context.caller, "Read", table, opportunity);
  const id = organization.store.atomically(() => makeDocument(context, opportunity, { table: "opportunity", id: asText(opportunity["opportunityid"]) }, to));
  return answer(context, to, id, columns);
}

/** Bound to an order or an invoice: it gets the opportunity's products besides its own. */
export function productsFromOpportunity(context: ApiContext, request: ApiRequest, to: Document): Reply {
  const { organization } = context;
  const given = jsonBody(request.body)["Opportunity"];
  const opportunityId = typeof given === "object" && given !== null ? (given as Record<string, unknown>)["opportunityid"] : undefined;
  if (opportunityId === undefined) throw invalidArgument("Required field 'Opportunity' is missing.");
  const opportunity = load(context, organization.model.table("opportunity"), opportunityId);
  const id = boundId(context, request);
  const document = load(context, organization.model.table(to), id);
  assertAccess(organization, context.caller, "Write", organization.model.table(to), document);
  organization.store.atomically(() => { copyLines(context, { table: "opportunity", id: asText(opportunity["opportunityid"]) }, { table: to, id }); });
  return empty();
}
