// A payment in case review cannot be captured, and nobody here can let it go by rule: only a decision at Cybersource brings it on. 48 hours before its
// authorization lapses, like any other that nobody captures, it is said: to the document's owner as a task, and to operators (recovery rules §4).
import { WARN_BEFORE_MS } from "../domain/expiry/expiry-steps.ts";
import { reviewEnds } from "../domain/notify/review-ends.ts";
import { isInCase } from "../domain/payment/decided-case.ts";
import { mainEffect, openUndoOf, type Intent } from "../domain/payment/intent.ts";
import { createNotice } from "./create-notice.ts";
import type { FlowDeps } from "./deps.ts";
import { DONE, laterAfter, type Surrounded } from "./surrounded.ts";
import { notify } from "./tell-people.ts";

/** Says it once for an end; later while it is not time yet or Dataverse does not answer. Done where nothing is held in a case. */
export async function escalateReview(deps: FlowDeps, intent: Intent): Promise<Surrounded> {
  const { command, organizationId } = intent;
  const main = mainEffect(intent);
  const expiresAt = main.authorizationExpiresAt;
  const isHeld = isInCase(main) && main.facts?.reviewKind !== "before_authorization" && openUndoOf(intent, main.effectId) === undefined;
  if (command === undefined || expiresAt === undefined || !isHeld) return DONE;
  const dueAt = expiresAt - WARN_BEFORE_MS;
  if (deps.clocks.business() < dueAt) return { kind: "later", at: dueAt };
  const { task, notice } = reviewEnds(intent, command, expiresAt);
  const written = await createNotice(deps, intent, task.key, (id) => ({ id, table: "task", subject: task.subject, description: task.description, dueAt: task.dueAt, regarding: command.document, owner: command.owner }));
  if (written.kind === "later") return written;
  const told = await notify(deps, intent, notice);
  if (told.kind === "later") return told;
  const noted = await deps.surroundings.writeRows({ organizationId, rows: [{ table: "payment_note", paymentId: intent.paymentId, expiryWarnedOn: deps.clocks.business() }] });
  return noted.kind === "unavailable" ? laterAfter(deps, noted) : DONE;
}
