// What a later row's wish comes to: the guards, in the order in which a person would want to hear of them, and then the parts to carry
// out. Pure and asked again under the lock each time, so that two rows at once are judged one after the other.
import { err, ok, type Result } from "../result.ts";
import type { EffectId } from "../ids.ts";
import { isPositive, type Money } from "../money.ts";
import type { Instant } from "../time.ts";
import { batchClosesAt, batchDayOf } from "./batch-window.ts";
import { chooseGiveBack, type GivableCapture, type GiveBackPart } from "./choose-give-back.ts";
import type { ChangeCommand } from "./command.ts";
import { amountOf, deriveSums, liveCaptures } from "./derive-sums.ts";
import type { Effect, EffectKind } from "./effect.ts";
import type { CaptureSettlement } from "./events.ts";
import { freeToCapture, freeToRefund } from "./free-amounts.ts";
import { firstSentAt, findEffect, mainEffect, type Intent } from "./intent.ts";

export interface PlannedPart {
  readonly kind: EffectKind;
  readonly amount: Money;
  readonly undoes?: EffectId | undefined;
  readonly parentId?: EffectId | undefined;
  readonly notBefore?: Instant | undefined;
  readonly releasesRest?: true | undefined;
  readonly isRefundAccepted?: true | undefined;
  readonly why: string;
}

export interface PlanContext {
  readonly settlement: readonly CaptureSettlement[];
  readonly at: Instant;
}

export type ChangeRefusal = string;
type Planned = Result<readonly PlannedPart[], ChangeRefusal>;

/** The parts of a command on this payment as it stands, or the rule that it breaks. */
export function planChange(intent: Intent, command: ChangeCommand, context: PlanContext): Planned {
  const main = mainEffect(intent);
  const currency = intent.command?.amount.currency;
  if (!isPositive(command.amount)) return err("amount_not_valid");
  if (currency === undefined || command.amount.currency !== currency) return err("currency_mismatch");
  if (command.action === "credit" && main.commandId === command.commandId) return planCredit(intent, command);
  if (main.state === "review") return planOnReview(main, command);
  if (main.state !== "approved" && !(main.state === "undone" && command.action === "credit")) return err("payment_not_live");
  switch (command.action) {
    case "capture": return planCapture(intent, command, context);
    case "incremental_authorization": return planIncrement(intent, command, context);
    case "credit": return planCredit(intent, command);
    case "void": return isRefundNamed(intent, command) ? voidOfRefund(intent, command, context) : planGiveBack(intent, command, context);
    case "give_back": case "refund": case "authorization_reversal": return planGiveBack(intent, command, context);
    // It founds a payment of its own (freeze-command.ts); here it has come to the wrong place.
    case "reauthorization": return err("action_unsupported");
  }
}

/** A case can be neither captured nor reversed while it is open: cancelling it is reject and reverse. A soft decline is only held. */
function planOnReview(main: Effect, command: ChangeCommand): Planned {
  const isWhole = command.amount.minor === amountOf(main);
  const isCancel = command.action === "give_back" || command.action === "authorization_reversal" || command.action === "void";
  if (!isCancel || !isWhole || main.facts?.reviewKind === "before_authorization") return err("payment_in_review");
  const kind = main.facts?.reviewKind === "soft_decline" ? "authorization_reversal" : "case_decision";
  return ok([{ kind, undoes: main.effectId, amount: command.amount, why: kind === "case_decision" ? "case_rejected" : "hold_released" }]);
}

function planCapture(intent: Intent, command: ChangeCommand, { at }: PlanContext): Planned {
  const main = mainEffect(intent);
  const { abilities } = intent.command?.merchantAccount ?? {};
  const sums = deriveSums(intent);
  if (main.isLapsed === true || (main.authorizationExpiresAt ?? Infinity) <= at) return err("authorization_expired");
  const wasVoided = intent.effects.some((effect) => effect.kind === "capture" && effect.state === "undone");
  if (wasVoided && abilities?.captureAfterVoid !== true) return err("capture_after_void");
  if (sums.captured > 0n && abilities?.multiCapture !== true) return err("already_captured");
  if (command.amount.minor > freeToCapture(intent, command.commandId)) return err("amount_above_capturable");
  return ok([{ kind: "capture", parentId: main.effectId, amount: command.amount, why: "captured", ...restOf(intent, command) }]);
}

/** A part, on an account without several captures: the gateway itself lets the rest go. */
export const restOf = (intent: Intent, command: ChangeCommand): { readonly releasesRest?: true } =>
  (command.action === "capture" && intent.command?.merchantAccount.abilities.multiCapture !== true && command.amount.minor < deriveSums(intent).capturable ? { releasesRest: true } : {});

function planIncrement(intent: Intent, command: ChangeCommand, { at }: PlanContext): Planned {
  const main = mainEffect(intent);
  if (intent.command?.merchantAccount.abilities.incremental !== true) return err("incremental_unsupported");
  if (main.kind !== "authorization" || deriveSums(intent).captured > 0n || main.isLapsed === true || (main.authorizationExpiresAt ?? Infinity) <= at) return err("not_incrementable");
  return ok([{ kind: "incremental_authorization", parentId: main.effectId, amount: command.amount, why: "order_grew" }]);
}

/** Off unless the account says so, and only to the instrument that this customer paid with; the second person is the gate's business. */
function planCredit(intent: Intent, command: ChangeCommand): Planned {
  const account = intent.command?.merchantAccount;
  if (account?.abilities.standaloneCredit !== true || account.creditPolicy !== "allowed") return err("credit_not_allowed");
  if (intent.isDisputed === true) return err("payment_disputed");
  return ok([{ kind: "credit", amount: command.amount, why: "credited" }]);
}

const isRefundNamed = (intent: Intent, command: ChangeCommand): boolean => {
  const named = command.captureId === undefined ? undefined : findEffect(intent, command.captureId);
  return named?.kind === "refund" || named?.kind === "credit";
};

function voidOfRefund(intent: Intent, command: ChangeCommand, { settlement, at }: PlanContext): Planned {
  const named = command.captureId === undefined ? undefined : findEffect(intent, command.captureId);
  if (named?.state !== "approved") return err("nothing_to_give_back");
  if (named.amount?.minor !== command.amount.minor) return err("partial_void");
  const state = settlementOf(intent, named, settlement, at);
  if (state === "unverified") return err("settlement_not_verified");
  return state === "open" ? ok([{ kind: "void", undoes: named.effectId, amount: command.amount, why: "not_yet_settled" }]) : err("void_too_late");
}

function planGiveBack(intent: Intent, command: ChangeCommand, context: PlanContext): Planned {
  const account = intent.command?.merchantAccount;
  if (account === undefined || command.action === "capture" || command.action === "incremental_authorization" || command.action === "credit" || command.action === "reauthorization") return err("action_unsupported");
  if (intent.isDisputed === true && command.action !== "authorization_reversal") return err("payment_disputed");
  const chosen = chooseGiveBack({
    action: command.action, amountMinor: command.amount.minor, captureId: command.captureId, heldMinor: freeToCapture(intent, command.commandId), abilities: account.abilities,
    isRefundAccepted: command.isRefundAccepted, at: context.at, captures: givableCaptures(intent, command, context),
  });
  return chosen.ok ? ok(chosen.value.map((part) => toPart(intent, command, part))) : chosen;
}

/** Captures as the rule wants to see them. What was not verified just now is never voided or refunded. */
export function givableCaptures(intent: Intent, command: Pick<ChangeCommand, "commandId">, { settlement, at }: PlanContext): readonly GivableCapture[] {
  const account = intent.command?.merchantAccount ?? {};
  return liveCaptures(intent).map((capture) => ({
    effectId: capture.effectId, capturedMinor: amountOf(capture), freeMinor: freeToRefund(intent, capture, command.commandId), settlement: settlementOf(intent, capture, settlement, at),
    capturedAt: firstSentAt(intent, capture), batchClosesAt: batchClosesAt(account, firstSentAt(intent, capture)),
  }));
}

/** Open only when Cybersource just said so and the cut-off of its batch has not passed. */
function settlementOf(intent: Intent, effect: Effect, settlement: readonly CaptureSettlement[], at: Instant): GivableCapture["settlement"] {
  const said = settlement.find((one) => one.effectId === effect.effectId)?.state;
  if (said === undefined) return "unverified";
  const account = intent.command?.merchantAccount ?? {};
  return said === "open" && batchDayOf(account, at) <= batchDayOf(account, firstSentAt(intent, effect)) ? "open" : "closed";
}

function toPart(intent: Intent, command: ChangeCommand, part: GiveBackPart): PlannedPart {
  const amount = { minor: part.amountMinor, currency: command.amount.currency };
  if (part.kind === "authorization_reversal") return { kind: part.kind, undoes: mainEffect(intent).effectId, amount, why: part.why };
  if (part.kind === "void") return { kind: part.kind, undoes: part.captureId, amount, why: part.why, ...(command.isRefundAccepted ? { isRefundAccepted: true as const } : {}) };
  return { kind: part.kind, parentId: part.captureId, amount, notBefore: part.notBefore, why: part.why };
}
