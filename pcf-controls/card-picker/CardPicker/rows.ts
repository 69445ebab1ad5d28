// Reads and writes of the card picker, all through context.webAPI: what the user may not do, Dataverse refuses.
import { environmentVariables, manualPaymentTable, merchantAccountTable, paymentAllocationTable, paymentMethodTable, paymentRequestTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { bind, numberOf, parseAmount, textOf, toCountryCode, toDecimalText, toStateCode, type Row } from "@cybs/controls-shared";
import { cleanText, NO_HOLDER, type Cardholder, type OrderFacts, type Result, type ResultKind, type SavedCard } from "./state";

type WebApi = ComponentFramework.WebApi;
const list = async (api: WebApi, table: string, query: string): Promise<readonly Row[]> => (await api.retrieveMultipleRecords(table, query)).entities;
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";

/** The row as it stands: what was typed before a remount is on it, written together with the nonce's hash. */
export interface DocumentReference { readonly table: "salesorder" | "invoice"; readonly id: string }
export interface Draft { readonly document: DocumentReference; readonly state: number; readonly typed: Typed | undefined }
export interface Typed { readonly amount: bigint | undefined; readonly amountNumber?: number | undefined; readonly channel: number; readonly holder: Cardholder }

const HOLDER_COLUMNS = Object.keys(NO_HOLDER).map((name) => `cybs_billto_${name}`);
function holderOf(row: Row): Cardholder {
  const of = (name: keyof Cardholder): string => textOf(row, `cybs_billto_${name}`) ?? "";
  return { firstname: of("firstname"), lastname: of("lastname"), line1: of("line1"), city: of("city"), stateorprovince: of("stateorprovince"), postalcode: of("postalcode"), country: of("country"), emailaddress: of("emailaddress") };
}
const holderColumns = (holder: Cardholder): Readonly<Record<string, string>> => Object.fromEntries(Object.entries({ ...holder }).map(([name, value]): [string, string] => [`cybs_billto_${name}`, cleanText(value)]).filter(([, value]) => value !== ""));

export async function readDraft(api: WebApi, requestId: string): Promise<Draft> {
  const { columns, lookupValues, choices } = paymentRequestTable;
  const row = await api.retrieveRecord(paymentRequestTable.logicalName, requestId, `?$select=${[columns.state, columns.nonceHash, columns.amount, columns.channel, ...HOLDER_COLUMNS, lookupValues.salesOrderId, lookupValues.invoiceId].join(",")}`) as Row;
  const wasOpened = textOf(row, columns.nonceHash) !== undefined;
  const typed = { amount: undefined, amountNumber: numberOf(row, columns.amount), channel: (numberOf(row, columns.channel) ?? choices.channel.onThePhone) - choices.channel.onThePhone, holder: holderOf(row) };
  const invoiceId = textOf(row, lookupValues.invoiceId);
  const document: DocumentReference = invoiceId === undefined ? { table: "salesorder", id: textOf(row, lookupValues.salesOrderId) ?? "" } : { table: "invoice", id: invoiceId };
  return { document, state: numberOf(row, columns.state) ?? choices.state.draft, typed: wasOpened ? typed : undefined };
}

/** A new draft for the same order or invoice, when the first one is spent. */
export async function createDraft(api: WebApi, order: OrderFacts, amount: bigint, channel: number): Promise<string> {
  const { columns, choices, navigation, logicalName } = paymentRequestTable;
  const made = await api.createRecord(logicalName, {
    [columns.action]: choices.action.takePayment, [columns.state]: choices.state.draft, [columns.amount]: Number(toDecimalText(amount, order.currency)), [columns.channel]: choices.channel.onThePhone + channel,
    ...(order.table === "invoice" ? bind(navigation.invoiceId, "invoices", order.id) : bind(navigation.salesOrderId, "salesorders", order.id)), ...(order.currencyId === undefined ? {} : { [`${navigation.transactionCurrencyId}@odata.bind`]: `/transactioncurrencies(${order.currencyId})` }),
  });
  return made.id.replace(/[{}]/g, "").toLowerCase();
}

/** salesorder.statecode: active 0, submitted 1, canceled 2, fulfilled 3, invoiced 4. invoice.statecode: active 0, closed 1, paid 2, canceled 3. */
const CLOSED_FROM = { salesorder: 2, invoice: 1 } as const;
const NUMBER = { salesorder: "ordernumber", invoice: "invoicenumber" } as const;
const DOCUMENT_COLUMNS = "name,totalamount,statecode,_customerid_value,_transactioncurrencyid_value,emailaddress,billto_name,billto_line1,billto_city,billto_stateorprovince,billto_postalcode,billto_country";
const moneyOf = (row: Row, column: string, currency: string): bigint => parseAmount(String(numberOf(row, column) ?? 0), currency) ?? 0n;

const PAID = [paymentTable.columns.authorizedAmount, paymentTable.columns.capturedAmount, paymentTable.columns.reversedAmount, paymentTable.columns.refundedAmount, paymentTable.columns.unknownAmount];
const readPaid = (api: WebApi, { table, id }: DocumentReference): Promise<readonly Row[]> => list(api, paymentTable.logicalName, `?$select=${PAID.join(",")}&$filter=${table === "invoice" ? paymentTable.lookupValues.invoiceId : paymentTable.lookupValues.salesOrderId} eq ${id}`);

/** Cash, cheques and transfers that were not taken back; who may not read them is told by the relay. */
async function readReceived(api: WebApi, { table, id }: DocumentReference, currency: string): Promise<bigint> {
  const { columns, lookupValues, logicalName, primaryId } = manualPaymentTable;
  const rows = await list(api, logicalName, `?$select=${columns.amount},${lookupValues.reversesId}&$filter=${table === "invoice" ? lookupValues.invoiceId : lookupValues.salesOrderId} eq ${id}`).catch(() => []);
  const reversed = new Set(rows.map((row) => textOf(row, lookupValues.reversesId)));
  return rows.filter((row) => textOf(row, lookupValues.reversesId) === undefined && !reversed.has(textOf(row, primaryId))).reduce((total, row) => total + moneyOf(row, columns.amount, currency), 0n);
}

/** What payments of the order were applied to an invoice: paid there, too. */
async function readApplied(api: WebApi, { table, id }: DocumentReference, currency: string): Promise<bigint> {
  if (table !== "invoice") return 0n;
  const { columns, lookupValues, choices, logicalName } = paymentAllocationTable;
  const rows = await list(api, logicalName, `?$select=${columns.amount},${columns.refundedAmount}&$filter=${lookupValues.invoiceId} eq ${id} and ${columns.state} eq ${choices.state.applied} and cybs_PaymentId/${paymentTable.lookupValues.invoiceId} ne ${id}`).catch(() => []);
  return rows.reduce((total, row) => total + moneyOf(row, columns.amount, currency) - moneyOf(row, columns.refundedAmount, currency), 0n);
}

/** Of the order of an invoice, without an answer. */
async function readUnknown(api: WebApi, orderId: string | undefined, currency: string): Promise<bigint> {
  const rows = orderId === undefined ? [] : await readPaid(api, { table: "salesorder", id: orderId }).catch(() => []);
  return rows.reduce((total, row) => total + moneyOf(row, paymentTable.columns.unknownAmount, currency), 0n);
}

/** The order or invoice, what was paid on it, and the cardholder it suggests. */
export async function readOrder(api: WebApi, { table, id }: DocumentReference): Promise<{ readonly order: OrderFacts; readonly holder: Cardholder; readonly customerTable: string }> {
  const row = await api.retrieveRecord(table, id, `?$select=${NUMBER[table]},${DOCUMENT_COLUMNS}${table === "invoice" ? ",_salesorderid_value" : ""}&$expand=transactioncurrencyid($select=isocurrencycode)`) as Row;
  const currency = textOf(row["transactioncurrencyid"] as Row, "isocurrencycode") ?? "USD";
  const { columns } = paymentTable;
  const document = { table, id };
  const salesOrderId = textOf(row, "_salesorderid_value");
  const [payments, received, applied, unknownOnOrder] = await Promise.all([readPaid(api, document), readReceived(api, document, currency), readApplied(api, document, currency), readUnknown(api, salesOrderId, currency)]);
  const sum = (column: string): bigint => payments.reduce((total, payment) => total + moneyOf(payment, column, currency), 0n);
  const captured = sum(columns.capturedAmount);
  const held = sum(columns.authorizedAmount) - sum(columns.reversedAmount) - captured + sum(columns.unknownAmount);
  const [firstname = "", ...rest] = (textOf(row, "billto_name") ?? "").split(" ");
  const country = toCountryCode(textOf(row, "billto_country") ?? "", "en");
  return {
    order: {
      table, id, number: textOf(row, NUMBER[table]) ?? textOf(row, "name") ?? "", customerName: textOf(row, `_customerid_value${FORMATTED}`) ?? "", customerId: textOf(row, "_customerid_value"),
      total: moneyOf(row, "totalamount", currency), isTotalUnfit: parseAmount(String(numberOf(row, "totalamount") ?? 0), currency) === undefined, paid: captured - sum(columns.refundedAmount) + received + applied, inProgress: held, salesOrderId, unknownOnOrder, currency, currencyId: textOf(row, "_transactioncurrencyid_value"), isClosed: (numberOf(row, "statecode") ?? 0) >= CLOSED_FROM[table],
    },
    holder: {
      ...NO_HOLDER, firstname, lastname: rest.join(" "), line1: textOf(row, "billto_line1") ?? "", city: textOf(row, "billto_city") ?? "", stateorprovince: toStateCode(textOf(row, "billto_stateorprovince") ?? "", country),
      postalcode: textOf(row, "billto_postalcode") ?? "", country, emailaddress: textOf(row, "emailaddress") ?? "",
    },
    customerTable: textOf(row, "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname") ?? "account",
  };
}

/** Cardholder of the customer's latest request that had one; only rows that this user may read count. */
export async function readLastHolder(api: WebApi, customerId: string): Promise<Cardholder> {
  const { columns, logicalName } = paymentRequestTable;
  const [row] = await list(api, logicalName, `?$select=${HOLDER_COLUMNS.join(",")}&$filter=cybs_SalesOrderId/_customerid_value eq ${customerId} and ${columns.billToLine1} ne null&$orderby=createdon desc&$top=1`);
  return row === undefined ? NO_HOLDER : holderOf(row);
}

/** The customer's own name and address. */
export async function readCustomerHolder(api: WebApi, table: string, id: string): Promise<Cardholder> {
  const isContact = table === "contact";
  const row = await api.retrieveRecord(table, id, `?$select=emailaddress1,address1_line1,address1_city,address1_stateorprovince,address1_postalcode,address1_country${isContact ? ",firstname,lastname" : ""}`) as Row;
  const country = toCountryCode(textOf(row, "address1_country") ?? "", "en");
  return {
    firstname: textOf(row, "firstname") ?? "", lastname: textOf(row, "lastname") ?? "", line1: textOf(row, "address1_line1") ?? "", city: textOf(row, "address1_city") ?? "", stateorprovince: toStateCode(textOf(row, "address1_stateorprovince") ?? "", country),
    postalcode: textOf(row, "address1_postalcode") ?? "", country, emailaddress: textOf(row, "emailaddress1") ?? "",
  };
}

/** The customer's cards. One that a merge brought and nobody confirmed, or that is kept at an account of another currency, is shown and cannot be chosen: the relay would refuse it. */
export async function readCards(api: WebApi, customerId: string, currencyId: string | undefined): Promise<readonly SavedCard[]> {
  const { columns, choices, navigation } = paymentMethodTable;
  const { transactionCurrencyId } = merchantAccountTable.lookupValues;
  const rows = await list(api, paymentMethodTable.logicalName, `?$select=${columns.brand},${columns.lastFour},${columns.expiryMonth},${columns.expiryYear},${columns.isDefault},${columns.state},${columns.mergeState},${columns.consentScope}&$expand=${navigation.merchantAccountId}($select=${transactionCurrencyId})&$filter=_cybs_customerid_value eq ${customerId} and ${columns.state} ne ${choices.state.removed}&$orderby=createdon desc`);
  const now = new Date();
  return rows.map((row) => {
    const month = numberOf(row, columns.expiryMonth) ?? 12;
    const year = numberOf(row, columns.expiryYear) ?? 2099;
    const kept = textOf((row[navigation.merchantAccountId] ?? {}) as Row, transactionCurrencyId);
    const obstacle = numberOf(row, columns.mergeState) === choices.mergeState.toConfirm ? "ToConfirm" : kept !== undefined && currencyId !== undefined && kept !== currencyId ? "OtherCurrency" : undefined;
    return {
      id: textOf(row, paymentMethodTable.primaryId) ?? "", brand: textOf(row, `${columns.brand}${FORMATTED}`) ?? "", lastFour: textOf(row, columns.lastFour) ?? "", expiry: `${String(month).padStart(2, "0")}/${String(year).slice(-2)}`,
      isDefault: row[columns.isDefault] === true, obstacle, isAgreed: numberOf(row, columns.consentScope) === choices.consentScope.alsoMerchantInitiated, isUsable: obstacle === undefined && numberOf(row, columns.state) === choices.state.active && Date.UTC(year, month, 1) > now.getTime(), isExpired: Date.UTC(year, month, 1) <= now.getTime(),
    };
  });
}

/** Relay's address and version of the consent text: the environment's values, else the definitions' defaults. */
export async function readVariables(api: WebApi): Promise<{ readonly relayUrl: string | undefined; readonly consentTextVersion: string }> {
  const rows = await list(api, "environmentvariabledefinition", "?$select=schemaname,defaultvalue&$expand=environmentvariabledefinition_environmentvariablevalue($select=value)&$filter=startswith(schemaname,'cybs_')");
  const valueOf = (name: string): string | undefined => {
    const row = rows.find((one) => textOf(one, "schemaname") === name);
    const values = row?.["environmentvariabledefinition_environmentvariablevalue"] as readonly Row[] | undefined;
    return (values?.[0] === undefined ? undefined : textOf(values[0], "value")) ?? (row === undefined ? undefined : textOf(row, "defaultvalue"));
  };
  return { relayUrl: valueOf(environmentVariables.relayUrl)?.replace(/\/$/, ""), consentTextVersion: valueOf(environmentVariables.consentTextVersion) ?? "1" };
}

export async function readOrganizationId(api: WebApi): Promise<string> {
  return textOf((await list(api, "organization", "?$select=organizationid"))[0] ?? {}, "organizationid") ?? "";
}

/** The hash of the nonce, and with it what was typed so far: after a refresh everything but the card is there again. */
export async function writeNonceHash(api: WebApi, requestId: string, hash: string, typed: Typed, currency: string): Promise<void> {
  const { columns, choices, logicalName } = paymentRequestTable;
  await api.updateRecord(logicalName, requestId, {
    [columns.nonceHash]: hash, [columns.channel]: choices.channel.onThePhone + typed.channel, ...(typed.amount === undefined ? {} : { [columns.amount]: Number(toDecimalText(typed.amount, currency)) }), ...holderColumns(typed.holder),
  });
}

const STATUS = paymentTransactionTable.choices.status;
const KINDS: Readonly<Record<number, ResultKind | undefined>> = {
  [STATUS.approved]: "approved", [STATUS.declined]: "declined", [STATUS.refused]: "refused", [STATUS.unknown]: "unknown", [STATUS.review]: "review", [STATUS.partial]: "undone",
  [STATUS.absent]: "not_executed", [STATUS.expired]: "not_executed", [STATUS.withdrawn]: "not_executed", [STATUS.undone]: "undone",
};

/** What the relay has found out of this request; undefined while there is nothing to tell. */
export async function readResult(api: WebApi, requestId: string, currency: string): Promise<Result | undefined> {
  const { columns, choices, logicalName, primaryId } = paymentTransactionTable;
  const rows = await list(api, logicalName, `?$select=${Object.values({ a: columns.status, b: columns.type, c: columns.isFinal, d: columns.amount, e: columns.reason, f: columns.agentText, g: columns.customerText, h: columns.approvalCode, i: columns.nextLookOn, j: columns.occurredOn, k: columns.expiresOn }).join(",")},_cybs_parentid_value,_cybs_paymentid_value&$expand=cybs_PaymentId($select=${paymentTable.columns.brand},${paymentTable.columns.lastFour},${paymentTable.columns.status})&$filter=_cybs_paymentrequestid_value eq ${requestId}`);
  const row = rows.find((one) => textOf(one, "_cybs_parentid_value") === undefined);
  const kind = KINDS[numberOf(row ?? {}, columns.status) ?? -1];
  if (row === undefined || kind === undefined) return undefined;
  const payment = (row["cybs_PaymentId"] ?? {}) as Row;
  const isWaiting = numberOf(payment, paymentTable.columns.status) === paymentTable.choices.status.awaitingDecision;
  const isAuthorization = numberOf(row, columns.type) === choices.type.authorization;
  const lastFour = textOf(payment, paymentTable.columns.lastFour);
  return {
    kind: isWaiting && kind === "review" ? "soft_decline" : isWaiting && kind === "undone" ? "partial" : kind === "approved" && isAuthorization ? "authorized" : kind, amount: row[columns.amount] === null ? undefined : moneyOf(row, columns.amount, currency),
    agentText: textOf(row, columns.agentText), customerText: textOf(row, columns.customerText), reason: textOf(row, columns.reason), approvalCode: textOf(row, columns.approvalCode), nextLookOn: textOf(row, columns.nextLookOn), occurredOn: textOf(row, columns.occurredOn), decideBy: isWaiting ? textOf(row, columns.expiresOn) : undefined,
    card: lastFour === undefined ? undefined : `${textOf(payment, paymentTable.columns.brand) ?? ""} •••• ${lastFour}`, transactionId: textOf(row, primaryId) ?? "", paymentId: textOf(row, "_cybs_paymentid_value"), isFinal: row[columns.isFinal] === true,
  };
}

export interface Submission { readonly requestId: string; readonly amount: string; readonly channel: number; readonly cardId: string | undefined; readonly saveCard: boolean; readonly consentTextVersion: string; readonly holder: Cardholder; readonly validUntil: string }

/** One update: from here on the row belongs to the relay. */
export async function submit(api: WebApi, of: Submission): Promise<void> {
  const { columns, choices, navigation, logicalName } = paymentRequestTable;
  await api.updateRecord(logicalName, of.requestId, {
    [columns.state]: choices.state.submitted, [columns.amount]: Number(of.amount), [columns.method]: of.cardId === undefined ? choices.method.newCard : choices.method.savedCard, [columns.channel]: of.channel,
    [columns.saveCard]: of.saveCard, ...(of.saveCard ? { [columns.consentTextVersion]: of.consentTextVersion } : {}), [columns.validUntil]: of.validUntil, ...holderColumns(of.holder),
    ...(of.cardId === undefined ? {} : { [`${navigation.paymentMethodId}@odata.bind`]: `/${paymentMethodTable.entitySetName}(${of.cardId})` }),
  });
}

/** A draft that is not wanted: nothing was sent, and nothing will be. */
export async function withdraw(api: WebApi, requestId: string): Promise<void> {
  const { columns, choices, logicalName } = paymentRequestTable;
  await api.updateRecord(logicalName, requestId, { [columns.state]: choices.state.withdrawn });
}
