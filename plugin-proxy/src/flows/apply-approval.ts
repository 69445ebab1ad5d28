// A second person's word arrives. It counts only against the request as it was frozen, and against everybody who has had a hand in the row,
// then or since: the row is read again, so that an edit can neither widen what is approved nor hide who asked.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { isSameMoney } from "../domain/money.ts";
import type { ChangeCommand } from "../domain/payment/command.ts";
import { claimOf, type Intent } from "../domain/payment/intent.ts";
import { CLAIM_STEP } from "../domain/payment/plan-effect.ts";
import { judgeApproval, type ApprovalRow, type ApprovalVerdict, type FrozenRefund } from "../domain/refund-governance/judge-approval.ts";
import { handsOn, type RefundRequestRow } from "../domain/refund-governance/refund-request.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import { approveCommand } from "./approve-command.ts";
import type { FlowDeps } from "./deps.ts";
import { noteOnTrail } from "./note-on-trail.ts";

export interface ApprovalInput {
  readonly organizationId: OrganizationId;
  readonly approval: ApprovalRow;
}

interface Waiting { readonly intent: Intent; readonly command: ChangeCommand; readonly hands: readonly string[] }
type Verdict = ApprovalVerdict | { readonly kind: "does_not_count"; readonly why: "request_edited" };

/** Applies one approval row. Before its request waits for one it is left for the next sweep; what could not be asked is asked again. */
export async function applyApproval(deps: FlowDeps, { organizationId, approval }: ApprovalInput): Promise<void> {
  const waiting = await deps.ledger.transaction((tx) => findWaiting(deps, tx, organizationId, approval.refundRequestId));
  const isKnown = await deps.ledger.alone((ledger) => ledger.surroundings.isNoted({ organizationId, key: noteOf(approval) }));
  if (waiting === undefined || isKnown) return;
  const ground = await deps.surroundings.readRefundGround({ organizationId, refundRequestId: approval.refundRequestId });
  if (ground.kind === "unavailable") return;
  const verdict = verdictOf(waiting, ground.kind === "read" ? ground.row : undefined, approval);
  const { intent: { paymentRequestId }, command: { commandId } } = waiting;
  if (verdict.kind !== "does_not_count") {
    const applied = await approveCommand(deps, { organizationId, paymentRequestId, commandId, kind: verdict.kind === "approved" ? "approval_given" : "approval_refused", reason: verdict.kind === "rejected" ? "refund_rejected" : undefined, ground: ground.kind === "read" ? ground : undefined });
    if (applied === "unavailable") return;
  }
  await note(deps, { organizationId, paymentRequestId }, approval, verdict);
}

const noteOf = (approval: ApprovalRow): string => `approval ${approval.approvalId}`;

async function note(deps: FlowDeps, key: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId }, approval: ApprovalRow, verdict: Verdict): Promise<void> {
  const at = deps.clocks.business();
  const why = verdict.kind === "does_not_count" ? verdict.why : undefined;
  deps.reporter.count("approvals", { verdict: why ?? verdict.kind });
  await deps.ledger.transaction(async (tx) => {
    if (!await tx.insertInbox({ organizationId: key.organizationId, source: "notice", key: noteOf(approval), at })) return;
    await noteOnTrail(tx, { ...key, at, source: "person", what: why === undefined ? `refund_${verdict.kind}` : "approval_does_not_count", reason: why, rowId: approval.approvalId, userId: approval.author.userId });
  });
}

async function findWaiting(deps: FlowDeps, tx: LedgerTransaction, organizationId: OrganizationId, refundRequestId: PaymentRequestId): Promise<Waiting | undefined> {
  const key = await tx.surroundings.findPayment(deps.derivation.effectId(organizationId, refundRequestId, CLAIM_STEP));
  if (key?.organizationId !== organizationId) return undefined;
  const intent = await tx.loadIntent(organizationId, key.paymentRequestId);
  const command = intent?.commands.find((one) => one.commandId === refundRequestId);
  if (intent === undefined || command === undefined || claimOf(intent, command.commandId)?.state !== "awaiting_approval") return undefined;
  const booked = await tx.surroundings.bookedRefund(organizationId, refundRequestId);
  return { intent, command, hands: [...command.hands ?? [], ...booked?.hands ?? []] };
}

function verdictOf(waiting: Waiting, row: RefundRequestRow | undefined, approval: ApprovalRow): Verdict {
  return row === undefined || isEdited(waiting, row) ? { kind: "does_not_count", why: "request_edited" } : judgeApproval(frozenOf(waiting, row), approval);
}

/** The row no longer says what was frozen: whoever approves may have read something else. */
function isEdited({ command, intent }: Waiting, row: RefundRequestRow): boolean {
  const isSamePayment = row.paymentId === undefined ? command.action === "credit" : row.paymentId === intent.paymentId;
  const isSameWay = row.action === command.action && row.captureEffectId === command.captureId && row.savedCard?.paymentMethodId === command.savedCard?.paymentMethodId;
  return !isSamePayment || !isSameWay || row.amount === undefined || !isSameMoney(row.amount, command.amount) || row.reasonCode !== command.reasonCode;
}

const frozenOf = ({ command, intent, hands }: Waiting, row: RefundRequestRow): FrozenRefund => ({
  refundRequestId: command.commandId, paymentId: row.paymentId === undefined ? undefined : intent.paymentId, amount: command.amount, reasonCode: command.reasonCode ?? "other",
  createdOn: command.createdOn, hands: [...new Set([...hands, ...handsOn(row)])],
});
