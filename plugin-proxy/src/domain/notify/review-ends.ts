// What is said of a payment in case review whose authorization is about to lapse.
import { toDecimalText } from "../money.ts";
import type { Command } from "../payment/command.ts";
import { amountOf } from "../payment/derive-sums.ts";
import { mainEffect, type Intent } from "../payment/intent.ts";
import { toIsoText, type Instant } from "../time.ts";
import type { Notice, TaskNotice } from "./notices.ts";

/** A task for the document's owner and a notice for operators, each once for an end. */
export function reviewEnds(intent: Intent, command: Command, expiresAt: Instant): { readonly task: TaskNotice; readonly notice: Notice } {
  const amount = `${toDecimalText({ minor: amountOf(mainEffect(intent)), currency: command.amount.currency })} ${command.amount.currency}`;
  const key = `review ${mainEffect(intent).effectId} ${expiresAt}`;
  const why = `${amount} are held and wait for a decision in Case Management. The authorization lapses on ${toIsoText(expiresAt)}; what is not decided and captured by then is lost.`;
  return {
    task: { key: `task ${key}`, subject: `Have the review of ${amount} for ${command.documentNumber} decided before it lapses`, dueAt: expiresAt, description: `${why} Ask the reviewers, or cancel the payment, which rejects the case and releases the hold.` },
    notice: { key, audience: { kind: "role", role: "Operator", except: [] }, icon: "warning", title: `Decide the review of the payment for ${command.documentNumber}`, body: why, link: { label: "Open payment", table: "cybs_payment", id: intent.paymentId } },
  };
}
