// The two batches of a payment: read and claim, then write what came of it.
import { changeSet, read, sendBatch, single } from "./batch.ts";

const CHOICE = 727_000_000;
const REQUEST = "$select=cybs_paymentrequestid,cybs_name,cybs_state,cybs_action,cybs_method,cybs_channel,cybs_amount,cybs_savecard,cybs_consenttextversion,cybs_validuntil,createdon,modifiedon,_createdby_value,_modifiedby_value,_createdonbehalfby_value,_modifiedonbehalfby_value,_ownerid_value,_cybs_invoiceid_value,_transactioncurrencyid_value,cybs_billto_firstname,cybs_billto_lastname,cybs_billto_company,cybs_billto_line1,cybs_billto_line2,cybs_billto_city,cybs_billto_stateorprovince,cybs_billto_postalcode,cybs_billto_country,cybs_billto_emailaddress,cybs_billto_telephone"
  + "&$expand=cybs_SalesOrderId($select=salesorderid,ordernumber,name,totalamount,statecode,_customerid_value,_ownerid_value,_owningbusinessunit_value;$expand=transactioncurrencyid($select=isocurrencycode),customerid_account($select=_parentaccountid_value),order_details($select=productname,quantity,priceperunit,tax;$expand=productid($select=productnumber,name)),cybs_SalesOrder_Payments($select=cybs_paymentid,cybs_authorizedamount,cybs_capturedamount,cybs_refundedamount,cybs_reversedamount,cybs_unknownamount)),"
  + "cybs_PaymentMethodId($select=cybs_paymentmethodid,_cybs_customerid_value,_cybs_merchantaccountid_value,cybs_tmscustomerid,cybs_paymentinstrumentid,cybs_brand,cybs_lastfour,cybs_state,statecode,cybs_firstnetworktransactionid),createdby($select=fullname,isdisabled,accessmode,applicationid),transactioncurrencyid($select=isocurrencycode)";
const ACCOUNTS = "cybs_merchantaccounts?$select=cybs_merchantaccountid,cybs_merchantid,cybs_environment,_cybs_businessunitid_value,_transactioncurrencyid_value,cybs_capturepolicy,cybs_softdeclinepolicy,cybs_partialpolicy,cybs_authorizationdays&$expand=transactioncurrencyid($select=isocurrencycode)&$filter=cybs_isenabled eq true and statecode eq 0";
const UNITS = "businessunits?$select=businessunitid,_parentbusinessunitid_value";

type Columns = Readonly<Record<string, unknown>>;
export interface Command {
  readonly paymentRequestId: string; readonly name: string; readonly orderId: string; readonly orderNumber: string; readonly customerId: string; readonly ownerId: string;
  readonly amountMinor: number; readonly totalMinor: number; readonly openMinor: number; readonly currency: string; readonly currencyId: string; readonly merchantAccountId: string; readonly merchantId: string;
  readonly paymentMethodId: string; readonly paymentInstrumentId: string; readonly tmsCustomerId: string; readonly lastFour: string; readonly userId: string; readonly userName: string; readonly validUntil: string; readonly isSale: boolean;
  readonly billTo: Readonly<Record<string, string>>; readonly lines: readonly Columns[];
}

const minor = (value: unknown): number => Math.round(Number(value) * 100);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const rows = (value: unknown): readonly Columns[] => (Array.isArray(value) ? value as Columns[] : []);

/** The merchant account of the order's business unit, or of the nearest unit above it. */
function accountFor(unitId: string, currency: string, accounts: readonly Columns[], units: readonly Columns[]): Columns | undefined {
  for (let unit: string | undefined = unitId; unit !== undefined; unit = units.find((one) => one["businessunitid"] === unit)?.["_parentbusinessunitid_value"] as string | undefined) {
    const found = accounts.find((one) => one["_cybs_businessunitid_value"] === unit && (one["transactioncurrencyid"] as Columns)["isocurrencycode"] === currency);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toCommand(request: Columns, accounts: readonly Columns[], units: readonly Columns[]): Command | string {
  const order = request["cybs_SalesOrderId"] as Columns | null;
  const card = request["cybs_PaymentMethodId"] as Columns | null;
  const author = request["createdby"] as Columns;
  const currency = text((request["transactioncurrencyid"] as Columns | null)?.["isocurrencycode"]);
  if (request["cybs_state"] !== CHOICE + 1) return "not_submitted";
  if (new Date(text(request["cybs_validuntil"])) < new Date()) return "request_expired";
  if (order?.["statecode"] !== 0 && order?.["statecode"] !== 1) return "document_closed";
  if ((order["transactioncurrencyid"] as Columns)["isocurrencycode"] !== currency) return "currency_mismatch";
  const account = accountFor(text(order["_owningbusinessunit_value"]), currency, accounts, units);
  if (account === undefined) return "no_merchant_account";
  if (card?.["cybs_state"] !== CHOICE || card["_cybs_customerid_value"] !== order["_customerid_value"] || card["_cybs_merchantaccountid_value"] !== account["cybs_merchantaccountid"]) return "saved_card_unusable";
  if (minor(request["cybs_amount"]) <= 0) return "amount_not_valid";
  const taken = rows(order["cybs_SalesOrder_Payments"]).reduce((sum, one) => sum + minor(one["cybs_authorizedamount"]) - minor(one["cybs_reversedamount"]) - minor(one["cybs_refundedamount"]) + minor(one["cybs_unknownamount"]), 0);
  const billTo = Object.fromEntries(Object.entries({
    firstName: request["cybs_billto_firstname"], lastName: request["cybs_billto_lastname"], address1: request["cybs_billto_line1"], address2: request["cybs_billto_line2"], locality: request["cybs_billto_city"],
    administrativeArea: request["cybs_billto_stateorprovince"], postalCode: request["cybs_billto_postalcode"], country: request["cybs_billto_country"], email: request["cybs_billto_emailaddress"],
  }).filter((pair): pair is [string, string] => typeof pair[1] === "string" && pair[1] !== ""));
  return {
    paymentRequestId: text(request["cybs_paymentrequestid"]), name: text(request["cybs_name"]), orderId: text(order["salesorderid"]), orderNumber: text(order["ordernumber"]), customerId: text(order["_customerid_value"]), ownerId: text(order["_ownerid_value"]),
    amountMinor: minor(request["cybs_amount"]), totalMinor: minor(order["totalamount"]), openMinor: minor(order["totalamount"]) - taken, currency, currencyId: text(request["_transactioncurrencyid_value"]),
    merchantAccountId: text(account["cybs_merchantaccountid"]), merchantId: text(account["cybs_merchantid"]), paymentMethodId: text(card["cybs_paymentmethodid"]), paymentInstrumentId: text(card["cybs_paymentinstrumentid"]),
    tmsCustomerId: text(card["cybs_tmscustomerid"]), lastFour: text(card["cybs_lastfour"]), userId: text(request["_createdby_value"]), userName: text(author["fullname"]), validUntil: text(request["cybs_validuntil"]),
    isSale: request["cybs_action"] === CHOICE + 2 || account["cybs_capturepolicy"] === CHOICE, billTo,
    lines: rows(order["order_details"]).map((line) => ({ productSku: (line["productid"] as Columns | null)?.["productnumber"], productName: (line["productid"] as Columns | null)?.["name"] ?? line["productname"], quantity: Number(line["quantity"]), unitPrice: Number(line["priceperunit"]).toFixed(2), taxAmount: Number(line["tax"]).toFixed(2) })),
  };
}

/** The frozen command, or a word for why there is none. Throws when somebody else has claimed the request. */
export async function readAndClaim(paymentRequestId: string, effectId: string, ledgerId: string): Promise<Command | string> {
  const parts = await sendBatch([
    read(`cybs_paymentrequests(${paymentRequestId})?${REQUEST}`), read(ACCOUNTS), read(UNITS),
    read(`cybs_paymenttransactions?$select=cybs_ledgerid,cybs_isfinal&$filter=cybs_paymenttransactionid eq ${effectId}`),
    changeSet([{
      method: "POST", path: "cybs_paymenttransactions?$select=cybs_paymenttransactionid", headers: { Prefer: "return=representation" },
      body: { cybs_paymenttransactionid: effectId, cybs_name: "Payment", cybs_type: CHOICE, cybs_status: CHOICE, cybs_isfinal: false, cybs_effectid: effectId, cybs_ledgerid: ledgerId, "cybs_PaymentRequestId@odata.bind": `/cybs_paymentrequests(${paymentRequestId})` },
    }]),
  ]);
  const [request, accounts, units, standing, claim] = parts;
  if (request?.status !== 200 || accounts?.status !== 200 || units?.status !== 200) throw new Error("the request cannot be read");
  if (claim?.status !== 201 && rows(standing?.body["value"])[0]?.["cybs_ledgerid"] !== ledgerId) throw new Error("claimed by somebody else");
  return toCommand(request.body, rows(accounts.body["value"]), rows(units.body["value"]));
}

export interface Outcome { readonly status: "approved" | "declined" | "unknown"; readonly requestId?: string | undefined; readonly reconciliationId?: string | undefined; readonly approvalCode?: string | undefined; readonly networkTransactionId?: string | undefined; readonly avsCode?: string | undefined; readonly reason?: string | undefined }
export interface Written { readonly command: Command; readonly outcome: Outcome; readonly paymentId: string; readonly effectId: string; readonly ledgerId: string; readonly reference: string; readonly revision: number; readonly orderCapturedMinor: number }

const STATUS = { approved: CHOICE + 1, declined: CHOICE + 4, unknown: CHOICE + 6 } as const;

/** Payment and transaction in one change set, the order's columns after it. */
export async function writeOutcome(written: Written): Promise<void> {
  const { command, outcome, paymentId, effectId } = written;
  const isApproved = outcome.status === "approved";
  const amount = isApproved ? command.amountMinor / 100 : 0;
  const now = new Date().toISOString();
  const common = { "transactioncurrencyid@odata.bind": `/transactioncurrencies(${command.currencyId})`, "ownerid@odata.bind": `/systemusers(${command.ownerId})` };
  const payment = {
    cybs_name: `${command.orderNumber} · ${command.name}`, "cybs_SalesOrderId@odata.bind": `/salesorders(${command.orderId})`, "cybs_CustomerId_account@odata.bind": `/accounts(${command.customerId})`, "cybs_MerchantAccountId@odata.bind": `/cybs_merchantaccounts(${command.merchantAccountId})`,
    "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${command.paymentMethodId})`, cybs_status: isApproved ? CHOICE + 3 : CHOICE + 8, cybs_riskstatus: CHOICE, cybs_authorizedamount: amount, cybs_capturedamount: command.isSale ? amount : 0,
    cybs_refundedamount: 0, cybs_reversedamount: 0, cybs_openamount: command.totalMinor / 100 - amount, cybs_unknownamount: outcome.status === "unknown" ? command.amountMinor / 100 : 0, cybs_authorizedon: now, cybs_brand: "Visa", cybs_lastfour: command.lastFour,
    cybs_revision: written.revision, ...common,
  };
  const transaction = {
    cybs_name: `Sale · ${command.orderNumber} · ${command.name}`, cybs_type: CHOICE + 2, cybs_status: STATUS[outcome.status], cybs_isfinal: outcome.status !== "unknown", cybs_attempt: 1, cybs_amount: command.amountMinor / 100, cybs_reason: outcome.reason ?? null,
    cybs_effectid: effectId, cybs_ledgerid: written.ledgerId, cybs_merchantreference: written.reference, cybs_requestid: outcome.requestId ?? null, cybs_reconciliationid: outcome.reconciliationId ?? null, cybs_approvalcode: outcome.approvalCode ?? null,
    cybs_networktransactionid: outcome.networkTransactionId ?? null, cybs_avscode: outcome.avsCode ?? null, cybs_occurredon: now, "cybs_PaymentId@odata.bind": `/cybs_payments(${paymentId})`,
    "cybs_PaymentRequestId@odata.bind": `/cybs_paymentrequests(${command.paymentRequestId})`, ...common,
  };
  const parts = await sendBatch([
    changeSet([
      { method: "PATCH", path: `cybs_payments(${paymentId})?$select=cybs_revision`, body: payment, headers: { "If-None-Match": "*", Prefer: "return=representation" } },
      { method: "PATCH", path: `cybs_paymenttransactions(${effectId})`, body: transaction },
    ]),
    single({ method: "PATCH", path: `salesorders(${command.orderId})`, headers: { "If-Match": "*" }, body: { cybs_paymentstatus: written.orderCapturedMinor >= command.totalMinor ? CHOICE + 4 : CHOICE + 3, "cybs_PaymentAppliedId@odata.bind": `/cybs_paymenttransactions(${effectId})` } }),
  ]);
  if ((parts[0]?.status ?? 500) >= 300) throw new Error(`Dataverse refused the rows: ${parts[0]?.status}`);
}
