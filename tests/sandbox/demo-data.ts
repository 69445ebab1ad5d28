// What a newcomer finds in the sandbox: users with the solution's roles, customers, orders of each kind, merchant accounts.
// Everything is created over the Web API as the system administrator, as an admin's set-up script would.
import type { WebApi } from "./web-api.ts";

export interface DemoInput {
  readonly api: WebApi;
  readonly relayUrl: string;
  readonly merchantId: string;
}
export interface DemoData {
  /** Order number or name → id. */
  readonly orders: Readonly<Record<string, string>>;
  readonly accounts: Readonly<Record<string, string>>;
}

/** Which of the solution's roles (by the end of their names) each sandbox user gets, beside the standard ones it was born with. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  salesrep: ["Sales rep"], otherunit: ["Sales rep"], refundagent: ["Sales rep", "Refund agent"], approver: ["Refund approver", "Team reader"],
  finance: ["Finance"], configurator: ["Configurator"], relay: ["Relay"],
  ownonly: ["Sales rep"], operator: ["Operator"],
};

const asText = (value: unknown): string => (typeof value === "string" ? value : "");

async function idsBy(api: WebApi, path: string, key: string, id: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await api.find(path)).map((row) => [asText(row[key]), asText(row[id])]));
}

async function assignRoles(api: WebApi): Promise<void> {
  const roles = (await api.find("roles?$select=name,roleid,_businessunitid_value")).filter((row) => asText(row["name"]).startsWith("Cybersource Payments"));
  const users = await api.find("systemusers?$select=systemuserid,domainname,_businessunitid_value");
  for (const user of users) {
    const key = asText(user["domainname"]).split("@")[0] ?? "";
    for (const ending of ROLES[key] ?? []) {
      const sameName = roles.filter((role) => asText(role["name"]).endsWith(ending));
      // A role exists once in every business unit; a user takes the one of his own.
      const role = sameName.find((candidate) => candidate["_businessunitid_value"] === user["_businessunitid_value"]) ?? sameName[0];
      if (role === undefined) throw new Error(`the solution has no role that ends in "${ending}"`);
      await api.send("POST", `systemusers(${asText(user["systemuserid"])})/systemuserroles_association/$ref`, { "@odata.id": `roles(${asText(role["roleid"])})` });
    }
  }
}

/** The default teams of business units own what nobody else can: each needs the role that lets it, as docs/reference/roles.md says. */
async function assignTeamRoles(api: WebApi): Promise<void> {
  const [reader] = (await api.find("roles?$select=name,roleid")).filter((row) => asText(row["name"]).endsWith("Team reader"));
  if (reader === undefined) throw new Error('the solution has no role that ends in "Team reader"');
  for (const team of await api.find("teams?$select=teamid&$filter=isdefault eq true")) await api.send("POST", `teams(${asText(team["teamid"])})/teamroles_association/$ref`, { "@odata.id": `roles(${asText(reader["roleid"])})` });
}

async function connectRelay(api: WebApi, relayUrl: string): Promise<void> {
  const [definition] = await api.find("environmentvariabledefinitions?$select=environmentvariabledefinitionid&$filter=schemaname eq 'cybs_relayurl'");
  if (definition === undefined) throw new Error("the solution has no environment variable cybs_relayurl");
  await api.create("environmentvariablevalues", { schemaname: "cybs_relayurl", value: relayUrl, "EnvironmentVariableDefinitionId@odata.bind": `/environmentvariabledefinitions(${asText(definition["environmentvariabledefinitionid"])})` });
}

const CHOICE = 727000000;

async function createMerchantAccounts(api: WebApi, merchantId: string): Promise<void> {
  const units = await idsBy(api, "businessunits?$select=name,businessunitid", "name", "businessunitid");
  const currencies = await idsBy(api, "transactioncurrencies?$select=isocurrencycode,transactioncurrencyid", "isocurrencycode", "transactioncurrencyid");
  // [unit, currency, capture policy: 0 sale, 1 authorize only]
  const accounts: readonly (readonly [string, string, number])[] = [["Fabrikam Group", "USD", 0], ["Fabrikam Group", "JPY", 0], ["Fabrikam Group", "KWD", 0], ["East", "USD", 1], ["Fabrikam Group", "EUR", 1]];
  for (const [unit, currency, policy] of accounts) {
    await api.create("cybs_merchantaccounts", {
      cybs_name: `${unit} ${currency}`, cybs_merchantid: merchantId, cybs_environment: CHOICE, cybs_isenabled: true, cybs_capturepolicy: CHOICE + policy,
      cybs_softdeclinepolicy: CHOICE, cybs_partialpolicy: CHOICE, cybs_expirypolicy: CHOICE, cybs_authorizationdays: 7,
      cybs_multicapture: false, cybs_reversalaftervoid: true, cybs_captureaftervoid: false, cybs_timeoutvoid: true, cybs_incremental: false, cybs_standalonecredit: false, cybs_partialreversal: false,
      "cybs_BusinessUnitId@odata.bind": `/businessunits(${units.get(unit) ?? ""})`,
      "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencies.get(currency) ?? ""})`,
    });
  }
}

const ADDRESS = { line1: "1 Market St", city: "San Francisco", stateorprovince: "CA", postalcode: "94105", country: "US" };

async function userId(api: WebApi, key: string): Promise<string> {
  const [user] = await api.find(`systemusers?$select=systemuserid&$filter=startswith(domainname,'${key}@')`);
  return asText(user?.["systemuserid"]);
}

/** A product of the catalogue, or without one a write-in. */
export interface OrderLine {
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
  readonly tax?: number;
  readonly sold?: { readonly productId: string; readonly unitId: string };
}
export interface OrderInput {
  readonly name: string;
  readonly accountId: string;
  readonly currency: string;
  readonly ownerKey: string;
  /** Needed where a line is a product of the catalogue. */
  readonly priceListId?: string;
  readonly lines: readonly OrderLine[];
}

/** Creates one order, owned by a sandbox user, priced by Dataverse. Returns its id. */
export async function createOrder(api: WebApi, input: OrderInput): Promise<string> {
  const [currency] = await api.find(`transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq '${input.currency}'`);
  const currencyBind = `/transactioncurrencies(${asText(currency?.["transactioncurrencyid"])})`;
  const billing = Object.fromEntries(Object.entries(ADDRESS).map(([key, value]) => [`billto_${key}`, value]));
  const id = await api.create("salesorders", {
    name: input.name, "customerid_account@odata.bind": `/accounts(${input.accountId})`, "transactioncurrencyid@odata.bind": currencyBind,
    "ownerid@odata.bind": `/systemusers(${await userId(api, input.ownerKey)})`, billto_name: "Ana Lund", emailaddress: "ana.lund@fabrikam.example", ...billing,
    ...(input.priceListId === undefined ? {} : { "pricelevelid@odata.bind": `/pricelevels(${input.priceListId})` }),
  });
  for (const line of input.lines) {
    await api.create("salesorderdetails", {
      "salesorderid@odata.bind": `/salesorders(${id})`, ...whatIsSold(line), quantity: line.quantity,
      ispriceoverridden: true, priceperunit: line.price, ...(line.tax === undefined ? {} : { tax: line.tax }), "transactioncurrencyid@odata.bind": currencyBind,
    });
  }
  return id;
}

/** The demo data's catalogue. */
export async function findCatalogue(api: WebApi): Promise<Catalogue> {
  const [[list], [sold]] = await Promise.all([api.find("pricelevels?$select=pricelevelid&$filter=name eq 'Retail'"), api.find("products?$select=productid,_defaultuomid_value&$filter=productnumber eq 'GS-58'")]);
  return { priceListId: asText(list?.["pricelevelid"]), gasket: { productId: asText(sold?.["productid"]), unitId: asText(sold?.["_defaultuomid_value"]) } };
}

const whatIsSold = ({ name, sold }: OrderLine): Record<string, unknown> => (sold === undefined ? { isproductoverridden: true, productdescription: name }
  : { "productid@odata.bind": `/products(${sold.productId})`, "uomid@odata.bind": `/uoms(${sold.unitId})` });

/** Ids of the price list in dollars and of the product that it sells. */
export interface Catalogue { readonly priceListId: string; readonly gasket: { readonly productId: string; readonly unitId: string } }

/** A price list, and a product with its commodity code (UNSPSC) and the unit it is counted in. */
async function createCatalogue(api: WebApi): Promise<Catalogue> {
  const [usd] = await api.find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  const priceListId = await api.create("pricelevels", { name: "Retail", "transactioncurrencyid@odata.bind": `/transactioncurrencies(${asText(usd?.["transactioncurrencyid"])})` });
  const unitId = await api.create("uoms", { name: "Set" });
  const productId = await api.create("products", { name: "Gasket set", productnumber: "GS-58", cybs_commoditycode: "31.18.15.00", "defaultuomid@odata.bind": `/uoms(${unitId})` });
  return { priceListId, gasket: { productId, unitId } };
}

/** Fills a fresh sandbox. */
export async function createDemoData({ api, relayUrl, merchantId }: DemoInput): Promise<DemoData> {
  await assignRoles(api);
  await assignTeamRoles(api);
  await connectRelay(api, relayUrl);
  await createMerchantAccounts(api, merchantId);
  const accounts: Record<string, string> = {};
  for (const [name, email] of [["Fabrikam, Inc.", "ap@fabrikam.example"], ["Contoso Coffee", "pay@contoso.example"], ["Northwind Traders", "billing@northwind.example"]] as const) {
    const address = Object.fromEntries(Object.entries(ADDRESS).map(([key, value]) => [`address1_${key}`, value]));
    accounts[name] = await api.create("accounts", { "ownerid@odata.bind": `/systemusers(${await userId(api, "salesrep")})`, name, emailaddress1: email, telephone1: "+1 415 555 0100", ...address });
  }
  const fabrikam = accounts["Fabrikam, Inc."] ?? "";
  const contoso = accounts["Contoso Coffee"] ?? "";
  const orders: Record<string, string> = {};
  const add = async (input: OrderInput): Promise<void> => { orders[input.name] = await createOrder(api, input); };
  await add({ name: "Espresso machines", accountId: fabrikam, currency: "USD", ownerKey: "salesrep", lines: [{ name: "Espresso machine", quantity: 2, price: 550 }, { name: "Grinder", quantity: 1, price: 140 }] });
  const catalogue = await createCatalogue(api);
  await add({ name: "Spare parts", accountId: fabrikam, currency: "USD", ownerKey: "salesrep", priceListId: catalogue.priceListId, lines: [{ name: "Gasket set", quantity: 4, price: 12.5, sold: catalogue.gasket }] });
  await add({ name: "Training day", accountId: contoso, currency: "USD", ownerKey: "salesrep", lines: [{ name: "Barista training", quantity: 1, price: 480, tax: 38.4 }] });
  await add({ name: "Tokyo showroom", accountId: contoso, currency: "JPY", ownerKey: "salesrep", lines: [{ name: "Display", quantity: 1, price: 68_000 }] });
  await add({ name: "Paris showroom", accountId: contoso, currency: "EUR", ownerKey: "salesrep", lines: [{ name: "Display", quantity: 1, price: 899 }] });
  await add({ name: "East coast order", accountId: contoso, currency: "USD", ownerKey: "otherunit", lines: [{ name: "Roaster", quantity: 1, price: 2100 }] });
  return { orders, accounts };
}
