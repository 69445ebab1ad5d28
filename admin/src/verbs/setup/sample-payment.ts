// One payment in test mode through everything: a saved test card, a request row as people write it, the relay, Cybersource, and the result row.
// The card is marked as removed afterwards. Never in production.
import { paymentMethodTable, paymentRequestTable, paymentTransactionTable } from "@cybs/schema";
import { openCybersource } from "../../cybersource/signed-call.ts";
import type { Environment, MerchantSettings } from "../../configuration/environment-file.ts";
import { textAt, type Row } from "../../dataverse/row.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import { Stop } from "../../stop.ts";
import type { Context } from "../../verb.ts";

export interface SamplePayment { readonly request: string; readonly status: string; readonly requestId: string; readonly tookMs: number }
const CHOICE = 727_000_000;
const WAIT_MS_MAX = 60_000;
const POLL_MS = 500;
const STATUS: Readonly<Record<number, string>> = { 0: "in progress", 1: "approved", 2: "review", 3: "partial", 4: "declined", 5: "refused", 6: "unknown", 7: "absent", 8: "undone", 9: "expired", 10: "withdrawn" };

export async function takeSamplePayment(context: Context, input: { readonly dataverse: Dataverse; readonly environment: Environment; readonly orderNumber: string }): Promise<SamplePayment> {
  const { dataverse, environment } = input;
  const [order] = await dataverse.list(`salesorders?$select=salesorderid,name,_customerid_value,_transactioncurrencyid_value,totalamount&$expand=transactioncurrencyid($select=isocurrencycode)&$filter=ordernumber eq '${input.orderNumber.replaceAll("'", "''")}'`);
  if (order === undefined) throw new Stop("unresolved_reference", { what: `Order ${input.orderNumber}` });
  const iso = textAt(order["transactioncurrencyid"] as Row | undefined, "isocurrencycode");
  const merchant = environment.merchants.find((one) => one.currency === iso && one.environment === "test");
  if (merchant === undefined) throw new Stop("unresolved_reference", { what: `A test merchant account for ${iso}` });
  const cardId = await saveTestCard(context, { ...input, merchant, order });
  const started = context.clock.now();
  const requestId = context.randomId();
  const { columns, navigation } = paymentRequestTable;
  await dataverse.create(paymentRequestTable.entitySetName, {
    [paymentRequestTable.primaryId]: requestId, [columns.action]: CHOICE, [columns.amount]: 1, [columns.method]: CHOICE, [columns.channel]: CHOICE, [columns.saveCard]: false, [columns.state]: CHOICE + 1,
    [columns.validUntil]: new Date(started + 15 * 60_000).toISOString(), [`${navigation.salesOrderId}@odata.bind`]: `/salesorders(${textAt(order, "salesorderid")})`, [`${navigation.paymentMethodId}@odata.bind`]: `/${paymentMethodTable.entitySetName}(${cardId})`,
    [`${navigation.transactionCurrencyId}@odata.bind`]: `/transactioncurrencies(${textAt(order, "_transactioncurrencyid_value")})`,
  });
  try {
    const row = await awaitOutcome(context, dataverse, requestId);
    return { request: requestId, status: STATUS[Number(row[paymentTransactionTable.columns.status]) - CHOICE] ?? "unknown", requestId: textAt(row, paymentTransactionTable.columns.requestId), tookMs: context.clock.now() - started };
  } finally {
    await dataverse.update(paymentMethodTable.entitySetName, cardId, { [paymentMethodTable.columns.state]: CHOICE + 3 });
  }
}

async function awaitOutcome(context: Context, dataverse: Dataverse, requestId: string): Promise<Row> {
  const until = context.clock.now() + WAIT_MS_MAX;
  const { columns, lookupValues, entitySetName } = paymentTransactionTable;
  for (;;) {
    const rows = await dataverse.list(`${entitySetName}?$select=${columns.status},${columns.isFinal},${columns.requestId}&$filter=${lookupValues.paymentRequestId} eq ${requestId}`);
    const final = rows.find((row) => row[columns.isFinal] === true);
    if (final !== undefined) return final;
    if (context.clock.now() > until) throw new Stop("verification_failed", { what: `the sample payment (request ${requestId}) has no outcome after a minute; run doctor` });
    await context.clock.sleep(POLL_MS);
  }
}

/** Token management of the test account holds Cybersource's public test card; Dataverse holds its ids, as for any saved card. */
async function saveTestCard(context: Context, input: { readonly dataverse: Dataverse; readonly environment: Environment; readonly merchant: MerchantSettings; readonly order: Row }): Promise<string> {
  const { dataverse, environment, merchant, order } = input;
  const cybersource = await openCybersource({ network: context.network, secrets: context.secrets, clock: context.clock, host: environment.cybersource.host }, merchant);
  const make = async (path: string, body: Row): Promise<string> => { const answer = await cybersource.call("POST", path, body); const id = textAt(answer.body, "id"); if (id === "") throw new Stop("verification_failed", { what: `token management answered ${answer.status} to ${path}` }); return id; };
  const customerId = textAt(order, "_customerid_value");
  const identifier = await make("/tms/v1/instrumentidentifiers", { card: { number: "4111111111111111" } });
  const customer = await make("/tms/v2/customers", { buyerInformation: { merchantCustomerID: customerId } });
  const instrument = await make(`/tms/v2/customers/${customer}/payment-instruments`, { card: { expirationMonth: "12", expirationYear: "2031", type: "001" }, instrumentIdentifier: { id: identifier }, billTo: {} });
  const isAccount = await dataverse.find(`accounts(${customerId})?$select=accountid`) !== undefined;
  const [account] = await dataverse.list(`cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_merchantid eq '${merchant.merchantId}' and _transactioncurrencyid_value eq ${textAt(order, "_transactioncurrencyid_value")} and cybs_isenabled eq true`);
  const id = context.randomId();
  const { columns, navigation } = paymentMethodTable;
  await dataverse.create(paymentMethodTable.entitySetName, {
    [paymentMethodTable.primaryId]: id, [columns.name]: "Visa •••• 1111 (sample)", [`cybs_CustomerId_${isAccount ? "account" : "contact"}@odata.bind`]: `/${isAccount ? "accounts" : "contacts"}(${customerId})`, [`${navigation.merchantAccountId}@odata.bind`]: `/cybs_merchantaccounts(${textAt(account, "cybs_merchantaccountid")})`,
    [columns.tmsCustomerId]: customer, [columns.paymentInstrumentId]: instrument, [columns.instrumentIdentifierId]: identifier, [columns.brand]: CHOICE, [columns.lastFour]: "1111", [columns.expiryMonth]: 12, [columns.expiryYear]: 2031, [columns.state]: CHOICE,
  });
  return id;
}
