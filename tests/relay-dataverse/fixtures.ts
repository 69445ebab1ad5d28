// Rows as Dataverse writes them (money with four decimals, lookups as `_x_value`), and a projection to write.
import { merchantAccountTable, paymentMethodTable, paymentRequestTable, salesOrderTable } from "@cybs/schema";
import type { PaymentProjection } from "../../plugin-proxy/src/domain/payment/project.ts";
import { asEffectId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Answer, Arrived } from "./batch-server.ts";
import { ids } from "./adapter.ts";

export const user = "0e000000-0000-4000-8000-000000000005";
export const order = "0f000000-0000-4000-8000-000000000006";
export const account = "1a000000-0000-4000-8000-000000000007";
export const unit = "1b000000-0000-4000-8000-000000000008";
export const usd = "1c000000-0000-4000-8000-000000000009";
export const merchantAccount = "1d000000-0000-4000-8000-00000000000a";
const PERSON = { fullname: "Ann Weiler", isdisabled: false, accessmode: 0, applicationid: null };
const r = paymentRequestTable;

/** Money as raw text keeps its four decimals, which JSON.stringify would drop. */
export const requestText = (changes: Record<string, unknown> = {}, orderChanges: Record<string, unknown> = {}): string => JSON.stringify({
  "@odata.etag": 'W/"1"', [r.primaryId]: ids.paymentRequestId.toUpperCase(), [r.columns.name]: "PR-000001", [r.columns.state]: r.choices.state.submitted,
  [r.columns.action]: r.choices.action.takePayment, [r.columns.method]: r.choices.method.newCard, [r.columns.channel]: r.choices.channel.byMail,
  [r.columns.amount]: "#1240.0000#", [r.columns.saveCard]: true, [r.columns.consentTextVersion]: "2026-11", [r.columns.nonceHash]: "ab".repeat(32),
  [r.columns.createdOn]: "2026-11-24T09:58:00Z", [r.columns.modifiedOn]: "2026-11-24T09:59:00Z", [r.lookupValues.createdBy]: user, [r.lookupValues.modifiedBy]: user,
  [r.lookupValues.ownerId]: user, [r.lookupValues.transactionCurrencyId]: usd, [r.columns.billToFirstName]: "  Ada ", [r.columns.billToCity]: "",
  [r.navigation.createdBy]: PERSON, [r.navigation.transactionCurrencyId]: { isocurrencycode: "USD" }, [r.navigation.paymentMethodId]: null,
  [r.navigation.salesOrderId]: {
    salesorderid: order, ordernumber: "ORD-01001", name: "Coffee", totalamount: "#1240.5000#", statecode: 0, _customerid_value: account,
    "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account", _ownerid_value: user, "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "systemuser",
    _owningbusinessunit_value: unit, transactioncurrencyid: { isocurrencycode: "USD" }, customerid_account: { _parentaccountid_value: null }, customerid_contact: null,
    order_details: [{ productdescription: null, productname: "Beans", quantity: "#2.0000000000#", priceperunit: "#620.2500#", tax: "#0.0000#", _uomid_value: unit, "_uomid_value@OData.Community.Display.V1.FormattedValue": "Bag", productid: { productnumber: "B-1", name: "Beans 1 kg", cybs_commoditycode: "50201706" } }],
    [salesOrderTable.collections.payments]: [],
    ...orderChanges,
  },
  ...changes,
}).replaceAll(/"#([^"#]*)#"/g, "$1");

export const merchantAccountRow = {
  [merchantAccountTable.primaryId]: merchantAccount, [merchantAccountTable.columns.merchantId]: "fabrikam_usd", [merchantAccountTable.columns.environment]: merchantAccountTable.choices.environment.test,
  [merchantAccountTable.lookupValues.businessUnitId]: unit, [merchantAccountTable.lookupValues.transactionCurrencyId]: usd, [merchantAccountTable.columns.isEnabled]: true,
  [merchantAccountTable.columns.capturePolicy]: merchantAccountTable.choices.capturePolicy.sale, [merchantAccountTable.navigation.transactionCurrencyId]: { isocurrencycode: "USD" },
};

/** Answers the reads of a claim; the rest is the test's. */
export function answerReads(operation: Arrived, request: string = requestText()): Answer | undefined {
  if (operation.method !== "GET") return undefined;
  if (operation.path.startsWith(`${r.entitySetName}(`)) return { status: 200, body: request };
  if (operation.path.startsWith(merchantAccountTable.entitySetName)) return { status: 200, body: { value: [merchantAccountRow] } };
  if (operation.path.startsWith("businessunits")) return { status: 200, body: { value: [{ businessunitid: unit, _parentbusinessunitid_value: null }] } };
  return undefined;
}

const usdOf = (minor: bigint): { readonly minor: bigint; readonly currency: string } => ({ minor, currency: "USD" });
export const paymentId = "2a000000-0000-4000-8000-00000000000b";
export const methodId = "2b000000-0000-4000-8000-00000000000c";
export const methodSet = paymentMethodTable.entitySetName;

/** An approved sale that left a saved card and one undo behind. */
export const projectionOf = (changes: Partial<PaymentProjection> = {}): PaymentProjection => ({
  organizationId: ids.organizationId, paymentRequestId: ids.paymentRequestId, revision: 3, ledgerId: ids.ledgerId, currencyId: usd,
  owner: { id: user, kind: "systemuser" },
  payment: {
    paymentId, name: "ORD-01001 · PR-000001", document: { kind: "salesorder", id: order }, customer: { kind: "account", id: account }, merchantAccountId: merchantAccount,
    paymentMethodId: methodId, status: "captured", riskStatus: "none", authorized: usdOf(124_000n), captured: usdOf(124_000n), refunded: usdOf(0n), reversed: usdOf(0n),
    open: usdOf(0n), unknown: usdOf(0n), authorizedOn: Date.parse("2026-11-24T10:00:00Z"), cardTypeCode: "001", lastFour: "1111",
  },
  transactions: [
    { effectId: ids.effectId, type: "sale", status: "approved", isFinal: true, attempt: 1, amount: usdOf(124_000n), agentText: "x".repeat(600), merchantReference: "T-1" },
    { effectId: asEffectId("0c000000-0000-4000-8000-0000000000ff"), type: "void", status: "in_progress", isFinal: false, attempt: 0, parentEffectId: ids.effectId },
  ],
  paymentMethod: {
    paymentMethodId: methodId, customer: { kind: "account", id: account }, merchantAccountId: merchantAccount, paymentInstrumentId: "PI1", cardTypeCode: "001", lastFour: "1111",
    consentTextVersion: "2026-11", consentedOn: Date.parse("2026-11-24T10:00:00Z"), consentedBy: user,
  },
  document: { ref: { kind: "salesorder", id: order }, paymentStatus: "paid", appliedEffectId: ids.effectId },
  ...changes,
});
