// Invariant 3: for each document what is live and what may be never comes to more than its total; what is given back of a capture never to
// more than was captured; what is captured never to more than was authorized. By currency and merchant account, which an organization has one of.
import type { Effect } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect, type Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import { intentKey } from "../ledger-host.ts";
import { liveMoneyOf, transactionsOf } from "../live-money.ts";
import { checkMoves } from "./effects.ts";
import type { World } from "../world.ts";

const MAY_BE_LIVE: ReadonlySet<Effect["state"]> = new Set(["sent", "unknown"]);
const documentKeyOf = (intent: Intent): string | undefined => (intent.command === undefined ? undefined : `${intent.organizationId} ${intent.command.document.kind} ${intent.command.document.id} ${intent.command.amount.currency}`);

/**
 * Minor units that an intent has, holds, or may have. An unknown may be money when any ledger, a lost one too, ever signed an attempt of it.
 * A claim that a restored ledger finds in Dataverse becomes unknown by the law, whatever is on its document; never sent by anybody, it is no money.
 */
function exposure(world: World, intent: Intent): bigint {
  const live = liveMoneyOf(world, intentKey(intent));
  if (live.length > 0) return live.reduce((sum, one) => sum + one.authorized - one.refunded, 0n);
  const main = mainEffect(intent);
  const mayHaveArrived = main.attempts.some((attempt) => world.history.signed.has(attempt.merchantReference));
  if (isAdopted(main) && isDecided(world, intent)) return 0n;
  return MAY_BE_LIVE.has(main.state) && mayHaveArrived ? main.amount?.minor ?? 0n : 0n;
}

const isAdopted = (main: Effect): boolean => main.attempts.some((attempt) => attempt.sentAt !== undefined && attempt.signatureExpiresAt === undefined);
/** What a lost ledger sent has arrived and is no money: that its successor must call it unknown (recovery rules §6) takes nothing of the document. */
function isDecided(world: World, intent: Intent): boolean {
  const hood = world.neighbours.find((one) => one.organizationId === intent.organizationId);
  const state = hood?.cybersource.state;
  if (state?.late.size !== 0) return false;
  const sent = mainEffect(intent).attempts.map(({ merchantReference }) => merchantReference).filter((reference) => world.history.signed.has(reference));
  return transactionsOf(world, state, intentKey(intent)).length > 0 || (sent.length > 0 && sent.every((reference) => world.history.arrived.has(reference)));
}

/** Checks the documents of the intents that were touched. */
export function checkDocuments(world: World, touched: readonly Intent[]): void {
  const documents = new Set(touched.map(documentKeyOf).filter((key) => key !== undefined));
  for (const key of documents) {
    const intents = [...world.ledgerHost.intents.values()].filter((intent) => documentKeyOf(intent) === key);
    const taken = intents.reduce((sum, intent) => sum + exposure(world, intent), 0n);
    const frozen = intents.reduce((most, intent) => { const total = intent.command?.documentTotal.minor ?? 0n; return total > most ? total : most; }, 0n);
    if (taken > frozen) world.fail(3, `document ${key}: live and unknown come to ${taken}, the total is ${frozen}`);
  }
  for (const intent of touched) { checkParts(world, intent); checkMoves(world, intent); }
}

function checkParts(world: World, intent: Intent): void {
  for (const one of liveMoneyOf(world, intentKey(intent))) {
    if (one.captured > one.authorized) world.fail(3, `${one.id}: captured ${one.captured} of ${one.authorized} authorized`);
    if (one.refunded > one.captured) world.fail(3, `${one.id}: given back ${one.refunded} of ${one.captured} captured`);
  }
}
