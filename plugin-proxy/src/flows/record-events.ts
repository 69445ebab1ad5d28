// The one way a payment moves: lock and read (or take it as just recorded), decide, save what changed and what follows, in one transaction.
import { apply } from "../domain/payment/apply.ts";
import type { Change, Refusal } from "../domain/payment/change.ts";
import { decide } from "../domain/payment/decide.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { err, ok, type Result } from "../domain/result.ts";
import { LedgerConflict, type LedgerTransaction } from "../ports/ledger.ts";
import { followSurroundings } from "./follow-surroundings.ts";
import type { FlowDeps } from "./deps.ts";

export interface Recorded {
  readonly before: Intent;
  readonly after: Intent;
  readonly changes: readonly Change[];
}

export interface RecordInput<Ahead = undefined> {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  /** Looks at the intent under the lock and says what happened; may change the intent's frozen parts first. */
  readonly events: (intent: Intent, tx: LedgerTransaction, ahead: Ahead | undefined) => Promise<{ readonly intent?: Intent; readonly events: readonly EffectEvent[]; readonly reserve?: true }>;
  /**
   * The intent as this process has just recorded it: decided on without reading it again. Saving is a compare-and-set on its revision, so
   * whoever was overtaken reads, and decides, anew.
   */
  readonly known?: Intent | undefined;
  /** Reads that need no lock on the intent, asked for together with it. */
  readonly ahead?: (tx: LedgerTransaction) => Promise<Ahead>;
  /** What else follows from the result, in the same transaction. */
  readonly then?: (after: Intent, tx: LedgerTransaction) => Promise<void>;
}

type Outcome = Result<Recorded, Refusal | { readonly code: "no_such_intent" }>;
type Deps = Pick<FlowDeps, "ledger" | "derivation" | "settings" | "reporter" | "clocks">;

/** Records events in order. A refusal (a lost compare-and-set) writes nothing. */
export async function recordEvents<Ahead = undefined>(deps: Deps, input: RecordInput<Ahead>): Promise<Outcome> {
  const recorded = await recordOnce(deps, input, input.known).catch((error: unknown) => {
    if (input.known === undefined || !(error instanceof LedgerConflict)) throw error;
    return recordOnce(deps, input, undefined);
  });
  if (recorded.ok) report(deps, recorded.value);
  return recorded;
}

async function recordOnce<Ahead>(deps: Deps, input: RecordInput<Ahead>, known: Intent | undefined): Promise<Outcome> {
  return deps.ledger.transaction(async (tx): Promise<Outcome> => {
    const [before, ahead] = await Promise.all([known ?? tx.loadIntent(input.organizationId, input.paymentRequestId), input.ahead?.(tx)]);
    if (before === undefined) return err({ code: "no_such_intent" });
    const told = await input.events(before, tx, ahead);
    let after = told.intent ?? before;
    const changes: Change[] = [];
    for (const event of told.events) {
      const decided = decide(after, event, { settings: deps.settings, ids: deps.derivation });
      if (!decided.ok) return decided;
      after = apply(after, decided.value);
      changes.push(...decided.value);
    }
    if (after !== before) await tx.saveIntent(before, after, told.reserve === true ? { reserve: true } : {});
    if (told.events.length > 0) await tx.appendEvents(after, told.events);
    await followUp(deps, tx, { before, after, changes });
    await input.then?.(after, tx);
    return ok({ before, after, changes });
  });
}

async function followUp(deps: Deps, tx: LedgerTransaction, recorded: Recorded): Promise<void> {
  const { after, before, changes } = recorded;
  if (after.revision === before.revision) return;
  const { organizationId, paymentRequestId } = after;
  const now = deps.clocks.business();
  // Also what changed without an event (adopted, caught up with) is shown.
  const isOnlySent = changes.length > 0 && changes.every((change) => change.type === "effect_changed" && (change.effect.state === "sent" || change.effect.state === "planned"));
  if (!isOnlySent) await tx.schedule({ kind: "project", organizationId, key: paymentRequestId, dueAt: now });
  await followSurroundings(tx, { before, after }, now);
  for (const change of changes) {
    if (change.type === "incident") await tx.openIncident({ organizationId, paymentRequestId, kind: change.kind, detail: `payment ${after.paymentId}`, at: now });
  }
}

function report(deps: Deps, { after, changes }: Recorded): void {
  for (const change of changes) {
    const { organizationId, paymentRequestId } = after;
    if (change.type === "incident") deps.reporter.alarm(change.kind, { organizationId, paymentRequestId });
    if (change.type !== "effect_changed" && change.type !== "undo_planned") continue;
    const { effect } = change;
    deps.reporter.info("effect", { organizationId, paymentRequestId, effectId: effect.effectId, kind: effect.kind, state: effect.state, reason: effect.reason, attempt: effect.attempts.length });
    deps.reporter.count("effects", { kind: effect.kind, state: effect.state });
  }
}
