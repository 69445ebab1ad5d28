// What the bulk run knows and shows: one value, replaced as a whole. Pure.
import type { Outcome } from "@cybs/controls-shared";
import type { BulkAction, PreviewLine } from "./plan";

export interface RunLine extends PreviewLine { readonly isChosen: boolean; readonly requestId?: string | undefined; readonly outcome?: Outcome | undefined; readonly failedKey?: string | undefined }
export interface BulkState {
  readonly phase: "loading" | "stopped" | "preview" | "running" | "done";
  readonly stopKey: string;
  readonly action: BulkAction;
  readonly lines: readonly RunLine[];
  /** While the selection is read: how far. */
  readonly readSoFar: number;
  readonly toRead: number;
  readonly currency: string;
  readonly reason: number;
  readonly errorKey?: string | undefined;
  readonly planHash?: string | undefined;
  readonly runName?: string | undefined;
}
export const initialState: BulkState = { phase: "loading", stopKey: "ReadFailed", action: "capture", lines: [], readSoFar: 0, toRead: 0, currency: "USD", reason: -1 };

export const chosenLines = (state: BulkState): readonly RunLine[] => state.lines.filter((line) => line.isChosen && line.outKey === undefined);
export const sumOf = (lines: readonly RunLine[]): bigint => lines.reduce((sum, line) => sum + line.amount, 0n);
export const isLineDone = (line: RunLine): boolean => line.failedKey !== undefined || line.outcome?.isFinal === true || line.outcome?.kind === "waiting" || line.outcome?.kind === "queued" || line.outcome?.kind === "unknown" || line.outcome?.kind === "review";

/** The relay's word when a payment is not any more what the preview showed. */
const CHANGED = "changed_since_preview";
export type LineResult = "asking" | "done" | "queued" | "waiting" | "changed" | "failed" | "unknown";
export function resultOf(line: RunLine): LineResult {
  if (line.failedKey !== undefined) return "failed";
  const { outcome } = line;
  if (outcome === undefined || outcome.kind === "asking") return "asking";
  if (outcome.effects.some((effect) => effect.reason === CHANGED)) return "changed";
  if (outcome.kind === "approved") return "done";
  if (outcome.kind === "queued") return "queued";
  return outcome.kind === "waiting" || outcome.kind === "review" ? "waiting" : outcome.kind === "unknown" ? "unknown" : "failed";
}

/** Of a hundred lines nobody counts what did not go through: each other end with its number, the commonest first. */
export function otherEnds(lines: readonly RunLine[]): readonly { readonly result: LineResult; readonly count: number }[] {
  const counts = new Map<LineResult, number>();
  for (const result of lines.map(resultOf)) if (result !== "done") counts.set(result, (counts.get(result) ?? 0) + 1);
  return [...counts].map(([result, count]) => ({ result, count })).sort((left, right) => right.count - left.count);
}
