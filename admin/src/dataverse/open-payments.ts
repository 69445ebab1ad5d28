// Payments that are not finished: something was started and its outcome is not known, waits for a person, or has not begun.
import type { OpenPayment } from "../plans/plan-uninstall.ts";
import { textAt, type Row } from "./row.ts";
import type { Dataverse } from "./web-api.ts";

const CHOICE = 727_000_000;
const SUBMITTED = CHOICE + 1;
/** Of cybs_paymenttransaction.cybs_status: in progress, review, partial, unknown. */
const OPEN: Readonly<Record<number, string>> = { [CHOICE]: "in progress", [CHOICE + 2]: "in review", [CHOICE + 3]: "waiting for a decision", [CHOICE + 6]: "outcome unknown" };

/** Transactions without an end, and submitted requests that nobody has claimed and that are still valid. `hasTables`: the product is there. */
export async function readOpenPayments(dataverse: Dataverse, hasTables: boolean, nowMs: number): Promise<readonly OpenPayment[]> {
  if (!hasTables) return [];
  const [transactions, requests, claimed] = await Promise.all([
    dataverse.list("cybs_paymenttransactions?$select=cybs_name,cybs_status&$filter=cybs_isfinal ne true"),
    dataverse.list(`cybs_paymentrequests?$select=cybs_name,cybs_validuntil&$filter=cybs_state eq ${SUBMITTED} and cybs_validuntil gt ${new Date(nowMs).toISOString()}`),
    dataverse.list("cybs_paymenttransactions?$select=_cybs_paymentrequestid_value&$filter=_cybs_paymentrequestid_value ne null"),
  ]);
  const known = new Set(claimed.map((row) => textAt(row, "_cybs_paymentrequestid_value")));
  return [
    ...transactions.map((row) => ({ name: textAt(row, "cybs_name"), why: whyOf(row) })),
    ...requests.filter((row) => !known.has(textAt(row, "cybs_paymentrequestid"))).map((row) => ({ name: textAt(row, "cybs_name"), why: "submitted, not begun" })),
  ];
}

const whyOf = (row: Row): string => OPEN[Number(row["cybs_status"])] ?? "not finished";
