// Whether a refund needs a second person: the person's own limit, else the nearest business unit's, else everybody's; without any limit always.
// Mirrors the relay's rule (domain/refund-governance), which decides. Pure.
export interface RefundLimit { readonly userId?: string | undefined; readonly businessUnitId?: string | undefined; readonly perRefund?: bigint | undefined; readonly perDay?: bigint | undefined; readonly perCustomer?: bigint | undefined }
export interface RefundAsked { readonly amount: bigint; readonly today: bigint; readonly forCustomer: bigint }
/** Business units from the user's own upward. */
export interface LimitedPerson { readonly userId: string; readonly businessUnitIds: readonly string[] }
export type LimitKind = "perRefund" | "perDay" | "perCustomer";
export type LimitVerdict = { readonly needsApproval: false } | { readonly needsApproval: true; readonly kind: "none" } | { readonly needsApproval: true; readonly kind: LimitKind; readonly limit: bigint };

const smaller = (left: bigint | undefined, right: bigint | undefined): bigint | undefined => (left === undefined ? right : right === undefined || left < right ? left : right);

/** Several rows of one scope count as one: the smaller number of each kind. */
const merged = (rows: readonly RefundLimit[]): RefundLimit | undefined => (rows.length === 0 ? undefined : rows.reduce((sum, row) => ({ perRefund: smaller(sum.perRefund, row.perRefund), perDay: smaller(sum.perDay, row.perDay), perCustomer: smaller(sum.perCustomer, row.perCustomer) })));

/** The narrowest scope that has a limit. */
export function limitFor(limits: readonly RefundLimit[], who: LimitedPerson): RefundLimit | undefined {
  const scopes = [limits.filter((limit) => limit.userId === who.userId), ...who.businessUnitIds.map((unit) => limits.filter((limit) => limit.userId === undefined && limit.businessUnitId === unit)), limits.filter((limit) => limit.userId === undefined && limit.businessUnitId === undefined)];
  return merged(scopes.find((rows) => rows.length > 0) ?? []);
}

export function judgeLimit(limit: RefundLimit | undefined, asked: RefundAsked): LimitVerdict {
  if (limit === undefined) return { needsApproval: true, kind: "none" };
  const checks = [["perRefund", limit.perRefund, asked.amount], ["perDay", limit.perDay, asked.today + asked.amount], ["perCustomer", limit.perCustomer, asked.forCustomer + asked.amount]] as const;
  for (const [kind, most, used] of checks) if (most !== undefined && used > most) return { needsApproval: true, kind, limit: most };
  return { needsApproval: false };
}
