// The oracle: every money effect that really happened, whatever anybody was told. Tests compare Dataverse with it (GET /_sandbox/ledger).
import { formatAmount } from "./amounts.ts";
import type { State, Transaction } from "./state.ts";

function effectState(one: Transaction): string {
  if (one.isVoided) return "voided";
  if (one.isReversed) return "reversed";
  if (one.review !== undefined) return "review";
  if (one.status === "AUTHORIZED_RISK_DECLINED") return "held";
  return one.captured > 0n && one.kind === "authorization" ? "captured" : "live";
}

export const ledgerOf = (state: State): readonly Record<string, unknown>[] =>
  [...state.transactions.values()].filter((one) => one.isLive || one.kind === "void" || one.kind === "reversal").map((one) => ({
    id: one.id, kind: one.kind, amount: formatAmount(one.kind === "authorization" || one.kind === "sale" ? one.authorized : one.amount, one.currency), currency: one.currency, merchantReference: one.code,
    transactionId: one.transactionId ?? null, parentId: one.parentId ?? null, state: effectState(one), at: one.at.toISOString(),
  }));
