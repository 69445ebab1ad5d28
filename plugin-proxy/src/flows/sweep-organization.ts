// The truth behind pokes and webhooks: read what waits in an organization and schedule it. Also the way back after a lost disk:
// transaction rows that are not final and whose request this ledger does not know are claims of an earlier ledger.
import type { OrganizationId } from "../domain/ids.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { OpenTransactionRow, WaitingWork } from "../ports/dataverse.ts";
import type { LedgerTransaction, ScheduledWork } from "../ports/ledger.ts";
import { adoptRow } from "./adopt-row.ts";
import { applyDecision } from "./apply-decision.ts";
import type { FlowDeps } from "./deps.ts";
import { hearPeople } from "./hear-people.ts";
import { restoreRows } from "./restore-rows.ts";
import { workKey } from "./work-key.ts";
import { withdrawRequest } from "./withdraw-request.ts";

export interface SweepSettings {
  readonly afterSessionMs: number;
  readonly whileWaitingMs: number;
  readonly idleMs: number;
}
export const SWEEP_DEFAULTS: SweepSettings = { afterSessionMs: 5 * SECOND_MS, whileWaitingMs: 30 * SECOND_MS, idleMs: 5 * MINUTE_MS };

const LOOK_BACK_MS = 26 * HOUR_MS;
/** What changes is shown at once. A payment that is open for days would cost a whole batch a minute if each sweep had it written again, and service protection counts. */
const SHOWN_AGAIN_AFTER_MS = HOUR_MS;

export interface Swept {
  /** False: Dataverse could not be read, so nothing is known yet. */
  readonly isRead: boolean;
  readonly next: Instant;
}

/** Reads once, adopts what an earlier ledger claimed, schedules what waits. `next` is when to sweep again. */
export async function sweepOrganization(deps: FlowDeps, organizationId: OrganizationId, settings: SweepSettings = SWEEP_DEFAULTS): Promise<Swept> {
  const now = deps.clocks.business();
  const positions = await deps.ledger.alone((tx) => tx.ownedRows.positions(organizationId));
  const { work: waiting, foreign, decided } = await deps.dataverse.readSweep({ organizationId, changedSince: now - LOOK_BACK_MS, positions });
  // What a lost ledger did to payments comes before anything new is done to them.
  const isRestored = await restoreRows(deps, organizationId, foreign);
  if (waiting.kind === "unavailable") return { isRead: false, next: now + (waiting.retryAfterMs ?? 5 * SECOND_MS) };
  const { unknown, sessions } = await deps.ledger.transaction(async (tx) => ({
    unknown: await scheduleWork(deps, tx, organizationId, waiting),
    sessions: await tx.countVelocity({ organizationId, scope: "mint", key: organizationId }, now - 2 * MINUTE_MS),
  }));
  // Inline, so that the first sweep after a lost disk has them all before the first new request is executed.
  for (const row of unknown) await adoptForeignClaim(deps, organizationId, row);
  for (const paymentRequestId of waiting.withdrawn) await withdrawRequest(deps, { organizationId, paymentRequestId });
  for (const decision of waiting.decisions) await applyDecision(deps, { organizationId, decision });
  await hearPeople(deps, organizationId, decided);
  deps.wake();
  const isWaiting = waiting.unclaimed.length + waiting.unclaimedRefunds.length + waiting.openTransactions.length > 0;
  // Decisions are read to the last page before anybody waits: a person's word is never one page too far down.
  const hasMore = waiting.hasMoreDecisions === true || (decided.kind === "read" && decided.hasMore === true);
  if (hasMore) return { isRead: isRestored, next: now + SECOND_MS };
  const quietMs = isWaiting ? settings.whileWaitingMs : settings.idleMs;
  return { isRead: isRestored, next: now + (sessions > 0 ? settings.afterSessionMs : quietMs) };
}

/**
 * A claim that this ledger does not know is adopted before anything else may be planned: its money counts as taken on its document. It may have
 * become known meanwhile, with the payment that it changes.
 */
async function adoptForeignClaim(deps: FlowDeps, organizationId: OrganizationId, { table, paymentRequestId }: OpenTransactionRow): Promise<void> {
  const isKnown = await deps.ledger.transaction(async (tx) => await tx.loadIntent(organizationId, paymentRequestId) !== undefined || await tx.founderOf(organizationId, { commandId: paymentRequestId }) !== undefined);
  if (!isKnown) await adoptRow(deps, organizationId, { table, paymentRequestId });
}

/** Returns the rows of requests that this ledger does not know. */
async function scheduleWork(deps: FlowDeps, tx: LedgerTransaction, organizationId: OrganizationId, waiting: WaitingWork): Promise<readonly OpenTransactionRow[]> {
  const dueAt = deps.clocks.business();
  const seen = new Set<string>();
  const unknown: OpenTransactionRow[] = [];
  const due: Pick<ScheduledWork, "kind" | "key" | "dueAt">[] = [];
  for (const row of waiting.openTransactions) {
    if (seen.has(row.paymentRequestId)) continue;
    seen.add(row.paymentRequestId);
    const founder = await tx.founderOf(organizationId, { commandId: row.paymentRequestId });
    const intent = await tx.loadIntent(organizationId, founder ?? row.paymentRequestId);
    if (intent === undefined) { unknown.push(row); continue; }
    // One that still claims may just have been submitted. The others have due times of their own; asking them again costs one read and
    // makes sure that nothing that Dataverse shows as open is ever without work.
    const isClaiming = intent.effects[0]?.state === "claiming";
    due.push({ kind: "advance", key: workKey(intent.table, intent.paymentRequestId), dueAt: isClaiming ? dueAt : dueAt + MINUTE_MS });
    if (!isClaiming) due.push({ kind: "project", key: intent.paymentRequestId, dueAt: dueAt + SHOWN_AGAIN_AFTER_MS });
  }
  due.push(...waiting.unclaimed.map((key) => ({ kind: "advance" as const, key, dueAt })), ...waiting.unclaimedRefunds.map((id) => ({ kind: "advance" as const, key: workKey("refundrequest", id), dueAt })));
  // In the order in which deliveries lock the same work: the two never wait for each other in a circle (db/deliveries.ts).
  const orderOf = ({ kind, key }: Pick<ScheduledWork, "kind" | "key">): string => `${kind} ${key}`;
  for (const work of due.toSorted((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1))) await tx.schedule({ ...work, organizationId });
  return unknown;
}
