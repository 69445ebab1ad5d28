// What the ledger keeps of Cybersource's reports: how far they were read. A member of every ledger transaction.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { ReportReading } from "../domain/settlement/day-report.ts";
import type { Instant } from "../domain/time.ts";

interface Account { readonly organizationId: OrganizationId; readonly merchantId: string }

export interface ReportsLedger {
  /** Begun at `beginAt` when it was never read. */
  readingOf(query: Account & { readonly beginAt: Instant }): Promise<ReportReading>;
  /** Only forward: an older reading changes nothing. */
  saveReading(query: Account & ReportReading): Promise<void>;
  /** Payments with a capture, refund or credit without an answer, in the order of their keys, after `after`. */
  paymentsInDoubt(query: { readonly organizationId: OrganizationId; readonly after: string; readonly limit: number }): Promise<readonly PaymentRequestId[]>;
}
