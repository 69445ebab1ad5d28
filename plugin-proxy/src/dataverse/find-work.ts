// What waits in an organization: bounded reads. Rows that are not final may be more than one page (holds wait for days),
// so each sweep reads the next page, where the one before ended: all are seen in turn.
import { paymentTransactionTable } from "@cybs/schema";
import type { OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { WaitingWork } from "../ports/dataverse.ts";
import { API_PATH } from "./connection.ts";
import { refusedPart, unavailable } from "./read-request.ts";
import type { Question } from "./question.ts";
import { decisionsPath, toDecisions } from "./rows/payment-decision.ts";
import { toRequestIds, unclaimedRequestsPath, withdrawnRequestsPath } from "./rows/payment-request.ts";
import { toRefundRequestIds, unclaimedRefundRequestsPath } from "./rows/refund-request.ts";
import { openTransactionsPath, toOpenTransactions } from "./rows/payment-transaction.ts";

const PAGE_SIZE = 100;

/** Remembers for each organization which page of open rows comes next. */
export function findWork(): (organizationId: OrganizationId, changedSince: Instant) => Question<WaitingWork> {
  const nextPages = new Map<OrganizationId, string>();
  return (organizationId, changedSince) => {
    const page = nextPages.get(organizationId);
    nextPages.delete(organizationId);
    const reads = [
      { kind: "read", path: unclaimedRequestsPath },
      { kind: "read", path: withdrawnRequestsPath(paymentTransactionTable.columns.isFinal, changedSince) },
      { kind: "read", path: decisionsPath(changedSince) },
      { kind: "read", path: page ?? openTransactionsPath, pageSize: PAGE_SIZE },
      { kind: "read", path: unclaimedRefundRequestsPath },
    ] as const;
    const said: Question<WaitingWork>["said"] = (parts, now) => {
      const failed = parts.find((part) => part?.status !== 200);
      if (failed !== undefined || parts.length < reads.length) return refusedPart("waiting work", failed);
      const [unclaimed, withdrawn, decisions, open] = [toRequestIds(parts[0]?.body), toRequestIds(parts[1]?.body), toDecisions(parts[2]?.body), toOpenTransactions(parts[3]?.body)];
      const unclaimedRefunds = toRefundRequestIds(parts[4]?.body);
      if (unclaimed === undefined || unclaimedRefunds === undefined || withdrawn === undefined || decisions === undefined || open === undefined) return unavailable("waiting work is not of the shape asked for");
      const next = pathOfLink(open.nextLink);
      if (next !== undefined) nextPages.set(organizationId, next);
      return { kind: "read", unclaimed, unclaimedRefunds, withdrawn, decisions, openTransactions: open.rows, now };
    };
    return { reads, said };
  };
}

/** A link is followed only below the Web API's root, on the configured host. */
export function pathOfLink(link: string | undefined): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const { pathname, search } = new URL(link);
  return pathname.startsWith(API_PATH) ? `${pathname.slice(API_PATH.length)}${search}` : undefined;
}
