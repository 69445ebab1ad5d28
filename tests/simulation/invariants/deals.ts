// Invariant 3 for an order with its invoices (ADR 0090): what cards have taken, or may have, on any of them and what was paid in cash come to no more than
// order or invoices do. Cybersource says what was taken, the people what they got in cash. A hold takes nothing.
import type { Effect } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect, type Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import { dealKey, type Deal } from "../deal.ts";
import { intentKey } from "../ledger-host.ts";
import { liveMoneyOf, transactionsOf } from "../live-money.ts";
import type { World } from "../world.ts";

const ON_ITS_WAY: ReadonlySet<Effect["state"]> = new Set(["sent", "unknown"]);

export const dealOf = (world: World, intent: Intent): Deal | undefined => (intent.command === undefined ? undefined : world.history.deals.get(dealKey(intent.organizationId, intent.command.document.id)));

/** After each step, for the deals of the intents that were touched. */
export function checkDeals(world: World, touched: readonly Intent[]): void {
  if (world.history.deals.size === 0) return;
  for (const deal of new Set(touched.map((intent) => dealOf(world, intent)).filter((one) => one !== undefined))) checkTogether(world, deal);
}

export const paymentsOf = (world: World, deal: Deal): readonly Intent[] => [...world.ledgerHost.intents.values()].filter((intent) => dealOf(world, intent) === deal);
/** What is paid on a cancelled invoice is the customer's again: people give it back. */
const isCancelled = ({ invoices }: Deal, id: string | undefined): boolean => invoices.some((invoice) => invoice.id === id && invoice.isCancelled);

export function checkTogether(world: World, deal: Deal): void {
  const takings = paymentsOf(world, deal).filter((intent) => !isCancelled(deal, intent.command?.document.id)).map((intent) => takingOf(world, intent)).filter(({ minor }) => minor > 0n);
  const taken = takings.reduce((sum, { minor }) => sum + minor, 0n);
  const askedAt = Math.max(0, ...takings.map((one) => one.askedAt));
  // Cash that somebody takes on top of what is charged already is between him and the customer.
  const cash = deal.cash.reduce((sum, { minor, at, invoiceId }) => (at <= askedAt && !isCancelled(deal, invoiceId) ? sum + minor : sum), 0n);
  if (taken > 0n && taken + cash > togetherMinor(deal)) world.fail(3, `order ${deal.orderId}: cards have taken or may have taken ${taken} and cash ${cash}, it comes to ${togetherMinor(deal)}`);
}

/** Invoices that were cancelled ask for nothing. */
export function togetherMinor({ orderMinor, invoices }: Deal): bigint {
  const invoiced = invoices.reduce((sum, { minor, isCancelled }) => (isCancelled ? sum : sum + minor), 0n);
  return invoiced > orderMinor ? invoiced : orderMinor;
}

interface Taking { readonly minor: bigint; readonly askedAt: number }

/** Net of what was given back, and when the last row was made that took some of it. */
function takingOf(world: World, intent: Intent): Taking {
  const key = intentKey(intent);
  const at = (requestId: string): number => world.history.requestedAt.get(`${intent.organizationId} ${requestId}`) ?? 0;
  const live = liveMoneyOf(world, key);
  const main = mainEffect(intent);
  const known = new Set(transactionsOf(world, world.neighbours.find((hood) => hood.organizationId === intent.organizationId)?.cybersource.state, key).filter((one) => one.isLive && !one.isVoided).map((one) => world.history.planned.get(one.code)?.effectId));
  // Signed, and nothing of it stands at Cybersource yet.
  const mayCome = intent.effects.filter((effect) => (effect.kind === "capture" || effect.kind === "sale") && effect.undoes === undefined && ON_ITS_WAY.has(effect.state) && !known.has(effect.effectId) && effect.attempts.some((attempt) => world.history.signed.has(attempt.merchantReference)));
  const minor = live.reduce((sum, one) => sum + one.captured - one.refunded, 0n) + mayCome.reduce((sum, effect) => sum + (effect.amount?.minor ?? 0n), 0n);
  const asked = intent.effects.filter((effect) => effect.kind === "capture" && (effect.state === "approved" || ON_ITS_WAY.has(effect.state))).map((effect) => at(effect.commandId ?? ""));
  return { minor, askedAt: Math.max(main.kind === "sale" ? at(intent.paymentRequestId) : 0, ...asked) };
}

export const capturesOf = (intent: Intent): readonly Effect[] => intent.effects.filter((effect) => effect.kind === "capture");
/** Minor units of what stands captured at Cybersource and was not given back. */
export const netOf = (world: World, intent: Intent): bigint => liveMoneyOf(world, intentKey(intent)).reduce((sum, one) => sum + one.captured - one.refunded, 0n);
