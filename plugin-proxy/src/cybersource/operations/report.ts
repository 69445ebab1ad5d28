// Two reports of a day: purchase and refund details (what was submitted and what became of it), and chargeback details. Read leniently: a word that
// nobody knows is *unclear*, never settled. Sources: reporting guide; the values of status and action are documented nowhere, so they are settings.
import { asRequestId } from "../../domain/ids.ts";
import { fromIsoText } from "../../domain/time.ts";
import type { DisputeLine, ReportDay, SettlementLine, SettlementOutcome } from "../../domain/settlement/day-report.ts";
import { isRecord, listAt, moneyAt, textAt } from "../json-shape.ts";

/** Lines of one page: the most that the report gives. */
export const LINES_A_PAGE = 2_000;

/** The reports' own words, in lower case. */
export interface ReportWords {
  readonly settled: readonly string[];
  readonly rejected: readonly string[];
  /** Actions by which a dispute ends in the merchant's favour. */
  readonly disputeWon: readonly string[];
}
export const REPORT_WORDS_DEFAULT: ReportWords = { settled: ["settled"], rejected: ["rejected", "failed"], disputeWon: [] };

const window = (merchantId: string, { from, to }: ReportDay): string =>
  `organizationId=${encodeURIComponent(merchantId)}&startTime=${isoText(from)}&endTime=${isoText(to)}`;
/** yyyy-MM-dd'T'HH:mm:ss.SSSZ, as the reporting guide asks for. */
const isoText = (at: number): string => encodeURIComponent(new Date(at).toISOString());

export const settlementPath = (merchantId: string, day: ReportDay, offset: number): string =>
  `/reporting/v3/purchase-refund-details?${window(merchantId, day)}&viewBy=submissionDate&offset=${offset}&limit=${LINES_A_PAGE}`;
export const disputePath = (merchantId: string, day: ReportDay): string => `/reporting/v3/chargeback-details?${window(merchantId, day)}`;

/** Undefined: not this report. Its sections are joined by request id; one that has only a status was submitted on another day. */
export function readSettlements(body: Record<string, unknown>, words: ReportWords): readonly SettlementLine[] | undefined {
  if (!Array.isArray(body["settlements"]) && !Array.isArray(body["requestDetails"]) && !Array.isArray(body["settlementStatuses"]) && textAt(body, "pageResults") === undefined) return undefined;
  const references = byRequestId(body, "requestDetails");
  const statuses = byRequestId(body, "settlementStatuses");
  const submitted = byRequestId(body, "settlements");
  return [...new Set([...submitted.keys(), ...statuses.keys()])].map((requestId): SettlementLine => {
    const [line, status] = [submitted.get(requestId), statuses.get(requestId)];
    const amount = moneyAt(line, ["amount"], textAt(line, "currencyCode"));
    const word = textAt(status, "status");
    return {
      requestId: asRequestId(requestId), merchantReference: textAt(references.get(requestId), "merchantReferenceNumber") ?? "",
      amount: amount === undefined ? undefined : { ...amount, minor: amount.minor < 0n ? -amount.minor : amount.minor },
      outcome: outcomeOf(word, words), word: word === undefined ? undefined : [word, textAt(status, "reasonCode"), textAt(status, "errorText")].filter((part) => part !== undefined).join(" "),
    };
  });
}

function byRequestId(body: Record<string, unknown>, section: string): ReadonlyMap<string, Record<string, unknown>> {
  return new Map(listAt(body, section).filter(isRecord).flatMap((row) => { const id = textAt(row, "requestId"); return id === undefined ? [] : [[id, row] as const]; }));
}

function outcomeOf(word: string | undefined, words: ReportWords): SettlementOutcome {
  if (word === undefined) return "submitted";
  const known = word.toLowerCase();
  if (words.settled.includes(known)) return "settled";
  return words.rejected.includes(known) ? "rejected" : "unclear";
}

/** Undefined: not this report. A line without a request id is about nothing that can be found; one without a time is of its day's beginning. */
export function readDisputes(body: Record<string, unknown>, words: ReportWords, day: ReportDay): readonly DisputeLine[] | undefined {
  if (!Array.isArray(body["chargebackDetails"])) return undefined;
  return body["chargebackDetails"].filter(isRecord).flatMap((row): readonly DisputeLine[] => {
    const requestId = textAt(row, "requestId");
    if (requestId === undefined) return [];
    return [{
      requestId: asRequestId(requestId), merchantReference: textAt(row, "merchantReferenceNumber") ?? "",
      isWon: words.disputeWon.includes((textAt(row, "action") ?? "").toLowerCase()), at: fromIsoText(textAt(row, "time") ?? "") ?? day.from, responseDueAt: fromIsoText(textAt(row, "responseDueTime") ?? ""),
    }];
  });
}
