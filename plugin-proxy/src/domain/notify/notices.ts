// Who is told what: a requester whose outcome came after his dialog closed, approvers when something waits for them, operators when only they
// can go on, the owner when money is about to lapse. Each notice has a key, and a key is told once.
import { lateCapturesOf } from "../expiry/late-captures.ts";
import { toDecimalText } from "../money.ts";
import type { Author } from "../payment/command.ts";
import { isOpen, isTurnedDown, isUndo, isWaiting, type Effect } from "../payment/effect.ts";
import { commandOf, disputesOf, effectsOf, mainEffect, type Intent } from "../payment/intent.ts";
import { isPartOfWish } from "../payment/plan-effect.ts";
import { wordsFor } from "../payment/words.ts";
import { DAY_MS, MINUTE_MS, type Instant } from "../time.ts";

export type Audience =
  | { readonly kind: "user"; readonly id: string }
  | { readonly kind: "role"; readonly role: "Refund approver" | "Operator" | "Finance"; readonly except: readonly string[] };

export interface Notice {
  readonly key: string;
  readonly audience: Audience;
  readonly title: string;
  readonly body: string;
  readonly icon: "info" | "success" | "failure" | "warning";
  readonly link: { readonly label: string; readonly table: "cybs_payment" | "cybs_refundrequest"; readonly id: string };
}

/** A dialog polls for this long at least; what is decided later nobody has seen. */
export const DIALOG_MS = MINUTE_MS;

/** Everything that somebody should have been told by now. `hands`: who had a hand in a refund request and may not approve it. */
export function noticesFor(intent: Intent, handsOf: (refundRequestId: string) => readonly string[]): readonly Notice[] {
  return [...outcomes(intent), ...waitingApprovals(intent, handsOf), ...operatorCalls(intent), ...turnedDown(intent)];
}

const labelOf = (intent: Intent): string => intent.command?.documentNumber ?? intent.command?.requestName ?? "a payment";
const paymentLink = (intent: Intent): Notice["link"] => ({ label: "Open payment", table: "cybs_payment", id: intent.paymentId });

interface Wish { readonly id: string; readonly author: Author; readonly claimedAt: Instant; readonly effects: readonly Effect[] }

/** The founding request and every later row, each with its own effects. */
function wishesOf(intent: Intent): readonly Wish[] {
  const founding: readonly Wish[] = intent.command === undefined ? [] : [{ id: intent.paymentRequestId, author: intent.command.author, claimedAt: intent.claimedAt, effects: [mainEffect(intent)] }];
  return [...founding, ...intent.commands.map((command) => ({ id: command.commandId, author: command.author, claimedAt: command.claimedAt, effects: effectsOf(intent, command.commandId) }))];
}

function outcomes(intent: Intent): readonly Notice[] {
  return wishesOf(intent).flatMap((wish): readonly Notice[] => {
    const first = wish.effects[0];
    if (first === undefined || wish.effects.some((effect) => isOpen(effect) || isWaiting(effect))) return [];
    const settledAt = Math.max(...wish.effects.map((effect) => effect.changedAt));
    if (settledAt - wish.claimedAt < DIALOG_MS || !wish.author.isInteractivePerson) return [];
    const isGood = wish.effects.some((effect) => effect.state === "approved");
    const failed = isGood ? wish.effects.filter((effect) => isPartOfWish(effect) && !isUndo(effect) && cameToNothing(effect)) : [];
    return [{
      key: `outcome ${wish.id} ${first.state}`, audience: { kind: "user", id: wish.author.userId }, icon: failed.length > 0 ? "warning" : isGood ? "success" : "failure", link: paymentLink(intent),
      title: `${labelOf(intent)}: ${failed.length > 0 ? "carried out in part" : isGood ? "carried out" : "not carried out"}`, body: (failed.length > 0 ? failed : [first]).map(sentenceOf).join(" "),
    }];
  });
}

/** What was planned and went out another way is no failure. */
const cameToNothing = (effect: Effect): boolean => ["refused", "declined", "absent", "expired"].includes(effect.state);
const sentenceOf = (effect: Effect): string => wordsFor(effect)?.agent ?? `${effect.kind.replaceAll("_", " ")} of ${amountText(effect)}: ${effect.state}.`;

const amountText = (effect: Effect): string => (effect.amount === undefined ? "an unknown amount" : `${toDecimalText(effect.amount)} ${effect.amount.currency}`);

function waitingApprovals(intent: Intent, handsOf: (refundRequestId: string) => readonly string[]): readonly Notice[] {
  return intent.effects.filter((effect) => effect.state === "awaiting_approval").flatMap((effect): readonly Notice[] => {
    const command = commandOf(intent, effect);
    if (command === undefined) return [];
    return [{
      key: `approval ${command.commandId}`, audience: { kind: "role", role: "Refund approver", except: handsOf(command.commandId) }, icon: "warning",
      title: `Approve a refund of ${toDecimalText(command.amount)} ${command.amount.currency}`, body: `${command.author.fullName} asks to give money back for ${labelOf(intent)}. It waits for somebody else.`,
      link: { label: "Open request", table: "cybs_refundrequest", id: command.commandId },
    }];
  });
}

function operatorCalls(intent: Intent): readonly Notice[] {
  return intent.effects.filter((effect) => effect.isEscalated === true && effect.state === "unknown").map((effect): Notice => ({
    key: `operator ${effect.effectId}`, audience: { kind: "role", role: "Operator", except: [] }, icon: "failure", link: paymentLink(intent),
    title: `Decide about ${labelOf(intent)}`, body: `Cybersource never answered the ${effect.kind.replaceAll("_", " ")} of ${amountText(effect)}. Nothing happens until an operator decides.`,
  }));
}

/** Finance has counted on it: books, invoices and allocations may have to be corrected. */
function turnedDown(intent: Intent): readonly Notice[] {
  return intent.effects.filter(isTurnedDown).map((effect): Notice => ({
    key: `turned down ${effect.effectId}`, audience: { kind: "role", role: "Finance", except: [] }, icon: "failure", link: paymentLink(intent),
    title: `Turned down at settlement: ${amountText(effect)} for ${labelOf(intent)}`, body: "The money never came. It is taken out of the payment's sums and away from its invoices; an invoice that was closed as paid stays closed until somebody reopens it.",
  }));
}

export interface TaskNotice {
  readonly key: string;
  readonly subject: string;
  readonly description: string;
  readonly dueAt: Instant;
}

/** Work that waits for a person who owns the document: a soft decline to decide, an increase that was not approved. */
export function tasksFor(intent: Intent): readonly TaskNotice[] {
  const label = labelOf(intent);
  return [...disputeTasks(intent), ...intent.effects.flatMap((effect): readonly TaskNotice[] => {
    if (effect.state === "review" && effect.facts?.reviewKind === "soft_decline" && effect.decisionDueAt !== undefined) {
      return [{ key: `soft decline ${effect.effectId}`, subject: `Decide about the payment for ${label}`, dueAt: effect.decisionDueAt, description: `The bank approved ${amountText(effect)} but its check failed. Accept or release it; otherwise it is released by itself.` }];
    }
    if (isTurnedDown(effect)) {
      return [{ key: `turned down ${effect.effectId}`, subject: `Collect ${amountText(effect)} for ${label} again`, dueAt: effect.changedAt + DAY_MS, description: `The bank turned down ${amountText(effect)} at settlement, after it had been approved: the money never came. Take another payment, and have finance correct the invoice.` }];
    }
    // Asked for by rule, so that nobody waits for the answer.
    if (effect.kind === "incremental_authorization" && (effect.state === "declined" || effect.state === "refused") && commandOf(intent, effect)?.author.isInteractivePerson === false) {
      return [{ key: `growth ${effect.effectId}`, subject: `Authorize ${amountText(effect)} more for ${label}`, dueAt: effect.authorizationExpiresAt ?? effect.changedAt, description: `The order has grown since it was authorized, and the increase was not approved: ${amountText(effect)} are not covered. Take another payment for the difference.` }];
    }
    if (isLostCapture(intent, effect)) {
      return [{ key: `not captured ${effect.effectId}`, subject: `Capture ${amountText(effect)} for ${label}`, dueAt: mainEffect(intent).authorizationExpiresAt ?? effect.changedAt, description: `A rule asked for this capture, and it came to nothing. ${sentenceOf(effect)} Capture it by hand, or take another payment.` }];
    }
    const isClaimed = effect.isEscalated === true && effect.state === "unknown";
    return isClaimed ? [{ key: `unknown ${effect.effectId}`, subject: `Find out what became of the payment for ${label}`, dueAt: effect.changedAt, description: `No answer from Cybersource about ${amountText(effect)}. An operator decides in Incomplete payments.` }] : [];
  })];
}

/** The customer does not owe it after all: paid otherwise, or let go of. */
const NOT_OWED: ReadonlySet<string> = new Set(["amount_above_open", "payment_not_live"]);

/** Asked for by a rule or a flow and not taken: without a word the goods are gone and the money lapses. What came too late has a way of its own (authorize-again.ts). */
function isLostCapture(intent: Intent, effect: Effect): boolean {
  const command = commandOf(intent, effect);
  if (command?.action !== "capture" || command.author.isInteractivePerson || !cameToNothing(effect) || isTurnedDown(effect)) return false;
  return !NOT_OWED.has(effect.reason ?? "") && lateCapturesOf(intent).every(({ capture }) => capture.effectId !== effect.effectId);
}

/** What most banks give for an answer, where the report names no day. */
const DISPUTE_MS = 14 * DAY_MS;

/** One for each dispute that is open. */
function disputeTasks(intent: Intent): readonly TaskNotice[] {
  return disputesOf(intent).filter((dispute) => dispute.isOpen).map(({ effectId, dueAt }): TaskNotice => ({
    key: ["dispute", intent.paymentId, dueAt ?? "", ...(effectId === undefined ? [] : [effectId])].join(" "), subject: `Answer the dispute of the payment for ${labelOf(intent)}`, dueAt: dueAt ?? mainEffect(intent).changedAt + DISPUTE_MS,
    description: "The customer's bank has opened a dispute. Answer it in Business Center in time. Nothing can be given back meanwhile: that would pay the customer twice.",
  }));
}
