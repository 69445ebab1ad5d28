// A claimed request becomes a payment that may be sent, or is refused: the command is frozen, the rules are asked behind the document's lock, and its amount
// is reserved, in one transaction.
import type { Command } from "../domain/payment/command.ts";
import { claimRetryMs } from "../domain/payment/claim-retry.ts";
import { freezeCommand, type RuleRefusal } from "../domain/payment/freeze-command.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { Result } from "../domain/result.ts";
import type { Instant } from "../domain/time.ts";
import type { ClaimAnswer } from "../ports/dataverse.ts";
import { adoptForeignClaim, ruleEvent, withCommand } from "./adopt-foreign-claim.ts";
import type { AroundInvoice } from "./around-invoice.ts";
import { askForOldClaim, heldSince } from "./ask-for-old-claim.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import type { FlowDeps } from "./deps.ts";
import { keepDetail } from "./detail.ts";
import { guardsOf, knownOf, lockBeside, mustWait, refusalOf, type Known } from "./judge-new-payment.ts";
import type { readLines } from "./read-lines.ts";
import { recordEvents } from "./record-events.ts";
import { isOldClaim, wasClaimTaken } from "./was-claim-taken.ts";

type ReadClaim = Extract<ClaimAnswer, { kind: "read"; claim: string }>;
/** The request as it was read and claimed, with the lines that go out with it and what pays its invoice beside it. */
export type ReadPayment = ReadClaim & { readonly goods: Awaited<ReturnType<typeof readLines>>; readonly around: AroundInvoice | undefined };

const freeze = (deps: FlowDeps, intent: Intent, answer: ReadClaim, known: Known): Result<Command, RuleRefusal> => freezeCommand(answer.row, {
  organizationId: intent.organizationId, accounts: answer.merchantAccounts, businessUnits: answer.businessUnits,
  sessionAction: known.session?.action, reauthorizes: known.reauthorizes, now: deps.clocks.business(), connectedAt: known.connectedAt,
});

/** `isFree`: nothing can have gone on with it. `mayEnd`: a lost ledger has not taken what the row asks for. */
interface Asked { readonly isFree: boolean; readonly mayEnd: boolean }
const askedOf = ({ claim }: ReadPayment): Asked => ({ isFree: claim === "created", mayEnd: claim === "created" });

/** Planned, refused, waiting, or adopted where a lost ledger has gone on with it. */
export async function planPayment(deps: FlowDeps, intent: Intent, answer: ReadPayment, { isFree, mayEnd }: Asked = askedOf(answer)): Promise<ClaimOutcome> {
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
  return said === "free" ? planPayment(deps, intent, answer, { isFree: true, mayEnd: true }) : { kind: "waiting", until: said };
}

/** What a rule would end may have been taken by a ledger that is lost, this one being its backup: that is looked for, whatever the rule says now. */
async function endOrAdopt(deps: FlowDeps, intent: Intent, answer: ReadPayment, isFree: boolean): Promise<ClaimOutcome> {
  const taken = await wasClaimTaken(deps, intent, answer);
  const now = deps.clocks.business();
  if (taken === "unavailable") return { kind: "waiting", until: now + claimRetryMs(intent, now) };
  return taken ? adoptForeignClaim(deps, intent, answer) : planPayment(deps, intent, answer, { isFree, mayEnd: true });
}
