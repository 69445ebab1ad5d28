// Merchant accounts: which merchant id serves a business unit in a currency. A row with a policy nobody knows is left out: it serves nothing.
import { merchantAccountTable as table } from "@cybs/schema";
import { z } from "zod";
import type { MerchantAccount } from "../../domain/payment/command.ts";
import { collectionOf, flagColumn, guidColumn, textColumn, wholeColumn, wordOf } from "./column-kinds.ts";
import { currency } from "./standard-tables.ts";

const { columns, lookupValues, navigation, choices } = table;
const AUTHORIZATION_DAYS_DEFAULT = 7;

const SELECTED = [
  columns.merchantAccountId, columns.merchantId, columns.environment, lookupValues.businessUnitId, lookupValues.transactionCurrencyId, columns.isEnabled, columns.stateCode,
  columns.multiCapture, columns.reversalAfterVoid, columns.captureAfterVoid, columns.timeoutVoid, columns.incremental, columns.standaloneCredit,
  columns.partialReversal, columns.capturePolicy, columns.softDeclinePolicy, columns.partialPolicy, columns.authorizationDays,
  columns.batchCutOff, columns.timeZone, columns.creditPolicy, columns.reauthorizePolicy, columns.visaDays, columns.mastercardDays, columns.amexDays, columns.discoverDays, columns.mailDays,
  columns.invoicePaidPolicy, columns.releasePolicy, columns.receiptPolicy,
];
/** Those that take no payments any more, too: their saved cards can still be removed. An older solution has no column for level III data; it came together with the commodity code of products. */
export const merchantAccountsPath = (hasLevelThree: boolean): string =>
  `${table.entitySetName}?$select=${[...SELECTED, ...(hasLevelThree ? [columns.levelThree] : [])].join(",")}&$expand=${navigation.transactionCurrencyId}($select=${currency.columns.code})`;

const MerchantAccountColumns = z.object({
  [columns.merchantAccountId]: z.guid(), [columns.merchantId]: textColumn, [columns.environment]: wholeColumn,
  [lookupValues.businessUnitId]: guidColumn, [lookupValues.transactionCurrencyId]: guidColumn, [columns.isEnabled]: flagColumn, [columns.stateCode]: wholeColumn,
  [columns.multiCapture]: flagColumn, [columns.reversalAfterVoid]: flagColumn, [columns.captureAfterVoid]: flagColumn, [columns.timeoutVoid]: flagColumn,
  [columns.incremental]: flagColumn, [columns.standaloneCredit]: flagColumn, [columns.partialReversal]: flagColumn, [columns.levelThree]: flagColumn,
  [columns.capturePolicy]: wholeColumn, [columns.softDeclinePolicy]: wholeColumn, [columns.partialPolicy]: wholeColumn, [columns.authorizationDays]: wholeColumn,
  [columns.batchCutOff]: textColumn, [columns.timeZone]: textColumn, [columns.creditPolicy]: wholeColumn, [columns.reauthorizePolicy]: wholeColumn,
  [columns.visaDays]: wholeColumn, [columns.mastercardDays]: wholeColumn, [columns.amexDays]: wholeColumn, [columns.discoverDays]: wholeColumn, [columns.mailDays]: wholeColumn,
  [columns.invoicePaidPolicy]: wholeColumn, [columns.releasePolicy]: wholeColumn, [columns.receiptPolicy]: wholeColumn,
  [navigation.transactionCurrencyId]: z.nullish(z.object({ [currency.columns.code]: textColumn })),
});
type MerchantAccountRow = z.infer<typeof MerchantAccountColumns>;
const Rows = collectionOf(MerchantAccountColumns);

const ENVIRONMENT = { test: choices.environment.test, production: choices.environment.production } as const;
const CAPTURE_POLICY = { sale: choices.capturePolicy.sale, authorize_only: choices.capturePolicy.authorizeOnly, on_fulfilment: choices.capturePolicy.onFulfilment, on_invoice: choices.capturePolicy.onInvoice } as const;
const SOFT_DECLINE_POLICY = { ask: choices.softDeclinePolicy.ask, reverse: choices.softDeclinePolicy.reverse, accept: choices.softDeclinePolicy.accept } as const;
const INVOICE_PAID_POLICY = { when_fully_allocated: choices.invoicePaidPolicy.whenFullyAllocated, never: choices.invoicePaidPolicy.never, also_partial: choices.invoicePaidPolicy.alsoPartial } as const;
const RELEASE_POLICY = { reverse: choices.releasePolicy.reverseBeforeExpiry, task: choices.releasePolicy.task } as const;
const RECEIPT_POLICY = { none: choices.receiptPolicy.none, email_draft: choices.receiptPolicy.eMailDraft } as const;
const PARTIAL_POLICY = { reverse: choices.partialPolicy.reverse, ask: choices.partialPolicy.ask } as const;

/** The accounts, or undefined when the answer is not what was asked for. */
export function toMerchantAccounts(body: unknown): readonly MerchantAccount[] | undefined {
  const parsed = Rows.safeParse(body);
  return parsed.success ? parsed.data.value.map(toMerchantAccount).filter((account) => account !== undefined) : undefined;
}

/** Policies that were never set take the cautious side; numbers nobody knows take the account out. */
function toMerchantAccount(row: MerchantAccountRow): MerchantAccount | undefined {
  const environment = wordOf(ENVIRONMENT, row[columns.environment]);
  const capturePolicy = wordOf(CAPTURE_POLICY, row[columns.capturePolicy] ?? CAPTURE_POLICY.sale);
  const softDeclinePolicy = wordOf(SOFT_DECLINE_POLICY, row[columns.softDeclinePolicy] ?? SOFT_DECLINE_POLICY.ask);
  const partialPolicy = wordOf(PARTIAL_POLICY, row[columns.partialPolicy] ?? PARTIAL_POLICY.reverse);
  const code = row[navigation.transactionCurrencyId]?.[currency.columns.code];
  const merchantId = row[columns.merchantId];
  const businessUnitId = row[lookupValues.businessUnitId];
  const currencyId = row[lookupValues.transactionCurrencyId];
  if (environment === undefined || capturePolicy === undefined || softDeclinePolicy === undefined || partialPolicy === undefined) return undefined;
  if (code === undefined || merchantId === undefined || businessUnitId === undefined || currencyId === undefined) return undefined;
  return {
    merchantAccountId: row[columns.merchantAccountId].toLowerCase(), merchantId, environment, businessUnitId, currency: code, currencyId,
    isEnabled: row[columns.isEnabled] && (row[columns.stateCode] ?? 0) === 0, abilities: toAbilities(row), capturePolicy, softDeclinePolicy, partialPolicy,
    authorizationDays: row[columns.authorizationDays] ?? AUTHORIZATION_DAYS_DEFAULT, authorizationDaysByBrand: daysByBrand(row), mailDays: row[columns.mailDays],
    batchCutOff: row[columns.batchCutOff], timeZone: row[columns.timeZone],
    creditPolicy: row[columns.creditPolicy] === choices.creditPolicy.allowed ? "allowed" : "off", reauthorizePolicy: row[columns.reauthorizePolicy] === choices.reauthorizePolicy.authorizeAgainWithConsent ? "with_consent" : "ask",
    invoicePaidPolicy: wordOf(INVOICE_PAID_POLICY, row[columns.invoicePaidPolicy]), releasePolicy: wordOf(RELEASE_POLICY, row[columns.releasePolicy]), receiptPolicy: wordOf(RECEIPT_POLICY, row[columns.receiptPolicy]),
  };
}

/** By Cybersource's card type codes; brands without a number of their own live as long as the account says. */
const daysByBrand = (row: MerchantAccountRow): Readonly<Record<string, number>> => Object.fromEntries(
  ([["001", row[columns.visaDays]], ["002", row[columns.mastercardDays]], ["003", row[columns.amexDays]], ["004", row[columns.discoverDays]]] as const)
    .filter((pair): pair is readonly ["001" | "002" | "003" | "004", number] => pair[1] !== undefined));

const toAbilities = (row: MerchantAccountRow): MerchantAccount["abilities"] => ({
  multiCapture: row[columns.multiCapture], reversalAfterVoid: row[columns.reversalAfterVoid], captureAfterVoid: row[columns.captureAfterVoid],
  timeoutVoid: row[columns.timeoutVoid], incremental: row[columns.incremental], standaloneCredit: row[columns.standaloneCredit], partialReversal: row[columns.partialReversal], levelThree: row[columns.levelThree],
});
