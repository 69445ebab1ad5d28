// erase CUSTOMER: the customer's personal data out of Dataverse, the relay's ledger and Cybersource's token management; financial facts stay.
// Every part is looked at again afterwards: the proof says what was found, what was erased, and that nothing is left.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { paymentMethodTable, paymentRequestTable } from "@cybs/schema";
import { openCybersource } from "../cybersource/signed-call.ts";
import { readIdentity } from "../dataverse/identify.ts";
import { textAt, type Row } from "../dataverse/row.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import { openRelay, type RelayClient } from "../relay/relay-client.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";
import { findCustomer, type Customer } from "./erase/find-customer.ts";

export const eraseVerb: Verb = {
  name: "erase",
  argument: { name: "customer", about: "Id or exact name of an account or a contact.", isRequired: true },
  summary: "Erase a customer's personal data from payment requests, the relay's ledger with its backups, and token management, with proof. Financial facts stay.",
  options: [{ flags: "--proof <file>", about: "Where the proof is written; default: erasure-<id>.json." }],
  run: erase,
};

const CHOICE = 727_000_000;
const REMOVED = CHOICE + 3;
const BATCH = 500;
const PERSONAL: readonly string[] = Object.values(paymentRequestTable.columns).filter((column) => column.startsWith("cybs_billto_"));

async function erase(context: Context, values: Values, argument = ""): Promise<Report> {
  const environment = context.environment();
  const dataverse = await context.connect();
  const customer = await findCustomer(dataverse, argument);
  const { organizationId } = await readIdentity(dataverse);
  const [requests, cards] = await Promise.all([readRequests(dataverse, customer), readCards(dataverse, customer)]);
  await context.screen.confirm(`Erase personal data of ${customer.name} from ${requests.length} payment request(s), ${cards.length} saved card(s) and the ledger? This cannot be taken back.`);
  const relay = environment.relay?.operationsKey === undefined ? undefined : openRelay({ url: environment.relay.url, network: context.network, secrets: context.secrets, operationsKey: environment.relay.operationsKey, now: () => context.clock.now() });
  if (relay === undefined) throw new Stop("environment_file_invalid", { file: context.environmentFile }, "relay.url and relay.operationsKey are needed: the ledger holds details too.");
  const ids = requests.map((row) => textAt(row, paymentRequestTable.primaryId));
  // The ledger first: what it has forgotten it does not write to Dataverse again.
  const ledger = await eraseFromLedger(relay, { organizationId, customerId: customer.id }, ids);
  const tokens = await eraseTokens(context, dataverse, cards);
  // A payment that is not finished needs its details still; its row keeps them too.
  for (const row of requests.filter((one) => !ledger.kept.includes(textAt(one, paymentRequestTable.primaryId)) && hasPersonal(one))) await dataverse.update(paymentRequestTable.entitySetName, textAt(row, paymentRequestTable.primaryId), Object.fromEntries(PERSONAL.map((column) => [column, null])));
  const left = { requests: (await readRequests(dataverse, customer)).filter(hasPersonal).length, cards: (await readCards(dataverse, customer)).filter(isLive).length };
  const proof = { customer: { table: customer.table, idHash: createHash("sha256").update(customer.id).digest("hex") }, organizationId, at: new Date(context.clock.now()).toISOString(), requests: ids.length, ledger: { erased: ledger.erased.length, kept: ledger.kept, key: ledger.key }, tokens, left, stays: "amounts, dates, statuses, references and the last four digits of cards: financial facts" };
  const file = resolve(context.workingFolder, textOf(values, "proof") ?? `erasure-${customer.id}.json`);
  writeFileSync(file, `${JSON.stringify(proof, undefined, 2)}\n`);
  const open = [...(ledger.kept.length > 0 ? [`${ledger.kept.length} payment(s) are not finished`] : []), ...(left.requests > ledger.kept.length ? [`${left.requests} request row(s) still hold details`] : []), ...(tokens.failed.length > 0 ? [`token management kept ${tokens.failed.length} token(s)`] : [])];
  if (open.length > 0) throw Object.assign(new Stop("erasure_incomplete", { what: open.join("; ") }), { report: { proof: file, ...proof } });
  context.screen.show(`✓ erased: ${ids.length} request(s), ${ledger.erased.length} ledger detail(s), the customer's key (${ledger.key.replace("_", " ")}), ${tokens.erased} token(s). Proof: ${file}`);
  return { proof: file, ...proof };
}

/** In parts; the key goes with the end, when no payment needs it any more. */
async function eraseFromLedger(relay: RelayClient, owner: { readonly organizationId: string; readonly customerId: string }, ids: readonly string[]): Promise<{ readonly erased: readonly string[]; readonly kept: readonly string[]; readonly key: string }> {
  const [erased, kept]: [string[], string[]] = [[], []];
  for (let from = 0; from < ids.length; from += BATCH) {
    const part = await relay.eraseDetails({ ...owner, paymentRequestIds: ids.slice(from, from + BATCH), withKey: false });
    erased.push(...part.erased);
    kept.push(...part.kept);
  }
  return { erased, kept, key: kept.length > 0 ? "kept" : (await relay.eraseDetails({ ...owner, paymentRequestIds: [], withKey: true })).key };
}

const hasPersonal = (row: Row): boolean => PERSONAL.some((column) => row[column] !== null && row[column] !== undefined && row[column] !== "");
const isLive = (row: Row): boolean => row[paymentMethodTable.columns.state] !== REMOVED || textAt(row, paymentMethodTable.columns.paymentInstrumentId) !== "";

/** Requests of the customer's orders and invoices. */
async function readRequests(dataverse: Dataverse, customer: Customer): Promise<readonly Row[]> {
  const { lookupValues, entitySetName, primaryId } = paymentRequestTable;
  const documents = await Promise.all([["salesorders", "salesorderid", lookupValues.salesOrderId], ["invoices", "invoiceid", lookupValues.invoiceId]].map(async ([set = "", id = "", lookup = ""]) => (await dataverse.list(`${set}?$select=${id}&$filter=_customerid_value eq ${customer.id}`)).map((row) => `${lookup} eq ${textAt(row, id)}`)));
  const filters = documents.flat();
  const rows: Row[] = [];
  for (let from = 0; from < filters.length; from += 20) rows.push(...await dataverse.list(`${entitySetName}?$select=${primaryId},${PERSONAL.join(",")}&$filter=${filters.slice(from, from + 20).join(" or ")}`));
  return rows;
}

const readCards = (dataverse: Dataverse, customer: Customer): Promise<readonly Row[]> => {
  const { columns, entitySetName } = paymentMethodTable;
  return dataverse.list(`${entitySetName}?$select=${columns.tmsCustomerId},${columns.paymentInstrumentId},${columns.state}&$filter=${paymentMethodTable.lookupValues.customerId} eq ${customer.id}&$expand=${paymentMethodTable.navigation.merchantAccountId}($select=cybs_merchantid)`);
};

/** Deletes instrument and customer at Cybersource, then what Dataverse knew of them. What is gone already counts as erased. */
async function eraseTokens(context: Context, dataverse: Dataverse, cards: readonly Row[]): Promise<{ readonly erased: number; readonly failed: readonly string[] }> {
  const environment = context.environment();
  const failed: string[] = [];
  let erased = 0;
  for (const card of cards.filter(isLive)) {
    const merchantId = textAt(card[paymentMethodTable.navigation.merchantAccountId] as Row | undefined, "cybs_merchantid");
    const merchant = environment.merchants.find((one) => one.merchantId === merchantId);
    const customerToken = textAt(card, paymentMethodTable.columns.tmsCustomerId);
    const id = textAt(card, paymentMethodTable.primaryId);
    if (merchant === undefined) { failed.push(`${id}: no credentials for ${merchantId}`); continue; }
    const cybersource = await openCybersource({ network: context.network, secrets: context.secrets, clock: context.clock, host: environment.cybersource.host }, merchant);
    const isGone = customerToken === "" || [204, 404, 410].includes((await cybersource.call("DELETE", `/tms/v2/customers/${customerToken}`)).status);
    if (!isGone) { failed.push(id); continue; }
    const { columns } = paymentMethodTable;
    await dataverse.update(paymentMethodTable.entitySetName, id, { [columns.state]: REMOVED, [columns.tmsCustomerId]: null, [columns.paymentInstrumentId]: null, [columns.instrumentIdentifierId]: null, [columns.isDefault]: false });
    erased += 1;
  }
  return { erased, failed };
}
