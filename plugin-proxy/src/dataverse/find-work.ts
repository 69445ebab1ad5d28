// What waits in an organization: bounded reads. What may be more than one page (rows that nobody has claimed, because some never can be; rows that are
// not final, because holds wait for days; what people decided since yesterday) is read page by page, a page a sweep, so that none hides another.
import { paymentTransactionTable } from "@cybs/schema";
import type { OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { WaitingWork } from "../ports/dataverse.ts";
import { refusedPart, unavailable } from "./read-request.ts";
import type { Question } from "./question.ts";
import { decisionsPath, toDecisions } from "./rows/payment-decision.ts";
import { toRequestIds, unclaimedRequestsPath, withdrawnRequestsPath } from "./rows/payment-request.ts";
import { toRefundRequestIds, unclaimedRefundRequestsPath } from "./rows/refund-request.ts";
import { openTransactionsPath, toOpenTransactions } from "./rows/payment-transaction.ts";
import { turnPages } from "./turn-pages.ts";

/** Remembers for each organization which pages come next. */
export function findWork(): (organizationId: OrganizationId, changedSince: Instant) => Question<WaitingWork> {
  const pages = turnPages();
  return (organizationId, changedSince) => {
    const keyOf = (list: string): string => `${list} ${organizationId}`;
    const [requestsKey, refundsKey, openKey, decisionsKey] = [keyOf("requests"), keyOf("refunds"), keyOf("open"), keyOf("decisions")];
    const reads = [
      pages.ask(requestsKey, unclaimedRequestsPath),
      { kind: "read", path: withdrawnRequestsPath(paymentTransactionTable.columns.isFinal, changedSince) },
      pages.ask(decisionsKey, decisionsPath(changedSince)), pages.ask(openKey, openTransactionsPath),
      pages.ask(refundsKey, unclaimedRefundRequestsPath),
    ] as const;
    const said: Question<WaitingWork>["said"] = (parts, now) => {
      const failed = parts.find((part) => part?.status !== 200);
      if (failed !== undefined || parts.length < reads.length) return refusedPart("waiting work", failed);
      const [unclaimed, withdrawn, decisions, openTransactions] = [toRequestIds(parts[0]?.body), toRequestIds(parts[1]?.body), toDecisions(parts[2]?.body), toOpenTransactions(parts[3]?.body)];
      const unclaimedRefunds = toRefundRequestIds(parts[4]?.body);
      if (unclaimed === undefined || unclaimedRefunds === undefined || withdrawn === undefined || decisions === undefined || openTransactions === undefined) return unavailable("waiting work is not of the shape asked for");
      for (const [key, part] of [[requestsKey, parts[0]], [openKey, parts[3]], [refundsKey, parts[4]]] as const) pages.turn(key, part?.body);
      const hasMoreDecisions = pages.turn(decisionsKey, parts[2]?.body);
      return { kind: "read", unclaimed, unclaimedRefunds, withdrawn, decisions, openTransactions, now, ...(hasMoreDecisions ? { hasMoreDecisions } : {}) };
    };
    return { reads, said };
  };
}
