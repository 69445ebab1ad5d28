// Quotes and opportunities: their prices and states, and the actions that make orders and invoices of them (facts: sales actions).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
type Row = Record<string, unknown>;
let account: string;
const admin = (method: string, path: string, body?: unknown): Promise<Answer> => o.call("sysadmin", method, path, body);
const read = async (path: string): Promise<Row> => (await admin("GET", path)).json;
beforeAll(async () => { o = await startOrganization(); account = await o.create("accounts", { name: "Contoso" }); });
afterAll(async () => { await o.close(); });
const ALL = { AllColumns: true };
const NOBODY = "5f000000-0000-4000-8000-00000000dead";
const line = (of: string, id: string, more: Row = {}): Promise<string> => {
  const [set, nav, target] = of === "quote" ? ["quotedetails", "quoteid", "quotes"] as const : ["opportunityproducts", "opportunityid", "opportunities"] as const;
  return o.create(set, { [`${nav}@odata.bind`]: `/${target}(${id})`, productdescription: "Roaster", isproductoverridden: true, quantity: 2, priceperunit: 50, tax: 8, ...more });
};

describe("a quote", () => {
  let quote: string;
  const convert = (more: Row = {}): Promise<Answer> => admin("POST", "ConvertQuoteToSalesOrder", { QuoteId: quote, ColumnSet: ALL, ...more });
  beforeEach(async () => {
    quote = await o.create("quotes", { name: "Two roasters", freightamount: 10, "customerid_account@odata.bind": `/accounts(${account})` });
    await line("quote", quote);
    await line("quote", quote, { productdescription: "Grinder", quantity: 1, priceperunit: 20, tax: 0 });
  });
  test("has a number, a draft's state, and totals of its lines", async () => {
    expect(await read(`quotes(${quote})`)).toMatchObject({ quotenumber: expect.stringMatching(/^QUO-\d{5}-[0-9A-F]{6}$/), statecode: 0, statuscode: 1, totallineitemamount: 120, totaltax: 8, totalamount: 138, totalamount_base: 138, pricingerrorcode: 0 });
  });
  test("that is active is read-only, with its lines, and its lines tell so", async () => {
    await admin("PATCH", `quotes(${quote})`, { statecode: 1, statuscode: 2 });
    expect((await admin("PATCH", `quotes(${quote})`, { name: "x" })).error.code).toBe("0x8004022e");
    expect((await admin("POST", "quotedetails", { "quoteid@odata.bind": `/quotes(${quote})`, productdescription: "late" })).error.code).toBe("0x80043b09");
    const [first] = (await admin("GET", `quotes(${quote})/quote_details`)).json["value"] as Row[];
    expect(first).toMatchObject({ quotestatecode: 1 });
  });
  test("becomes an order with its header, lines and currency, and is won by it", async () => {
    await admin("PATCH", `quotes(${quote})`, { statecode: 1, statuscode: 2 });
    const made = await convert();
    expect([made.status, made.json]).toEqual([200, expect.objectContaining({ name: "Two roasters", totalamount: 138, freightamount: 10, _quoteid_value: quote, _customerid_value: account, statecode: 0 })]);
    const lines = (await admin("GET", `salesorders(${String(made.json["salesorderid"])})/order_details?$orderby=lineitemnumber`)).json["value"] as Row[];
    expect(lines.map((one) => [one["productdescription"], one["quantity"], one["extendedamount"], typeof one["_quotedetailid_value"]])).toEqual([["Roaster", 2, 108, "string"], ["Grinder", 1, 20, "string"]]);
    expect(await read(`quotes(${quote})`)).toMatchObject({ statecode: 2, statuscode: 4 });
  });
  test("stays active when switch conversionWinsQuote is off, and can be converted again", async () => {
    await o.sandbox("POST", "switches", { conversionWinsQuote: false });
    await admin("PATCH", `quotes(${quote})`, { statecode: 1, statuscode: 2 });
    expect([(await convert()).status, (await convert()).status, (await read(`quotes(${quote})`))["statecode"]]).toEqual([200, 200, 1]);
    await o.sandbox("POST", "switches", { conversionWinsQuote: true });
  });
  test("gives the columns that were asked for", async () => {
    await admin("PATCH", `quotes(${quote})`, { statecode: 1, statuscode: 2 });
    const { json } = await convert({ ColumnSet: { Columns: ["name", "ordernumber"] } });
    expect(Object.keys(json).filter((name) => !name.startsWith("@")).sort()).toEqual(["name", "ordernumber", "salesorderid"]);
  });
  test.each<[string, () => Promise<Answer>, string]>([["a draft", () => convert(), "0x80040233"], ["without a column set", () => convert({ ColumnSet: undefined }), "0x80040203"], ["a quote that is not there", () => convert({ QuoteId: NOBODY }), "0x80040217"], ["no guid", () => convert({ QuoteId: "x" }), "0x80040203"]])("%s is not converted", async (_name, ask, code) => {
    const before = (await admin("GET", "salesorders/$count")).text;
    expect([(await ask()).error.code, (await admin("GET", "salesorders/$count")).text]).toEqual([code, before]);
  });
});

describe("an opportunity", () => {
  let opportunity: string;
  beforeEach(async () => {
    opportunity = await o.create("opportunities", { name: "A café", "parentaccountid@odata.bind": `/accounts(${account})`, "customerid_account@odata.bind": `/accounts(${account})` });
    await line("opportunity", opportunity);
  });
  test("sums its products", async () => { expect(await read(`opportunities(${opportunity})`)).toMatchObject({ totallineitemamount: 100, totaltax: 8, totalamount: 108, statecode: 0 }); });
  test.each([["GenerateSalesOrderFromOpportunity", "salesorders", "salesorderid", "order_details"], ["GenerateInvoiceFromOpportunity", "invoices", "invoiceid", "invoice_details"]])("%s makes a document with its products and its customer", async (action, set, id, nav) => {
    const made = await admin("POST", action, { OpportunityId: opportunity, ColumnSet: ALL });
    expect([made.status, made.json]).toEqual([200, expect.objectContaining({ name: "A café", totalamount: 108, _opportunityid_value: opportunity, _customerid_value: account })]);
    expect((await admin("GET", `${set}(${String(made.json[id])})/${nav}`)).json["value"]).toEqual([expect.objectContaining({ productdescription: "Roaster", extendedamount: 108 })]);
  });
  test.each([["GetSalesOrderProductsFromOpportunity", "salesorders"], ["GetInvoiceProductsFromOpportunity", "invoices"]])("%s adds its products to a document that is there", async (action, set) => {
    const id = await o.create(set, { name: "There", "customerid_account@odata.bind": `/accounts(${account})` });
    const ask = (body: unknown): Promise<Answer> => admin("POST", `${set}(${id})/Microsoft.Dynamics.CRM.${action}`, body);
    expect((await ask({ Opportunity: { "@odata.type": "Microsoft.Dynamics.CRM.opportunity", opportunityid: opportunity } })).status).toBe(204);
    expect(await read(`${set}(${id})?$select=totalamount`)).toMatchObject({ totalamount: 108 });
    expect((await ask({})).error.code).toBe("0x80040203");
  });
  test("somebody of another unit may not", async () => {
    expect((await o.call("otherunit", "POST", "GenerateSalesOrderFromOpportunity", { OpportunityId: opportunity, ColumnSet: ALL })).error.code).toBe("0x80040220");
  });
});
