// A capture that came after the end of its authorization: authorized again on the saved card where policy and the customer's consent allow it, by a
// request row of the relay's own, and then captured; else, or when that came to nothing, a task of the document's owner.
import { capturableBeforeEnd, lateCapturesOf, type LateCapture } from "../domain/expiry/late-captures.ts";
import { asPaymentRequestId } from "../domain/ids.ts";
import { toDecimalText } from "../domain/money.ts";
import type { NewRow } from "../domain/notify/rows.ts";
import type { Command } from "../domain/payment/command.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import type { Effect } from "../domain/payment/effect.ts";
import { isOpen } from "../domain/payment/effect.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { DAY_MS, SECOND_MS } from "../domain/time.ts";
import { createNotice } from "./create-notice.ts";
import type { FlowDeps } from "./deps.ts";
import { recallAuthors } from "./recall-author.ts";
import { stillOwed } from "./still-owed.ts";
import { DONE, laterAfter, type Surrounded } from "./surrounded.ts";

const LOOK_EVERY_MS = 30 * SECOND_MS;
const VALID_MS = DAY_MS;

export async function authorizeAgain(deps: FlowDeps, intent: Intent): Promise<Surrounded> {
  const { command } = intent;
  if (command === undefined) return DONE;
  const recalled = await recallAuthors(deps, intent);
  if ("kind" in recalled) return laterAfter(deps, recalled);
  const whole = capturableBeforeEnd(recalled);
  let left = whole;
  for (const late of lateCapturesOf(recalled)) {
    // Asked for again after a second authorization has taken it: alive, the first would have refused it too.
    if (amountOf(command, late.capture).minor > left && left < whole) continue;
    const isForPerson = late.choice.kind === "task" || amountOf(command, late.capture).minor > left;
    const outcome = isForPerson ? await askPerson(deps, intent, command, late.capture) : await onSavedCard(deps, intent, command, late);
    if (outcome.kind === "later") return outcome;
    if (outcome.kind === "again") left = command.merchantAccount.abilities.multiCapture ? left - outcome.minor : 0n;
  }
  return DONE;
}

/** again: a second authorization stands for this much. */
type Late = Surrounded | { readonly kind: "again"; readonly minor: bigint };

async function onSavedCard(deps: FlowDeps, intent: Intent, command: Command, { capture }: LateCapture): Promise<Late> {
  const { organizationId } = intent;
  const key = `authorize_again ${capture.effectId}`;
  const made = await createNotice(deps, intent, key, (id) => reauthorization(deps, intent, command, { id, capture }));
  if (made.kind === "later") return made;
  const paymentRequestId = asPaymentRequestId(deps.derivation.rowId(organizationId, intent.paymentId, key));
  const again = await deps.ledger.transaction((tx) => tx.loadIntent(organizationId, paymentRequestId));
  const isUnderWay = again === undefined || isOpen(mainEffect(again)) || mainEffect(again).state === "review";
  const isOver = deps.clocks.business() > capture.changedAt + VALID_MS + DAY_MS;
  if (isUnderWay && !isOver) return { kind: "later", at: deps.clocks.business() + LOOK_EVERY_MS };
  if (again === undefined || mainEffect(again).state !== "approved") return askPerson(deps, intent, command, capture);
  const captured = await captureAgain(deps, again, capture);
  return captured.kind === "later" ? captured : { kind: "again", minor: amountOf(command, capture).minor };
}

/** What was wanted, and is still owed, is captured; where a document's state asks for captures, that is its business (watch-documents.ts). */
async function captureAgain(deps: FlowDeps, again: Intent, capture: Effect): Promise<Surrounded> {
  const { command } = again;
  const policy = command?.merchantAccount.capturePolicy;
  if (command === undefined || policy === "on_fulfilment" || policy === "on_invoice" || deriveSums(again).capturable === 0n || again.commands.length > 0) return DONE;
  // A reviewer may have taken a day: the order may be called off by now, or somebody else has paid it.
  const owed = await stillOwed(deps, again, command);
  if (owed.kind === "unavailable") return laterAfter(deps, owed);
  const minor = owed.minor < command.amount.minor ? owed.minor : command.amount.minor;
  if (minor === 0n) return DONE;
  const made = await createNotice(deps, again, `capture_again ${capture.effectId}`, (id) => ({
    id, table: "capture_request", paymentId: again.paymentId, document: command.document, amount: { ...command.amount, minor }, currencyId: command.currencyId, validUntil: deps.clocks.business() + VALID_MS, owner: command.owner,
  }));
  if (made.kind === "done") await deps.ledger.alone((ledger) => ledger.schedule({ kind: "sweep", organizationId: again.organizationId, key: again.organizationId, dueAt: deps.clocks.business() }));
  return made;
}

const amountOf = (command: Command, capture: Effect) => capture.amount ?? command.amount;

function reauthorization(deps: FlowDeps, intent: Intent, command: Command, { id, capture }: { readonly id: string; readonly capture: Effect }): NewRow {
  return {
    id, table: "reauthorize_request", paymentId: intent.paymentId, document: command.document, amount: amountOf(command, capture), currencyId: command.currencyId, validUntil: deps.clocks.business() + VALID_MS, owner: command.owner,
    paymentMethodId: command.savedCard?.paymentMethodId ?? "",
  };
}

function askPerson(deps: FlowDeps, intent: Intent, command: Command, capture: Effect): Promise<Surrounded> {
  const amount = amountOf(command, capture);
  return createNotice(deps, intent, `task late capture ${capture.effectId}`, (id) => ({
    id, table: "task", regarding: command.document, owner: command.owner, dueAt: capture.changedAt, subject: `Take ${toDecimalText(amount)} ${amount.currency} for ${command.documentNumber} again`,
    description: "The authorization had ended before the capture, and it could not be made again without the customer. Ask for the payment again.",
  }));
}
