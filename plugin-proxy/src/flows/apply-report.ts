// The lines of a day's report, one after the other: a refund that is settled is noted, one that the bank turned down is refused once Cybersource's
// own detail does not contradict it, what is unknown is looked for at once, a dispute holds money back. Applied twice, nothing changes.
import { asMerchantReference, type EffectId, type MerchantReference, type PaymentRequestId } from "../domain/ids.ts";
import type { Effect } from "../domain/payment/effect.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import type { DayReport, DisputeLine, SettlementLine } from "../domain/settlement/day-report.ts";
import { judgeSettlement, REFERENCE_LENGTH_MIN, withDispute, withNamed, type LineVerdict } from "../domain/settlement/judge-report.ts";
import type { FoundTransaction, MerchantBinding } from "../ports/gateway.ts";
import type { FlowDeps } from "./deps.ts";
import { toEventKey } from "./receive-cybersource-event.ts";
import { recordEvents } from "./record-events.ts";

/** The effects that the report names; "unavailable" when Cybersource could not be asked about a line: the day is then read again. */
export async function applyReport(deps: FlowDeps, binding: MerchantBinding, report: DayReport): Promise<ReadonlySet<EffectId> | "unavailable"> {
  const named = new Set<EffectId>();
  for (const line of report.settlements) {
    const payment = await paymentOf(deps, binding, line);
    const effectId = typeof payment !== "object" ? payment : await applySettlement(deps, { binding, paymentRequestId: payment.paymentRequestId, line: { ...line, merchantReference: payment.reference } });
    if (effectId === "unavailable") return "unavailable";
    if (effectId !== undefined) named.add(effectId);
  }
  for (const line of report.disputes) {
    const payment = await paymentOf(deps, binding, line);
    if (payment === "unavailable") return payment;
    if (payment !== undefined) await applyDispute(deps, binding, { ...payment, line });
  }
  return named;
}

interface Named { readonly paymentRequestId: PaymentRequestId; readonly reference: MerchantReference }

/** By our reference; one that a processor has cut is asked for by Cybersource's id. Other systems' transactions have references that are none of ours. */
async function paymentOf(deps: FlowDeps, binding: MerchantBinding, { requestId, merchantReference }: Pick<SettlementLine, "requestId" | "merchantReference">): Promise<Named | "unavailable" | undefined> {
  const find = async (reference: string): Promise<Named | undefined> => {
    const paymentRequestId = await deps.ledger.alone((ledger) => ledger.findByReference(binding.organizationId, asMerchantReference(reference)));
    return paymentRequestId === undefined ? undefined : { paymentRequestId, reference: asMerchantReference(reference) };
  };
  const whole = await find(merchantReference);
  if (whole !== undefined || !isCut(merchantReference)) return whole;
  const detail = await lookAt(deps, binding, requestId);
  if (detail === "unavailable") return detail;
  return detail?.merchantReference.startsWith(merchantReference) === true ? find(detail.merchantReference) : undefined;
}

const REFERENCE_LENGTH_CUT_MAX = 17;
const isCut = (reference: string): boolean => reference.length >= REFERENCE_LENGTH_MIN && reference.length <= REFERENCE_LENGTH_CUT_MAX && /^[A-Z2-9]{15}[A-Z2-9-]{0,2}$/.test(reference);

async function lookAt(deps: FlowDeps, binding: MerchantBinding, requestId: SettlementLine["requestId"]): Promise<FoundTransaction | "unavailable" | undefined> {
  const answer = await deps.gateway.look({ binding, merchantReferences: [], around: deps.clocks.wire(), requestIds: [requestId] });
  return answer.kind === "unavailable" ? answer.kind : answer.found.find((one) => one.requestId === requestId);
}

interface SettlementInput { readonly binding: MerchantBinding; readonly paymentRequestId: PaymentRequestId; readonly line: SettlementLine }

/** Decided twice: before the look, which needs no lock, and after it, because things may have moved meanwhile. */
async function applySettlement(deps: FlowDeps, { binding, paymentRequestId, line }: SettlementInput): Promise<EffectId | "unavailable" | undefined> {
  const { organizationId } = binding;
  if (line.outcome === "unclear") deps.reporter.alarm("report_word_unknown", { organizationId, paymentRequestId, reason: line.word, merchantReference: line.merchantReference });
  const intent = await deps.ledger.transaction((tx) => tx.loadIntent(organizationId, paymentRequestId));
  const first = intent === undefined ? undefined : judgeSettlement(intent, line);
  if (first === undefined || first.kind === "nothing") return undefined;
  const detail = first.kind === "rejected" ? await lookAt(deps, binding, line.requestId) : undefined;
  // What a report of yesterday names is there; not to be seen is not gone.
  if (detail === "unavailable" || (first.kind === "rejected" && detail === undefined)) return "unavailable";
  let named: EffectId | "unavailable" = first.effect.effectId;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current, tx) => {
      const verdict = judgeSettlement(current, line);
      const at = deps.clocks.business();
      // An answer was found since: now it is turned down, and nobody has looked.
      if (verdict.kind === "rejected" && first.kind !== "rejected") {
        named = "unavailable";
        return { events: [] };
      }
      if (verdict.kind === "look") await tx.schedule({ kind: "event", organizationId, key: toEventKey({ ...binding, ...line }), dueAt: at });
      if (verdict.kind === "contradiction" || (verdict.kind === "rejected" && detail?.isUndone !== false)) {
        await tx.openIncident({ organizationId, paymentRequestId, kind: "report_contradicts", detail: `effect ${verdict.effect.effectId}: ${line.word ?? line.outcome}`, at });
        deps.reporter.alarm("report_contradicts", { organizationId, paymentRequestId, effectId: verdict.effect.effectId, reason: line.word ?? line.outcome });
        return { events: [] };
      }
      return { ...(verdict.kind === "look" ? { intent: withNamed(current, { effectId: verdict.effect.effectId, requestId: line.requestId }) } : {}), events: eventsOf(verdict, at) };
    },
  });
  return named;
}

function eventsOf(verdict: LineVerdict, at: number): readonly EffectEvent[] {
  const event = (kind: "settled" | "settlement_rejected", effect: Effect): EffectEvent => ({ kind, effectId: effect.effectId, attempt: effect.attempts.length, evidence: "report", at, ...(kind === "settlement_rejected" ? { reason: kind } : {}) });
  if (verdict.kind === "settled") return [event("settled", verdict.effect)];
  return verdict.kind === "rejected" ? [event("settlement_rejected", verdict.effect)] : [];
}

async function applyDispute(deps: FlowDeps, { organizationId }: MerchantBinding, { paymentRequestId, reference, line }: Named & { readonly line: DisputeLine }): Promise<void> {
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current, tx) => {
      const disputed = withDispute(current, { ...line, merchantReference: reference });
      if (disputed === undefined) return { events: [] };
      const at = deps.clocks.business();
      await tx.surroundings.appendTrail({ organizationId, paymentRequestId, at, source: "relay", what: line.isWon ? "dispute_won" : "dispute_opened", requestId: line.requestId });
      await tx.schedule({ kind: "project", organizationId, key: paymentRequestId, dueAt: at });
      deps.reporter.info(line.isWon ? "dispute_won" : "dispute_opened", { organizationId, paymentRequestId });
      return { intent: disputed, events: [] };
    },
  });
}
