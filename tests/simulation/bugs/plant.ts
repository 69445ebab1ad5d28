// How a bug is planted: a part of the relay is changed on its way in (its gateway, its Dataverse, its ledger), never its source.
import { createDerivation } from "../../../plugin-proxy/src/crypto/derive-ids.ts";
import type { Effect, EffectKind } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import { planAttempt } from "../../../plugin-proxy/src/domain/payment/plan-effect.ts";
import type { NewRow } from "../../../plugin-proxy/src/domain/notify/rows.ts";
import type { DocumentsReading, Surroundings } from "../../../plugin-proxy/src/ports/surroundings.ts";
import { relayConfig } from "../relay-config.ts";
import { mainEffect, type Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import type { FlowDeps } from "../../../plugin-proxy/src/flows/deps.ts";
import type { Dataverse } from "../../../plugin-proxy/src/ports/dataverse.ts";
import type { Gateway, GatewayAnswer, GatewayCall, SignedCall } from "../../../plugin-proxy/src/ports/gateway.ts";
import type { Ledger, LedgerTransaction } from "../../../plugin-proxy/src/ports/ledger.ts";
import type { ChangeDeps } from "../replica.ts";

const derivation = createDerivation(relayConfig().keys.derivation.reveal());

export interface Planted {
  readonly changeDeps?: ChangeDeps;
  readonly changeLedger?: (ledger: Ledger) => Ledger;
}

export const changedGateway = (change: (gateway: Gateway, deps: FlowDeps) => Partial<Gateway>): Planted => ({ changeDeps: (deps) => ({ ...deps, gateway: { ...deps.gateway, ...change(deps.gateway, deps) } }) });

/** Every call goes out as `change` makes it. */
export const changedCalls = (change: (call: GatewayCall, deps: FlowDeps) => GatewayCall): Planted => changedGateway((gateway, deps) => ({ sign: (call) => gateway.sign(change(call, deps)) }));

/** Every answer is read as `read` reads it. */
export const misread = (read: (answer: GatewayAnswer, call: GatewayCall) => GatewayAnswer): Planted => changedGateway((gateway) => ({
  sign: async (call) => { const signed = await gateway.sign(call); return { ...signed, send: async () => read(await signed.send(), call) }; },
}));

/** Something else happens where a call is sent. */
export const changedSend = (send: (signed: SignedCall, again: () => Promise<SignedCall>) => Promise<GatewayAnswer>): Planted => changedGateway((gateway) => ({
  sign: async (call) => { const signed = await gateway.sign(call); return { signatureExpiresAt: signed.signatureExpiresAt, send: () => send(signed, () => gateway.sign(call)) }; },
}));

/** The effect planned again, with its next attempt. */
export const nextAttemptOf = (intent: Intent, effect: Effect): Intent => ({
  ...intent,
  effects: intent.effects.map((other) => (other.effectId !== effect.effectId ? other : {
    ...effect, state: "planned", retryAt: effect.changedAt, nextLookAt: undefined, refusal: undefined, attempts: [...effect.attempts, planAttempt(intent, effect, effect.attempts.length + 1, derivation)],
  })),
});

/** Effects of these kinds are sent again when there is no answer, instead of being looked for. */
export const sentAgain = (...kinds: readonly EffectKind[]): Planted => sentAgainWhere((effect) => kinds.includes(effect.kind));

export const sentAgainWhere = (is: (effect: Effect, intent: Intent) => boolean): Planted => misdecided((after) => after.effects
  .filter((effect) => effect.state === "unknown" && effect.attempts.length === 1 && is(effect, after))
  .reduce(nextAttemptOf, after));

/** Several mistakes at once, as one hand makes them. */
export const together = (...all: readonly Planted[]): Planted => ({
  changeDeps: (deps) => all.reduce((changed, one) => one.changeDeps?.(changed) ?? changed, deps),
  changeLedger: (ledger) => all.reduce((changed, one) => one.changeLedger?.(changed) ?? changed, ledger),
});

export const changedDataverse = (change: (dataverse: Dataverse, surroundings: Surroundings) => Partial<Dataverse>): Planted => ({ changeDeps: (deps) => ({ ...deps, dataverse: { ...deps.dataverse, ...change(deps.dataverse, deps.surroundings) } }) });

const changedSurroundings = (change: (surroundings: Surroundings) => Partial<Surroundings>): Planted => ({ changeDeps: (deps) => ({ ...deps, surroundings: { ...deps.surroundings, ...change(deps.surroundings) } }) });

/** Orders and invoices are read as `read` reads them. */
export const readAs = (read: (reading: DocumentsReading) => DocumentsReading): Planted => changedSurroundings((surroundings) => ({
  readDocuments: async (query) => { const answer = await surroundings.readDocuments(query); return answer.kind === "read" ? read(answer) : answer; },
}));

/** Rows of this table are never made, and are believed to stand. */
export const withoutRows = (table: NewRow["table"]): Planted => changedSurroundings((surroundings) => ({ createOnce: async (query) => (query.row.table === table ? { kind: "stands" } : surroundings.createOnce(query)) }));

/** Transactions of the ledger with some methods changed. */
export const changedTransactions = (change: (tx: LedgerTransaction) => Partial<LedgerTransaction>): Planted => ({
  changeLedger: (ledger) => {
    const over = (tx: LedgerTransaction): LedgerTransaction => new Proxy(tx, { get: (target, name) => Reflect.get(Object.hasOwn(change(target), name) ? change(target) : target, name) as unknown });
    return new Proxy(ledger, {
      get: (target, name) => {
        if (name === "transaction") return (work: (tx: LedgerTransaction) => Promise<unknown>) => target.transaction((tx) => work(over(tx)));
        if (name === "alone") return (work: (tx: LedgerTransaction) => Promise<unknown>) => target.alone((tx) => work(over(tx)));
        return Reflect.get(target, name) as unknown;
      },
    });
  },
});

/** What is decided is written down as `change` makes it. */
export const misdecided = (change: (after: Intent, before: Intent) => Intent): Planted => changedTransactions((tx) => ({
  saveIntent: (before, after, options) => tx.saveIntent(before, change(after, before), options),
}));

/** The intent with its money-in effect changed. */
export const withMain = (intent: Intent, change: Partial<Intent["effects"][number]>): Intent => ({ ...intent, effects: [{ ...mainEffect(intent), ...change }, ...intent.effects.slice(1)] });
