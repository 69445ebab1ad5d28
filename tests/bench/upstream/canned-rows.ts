// Rows as Dataverse writes them (money with four decimals, lookups as `_x_value`), made once; ids are put in for each answer.
import { createHash } from "node:crypto";
import { merchantAccountTable, paymentMethodTable, paymentRequestTable, salesOrderTable } from "@cybs/schema";

export const organizationId = "0a000000-0000-4000-8000-00000000be0c";
/** The relay's own user, who alone writes here. */
export const relayUserId = "0b000000-0000-4000-8000-00000000be0c";
export const businessUnit = "1b000000-0000-4000-8000-000000000008";
export const currencyId = "1c000000-0000-4000-8000-000000000009";
export const merchantId = "bench_usd";
/** Whoever knows it may open card entry for a draft. */
export const nonce = "n".repeat(43);
/** The number-th of the merchant accounts, each of a business unit of its own; the first is the root's. */
export const merchantOf = (number: number): string => (number === 0 ? merchantId : `${merchantId}_${number}`);
const accountIdOf = (number: number): string => `1d000000-0000-4000-8000-${number.toString(16).padStart(11, "0")}a`;
const unitOf = (number: number): string => (number === 0 ? businessUnit : `1b000000-0000-4000-8000-${number.toString(16).padStart(11, "0")}9`);
const user = "0e000000-0000-4000-8000-000000000005";
const account = "1a000000-0000-4000-8000-000000000007";
const LOOKUP = "@Microsoft.Dynamics.CRM.lookuplogicalname";
const r = paymentRequestTable;
const m = paymentMethodTable;
const a = merchantAccountTable;

const card = {
  "@odata.etag": 'W/"11"', [m.primaryId]: "1e000000-0000-4000-8000-00000000000e", [m.lookupValues.customerId]: account, [`${m.lookupValues.customerId}${LOOKUP}`]: "account",
  [m.lookupValues.merchantAccountId]: "{account}", [m.columns.tmsCustomerId]: "5795045921830181636348", [m.columns.paymentInstrumentId]: "F67EE91E2C8C3DD9E053AF598E0AA7A6",
  [m.columns.brand]: m.choices.brand.visa, [m.columns.lastFour]: "1111", [m.columns.expiryMonth]: 12, [m.columns.expiryYear]: 2031, [m.columns.state]: m.choices.state.active,
  [m.columns.stateCode]: 0, [m.columns.firstNetworkTransactionId]: "123456789619999",
};
const order = {
  "@odata.etag": 'W/"12"', salesorderid: "{order}", ordernumber: "ORD-01001", name: "Coffee", totalamount: "#102.2100#", statecode: 0, _customerid_value: account, [`_customerid_value${LOOKUP}`]: "account",
  _ownerid_value: user, [`_ownerid_value${LOOKUP}`]: "systemuser", _owningbusinessunit_value: "{unit}", transactioncurrencyid: { isocurrencycode: "USD" },
  customerid_account: { _parentaccountid_value: null }, customerid_contact: null,
  order_details: [{ productdescription: null, productname: "Beans", quantity: "#1.0000000000#", priceperunit: "#102.2100#", tax: "#0.0000#", productid: { productnumber: "B-1", name: "Beans 1 kg" } }],
  [salesOrderTable.collections.payments]: [],
};
/** A row counts as new when it is younger than the ledger, so these are. */
const soon = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, "Z");

const template = (): string => JSON.stringify({
  "@odata.etag": 'W/"10"', [r.primaryId]: "{request}", [r.columns.name]: "PR-000001", [r.columns.state]: "#{state}#", [r.columns.action]: r.choices.action.sale,
  [r.columns.method]: r.choices.method.savedCard, [r.columns.channel]: r.choices.channel.onThePhone, [r.columns.amount]: "#102.2100#", [r.columns.saveCard]: false, [r.columns.consentTextVersion]: null,
  [r.columns.validUntil]: soon(60), [r.columns.nonceHash]: createHash("sha256").update(nonce).digest("hex"), [r.columns.createdOn]: soon(10), [r.columns.modifiedOn]: soon(10),
  [r.lookupValues.createdBy]: user, [r.lookupValues.modifiedBy]: user, [r.lookupValues.createdOnBehalfBy]: null, [r.lookupValues.modifiedOnBehalfBy]: null, [r.lookupValues.ownerId]: user,
  [r.lookupValues.invoiceId]: null, [r.lookupValues.transactionCurrencyId]: currencyId, [r.columns.billToFirstName]: "Ana", [r.columns.billToLastName]: "Lund", [r.columns.billToCompany]: null,
  [r.columns.billToLine1]: "1 Market St", [r.columns.billToLine2]: null, [r.columns.billToCity]: "San Francisco", [r.columns.billToStateOrProvince]: "CA", [r.columns.billToPostalCode]: "94105",
  [r.columns.billToCountry]: "US", [r.columns.billToEmailAddress]: "ana@example.com", [r.columns.billToTelephone]: null,
  [r.navigation.createdBy]: { fullname: "Ann Weiler", isdisabled: false, accessmode: 0, applicationid: null }, [r.navigation.transactionCurrencyId]: { isocurrencycode: "USD" },
  [r.navigation.paymentMethodId]: card, [r.navigation.salesOrderId]: order,
}).replaceAll(/"#([^"#]*)#"/g, "$1");
const { draft, submitted } = r.choices.state;
const pieces = (state: number): readonly string[] => template().replace("{state}", String(state)).split(/\{(request|order|account|unit)\}/);
const DRAFT = pieces(draft);
const SUBMITTED = pieces(submitted);

/** The order of a request has its id, with another beginning, and belongs to the business unit that its number falls to. */
export function requestRow(paymentRequestId: string, { isDraft, accounts = 1 }: { readonly isDraft: boolean; readonly accounts?: number }): string {
  const number = accounts === 1 ? 0 : Number.parseInt(paymentRequestId.slice(-6), 16) % accounts;
  const values = { request: paymentRequestId, order: `0f${paymentRequestId.slice(2)}`, account: accountIdOf(number), unit: unitOf(number) };
  return (isDraft ? DRAFT : SUBMITTED).map((piece, index) => (index % 2 === 0 ? piece : values[piece as keyof typeof values])).join("");
}

export const merchantAccounts = (count: number): readonly Readonly<Record<string, unknown>>[] => Array.from({ length: count }, (_, number) => ({
  "@odata.etag": 'W/"13"', [a.primaryId]: accountIdOf(number), [a.columns.merchantId]: merchantOf(number), [a.columns.environment]: a.choices.environment.test, [a.lookupValues.businessUnitId]: unitOf(number),
  [a.lookupValues.transactionCurrencyId]: currencyId, [a.columns.isEnabled]: true, [a.columns.capturePolicy]: a.choices.capturePolicy.sale, [a.columns.softDeclinePolicy]: a.choices.softDeclinePolicy.ask,
  [a.columns.partialPolicy]: a.choices.partialPolicy.reverse, [a.columns.authorizationDays]: 7, [a.columns.timeoutVoid]: true, [a.navigation.transactionCurrencyId]: { isocurrencycode: "USD" },
}));

export const businessUnits = (count: number): readonly Readonly<Record<string, unknown>>[] =>
  Array.from({ length: count }, (_, number) => ({ "@odata.etag": 'W/"1"', businessunitid: unitOf(number), _parentbusinessunitid_value: number === 0 ? null : businessUnit }));
