// A claimed row turns out to change a payment that exists: it is frozen and put on that payment, and its claim with it, in one transaction.
// From then on the payment's own steps carry it on. A payment that this ledger does not know (a new disk), and
// rows of it that a lost ledger finished, are adopted first.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { ChangeCommand, RequestRow } from "../domain/payment/command.ts";
import { freezePaymentChange, freezeRefund, type ChangeRefusal } from "../domain/payment/freeze-change.ts";
import type { CreditRefusal } from "../domain/payment/freeze-credit.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { planCommandClaim } from "../domain/payment/plan-effect.ts";
import type { Result } from "../domain/result.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { ClaimAnswer } from "../ports/dataverse.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import type { FlowDeps } from "./deps.ts";
import { keepDetail, type Detail } from "./detail.ts";
import { findLostRows } from "./find-lost-rows.ts";
import { readLines } from "./read-lines.ts";
import { recordEvents } from "./record-events.ts";
import { workKey } from "./work-key.ts";

export type ReadRow = Extract<ClaimAnswer, { claim: string }>;
const RETRY_MS = 10 * SECOND_MS;

/** Moves the claim to its payment. Refused on the spot when the row names none or breaks a rule of its own. */
export async function beginCommand(deps: FlowDeps, provisional: Intent, answer: ReadRow): Promise<ClaimOutcome> {
  const { organizationId } = provisional;
  const now = deps.clocks.business();
  const connectedAt = await deps.ledger.alone((tx) => tx.connectedAt(organizationId, now));
  const frozen = freeze(answer, { now, connectedAt, isClaimed: answer.claim === "foreign" });
  if (!frozen.ok) return refuse(deps, provisional, frozen.error);
  const paymentId = answer.row.paymentId ?? "";
  const founder = await deps.ledger.alone((tx) => tx.founderOf(organizationId, { paymentId }));
  if (founder === undefined) return { kind: "unknown_payment", paymentId };
  const lost = answer.claim === "foreign" ? [] : await findLostRows(deps, { organizationId, paymentId, except: provisional.paymentRequestId });
  if (lost === "unavailable") return { kind: "waiting", until: now + RETRY_MS };
  if (lost.length > 0) return { kind: "lost_rows", rows: lost };
  const detail = answer.kind === "read" ? await detailOf(deps, organizationId, answer.row) : undefined;
  const moved = await deps.ledger.transaction((tx) => move(deps, tx, { provisional, founder, command: frozen.value, answer, detail }));
  if (moved === undefined) return { kind: "waiting", until: now + RETRY_MS };
  if (answer.claim === "foreign") deps.reporter.alarm("foreign_claim", { organizationId, paymentRequestId: founder });
  return { kind: "moved", intent: moved };
}

/** Only a capture tells of goods. */
const detailOf = async (deps: FlowDeps, organizationId: OrganizationId, row: RequestRow): Promise<Detail> =>
  ({ billTo: {}, ...(row.action === "capture" ? await readLines(deps, organizationId, row) : { lines: [] }) });

const freeze = (answer: ReadRow, context: Parameters<typeof freezeRefund>[1]): Result<ChangeCommand, ChangeRefusal> =>
  (answer.kind === "read_refund" ? freezeRefund(answer.row, context) : freezePaymentChange(answer.row, context));

interface Move { readonly provisional: Intent; readonly founder: PaymentRequestId; readonly command: ChangeCommand; readonly answer: ReadRow; readonly detail: Detail | undefined }

/** Undefined when somebody else has moved or ended it meanwhile, or its payment is not decided yet. */
async function move(deps: FlowDeps, tx: LedgerTransaction, { provisional, founder, command, answer, detail }: Move): Promise<Intent | undefined> {
  const { organizationId, paymentRequestId } = provisional;
  const [standing, target] = [await tx.loadIntent(organizationId, paymentRequestId), await tx.loadIntent(organizationId, founder)];
  if (standing === undefined || mainEffect(standing).state !== "claiming" || target === undefined) return undefined;
  if (target.command === undefined) {
    // Its founding row was met and not read; no sweep shows a final row again, so whoever waits for it makes it go on.
    await tx.schedule({ kind: "advance", organizationId, key: workKey(target.table, founder), dueAt: deps.clocks.business() });
    return undefined;
  }
  const isForeign = answer.claim === "foreign";
  // Withdrawn since its row was read: a claim of our own is read again and ends; one that may have moved money goes on, unwanted.
  if (standing.deal !== "on" && !isForeign) return undefined;
  const at = deps.clocks.business();
  await tx.dropClaim(standing);
  const claim = planCommandClaim(target, command.commandId, at, deps.derivation);
  const frozen: ChangeCommand = isForeign ? { ...command, isForeign, deal: standing.deal === "on" ? command.deal : "withdrawn", claimedAt: Math.min(command.claimedAt, command.createdOn) } : command;
  const after: Intent = { ...target, commands: [...target.commands, frozen], effects: [...target.effects, claim], revision: target.revision + 1 };
  await tx.saveIntent(target, after);
  if (detail !== undefined) await keepDetail(tx, deps.sealer, { organizationId, paymentRequestId: command.commandId, customerId: target.command.customer.id }, detail);
  await tx.schedule({ kind: "project", organizationId, key: founder, dueAt: at });
  await tx.schedule({ kind: "advance", organizationId, key: founder, dueAt: at });
  return after;
}

/** The payment that the row names is none. */
export const refuseCommand = (deps: FlowDeps, provisional: Intent): Promise<ClaimOutcome> => refuse(deps, provisional, "no_payment");

/** A row that would have founded a payment breaks a rule of its own. */
export const refuseFounding = (deps: FlowDeps, provisional: Intent, reason: CreditRefusal): Promise<ClaimOutcome> => refuse(deps, provisional, reason);

async function refuse(deps: FlowDeps, provisional: Intent, reason: ChangeRefusal | CreditRefusal): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = provisional;
  deps.reporter.count("refusals", { reason });
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current) => ({ events: [{ kind: reason === "request_expired" ? "expired" : "refused_by_rule", effectId: mainEffect(current).effectId, attempt: 0, evidence: "rule", at: deps.clocks.business(), reason }] }),
  });
  return { kind: "moved" };
}
