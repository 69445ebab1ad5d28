// A bulk run's plan: canonical JSON of its lines, so that the same preview always has the same hash. What is executed is what was previewed:
// a line counts only while payment, revision, amount and currency are those of the plan.
import { err, ok, type Result } from "../result.ts";

export interface BulkLine {
  readonly paymentId: string;
  readonly revision: number;
  readonly minor: bigint;
  readonly currency: string;
}

export const LINES_MAX = 1_000;

/** Members in this order, amounts as text, ids in lower case, no spaces: what both the preview and the relay hash. */
export const toPlanText = (lines: readonly BulkLine[]): string =>
  JSON.stringify(lines.map((line) => ({ paymentId: line.paymentId.toLowerCase(), revision: line.revision, amountMinor: line.minor.toString(), currency: line.currency })));

/** The lines, or undefined when the text is not a canonical plan. */
export function parsePlan(text: string): readonly BulkLine[] | undefined {
  const lines = parseLines(text);
  return lines !== undefined && lines.length <= LINES_MAX && toPlanText(lines) === text ? lines : undefined;
}

function parseLines(text: string): readonly BulkLine[] | undefined {
  let value: unknown;
  try { value = JSON.parse(text); } catch { return undefined; }
  if (!Array.isArray(value)) return undefined;
  const lines = value.map(toLine);
  return lines.every((line) => line !== undefined) ? lines : undefined;
}

function toLine(value: unknown): BulkLine | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { paymentId, revision, amountMinor, currency } = value as Readonly<Record<string, unknown>>;
  if (typeof paymentId !== "string" || typeof revision !== "number" || !Number.isSafeInteger(revision) || typeof currency !== "string") return undefined;
  return typeof amountMinor === "string" && /^[1-9]\d{0,14}$/.test(amountMinor) ? { paymentId, revision, minor: BigInt(amountMinor), currency } : undefined;
}

export interface BulkRun {
  readonly bulkRunId: string;
  readonly action: "capture" | "refund";
  readonly plan: string;
  readonly planHash: string;
  readonly lineCount: number | undefined;
}

export interface BulkRequest {
  readonly action: "capture" | "refund";
  readonly line: number | undefined;
  readonly paymentId: string | undefined;
  /** Before this request's own claim. */
  readonly revision: number;
  readonly minor: bigint;
  readonly currency: string;
  readonly hashOf: (text: string) => string;
}

export type BulkRefusal = "bulk_plan_changed" | "bulk_line_differs" | "changed_since_preview";

/** Is this request the line of that run, and is the payment still what the preview showed? Lines count from 1. */
export function checkBulkLine(run: BulkRun, request: BulkRequest): Result<BulkLine, BulkRefusal> {
  const lines = parsePlan(run.plan);
  if (lines === undefined || request.hashOf(run.plan) !== run.planHash.toLowerCase() || lines.length !== run.lineCount) return err("bulk_plan_changed");
  const line = request.line === undefined ? undefined : lines[request.line - 1];
  if (line === undefined || run.action !== request.action || line.paymentId.toLowerCase() !== request.paymentId?.toLowerCase()) return err("bulk_line_differs");
  if (line.minor !== request.minor || line.currency !== request.currency) return err("bulk_line_differs");
  return line.revision === request.revision ? ok(line) : err("changed_since_preview");
}
