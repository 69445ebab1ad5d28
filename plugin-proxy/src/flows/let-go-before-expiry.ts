// An authorization that nobody has captured: its owner is warned 48 hours before it lapses, and what will not be captured is reversed by a
// request row of the relay's own, visible and cancellable; by the other policy a person is asked instead.
import { expirySteps, type ExpiryStep } from "../domain/expiry/expiry-steps.ts";
import type { NewRow } from "../domain/notify/rows.ts";
import { toDecimalText } from "../domain/money.ts";
import type { Command } from "../domain/payment/command.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import { isRunning, isWaiting } from "../domain/payment/effect.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { DAY_MS, toIsoText, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";
import { createNotice } from "./create-notice.ts";
import { DONE, laterAfter, type Surrounded } from "./surrounded.ts";

export async function letGoBeforeExpiry(deps: FlowDeps, intent: Intent): Promise<Surrounded> {
  const { command } = intent;
  const main = mainEffect(intent);
  const expiresAt = main.authorizationExpiresAt;
  if (command === undefined || expiresAt === undefined || main.state !== "approved") return DONE;
  const capturableMinor = deriveSums(intent).capturable;
  const steps = expirySteps({ expiresAt, capturableMinor, isWarned: false, policy: command.merchantAccount.releasePolicy ?? "reverse" });
  const now = deps.clocks.business();
  for (const step of steps) {
    if (step.dueAt > now) return { kind: "later", at: step.dueAt };
    // What is on its way may still be a capture of it.
    if (step.kind === "release" && intent.effects.some((effect) => isRunning(effect) || isWaiting(effect))) return laterAfter(deps, {});
    const outcome = await carryOut(deps, intent, command, { step, expiresAt, minor: capturableMinor });
    if (outcome.kind === "later") return outcome;
  }
  return DONE;
}

async function carryOut(deps: FlowDeps, intent: Intent, command: Command, given: { readonly step: ExpiryStep; readonly expiresAt: Instant; readonly minor: bigint }): Promise<Surrounded> {
  const { organizationId } = intent;
  const outcome = await createNotice(deps, intent, `${given.step.kind} ${given.expiresAt}`, (id) => rowFor(deps, intent, command, { ...given, id }));
  if (outcome.kind === "later" || given.step.kind !== "warn") return outcome;
  const noted = await deps.surroundings.writeRows({ organizationId, rows: [{ table: "payment_note", paymentId: intent.paymentId, expiryWarnedOn: deps.clocks.business() }] });
  return noted.kind === "unavailable" ? laterAfter(deps, noted) : DONE;
}

function rowFor(deps: FlowDeps, intent: Intent, command: Command, given: { readonly step: ExpiryStep; readonly expiresAt: Instant; readonly minor: bigint; readonly id: string }): NewRow {
  const amount = { minor: given.minor, currency: command.amount.currency };
  const text = `${toDecimalText(amount)} ${amount.currency}`;
  if (given.step.kind === "release") {
    return {
      id: given.id, table: "release_request", paymentId: intent.paymentId, document: command.document, amount, currencyId: command.currencyId, validUntil: Math.min(given.expiresAt, deps.clocks.business() + 7 * DAY_MS),
      owner: command.owner, reasonCode: "other", note: `By rule: not captured before it lapses on ${toIsoText(given.expiresAt)}.`,
    };
  }
  const isWarning = given.step.kind === "warn";
  return {
    id: given.id, table: "task", regarding: command.document, owner: command.owner, dueAt: given.expiresAt,
    subject: isWarning ? `Capture ${text} for ${command.documentNumber} before it lapses` : `Capture or release ${text} for ${command.documentNumber}`,
    description: `The authorization lapses on ${toIsoText(given.expiresAt)}. ${isWarning ? "What nobody captures is let go." : "Nobody has captured it, and by policy it is not released by itself."}`,
  };
}
