// The plan of a bulk run: what the preview showed, in the one text that is hashed, stored and executed. The relay carries out only this. Pure but for the hash.
import { mostToGiveBack, type PaymentFacts } from "@cybs/controls-shared";

export type BulkAction = "capture" | "refund";
export interface PlanLine { readonly paymentId: string; readonly revision: number; readonly amount: bigint; readonly currency: string }
/** One payment in the preview: with an amount, or with the key of the reason why it is left out. */
export interface PreviewLine { readonly payment: PaymentFacts; readonly amount: bigint; readonly outKey?: string | undefined }

/** Members in this order, amounts as text, ids in lower case, no spaces: the relay's canonical form (domain/bulk/plan.ts). */
export const toPlanText = (lines: readonly PlanLine[]): string => JSON.stringify(lines.map((line) => ({ paymentId: line.paymentId.toLowerCase(), revision: line.revision, amountMinor: line.amount.toString(), currency: line.currency })));

export async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a run would do with this payment: all that is held, or all that can be given back. */
export function previewOf(payment: PaymentFacts, action: BulkAction, now: string): PreviewLine {
  const amount = action === "capture" ? payment.held : mostToGiveBack(payment, now);
  const outKey = payment.isUnknown ? "Out_Unknown" : payment.isInReview ? "Out_Review" : amount === 0n ? (action === "capture" ? "Out_NothingHeld" : "Out_NothingBack") : undefined;
  return { payment, amount, outKey };
}

/** A run has one currency: that of most of its money's lines; the others make a run of their own. */
export function commonCurrency(lines: readonly PreviewLine[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { payment, outKey } of lines) if (outKey === undefined) counts.set(payment.currency, (counts.get(payment.currency) ?? 0) + 1);
  return [...counts].sort((left, right) => right[1] - left[1])[0]?.[0];
}

export const inCurrency = (lines: readonly PreviewLine[], currency: string | undefined): readonly PreviewLine[] => lines.map((line) => (line.outKey === undefined && line.payment.currency !== currency ? { ...line, outKey: "Out_Currency" } : line));

/** What the command handed over: the selection, or, on a row that exists, the plan. */
export function parseSelection(raw: string | null | undefined): { readonly action: BulkAction; readonly paymentIds: readonly string[] } | undefined {
  let value: unknown;
  try { value = JSON.parse(raw ?? ""); } catch { return undefined; }
  const { action, paymentIds } = (value ?? {}) as { action?: unknown; paymentIds?: unknown };
  if ((action !== "capture" && action !== "refund") || !Array.isArray(paymentIds)) return undefined;
  return { action, paymentIds: paymentIds.filter((id): id is string => typeof id === "string" && /^[0-9a-f-]{36}$/i.test(id)) };
}
