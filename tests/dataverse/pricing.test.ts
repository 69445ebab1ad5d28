// What orders and invoices cost: amounts of lines, totals, discounts, freight, tax, exchange rates, price lists, locks.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { startOrganization, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let account: string;
const currency: Record<string, string> = {};
beforeAll(async () => {
  o = await startOrganization();
  account = await o.create("accounts", { name: "Contoso" });
  for (const code of ["USD", "EUR", "JPY"]) currency[code] = await o.id("transactioncurrencies", `isocurrencycode eq '${code}'`);
});
afterAll(async () => { await o.close(); });

type Body = Record<string, unknown>;
const DOCUMENTS = [{ set: "salesorders", lines: "salesorderdetails", nav: "salesorderid", collection: "order_details" }, { set: "invoices", lines: "invoicedetails", nav: "invoiceid", collection: "invoice_details" }] as const;
type Document = (typeof DOCUMENTS)[number];
const open = (of: Document, more: Body = {}): Promise<string> => o.create(of.set, { name: "Priced", "customerid_account@odata.bind": `/accounts(${account})`, ...more });
const addLine = (of: Document, id: string, more: Body): Promise<string> => o.create(of.lines, { [`${of.nav}@odata.bind`]: `/${of.set}(${id})`, productdescription: "Write-in", isproductoverridden: true, ...more });
const read = async (path: string): Promise<Body> => (await o.call("sysadmin", "GET", path)).json;
const bind = (code: string): Body => ({ "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currency[code] ?? ""})` });

describe.each(DOCUMENTS)("totals of $set", (of) => {
  test.each<[string, Body, Body[], Body]>([
    ["no lines", {}, [], { totallineitemamount: 0, totaltax: 0, totalamount: 0 }],
    ["one line", {}, [{ quantity: 2, priceperunit: 10 }], { totallineitemamount: 20, totalamount: 20 }],
    ["tax beside the lines", {}, [{ quantity: 1, priceperunit: 100, tax: 8.5 }], { totallineitemamount: 100, totaltax: 8.5, totalamountlessfreight: 100, totalamount: 108.5 }],
    ["a line's discount", {}, [{ quantity: 3, priceperunit: 10, manualdiscountamount: 5 }], { totallineitemamount: 25, totallineitemdiscountamount: 5, totalamount: 25 }],
    ["the document's discount in money", { discountamount: 10 }, [{ quantity: 1, priceperunit: 100 }], { totallineitemamount: 100, totaldiscountamount: 10, totalamountlessfreight: 90, totalamount: 90 }],
    ["the document's discount in percent", { discountpercentage: 10 }, [{ quantity: 1, priceperunit: 200 }], { totaldiscountamount: 20, totalamount: 180 }],
    ["freight on top", { freightamount: 15 }, [{ quantity: 1, priceperunit: 100 }], { totalamountlessfreight: 100, totalamount: 115 }],
    ["all together", { discountamount: 5, discountpercentage: 10, freightamount: 7 }, [{ quantity: 2, priceperunit: 50, manualdiscountamount: 10, tax: 3 }], { totallineitemamount: 90, totaldiscountamount: 14, totalamountlessfreight: 76, totalamount: 86 }],
    ["a volume discount per unit", {}, [{ quantity: 10, priceperunit: 10, volumediscountamount: 1 }], { totallineitemamount: 90, totalamount: 90 }],
  ])("%s", async (_name, header, lines, expected) => {
    const id = await open(of, header);
    for (const line of lines) await addLine(of, id, line);
    expect(await read(`${of.set}(${id})`)).toMatchObject(expected);
  });
  test("follow a changed and a deleted line, and what a client writes into them does not stay", async () => {
    const id = await open(of, { totalamount: 999 });
    const line = await addLine(of, id, { quantity: 1, priceperunit: 10 });
    await o.call("sysadmin", "PATCH", `${of.lines}(${line})`, { quantity: 4 });
    await o.call("sysadmin", "PATCH", `${of.set}(${id})`, { totalamount: 1 });
    expect(await read(`${of.set}(${id})?$select=totalamount`)).toMatchObject({ totalamount: 40 });
    await o.call("sysadmin", "DELETE", `${of.lines}(${line})`);
    expect(await read(`${of.set}(${id})?$select=totalamount`)).toMatchObject({ totalamount: 0 });
  });
  test("stand still while prices are locked, and move again afterwards", async () => {
    const id = await open(of);
    await addLine(of, id, { quantity: 1, priceperunit: 10 });
    const name = of.set === "invoices" ? "Invoice" : "SalesOrder";
    expect((await o.call("sysadmin", "POST", `${of.set}(${id})/Microsoft.Dynamics.CRM.Lock${name}Pricing`, {})).status).toBe(204);
    expect((await o.call("sysadmin", "POST", `${of.set}(${id})/Microsoft.Dynamics.CRM.Lock${name}Pricing`, {})).error.code).toBe("0x80043b1d");
    await addLine(of, id, { quantity: 1, priceperunit: 5 });
    expect(await read(`${of.set}(${id})?$select=totalamount,ispricelocked`)).toMatchObject({ totalamount: 10, ispricelocked: true });
    expect((await o.call("sysadmin", "POST", `Unlock${name}Pricing`, { [`${name}Id`]: id })).status).toBe(204);
    expect(await read(`${of.set}(${id})?$select=totalamount`)).toMatchObject({ totalamount: 15 });
    expect((await o.call("sysadmin", "POST", `Unlock${name}Pricing`, { [`${name}Id`]: id })).error.code).toBe("0x80043b1e");
  });
  test("any lines add up: the total is the sum of the extended amounts, less discount, plus freight", async () => {
    const cents = fc.integer({ min: 0, max: 100_000 }).map((value) => value / 100);
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 9 }), priceperunit: cents, tax: cents }), { maxLength: 4 }), cents, async (lines, freightamount) => {
      const id = await open(of, { freightamount });
      for (const line of lines) await addLine(of, id, line);
      const whole = lines.reduce((sum, line) => sum + line.quantity * line.priceperunit + line.tax, freightamount);
      expect(Number((await read(`${of.set}(${id})?$select=totalamount`))["totalamount"])).toBeCloseTo(whole, 3);
    }), { numRuns: 15 });
  });
});

describe("currencies", () => {
  test.each([["USD", 100, 100], ["EUR", 92, 100], ["JPY", 14950, 100]])("%s: %d is %d in the base currency", async (code, amount, base) => {
    const id = await open(DOCUMENTS[0], bind(code));
    await addLine(DOCUMENTS[0], id, { quantity: 1, priceperunit: amount });
    expect(await read(`salesorders(${id})`)).toMatchObject({ totalamount: amount, totalamount_base: base });
  });
  test("the rate is taken over at the next change of money, not before", async () => {
    const id = await open(DOCUMENTS[0], { ...bind("EUR"), freightamount: 92 });
    await o.call("sysadmin", "PATCH", `transactioncurrencies(${currency["EUR"] ?? ""})`, { exchangerate: 0.5 });
    await o.call("sysadmin", "PATCH", `salesorders(${id})`, { description: "no money" });
    expect(await read(`salesorders(${id})`)).toMatchObject({ exchangerate: 0.92, freightamount_base: 100 });
    await o.call("sysadmin", "PATCH", `salesorders(${id})`, { freightamount: 100 });
    expect(await read(`salesorders(${id})`)).toMatchObject({ exchangerate: 0.5, freightamount_base: 200 });
    await o.call("sysadmin", "PATCH", `transactioncurrencies(${currency["EUR"] ?? ""})`, { exchangerate: 0.92 });
  });
  test.each<[string, string, () => string, Body, string]>([
    ["the base currency's rate stays", "PATCH", () => `transactioncurrencies(${currency["USD"] ?? ""})`, { exchangerate: 2 }, "0x80048cf5"], ["the base currency stays active", "PATCH", () => `transactioncurrencies(${currency["USD"] ?? ""})`, { statecode: 1 }, "0x80048cf4"],
    ["a code is there once", "POST", () => "transactioncurrencies", { isocurrencycode: "EUR", currencyname: "Again", currencysymbol: "e", currencyprecision: 2, exchangerate: 1 }, "0x80048cf3"],
  ])("%s", async (_name, method, path, body, code) => { expect((await o.call("sysadmin", method, path(), body)).error.code).toBe(code); });
  test("cannot be taken from a row that has money, nor differ on a line", async () => {
    const id = await open(DOCUMENTS[0], { ...bind("EUR"), freightamount: 1 });
    expect((await o.call("sysadmin", "PATCH", `salesorders(${id})`, { "transactioncurrencyid@odata.bind": null })).error.code).toBe("0x80048cfb");
    expect((await o.call("sysadmin", "POST", "salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${id})`, productdescription: "x", ...bind("USD") })).error.code).toBe("0x80048cea");
  });
  test("a row of somebody with a currency of his own gets that one", async () => {
    await o.create("usersettingscollection", { systemuserid: "b0000000-0000-4000-8000-000000000008", ...bind("JPY") });
    expect(await read(`salesorders(${await open(DOCUMENTS[0])})`)).toMatchObject({ _transactioncurrencyid_value: currency["JPY"], exchangerate: 149.5 });
    await o.call("sysadmin", "DELETE", "usersettingscollection(b0000000-0000-4000-8000-000000000008)");
  });
  test("switch moneyRoundsToCurrency: yen have no cents once it is on", async () => {
    expect(await read(`salesorders(${await open(DOCUMENTS[0], { ...bind("JPY"), freightamount: 10.5 })})`)).toMatchObject({ freightamount: 10.5 });
    await o.sandbox("POST", "switches", { moneyRoundsToCurrency: true });
    expect(await read(`salesorders(${await open(DOCUMENTS[0], { ...bind("JPY"), freightamount: 10.5 })})`)).toMatchObject({ freightamount: 11 });
    await o.sandbox("POST", "switches", { moneyRoundsToCurrency: false });
  });
});

describe("price lists", () => {
  let list: string; let product: string; let unit: string; let other: string;
  beforeAll(async () => {
    unit = await o.create("uoms", { name: "Each" });
    other = await o.create("uoms", { name: "Dozen" });
    list = await o.create("pricelevels", { name: "Retail", ...bind("USD") });
    product = await o.create("products", { name: "Roaster", productnumber: "R-1" });
    await o.create("productpricelevels", { amount: 250, "pricelevelid@odata.bind": `/pricelevels(${list})`, "productid@odata.bind": `/products(${product})`, "uomid@odata.bind": `/uoms(${unit})`, ...bind("USD") });
  });
  let id: string;
  beforeEach(async () => { id = await open(DOCUMENTS[0], { "pricelevelid@odata.bind": `/pricelevels(${list})` }); });
  const withProduct = (more: Body = {}): Promise<string> => o.create("salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${id})`, "productid@odata.bind": `/products(${product})`, "uomid@odata.bind": `/uoms(${unit})`, quantity: 2, ...more });

  test("a product takes its price from the list, unless it is overridden", async () => {
    expect(await read(`salesorderdetails(${await withProduct({ priceperunit: 1 })})`)).toMatchObject({ priceperunit: 250, extendedamount: 500, pricingerrorcode: 0, lineitemnumber: 1 });
    expect(await read(`salesorderdetails(${await withProduct({ priceperunit: 1, ispriceoverridden: true })})`)).toMatchObject({ priceperunit: 1, extendedamount: 2, lineitemnumber: 2 });
    expect(await read(`salesorders(${id})`)).toMatchObject({ totalamount: 502, pricingerrorcode: 0 });
  });
  test.each<[string, () => Body, number, number]>([["no quantity", () => ({ quantity: null }), 4, 1], ["a unit that the list lacks", () => ({ "uomid@odata.bind": `/uoms(${other})` }), 11, 1], ["no unit", () => ({ "uomid@odata.bind": null }), 10, 1]])("%s is an error of the line and of the order", async (_name, more, error, ofOrder) => {
    expect(await read(`salesorderdetails(${await withProduct(more())})`)).toMatchObject({ pricingerrorcode: error });
    expect(await read(`salesorders(${id})`)).toMatchObject({ pricingerrorcode: ofOrder });
  });
  test("a product without a list", async () => {
    id = await open(DOCUMENTS[0]);
    expect(await read(`salesorderdetails(${await withProduct()})`)).toMatchObject({ pricingerrorcode: 2 });
    expect(await read(`salesorders(${id})`)).toMatchObject({ pricingerrorcode: 2 });
  });
  test.each<[string, () => Promise<string>]>([
    ["a list of another currency", async () => (await o.call("sysadmin", "POST", "salesorders", { name: "x", ...bind("EUR"), "pricelevelid@odata.bind": `/pricelevels(${list})` })).error.code.replace("0x80048cf6", "refused")],
    ["product and text together", async () => (await o.call("sysadmin", "POST", "salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${id})`, "productid@odata.bind": `/products(${product})`, productdescription: "both" })).error.code.replace("0x80043afb", "refused")],
  ])("%s is refused", async (_name, ask) => { expect(await ask()).toBe("refused"); });
  test("CalculatePrice brings the totals up to date, and asks for a document", async () => {
    await withProduct();
    expect((await o.call("sysadmin", "POST", "CalculatePrice", { Target: { "@odata.type": "Microsoft.Dynamics.CRM.salesorder", salesorderid: id } })).status).toBe(204);
    expect((await o.call("sysadmin", "POST", "CalculatePrice", {})).error.code).toBe("0x80040203");
  });
  test("an organization that prices by itself keeps what is written", async () => {
    const organization = `organizations(${o.dataverse.organizationId})`;
    await o.call("sysadmin", "PATCH", organization, { oobpricecalculationenabled: false });
    await o.call("sysadmin", "PATCH", `salesorders(${id})`, { totalamount: 77 });
    expect(await read(`salesorders(${id})`)).toMatchObject({ totalamount: 77 });
    await o.call("sysadmin", "PATCH", organization, { oobpricecalculationenabled: true });
  });
});
