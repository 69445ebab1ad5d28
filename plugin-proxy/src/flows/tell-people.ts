// Tells people what they should know of a payment, once each: notifications, tasks, receipts as drafts.
import { asPaymentRequestId, type OrganizationId } from "../domain/ids.ts";
import { noticesFor, tasksFor, type Audience, type Notice } from "../domain/notify/notices.ts";
import { languageOf, receiptFor, type ReceiptFacts } from "../domain/notify/receipt.ts";
import type { Command } from "../domain/payment/command.ts";
import { amountOf, liveCaptures } from "../domain/payment/derive-sums.ts";
import { currentAttempt, type Effect } from "../domain/payment/effect.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import { createNotice } from "./create-notice.ts";
import type { FlowDeps } from "./deps.ts";
import { DONE, laterAfter, type Surrounded } from "./surrounded.ts";

const ROLE_PREFIX = "Cybersource Payments – ";

export async function tellPeople(deps: FlowDeps, intent: Intent): Promise<Surrounded> {
  const { command } = intent;
  if (command === undefined) return DONE;
  const hands = await handsByRequest(deps, intent);
  for (const notice of noticesFor(intent, (id) => hands.get(id) ?? [])) {
    const outcome = await notify(deps, intent, notice);
    if (outcome.kind === "later") return outcome;
  }
  for (const task of tasksFor(intent)) {
    const outcome = await createNotice(deps, intent, `task ${task.key}`, (id) => ({ id, table: "task", subject: task.subject, description: task.description, dueAt: task.dueAt, regarding: command.document, owner: command.owner }));
    if (outcome.kind === "later") return outcome;
  }
  return command.merchantAccount.receiptPolicy === "email_draft" ? draftReceipts(deps, intent, command) : DONE;
}

async function handsByRequest(deps: FlowDeps, intent: Intent): Promise<ReadonlyMap<string, readonly string[]>> {
  const waiting = intent.effects.filter((effect) => effect.state === "awaiting_approval").flatMap((effect) => (effect.commandId === undefined ? [] : [effect.commandId]));
  const entries = await deps.ledger.alone((ledger) => Promise.all(waiting.map(async (id) => [id, (await ledger.surroundings.bookedRefund(intent.organizationId, asPaymentRequestId(id)))?.hands ?? []] as const)));
  return new Map(entries);
}

/** To each of its audience, once. */
export async function notify(deps: FlowDeps, intent: Intent, notice: Notice): Promise<Surrounded> {
  const recipients = await recipientsOf(deps, intent.organizationId, notice.audience);
  if ("kind" in recipients) return laterAfter(deps, recipients);
  for (const recipientId of recipients.userIds) {
    const outcome = await createNotice(deps, intent, `${notice.key} ${recipientId}`, (id) => ({ id, table: "app_notification", title: notice.title, body: notice.body, icon: notice.icon, link: notice.link, recipientId }));
    if (outcome.kind === "later") return outcome;
  }
  return DONE;
}

async function recipientsOf(deps: FlowDeps, organizationId: OrganizationId, audience: Audience): Promise<{ readonly userIds: readonly string[] } | Unavailable> {
  if (audience.kind === "user") return { userIds: [audience.id] };
  const found = await deps.surroundings.findUsersWithRole({ organizationId, roleName: `${ROLE_PREFIX}${audience.role}` });
  return found.kind === "unavailable" ? found : { userIds: found.userIds.filter((id) => !audience.except.includes(id)) };
}

/** One draft for each capture and each refund, in the language of the document's owner, who will send it. */
async function draftReceipts(deps: FlowDeps, intent: Intent, command: Command): Promise<Surrounded> {
  if (command.owner.kind !== "systemuser") return DONE;
  const refunds = intent.effects.filter((effect) => (effect.kind === "refund" || effect.kind === "credit") && effect.state === "approved");
  const facts = [...liveCaptures(intent).map((effect) => factsOf(intent, command, effect, "payment")), ...refunds.map((effect) => factsOf(intent, command, effect, "refund"))];
  if (facts.length === 0) return DONE;
  const people = await deps.surroundings.readPeople({ organizationId: intent.organizationId, userIds: [command.owner.id] });
  if (people.kind === "unavailable") return laterAfter(deps, people);
  for (const { effect, receipt } of facts) {
    const text = receiptFor(receipt, languageOf(people.languageOf[command.owner.id]));
    const outcome = await createNotice(deps, intent, `receipt ${effect.effectId}`, (id) => ({ id, table: "email_draft", ...text, regarding: command.document, senderId: command.owner.id, recipient: command.customer, owner: command.owner }));
    if (outcome.kind === "later") return outcome;
  }
  return DONE;
}

function factsOf(intent: Intent, command: Command, effect: Effect, kind: ReceiptFacts["kind"]): { readonly effect: Effect; readonly receipt: ReceiptFacts } {
  const card = mainEffect(intent).facts?.card;
  return {
    effect,
    receipt: {
      kind, documentNumber: command.documentNumber, amount: { minor: amountOf(effect), currency: command.amount.currency }, at: effect.changedAt, timeZone: command.merchantAccount.timeZone,
      brand: command.savedCard?.brand, lastFour: card?.lastFour ?? command.savedCard?.lastFour, reference: currentAttempt(effect)?.merchantReference,
    },
  };
}
