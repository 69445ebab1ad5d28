// Data access by dataverse-ify: which columns of the request are what, and where its lookups lead. Names come from the generated schema.
import { paymentRequestTable } from "@cybs/schema";
import { EntityReference, setMetadataCache, XrmContextDataverseClient } from "dataverse-ify";

const { columns, navigation, logicalName, entitySetName, primaryId, choices } = paymentRequestTable;

const metadata = {
  typeName: "mscrm.cybs_paymentrequest", logicalName, collectionName: entitySetName, primaryIdAttribute: primaryId,
  attributeTypes: {
    [columns.action]: "Optionset", [columns.amount]: "Money", [columns.channel]: "Optionset", [columns.state]: "Optionset", [columns.method]: "Optionset", [columns.validUntil]: "DateTime:UserLocal",
    [navigation.salesOrderId]: "Lookup", [navigation.invoiceId]: "Lookup", [navigation.paymentId]: "Lookup", transactioncurrencyid: "Lookup",
  },
  navigation: { [navigation.salesOrderId]: ["mscrm.salesorder"], [navigation.invoiceId]: ["mscrm.invoice"], [navigation.paymentId]: ["mscrm.cybs_payment"], transactioncurrencyid: ["mscrm.transactioncurrency"] },
};
const target = (name: string, set: string) => ({ typeName: `mscrm.${name}`, logicalName: name, collectionName: set, primaryIdAttribute: `${name}id`, attributeTypes: {}, navigation: {} });
const TARGETS = { salesorder: target("salesorder", "salesorders"), invoice: target("invoice", "invoices"), cybs_payment: target("cybs_payment", "cybs_payments"), transactioncurrency: target("transactioncurrency", "transactioncurrencies") };

export interface NewRequest { readonly table: string; readonly documentId: string; readonly currencyId: string | undefined; readonly amount: number }

async function create(row: Record<string, unknown> & { logicalName: string }): Promise<string> {
  setMetadataCache({ entities: { [logicalName]: metadata, ...TARGETS }, actions: {} });
  return new XrmContextDataverseClient(Xrm.WebApi).create(row);
}

const documentOf = (of: NewRequest): Readonly<Record<string, unknown>> => ({
  [of.table === "invoice" ? navigation.invoiceId : navigation.salesOrderId]: new EntityReference(of.table, of.documentId), ...(of.currencyId === undefined ? {} : { transactioncurrencyid: new EntityReference("transactioncurrency", of.currencyId) }),
});

/** A draft for the order or invoice: "take payment" lets the relay choose sale or authorization. Returns its id. */
export const createDraftRequest = (of: NewRequest): Promise<string> => create({
  logicalName, [columns.action]: choices.action.takePayment, [columns.amount]: of.amount, [columns.channel]: choices.channel.onThePhone, [columns.state]: choices.state.draft, ...documentOf(of),
});

/** Asks the relay to apply what was captured on the order to this invoice. No money moves. */
export const createApplyRequest = (of: NewRequest & { readonly paymentId: string; readonly validUntil: Date }): Promise<string> => create({
  logicalName, [columns.action]: choices.action.recordPaymentApplied, [columns.amount]: of.amount, [columns.method]: choices.method.none, [columns.state]: choices.state.submitted, [columns.validUntil]: of.validUntil, ...documentOf(of),
  [navigation.paymentId]: new EntityReference("cybs_payment", of.paymentId),
});
