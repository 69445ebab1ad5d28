// A later row whose payment is free: verify what is settled, ask who may, and decide under the payment's lock (domain/payment/decide-command.ts).
import type { ChangeCommand } from "../domain/payment/command.ts";
import type { Effect, EffectKind } from "../domain/payment/effect.ts";
import type { CaptureSettlement, EffectEvent } from "../domain/payment/events.ts";
import { commandOf, type Intent } from "../domain/payment/intent.ts";
import { freeToCapture } from "../domain/payment/free-amounts.ts";
import { isStillDue } from "../domain/payment/next-step.ts";
import { askAgainMs } from "../domain/payment/settings.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import { MINUTE_MS, type Instant } from "../domain/time.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import { aboveInvoice } from "./above-invoice.ts";
import type { OpenTogether } from "./around-invoice.ts";
import { openBesideCapture, readBesideCapture, type BesideCapture } from "./beside-capture.ts";
import { bindingOf, type FlowDeps, type MoneyOutVerdict } from "./deps.ts";
import { recordEvents } from "./record-events.ts";
import { verifySettlement } from "./verify-settlement.ts";
import { wasTaken } from "./was-taken.ts";

/** Cash comes without any word to the ledger: what was read of it longer ago than this is read again. */
const FRESH_MS = 2 * MINUTE_MS;
const againAt = (claim: Pick<Effect, "changedAt">, now: Instant): Instant => now + askAgainMs(now - claim.changedAt);

/** Decides once. The intent as it is then; or when to come back, when something that must be asked did not answer. */
export async function decideCommand(deps: FlowDeps, intent: Intent, claim: Effect): Promise<{ readonly moved: Intent | undefined } | Instant> {
  const command = commandOf(intent, claim);
  const { organizationId, paymentRequestId } = intent;
  if (command === undefined) throw new Error(`claim ${claim.effectId} belongs to no command`);
  const now = deps.clocks.business();
  const taken = await wasTaken(deps, intent, { effect: claim, since: claim.changedAt });
  if (taken === "unavailable") return againAt(claim, now);
  if (taken) return adoptTaken(deps, intent, claim);
  const settlement = await verifySettlement(deps, intent, command);
  const gate = await deps.moneyOut.prepare({ intent, command });
  const askedAt = deps.clocks.business();
  const beside = command.action === "capture" ? await readBesideCapture(deps, intent) : undefined;
  if (settlement === "unavailable" || gate.kind === "unavailable" || beside?.kind === "unavailable") return againAt(claim, now);
  let waitUntil: Instant | undefined;
  const recorded = await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current, tx) => {
      const then = { business: deps.clocks.business(), wire: deps.clocks.wire() };
      // Whoever slept since he asked may be past the row's validity, or know of cash only what was there before.
      const isOld = beside !== undefined && then.business - askedAt > FRESH_MS;
      if (isOld || !isStillDue(current, { kind: "decide_command", effect: claim }, then, deps.settings)) return { events: [] };
      waitUntil = await pausedUntil(deps, current, { command, tx });
      if (waitUntil !== undefined) return { events: [] };
      const reason = await ruleOf(deps, current, { command, tx, beside });
      const verdict: MoneyOutVerdict = reason === undefined ? await gate.judge(current, tx) : { kind: "refused", reason };
      const isByRelay = verdict.kind === "go" && verdict.isByRelay === true;
      return { ...(isByRelay ? { intent: ofRelay(current, command) } : {}), events: [eventFor(claim, verdict, { at: deps.clocks.business(), settlement })], reserve: true };
    },
  });
  if (!recorded.ok || recorded.value.changes.length === 0) return waitUntil ?? againAt(claim, now);
  return { moved: recorded.value.after };
}

const ofRelay = (intent: Intent, { commandId }: ChangeCommand): Intent =>
  ({ ...intent, revision: intent.revision + 1, commands: intent.commands.map((one) => (one.commandId === commandId ? { ...one, isByRelay: true } : one)) });

async function adoptTaken(deps: FlowDeps, intent: Intent, claim: Effect): Promise<{ readonly moved: Intent | undefined }> {
  const recorded = await recordEvents(deps, { ...intent, events: async () => ({ events: [{ kind: "foreign_claim", effectId: claim.effectId, attempt: 0, evidence: "rule", at: deps.clocks.business() }] }) });
  deps.reporter.alarm("foreign_claim", { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, effectId: claim.effectId });
  return { moved: recorded.ok ? recorded.value.after : undefined };
}

function eventFor(claim: Effect, verdict: MoneyOutVerdict, seen: { readonly at: Instant; readonly settlement: readonly CaptureSettlement[] }): EffectEvent {
  const base = { effectId: claim.effectId, attempt: 0, evidence: "rule", ...seen } as const;
  switch (verdict.kind) {
    case "go": return { ...base, kind: "read_ok" };
    case "needs_approval": return { ...base, kind: "approval_needed", why: verdict.why };
    case "refused": return { ...base, kind: "refused_by_rule", reason: verdict.reason };
  }
}

/** Whichever way money goes back is decided later: each of them may be the one that is paused. */
const WAYS_BACK: readonly EffectKind[] = ["authorization_reversal", "void", "refund"];
const waysOf = ({ action }: ChangeCommand): readonly EffectKind[] => (action === "give_back" || action === "refund" ? WAYS_BACK : action === "reauthorization" ? [] : [action]);

async function pausedUntil(deps: FlowDeps, intent: Intent, { command, tx }: { readonly command: ChangeCommand; readonly tx: LedgerTransaction }): Promise<Instant | undefined> {
  const merchantId = intent.command?.merchantAccount.merchantId;
  const until = merchantId === undefined ? undefined : await tx.pausedUntil({ organizationId: intent.organizationId, merchantId, actions: waysOf(command) });
  return until !== undefined && until > deps.clocks.business() ? until : undefined;
}

/** Rules that need more than the payment: its credentials, and the open amount of the document for what takes more money in. */
async function ruleOf(deps: FlowDeps, intent: Intent, { command, tx, beside }: { readonly command: ChangeCommand; readonly tx: LedgerTransaction; readonly beside: BesideCapture | undefined }): Promise<string | undefined> {
  if (intent.command === undefined || bindingOf(deps, intent.command) === undefined) return "no_merchant_account";
  if (command.action === "capture") return await isPaidByItsOwn(intent, { command, tx }) ?? (beside === undefined ? undefined : await isPaidBeside(intent, { command, tx, beside }));
  if (command.action !== "incremental_authorization") return aboveInvoice(intent, command, tx);
  // Another document's total is no measure: who names a dearer order would raise the hold beyond his own.
  if (command.document !== undefined && command.document.id !== intent.command.document.id) return "payment_of_other_document";
  const total = command.documentTotal ?? intent.command.documentTotal;
  if (total.currency !== command.amount.currency) return "currency_mismatch";
  // The document is locked and its limit set to what it comes to now; this payment's own claim counts like the others'.
  await tx.lockDocument({ organizationId: intent.organizationId, document: intent.command.document, limitMinor: total.minor, currency: total.currency, except: intent.paymentRequestId });
  const claims = await tx.documentClaims(intent.organizationId, intent.command.document);
  return command.amount.minor <= openAmountMinor(total.minor, claims, []) ? undefined : "amount_above_open";
}

/** An invoice that a payment of its own has paid meanwhile, or may have, takes nothing of its order's payment beyond what is left of it. */
async function isPaidByItsOwn({ organizationId, paymentRequestId, command: founding }: Intent, { command, tx }: { readonly command: ChangeCommand; readonly tx: LedgerTransaction }): Promise<string | undefined> {
  const { document, documentTotal } = command;
  if (document?.kind !== "invoice" || documentTotal === undefined || document.id === founding?.document.id) return undefined;
  // Behind the lock under which a payment on the invoice reserves what it takes.
  const claims = await tx.lockDocument({ organizationId, document, limitMinor: documentTotal.minor, currency: documentTotal.currency, except: paymentRequestId });
  if (claims.every((claim) => claim.exposureMinor === 0n)) return undefined;
  return aboveOpen(command, { minor: openAmountMinor(documentTotal.minor, claims, []), isInProgress: claims.some((claim) => claim.isOpen) });
}

/** Order or invoice may have been paid since the capture was asked for: in cash, by a card on an invoice, by another payment. After the invoice's lock. */
async function isPaidBeside(intent: Intent, { command, tx, beside }: { readonly command: ChangeCommand; readonly tx: LedgerTransaction; readonly beside: BesideCapture }): Promise<string | undefined> {
  // More than the payment itself still holds: that is its own rule, and says it more exactly.
  if (command.amount.minor > freeToCapture(intent, command.commandId)) return undefined;
  const open = await openBesideCapture(tx, beside, intent);
  return open === undefined ? undefined : aboveOpen(command, open);
}

/** Only where nothing is owed any more it is nobody's task. */
function aboveOpen({ amount }: ChangeCommand, open: OpenTogether): string | undefined {
  if (amount.minor <= open.minor) return undefined;
  if (open.isInProgress) return "payment_in_progress";
  return open.minor > 0n ? "partly_paid" : "amount_above_open";
}
