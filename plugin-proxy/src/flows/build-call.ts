// Turns a planned effect into a call for the gateway, from the frozen command and the sealed details. Nothing is read from Dataverse here.
import { commerceFlagsFor } from "../domain/payment/commerce-flags.ts";
import { currentAttempt, isUndo, type Effect } from "../domain/payment/effect.ts";
import type { Command } from "../domain/payment/command.ts";
import { isWholeCapture } from "../domain/payment/decide-change.ts";
import { bringsMoneyIn, commandOf, findEffect, mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { GatewayCall, Instrument } from "../ports/gateway.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";
import { openDetail } from "./detail.ts";

export type BuiltCall = { readonly kind: "call"; readonly call: GatewayCall } | { readonly kind: "impossible"; readonly reason: string };
const impossible = (reason: string): BuiltCall => ({ kind: "impossible", reason });

/** The call, or why none can be made any more (validity over, card details gone, credentials not bound). */
export async function buildCall(deps: FlowDeps, intent: Intent, effect: Effect, tx: LedgerTransaction): Promise<BuiltCall> {
  const { command } = intent;
  const attempt = currentAttempt(effect);
  const binding = command === undefined ? undefined : bindingOf(deps, command);
  if (command === undefined || attempt === undefined || binding === undefined) return impossible("no_merchant_account");
  const base = { binding, merchantReference: attempt.merchantReference, transactionId: attempt.transactionId };
  if (isUndo(effect)) return buildUndo(intent, effect, base);
  if (!bringsMoneyIn(intent, effect)) return buildChange(deps, intent, { effect, base, tx });
  if (command.action === "credit") return impossible("not_a_change");
  if (deps.clocks.business() > command.validUntil) return impossible("request_expired");
  const instrument = await instrumentOf(deps, command, tx);
  if (instrument === undefined) return impossible("card_entry_lost");
  const detail = await openDetail(tx, deps.sealer, { ...command, customerId: command.customer.id });
  return {
    kind: "call",
    call: {
      ...base, kind: command.action, amount: command.amount, instrument, channel: command.channel,
      flags: commerceFlagsFor({ channel: command.channel, instrument: instrument.kind, saveCard: command.saveCard, isReauthorization: command.reauthorizes !== undefined, firstNetworkTransactionId: command.reauthorizes?.networkTransactionId ?? command.savedCard?.firstNetworkTransactionId }),
      saveCard: command.saveCard, merchantCustomerId: command.customer.id, tmsCustomerId: command.savedCard?.tmsCustomerId,
      billTo: detail.billTo, lines: detail.lines, documentNumber: command.documentNumber, invoiceNumber: detail.invoiceNumber, hasLevelThree: hasLevelThree(command),
    },
  };
}

async function instrumentOf(deps: FlowDeps, command: Command, tx: LedgerTransaction): Promise<Instrument | undefined> {
  if (command.savedCard !== undefined) return { kind: "saved_card", paymentInstrumentId: command.savedCard.paymentInstrumentId, tmsCustomerId: command.savedCard.tmsCustomerId };
  const token = await tx.loadTransientToken(command.organizationId, command.paymentRequestId);
  if (token === undefined || token.expiresAt <= deps.clocks.wire()) return undefined;
  const jwt = deps.sealer.open(token.sealed, tokenContext(command));
  return jwt === undefined ? undefined : { kind: "transient_token", jwt };
}

/** Binds a sealed token to its request row: a box moved to another row does not open. */
export const tokenContext = (owner: Pick<Command, "organizationId" | "paymentRequestId">): string => `token:${owner.organizationId}:${owner.paymentRequestId}`;

type Base = Pick<GatewayCall, "binding" | "merchantReference" | "transactionId">;
interface ChangeInput { readonly effect: Effect; readonly base: Base; readonly tx: LedgerTransaction }

/** A call on a payment that exists. Its lines are those of the row's own document. */
async function buildChange(deps: FlowDeps, intent: Intent, { effect, base, tx }: ChangeInput): Promise<BuiltCall> {
  const { command } = intent;
  const parent = (effect.parentId === undefined ? undefined : findEffect(intent, effect.parentId)) ?? mainEffect(intent);
  const parentRequestId = parent.facts?.requestId;
  const { amount } = effect;
  if (command === undefined || amount === undefined) return impossible("no_parent");
  const { documentNumber } = command;
  if (effect.kind === "credit") return buildCredit(intent, effect, base);
  if (parentRequestId === undefined) return impossible("no_parent");
  switch (effect.kind) {
    case "capture": {
      const { lines, invoiceNumber } = await openDetail(tx, deps.sealer, { organizationId: intent.organizationId, paymentRequestId: effect.commandId ?? intent.paymentRequestId, customerId: command.customer.id });
      return { kind: "call", call: { ...base, kind: "capture", parentRequestId, amount, lines, documentNumber, invoiceNumber, hasLevelThree: hasLevelThree(command), sequence: sequenceOf(intent, effect) } };
    }
    case "incremental_authorization": return { kind: "call", call: { ...base, kind: "incremental_authorization", parentRequestId, additionalAmount: amount } };
    case "refund": return { kind: "call", call: { ...base, kind: "refund", parentRequestId, parentKind: parent.kind === "sale" ? "sale" : "capture", amount, documentNumber } };
    default: return impossible("not_a_change");
  }
}

const hasLevelThree = ({ merchantAccount }: Command): boolean => merchantAccount.abilities.levelThree === true;

const CAPTURES_MAX = 99;

/** How many there will be is not known before the last, which takes all that is left: until then the count stays ahead (capture guide). */
function sequenceOf(intent: Intent, effect: Effect): { readonly number: number; readonly count: number } | undefined {
  if (intent.command?.merchantAccount.abilities.multiCapture !== true) return undefined;
  const number = 1 + intent.effects.filter((other) => other.kind === "capture" && (other.state === "approved" || other.state === "undone")).length;
  return { number, count: isWholeCapture(intent, effect) ? number : Math.min(CAPTURES_MAX, number + 1) };
}

/** Only to an instrument that this customer paid with: the row's saved card, else the one of the payment. */
function buildCredit(intent: Intent, effect: Effect, base: Base): BuiltCall {
  const { command } = intent;
  const card = commandOf(intent, effect)?.savedCard ?? command?.savedCard;
  const token = mainEffect(intent).facts?.token;
  const paymentInstrumentId = card?.paymentInstrumentId ?? token?.paymentInstrumentId;
  if (command === undefined || effect.amount === undefined || paymentInstrumentId === undefined) return impossible("no_instrument");
  const instrument = { kind: "saved_card", paymentInstrumentId, tmsCustomerId: card?.tmsCustomerId ?? token?.customerId } as const;
  return { kind: "call", call: { ...base, kind: "credit", amount: effect.amount, instrument, billTo: {}, documentNumber: command.documentNumber } };
}

const PARENT_KIND = { capture: "capture", refund: "refund", credit: "credit" } as const;
const parentKindOf = (parent: Effect): "sale" | "capture" | "refund" | "credit" => (parent.kind in PARENT_KIND ? PARENT_KIND[parent.kind as keyof typeof PARENT_KIND] : "sale");

function buildUndo(intent: Intent, effect: Effect, base: Base): BuiltCall {
  const main = mainEffect(intent);
  const parent = (effect.undoes === undefined ? undefined : findEffect(intent, effect.undoes)) ?? main;
  const amount = effect.amount ?? parent.amount;
  const parentRequestId = effect.targetRequestId ?? parent.facts?.requestId;
  const originalTransactionId = effect.targetTransactionId;
  switch (effect.kind) {
    case "authorization_reversal": return parentRequestId === undefined || amount === undefined ? impossible("no_parent") : { kind: "call", call: { ...base, kind: "authorization_reversal", parentRequestId, amount } };
    case "void": return parentRequestId === undefined ? impossible("no_parent") : { kind: "call", call: { ...base, kind: "void", parentRequestId, parentKind: parentKindOf(parent) } };
    case "case_decision": return parentRequestId === undefined ? impossible("no_parent") : { kind: "call", call: { ...base, kind: "case_decision", parentRequestId, decision: "REJECT", reverse: true } };
    case "timeout_reversal": return originalTransactionId === undefined || amount === undefined ? impossible("no_parent") : { kind: "call", call: { ...base, kind: "timeout_reversal", originalTransactionId, amount } };
    case "timeout_void": return originalTransactionId === undefined ? impossible("no_parent") : { kind: "call", call: { ...base, kind: "timeout_void", originalTransactionId } };
    default: return impossible("not_an_undo");
  }
}
