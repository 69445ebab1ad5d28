// Which of the decisions on a request counts. Mirrors the relay's rule (domain/refund-governance/judge-approval.ts), which decides, so that
// nobody is told "approved" of what will never be carried out. Pure.
import type { Effect } from "@cybs/controls-shared";

export interface Approval { readonly by: string; readonly byId: string; readonly isOnBehalf: boolean; readonly decision: "approved" | "rejected"; readonly paymentId: string | undefined; readonly amount: bigint; readonly reason: number }
/** The request as it stands. */
export interface Request { readonly paymentId: string | undefined; readonly amount: bigint; readonly reason: number; readonly hands: readonly string[]; readonly approvals: readonly Approval[] }
type Problem = "N_OnBehalf" | "N_Hand" | "N_Differs";
export type Verdict =
  | { readonly kind: "none" }
  | { readonly kind: "counts"; readonly decision: "approved" | "rejected"; readonly by: string }
  | { readonly kind: "does_not_count"; readonly by: string; readonly why: Problem };

function problemOf(request: Request, approval: Approval): Problem | undefined {
  if (approval.isOnBehalf) return "N_OnBehalf";
  if (request.hands.includes(approval.byId)) return "N_Hand";
  return approval.paymentId === request.paymentId && approval.amount === request.amount && approval.reason === request.reason ? undefined : "N_Differs";
}

/** The newest decision that counts, else why the newest one does not. */
export function verdictOn(request: Request): Verdict {
  const judged = request.approvals.map((approval) => ({ approval, why: problemOf(request, approval) }));
  const counting = judged.find(({ why }) => why === undefined);
  if (counting !== undefined) return { kind: "counts", decision: counting.approval.decision, by: counting.approval.by };
  const [newest] = judged;
  return newest?.why === undefined ? { kind: "none" } : { kind: "does_not_count", by: newest.approval.by, why: newest.why };
}

/** The row says another amount than the one that was frozen when it was sent: nobody can agree to it any more. */
export const isEdited = (request: Pick<Request, "amount">, frozen: bigint | undefined): boolean => frozen !== undefined && frozen !== request.amount;

const REVERSAL = 5;
/** What was asked for when it was sent: all parts together where it goes back over several captures. The release of a hold after a void gives the same money back, not more. */
export function frozenOf(effects: readonly Pick<Effect, "type" | "amount" | "isFinal">[]): bigint | undefined {
  const open = effects.filter((effect) => !effect.isFinal);
  const paid = open.filter((effect) => effect.type !== REVERSAL);
  const parts = paid.length > 0 ? paid : open;
  return parts.length === 0 || parts.some(({ amount }) => amount === undefined) ? undefined : parts.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
}
