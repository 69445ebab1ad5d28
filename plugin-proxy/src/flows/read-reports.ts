// The day's reports of a merchant account, one day after the other and each twice: nobody sends them, so the relay fetches them when their day is
// over. What they say makes the relay look; that they say nothing counts only where no day was left out.
import type { EffectId, OrganizationId } from "../domain/ids.ts";
import { againDayOf, nextDayOf, startOfDay, type ReportDay, type ReportReading } from "../domain/settlement/day-report.ts";
import { missingInReport } from "../domain/settlement/judge-report.ts";
import { HOUR_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { MerchantBinding } from "../ports/gateway.ts";
import { applyReport } from "./apply-report.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";
import { workKey } from "./work-key.ts";

export interface ReadReportsInput {
  readonly organizationId: OrganizationId;
  readonly merchantId: string;
  readonly tries: number;
}

const RETRY_MS = 30 * SECOND_MS;
/** With pauses that double up to an hour: about half a day. Then the day is left out, and nothing is proved by its silence. */
const TRIES_MAX = 18;
const PAGE_SIZE = 40;
const PAGES_MAX = 250;

/** Reads the next day that is due. Returns when to come again; undefined when configuration knows the account no longer. */
export async function readReports(deps: FlowDeps, input: ReadReportsInput): Promise<Instant | undefined> {
  const { organizationId, merchantId } = input;
  const now = deps.clocks.business();
  const binding = deps.organizations.get(organizationId)?.merchants.find((merchant) => merchant.merchantId === merchantId);
  if (binding === undefined) return undefined;
  const reading = await deps.ledger.alone((ledger) => ledger.reports.readingOf({ organizationId, merchantId, beginAt: startOfDay(now) }));
  const day = nextDayOf(reading);
  const dueAt = day.to + deps.settings.reportDelayMs;
  if (now < dueAt) return dueAt;
  const admitted = await deps.admission.admit(binding);
  if (!admitted.isAdmitted) return admitted.until;
  const answer = await deps.gateway.readReport({ binding, day }).finally(() => deps.admission.settle(binding, undefined));
  if (answer.kind === "unavailable") return notRead(deps, { ...input, day, cause: answer.cause });
  const named = await applyReport(deps, binding, answer.report);
  if (named === "unavailable" || !await readAgain(deps, binding, againDayOf(reading, day))) return notRead(deps, { ...input, day, cause: "a line could not be looked at" });
  await noteMissing(deps, binding, { day, reading, named });
  return goOn(deps, binding, { readFrom: reading.readFrom, readUntil: day.to });
}

const retryMs = (tries: number): number => Math.min(HOUR_MS, RETRY_MS * 2 ** Math.min(tries, 10));

/** What became of an earlier day's batch is told later. */
async function readAgain(deps: FlowDeps, binding: MerchantBinding, day: ReportDay | undefined): Promise<boolean> {
  if (day === undefined) return true;
  const answer = await deps.gateway.readReport({ binding, day });
  return answer.kind === "reported" && await applyReport(deps, binding, answer.report) !== "unavailable";
}

async function notRead(deps: FlowDeps, failed: ReadReportsInput & { readonly day: ReportDay; readonly cause: string }): Promise<Instant | undefined> {
  const { organizationId, merchantId, tries, day, cause } = failed;
  if (tries < TRIES_MAX) return deps.clocks.business() + retryMs(tries);
  deps.reporter.alarm("report_not_read", { organizationId, kind: new Date(day.from).toISOString().slice(0, 10), reason: cause });
  return goOn(deps, { organizationId, merchantId }, { readFrom: day.to, readUntil: day.to });
}

/** How far it was read and when it goes on, in one; scheduled anew, so that the tries of the next day start anew. */
async function goOn(deps: FlowDeps, { organizationId, merchantId }: Pick<MerchantBinding, "organizationId" | "merchantId">, reading: ReportReading): Promise<Instant> {
  const dueAt = nextDayOf(reading).to + deps.settings.reportDelayMs;
  await deps.ledger.transaction(async (tx) => {
    await tx.reports.saveReading({ organizationId, merchantId, ...reading });
    await tx.schedule({ kind: "reports", organizationId, key: merchantId, dueAt });
  });
  return dueAt;
}

/** Of what waits for an answer, that which this report should have named. */
async function noteMissing(deps: FlowDeps, { organizationId, merchantId }: MerchantBinding, read: { readonly day: ReportDay; readonly reading: ReportReading; readonly named: ReadonlySet<EffectId> }): Promise<void> {
  let after = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const keys = await deps.ledger.alone((ledger) => ledger.reports.paymentsInDoubt({ organizationId, after, limit: PAGE_SIZE }));
    for (const paymentRequestId of keys) {
      await recordEvents(deps, {
        organizationId, paymentRequestId,
        events: async (current) => ({ events: current.command?.merchantAccount.merchantId !== merchantId ? [] : missingInReport(current, { ...read, at: deps.clocks.business() }).filter((event) => !read.named.has(event.effectId)) }),
        then: async (current, tx) => tx.schedule({ kind: "advance", organizationId, key: workKey(current.table, paymentRequestId), dueAt: deps.clocks.business() }),
      });
    }
    if (keys.length < PAGE_SIZE) return;
    after = keys.at(-1) ?? "";
  }
}
