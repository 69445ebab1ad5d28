// Invariants 9 to 13 for orders with their invoices, once everything is quiet: what a rule had to capture was asked for, once; money is applied to invoices as the
// ledger has it, never more than came or than the invoice comes to; what is closed as paid is paid; what is cancelled holds nothing.
import { deriveSums } from "../../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { isLive, isRunning, isWaiting } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect, type Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import { asText, referenceId, type Row } from "../../sandbox/dataverse/store/rows.ts";
import type { Deal } from "../deal.ts";
import { intentKey } from "../ledger-host.ts";
import { liveMoneyOf } from "../live-money.ts";
import { minorOfNumber } from "../money.ts";
import type { Neighbourhood } from "../neighbours.ts";
import type { World } from "../world.ts";
import { capturesOf, checkTogether, netOf, paymentsOf, togetherMinor } from "./deals.ts";

interface Scene { readonly world: World; readonly hood: Neighbourhood; readonly deal: Deal; readonly payments: readonly Intent[] }

export function checkQuietDeals(world: World): void {
  for (const deal of new Set(world.history.deals.values())) {
    const hood = world.neighbours[deal.organization];
    if (hood === undefined) continue;
    const scene: Scene = { world, hood, deal, payments: paymentsOf(world, deal) };
    checkTogether(world, deal);
    checkHolds(scene);
    checkRules(scene);
    checkInvoices(scene);
    for (const intent of scene.payments) checkAllocations(scene, intent);
  }
}

/** Nothing about it is open, waits for a second person, or is anybody's question. */
const isSettled = (intent: Intent): boolean => intent.effects.every((effect) => !isRunning(effect) && !isWaiting(effect) && effect.state !== "claiming");
const isReview = (intent: Intent): boolean => mainEffect(intent).state === "review";

function checkHolds({ world, deal, payments }: Scene): void {
  if (deal.state !== "cancelled") return;
  for (const intent of payments.filter((one) => one.command?.document.id === deal.orderId && isSettled(one) && !isReview(one))) {
    const released = intent.effects.some((effect) => effect.kind === "authorization_reversal" && effect.commandId !== undefined);
    const held = liveMoneyOf(world, intentKey(intent)).filter((one) => one.captured === 0n && one.authorized > 0n);
    if (held.length > 0 && !released) world.fail(11, `order ${deal.orderId} is cancelled, and ${held[0]?.id ?? ""} still holds ${held[0]?.authorized ?? 0n} for it`);
  }
}

/** Rows that the relay made: a capture for the order or for one of its invoices is asked of a payment once, and where something is owed and held it was asked for. */
function checkRules(scene: Scene): void {
  const { world, hood, deal, payments } = scene;
  for (const intent of payments) {
    const rows = rowsOf(hood, intent);
    const documents = rows.map((row) => documentOf(row));
    for (const document of new Set(documents)) if (documents.filter((one) => one === document).length > 1) world.fail(13, `payment ${intent.paymentId}: its capture for ${document} was asked for twice by a rule`);
  }
  if (deal.state === "cancelled" || payments.some((intent) => !isSettled(intent) || isReview(intent))) return;
  const cash = deal.cash.reduce((sum, { minor }) => sum + minor, 0n);
  const held = payments.filter((intent) => intent.command?.document.id === deal.orderId && deriveSums(intent).capturable > 0n && liveMoneyOf(world, intentKey(intent)).some(({ authorized, captured }) => authorized > captured));
  const unasked = held.filter((intent) => rowsOf(hood, intent).length === 0 && capturesOf(intent).length === 0);
  const taken = payments.reduce((sum, intent) => sum + netOf(world, intent) + ownHold(world, deal, intent), 0n);
  if (unasked.length > 0 && owedByRule(deal, unasked) > taken + cash) world.fail(13, `order ${deal.orderId}: ${taken} taken and ${cash} in cash of ${togetherMinor(deal)}, ${unasked.length} payments held for it, and no rule asked for a capture`);
}

/** A hold on an invoice pays it as soon as somebody captures. */
const ownHold = (world: World, deal: Deal, intent: Intent): bigint =>
  (intent.command?.document.id === deal.orderId ? 0n : liveMoneyOf(world, intentKey(intent)).reduce((sum, one) => sum + one.authorized - one.captured, 0n));

function owedByRule(deal: Deal, payments: readonly Intent[]): bigint {
  const policy = payments[0]?.command?.merchantAccount.capturePolicy;
  if (policy === "on_fulfilment") return deal.state === "fulfilled" ? deal.orderMinor : 0n;
  return policy === "on_invoice" ? deal.invoices.reduce((sum, { minor, isCancelled }) => (isCancelled ? sum : sum + minor), 0n) : 0n;
}

const CAPTURE = 727_000_003;
const rowsOf = (hood: Neighbourhood, intent: Intent): readonly Row[] => {
  const { store, relayUserId } = relayOf(hood);
  return store.pointingAt("cybs_paymentrequest", "cybs_paymentid", intent.paymentId).filter((row) => row["cybs_action"] === CAPTURE && referenceId(row["createdby"]) === relayUserId);
};
const documentOf = (row: Row): string => referenceId(row["cybs_invoiceid"]) ?? referenceId(row["cybs_salesorderid"]) ?? "";

function relayOf({ dataverse: { organization: { store } } }: Neighbourhood): { readonly store: typeof store; readonly relayUserId: string | undefined } {
  const user = [...store.all("systemuser")].find((row) => asText(row["domainname"]).startsWith("relay@"));
  return { store, relayUserId: user === undefined ? undefined : asText(user["systemuserid"]) };
}

function checkAllocations({ world, hood, deal }: Scene, intent: Intent): void {
  const rows = hood.dataverse.organization.store.pointingAt("cybs_paymentallocation", "cybs_paymentid", intent.paymentId);
  const kept = world.ledgerHost.tables?.allocations.get([intent.organizationId, intent.paymentRequestId].join("\n"));
  const shown = rows.map((row) => `${referenceId(row["cybs_invoiceid"]) ?? ""} ${minorOfNumber(row["cybs_amount"], deal.currency)} ${minorOfNumber(row["cybs_refundedamount"], deal.currency)}`).sort();
  const booked = (kept ?? []).map((row) => `${row.invoiceId} ${row.amountMinor} ${row.refundedMinor}`).sort();
  if (shown.join() !== booked.join()) world.fail(10, `payment ${intent.paymentId}: applied in the ledger [${booked.join()}], in Dataverse [${shown.join()}]`);
  const applied = (kept ?? []).reduce((sum, row) => sum + row.amountMinor - row.refundedMinor, 0n);
  if (isSettled(intent) && applied > netOf(world, intent)) world.fail(13, `payment ${intent.paymentId}: ${applied} applied to invoices, ${netOf(world, intent)} captured and not given back`);
}

const PAID = 2;
const sumOf = (minors: readonly bigint[]): bigint => minors.reduce((sum, minor) => sum + minor, 0n);

/** Money that was applied once stays applied where the invoice was cancelled afterwards. */
function checkInvoices({ world, hood, deal, payments }: Scene): void {
  const { store } = hood.dataverse.organization;
  const paid = deal.invoices.filter(({ id }) => store.get("invoice", id)?.["statecode"] === PAID);
  const cards = paid.flatMap(({ id }) => store.pointingAt("cybs_paymentallocation", "cybs_invoiceid", id).map((row) => minorOfNumber(row["cybs_amount"], deal.currency)));
  if (sumOf(paid.map(({ minor }) => minor)) > sumOf(cards) + sumOf(deal.cash.map(({ minor }) => minor))) world.fail(13, `order ${deal.orderId}: invoices of ${sumOf(paid.map(({ minor }) => minor))} are closed as paid, cards paid ${sumOf(cards)} of them and cash less than the rest`);
  for (const { id, minor } of deal.invoices) {
    const rows = store.pointingAt("cybs_paymentallocation", "cybs_invoiceid", id);
    const sum = (column: string): bigint => rows.reduce((total, row) => total + minorOfNumber(row[column], deal.currency), 0n);
    const [gross, net] = [sum("cybs_amount"), sum("cybs_amount") - sum("cybs_refundedamount")];
    if (net > minor) world.fail(13, `invoice ${id}: ${net} applied, it comes to ${minor}`);
    // What was paid in cash on the order pays its invoices, too.
    const cash = deal.cash.reduce((total, one) => (one.invoiceId === id || one.invoiceId === undefined ? total + one.minor : total), 0n);
    if (store.get("invoice", id)?.["statecode"] === PAID && gross + cash < minor) world.fail(13, `invoice ${id} is closed as paid with ${gross} applied and ${cash} in cash of ${minor}`);
    const isOwed = payments.some((intent) => isLive(mainEffect(intent)) && netOf(world, intent) > 0n);
    if (isOwed && store.get("invoice", id)?.["statecode"] === 0 && net + cash >= minor && payments.every(isSettled) && rows.length > 0 && deal.cash.length === 0) world.fail(13, `invoice ${id} is open, and all of its ${minor} was applied`);
  }
}
