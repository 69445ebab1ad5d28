// The claim: the first transaction row in Dataverse, made in the same batch that reads the request, then the rules, then the plan.
// Whoever finds a claim of another ledger (or of this one before its disk was lost) looks for the payment and never sends it anew.
import type { EffectEvent } from "../domain/payment/events.ts";
import { claimRetryMs } from "../domain/payment/claim-retry.ts";
import type { Command, RequestRow } from "../domain/payment/command.ts";
import { exposureOf } from "../domain/payment/derive-sums.ts";
import { isChangeOf } from "../domain/payment/freeze-change.ts";
import { isFoundingCredit } from "../domain/payment/freeze-credit.ts";
import { freezeCommand, type RuleRefusal } from "../domain/payment/freeze-command.ts";
import { firstSentAt, mainEffect, type Intent } from "../domain/payment/intent.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { Result } from "../domain/result.ts";
import type { ClaimAnswer } from "../ports/dataverse.ts";
import type { DocumentClaim, LedgerTransaction, Session, StoredToken } from "../ports/ledger.ts";
import { askForOldClaim, heldSince } from "./ask-for-old-claim.ts";
import { beginCommand } from "./begin-command.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import { applyPayment } from "./apply-payment.ts";
import { claimsOfOrder, paidBeside, readAroundInvoice, type AroundInvoice, type PaidBeside } from "./around-invoice.ts";
import { changeSavedCard, isCardAction } from "./change-saved-card.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";
import { keepDetail } from "./detail.ts";
import { foundCredit } from "./found-credit.ts";
import { takesNoNewCard } from "./new-card-declines.ts";
import { readLines } from "./read-lines.ts";
import { recordEvents } from "./record-events.ts";
import { isOldClaim, wasClaimTaken } from "./was-claim-taken.ts";

type ReadClaim = Extract<ClaimAnswer, { kind: "read"; claim: string }>;
type ReadPayment = ReadClaim & { readonly goods: Awaited<ReturnType<typeof readLines>>; readonly around: AroundInvoice | undefined };

/** Reads and claims the row, then plans, refuses, or adopts an unknown. */
export async function claimRequest(deps: FlowDeps, intent: Intent): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = intent;
  const answer = await deps.dataverse.readAndClaim({ organizationId, paymentRequestId, effectId: mainEffect(intent).effectId, ledgerId: deps.ledger.ledgerId, claimedAt: mainEffect(intent).changedAt, table: intent.table });
  const now = deps.clocks.business();
  if (answer.kind === "unavailable") return { kind: "waiting", until: now + (answer.retryAfterMs ?? claimRetryMs(intent, now)) };
  if (answer.kind === "request_not_found") return finish(deps, intent, "withdrawn", "request_withdrawn");
  if (answer.kind === "read_refund" || isChangeOf(answer.row)) {
    const state = answer.kind === "read" ? answer.row.state : "submitted";
    if (state === "draft" && answer.claim !== "foreign") return { kind: "waiting", until: undefined };
    if (answer.kind === "read_refund" && isFoundingCredit(answer.row)) return foundCredit(deps, intent, answer);
    return state === "withdrawn" && answer.claim !== "foreign" ? finish(deps, intent, "withdrawn", "request_withdrawn") : beginCommand(deps, intent, answer);
  }
  // No money moves: whose claim it is does not matter, and what a lost ledger did of it is done again.
  const { action, state } = answer.row;
  const movesMoney = action !== "apply_payment" && !isCardAction(action);
  if (movesMoney && answer.claim === "foreign") return adoptForeignClaim(deps, intent, answer);
  if (state === "draft") return { kind: "waiting", until: undefined };
  if (state === "withdrawn") {
    const taken = movesMoney && answer.claim === "own" ? await wasClaimTaken(deps, intent, answer) : false;
    if (taken === "unavailable") return { kind: "waiting", until: now + claimRetryMs(intent, now) };
    return taken ? adoptForeignClaim(deps, intent, answer) : finish(deps, intent, "withdrawn", "request_withdrawn");
  }
  if (action === "apply_payment") return applyPayment(deps, intent, answer);
  if (isCardAction(action)) return changeSavedCard(deps, intent, answer, action);
  const [goods, around] = await Promise.all([readLines(deps, organizationId, answer.row), readAroundInvoice(deps, organizationId, answer.row.document)]);
  if (around?.kind === "unavailable") return { kind: "waiting", until: now + (around.retryAfterMs ?? claimRetryMs(intent, now)) };
  return planOrRefuse(deps, intent, { ...answer, goods, around });
}

async function finish(deps: FlowDeps, intent: Intent, kind: "withdrawn" | "expired" | "refused_by_rule", reason: string): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = intent;
  deps.reporter.count("refusals", { reason });
  await recordEvents(deps, { organizationId, paymentRequestId, events: async (current) => ({ events: [ruleEvent(current, kind, reason, deps.clocks.business())] }) });
  return { kind: "moved" };
}

const ruleEvent = (intent: Intent, kind: EffectEvent["kind"], reason: string | undefined, at: Instant): EffectEvent => ({ kind, effectId: mainEffect(intent).effectId, attempt: 0, evidence: "rule", at, reason });

/** The intent with its frozen command: the claim becomes an authorization or a sale of that amount. */
function withCommand(intent: Intent, command: Command): Intent {
  const [main, ...others] = intent.effects;
  if (main === undefined) return intent;
  return { ...intent, command, revision: intent.revision + 1, effects: [{ ...main, kind: command.action, amount: command.amount }, ...others] };
}

/** What the ledger knows of a request before its row is looked at. */
interface Known {
  readonly session: Session | undefined;
  readonly connectedAt: Instant;
  readonly token: StoredToken | undefined;
  readonly declines: number;
  readonly reauthorizes: Command["reauthorizes"];
}

const knownOf = (deps: FlowDeps, { organizationId, paymentRequestId }: Intent, row: RequestRow) => async (tx: LedgerTransaction): Promise<Known> => {
  const now = deps.clocks.business();
  const [session, connectedAt, token, declines] = await Promise.all([
    tx.latestSession(organizationId, paymentRequestId), tx.connectedAt(organizationId, now),
    row.method === "new_card" ? tx.loadTransientToken(organizationId, paymentRequestId) : undefined,
    tx.countVelocity({ organizationId, scope: "decline", key: row.author.userId }, now - HOUR_MS),
  ]);
  return { session, connectedAt, token, declines, reauthorizes: row.action === "reauthorization" ? await endedPayment(tx, organizationId, row, now) : undefined };
};

const PREVIOUS_TRANSACTION_MS = 30 * 24 * HOUR_MS;

/** A payment of the same document whose authorization has ended holds nothing any more; its network id speaks of its own card, and for 30 days (Cybersource, stored credentials). */
async function endedPayment(tx: LedgerTransaction, organizationId: Intent["organizationId"], { paymentId, document, savedCard }: RequestRow, now: Instant): Promise<Command["reauthorizes"]> {
  const founder = paymentId === undefined ? undefined : await tx.founderOf(organizationId, { paymentId });
  const ended = founder === undefined ? undefined : await tx.loadIntent(organizationId, founder);
  if (paymentId === undefined || ended?.command === undefined || ended.command.document.id !== document?.ref.id) return undefined;
  const main = mainEffect(ended);
  if (exposureOf(ended) > 0n || (main.isLapsed !== true && main.state !== "undone")) return undefined;
  const paidWith = ended.command.savedCard?.paymentMethodId;
  const isItsCard = paidWith === undefined || paidWith === savedCard?.paymentMethodId;
  // Released by rule shortly before its end, it has changed since.
  const isFresh = now - firstSentAt(ended, main) <= PREVIOUS_TRANSACTION_MS;
  return { paymentId, networkTransactionId: isItsCard && isFresh ? main.facts?.networkTransactionId : undefined };
}

const freeze = (deps: FlowDeps, intent: Intent, answer: ReadClaim, known: Known): Result<Command, RuleRefusal> => freezeCommand(answer.row, {
  organizationId: intent.organizationId, accounts: answer.merchantAccounts, businessUnits: answer.businessUnits,
  sessionAction: known.session?.action, reauthorizes: known.reauthorizes, now: deps.clocks.business(), connectedAt: known.connectedAt,
});

/** Somebody has claimed this request before us: unknown, to be looked for. What the row says is frozen so that a find can be compared. */
async function adoptForeignClaim(deps: FlowDeps, intent: Intent, answer: ReadClaim): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = intent;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current) => {
      const at = deps.clocks.business();
      const frozen = freezeCommand(answer.row, { organizationId, accounts: answer.merchantAccounts, businessUnits: answer.businessUnits, now: at, connectedAt: 0, isClaimed: true });
      if (!frozen.ok) return { events: [ruleEvent(current, "foreign_claim", frozen.error, at)] };
      const since: Intent = { ...withCommand(current, frozen.value), claimedAt: Math.min(current.claimedAt, answer.row.modifiedOn) };
      return { intent: since, events: [ruleEvent(since, "foreign_claim", undefined, at)] };
    },
  });
  deps.reporter.alarm("foreign_claim", { organizationId, paymentRequestId });
  return { kind: "moved" };
}

/** `isFree`: nothing can have gone on with it. `mayEnd`: a lost ledger has not taken what the row asks for. */
interface Asked { readonly isFree: boolean; readonly mayEnd: boolean }
const askedOf = ({ claim }: ReadPayment): Asked => ({ isFree: claim === "created", mayEnd: claim === "created" });

async function planOrRefuse(deps: FlowDeps, intent: Intent, answer: ReadPayment, { isFree, mayEnd }: Asked = askedOf(answer)): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = intent;
  let waiting: ClaimOutcome | undefined;
  let toConfirm: string | undefined;
  let isEnding: true | undefined;
  let old: { readonly command: Command; readonly since: Instant } | undefined;
  const recorded = await recordEvents<Known>(deps, {
    organizationId, paymentRequestId, known: intent, ahead: knownOf(deps, intent, answer.row),
    events: async (current, tx, known) => {
      const at = deps.clocks.business();
      [waiting, old, toConfirm, isEnding] = [undefined, undefined, undefined, undefined];
      // Overtaken, it leaves nothing: the cardholder's details of a payment that is closed would never be discarded.
      if (known === undefined || mainEffect(current).state !== "claiming") return { events: [] };
      const mustAsk = !mayEnd && isOldClaim(deps, current) ? true : undefined;
      const frozen = freeze(deps, current, answer, known);
      if (!frozen.ok) {
        isEnding = mustAsk;
        return { events: mustAsk ? [] : [ruleEvent(current, frozen.error === "request_expired" ? "expired" : "refused_by_rule", frozen.error, at)] };
      }
      const command = frozen.value;
      const guards = await guardsOf(deps, command, tx);
      const paid = await lockBeside(tx, command, answer);
      const waitUntil = mustWait(deps, command, { ...known, ...guards });
      if (waitUntil !== undefined) {
        waiting = { kind: "waiting", until: waitUntil };
        return { events: [] };
      }
      const reason = refusalOf(deps, command, answer.row, { ...known, ...guards, ...paid });
      const frozenIntent = withCommand(current, command);
      isEnding = reason === undefined ? undefined : mustAsk;
      if (isEnding) return { events: [] };
      if (reason === "saved_card_to_confirm") toConfirm = command.savedCard?.paymentMethodId;
      if (reason !== undefined) return { intent: frozenIntent, events: [ruleEvent(current, "refused_by_rule", reason, at)] };
      const since = isFree ? undefined : heldSince(deps, current, { submittedOn: answer.row.modifiedOn, token: known.token, pausedUntil: guards.pausedUntil });
      if (since !== undefined) {
        old = { command, since };
        return { events: [] };
      }
      await keepDetail(tx, deps.sealer, { organizationId, paymentRequestId, customerId: command.customer.id }, { billTo: answer.row.billTo, ...answer.goods });
      return { intent: frozenIntent, events: [ruleEvent(current, "read_ok", undefined, at)], reserve: true };
    },
  });
  // No sweep has seen the merge; where this is not written either, the ledger says it again the next time.
  if (toConfirm !== undefined) await deps.surroundings.writeRows({ organizationId, rows: [{ table: "saved_card", paymentMethodId: toConfirm, mergeState: "to_confirm" }] });
  if (isEnding) return endOrAdopt(deps, intent, answer, isFree);
  if (old !== undefined) return afterAsking(deps, intent, answer, await askForOldClaim(deps, intent, old));
  return waiting ?? { kind: "moved", intent: recorded.ok ? recorded.value.after : undefined };
}

async function afterAsking(deps: FlowDeps, intent: Intent, answer: ReadPayment, said: Awaited<ReturnType<typeof askForOldClaim>>): Promise<ClaimOutcome> {
  if (said === "taken") return adoptForeignClaim(deps, intent, answer);
  return said === "free" ? planOrRefuse(deps, intent, answer, { isFree: true, mayEnd: true }) : { kind: "waiting", until: said };
}

/** What a rule would end may have been taken by a ledger that is lost, this one being its backup: that is looked for, whatever the rule says now. */
async function endOrAdopt(deps: FlowDeps, intent: Intent, answer: ReadPayment, isFree: boolean): Promise<ClaimOutcome> {
  const taken = await wasClaimTaken(deps, intent, answer);
  const now = deps.clocks.business();
  if (taken === "unavailable") return { kind: "waiting", until: now + claimRetryMs(intent, now) };
  return taken ? adoptForeignClaim(deps, intent, answer) : planOrRefuse(deps, intent, answer, { isFree, mayEnd: true });
}

/** What stands in a command's way; its document stays locked until the transaction ends. */
interface Guards {
  readonly pausedUntil: Instant | undefined;
  readonly isBlocked: boolean;
  readonly claims: readonly DocumentClaim[];
  /** Whose the saved card is, as far as this ledger knows: a merge of customers changes the row, and no word of the row changes this. */
  readonly cardHolderId: string | undefined;
  readonly isNewCardStopped: boolean;
}

/** Asked for together: who is first to be told does not depend on who is first to answer. */
async function guardsOf(deps: FlowDeps, command: Command, tx: LedgerTransaction): Promise<Guards> {
  const { organizationId, merchantAccount: { merchantId }, savedCard } = command;
  const [pausedUntil, isBlocked, claims, holders, isNewCardStopped] = await Promise.all([
    tx.pausedUntil({ organizationId, merchantId, actions: [command.action] }),
    savedCard === undefined ? false : tx.isInstrumentBlocked({ organizationId, merchantId, paymentInstrumentId: savedCard.paymentInstrumentId }),
    tx.lockDocument({ organizationId, document: command.document, limitMinor: command.documentTotal.minor, currency: command.amount.currency, except: command.paymentRequestId }),
    savedCard === undefined ? [] : tx.surroundings.cardHolders({ organizationId, cards: [{ paymentMethodId: savedCard.paymentMethodId, customerId: savedCard.customer.id }] }),
    command.method === "new_card" && takesNoNewCard(deps, tx, { organizationId, merchantId }),
  ]);
  return { pausedUntil, isBlocked, claims, cardHolderId: holders[0], isNewCardStopped };
}

/** After the document's lock, which guards have taken. */
async function lockBeside(tx: LedgerTransaction, { organizationId, paymentRequestId, amount }: Command, { row: { document }, around }: ReadPayment): Promise<PaidBeside> {
  const orderClaims = around === undefined ? await claimsOfOrder(tx, organizationId, document)
    : await tx.lockDocument({ organizationId, document: around.order, limitMinor: around.orderMinor, currency: amount.currency, except: paymentRequestId });
  return paidBeside(tx, { organizationId, document, around, orderClaims, except: paymentRequestId });
}

/** A new card without its token yet waits for it; a paused account waits for its credentials or setup. Both end with the request's validity. */
function mustWait(deps: FlowDeps, command: Command, { pausedUntil, token }: Known & Guards): Instant | undefined {
  if (pausedUntil !== undefined && pausedUntil > deps.clocks.business()) return Math.min(pausedUntil, command.validUntil + SECOND_MS);
  return command.method === "new_card" && token === undefined ? command.validUntil + SECOND_MS : undefined;
}

/** Rules that need the ledger: velocity, blocked cards, and the open amount under the document's lock. */
function refusalOf(deps: FlowDeps, command: Command, row: RequestRow, known: Known & Guards & PaidBeside): string | undefined {
  const { declines, isBlocked, isNewCardStopped, token, cardHolderId } = known;
  if (bindingOf(deps, command) === undefined) return "no_merchant_account";
  if (declines >= deps.limits.declinesPerHour || isNewCardStopped) return "too_many_declines";
  if (command.savedCard !== undefined && cardHolderId !== command.savedCard.customer.id) return "saved_card_to_confirm";
  if (isBlocked) return "instrument_blocked";
  const isTokenOver = token === undefined || token.expiresAt <= deps.clocks.wire() + MINUTE_MS / 6;
  if (command.method === "new_card" && isTokenOver) return "card_entry_lost";
  return aboveOpen(command, row, known);
}

function aboveOpen({ amount, documentTotal }: Command, { document }: RequestRow, { claims, beingCapturedMinor, together }: Guards & PaidBeside): string | undefined {
  const open = openAmountMinor(documentTotal.minor, claims, document?.payments ?? [], (document?.receivedMinor ?? 0n) + beingCapturedMinor);
  if (amount.minor > open) return beingCapturedMinor > 0n || claims.some((claim) => claim.isOpen) ? "payment_in_progress" : "amount_above_open";
  if (together === undefined || amount.minor <= together.minor) return undefined;
  return together.isInProgress ? "payment_in_progress" : "amount_above_open";
}
