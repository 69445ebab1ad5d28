// Both reports of a day, page by page to the end. What cannot be read whole is not read at all: a page that is missing would look like absence.
import type { MerchantBinding, ReportAnswer } from "../ports/gateway.ts";
import type { ReportDay, SettlementLine } from "../domain/settlement/day-report.ts";
import { parseJson } from "./json-shape.ts";
import { disputePath, LINES_A_PAGE, readDisputes, readSettlements, settlementPath, type ReportWords } from "./operations/report.ts";

type Get = (path: string) => Promise<{ readonly status: number; readonly text: string } | undefined>;

const PAGES_MAX = 100;
const unavailable = (cause: string): ReportAnswer => ({ kind: "unavailable", cause });

/** `get` reads one path, signed; undefined when it was not answered. */
export async function readDay(get: Get, query: { readonly binding: MerchantBinding; readonly day: ReportDay; readonly words: ReportWords }): Promise<ReportAnswer> {
  const { day, words, binding: { merchantId } } = query;
  const settlements: SettlementLine[] = [];
  for (let page = 0; ; page++) {
    if (page === PAGES_MAX) return unavailable(`purchase and refund details have more than ${PAGES_MAX * LINES_A_PAGE} lines`);
    const reply = await get(settlementPath(merchantId, day, page * LINES_A_PAGE));
    const lines = reply?.status === 200 ? readSettlements(parseJson(reply.text) ?? {}, words) : undefined;
    if (lines === undefined) return unavailable(`purchase and refund details answered ${reply?.status ?? "nothing"}`);
    settlements.push(...lines);
    if (lines.length < LINES_A_PAGE) break;
  }
  const reply = await get(disputePath(merchantId, day));
  const disputes = reply?.status === 200 ? readDisputes(parseJson(reply.text) ?? {}, words, day) : undefined;
  return disputes === undefined ? unavailable(`chargeback details answered ${reply?.status ?? "nothing"}`) : { kind: "reported", report: { settlements, disputes } };
}
