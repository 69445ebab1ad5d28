// Which way money goes back: the relay's rule table, mirrored so that the person is told before the button is pressed. The relay decides
// again with what Cybersource says at that moment. Pure; amounts are minor units of one currency.
import { nextCutOff } from "./batch-cut-off.ts";

export interface CaptureFacts { readonly id: string; readonly amount: bigint; readonly returned: bigint; readonly at: string; readonly settledOn?: string | undefined }
export interface Abilities { readonly partialReversal: boolean; readonly reversalAfterVoid: boolean; readonly cutOff?: string | undefined; readonly timeZone?: string | undefined }
export interface GiveBackFacts { readonly held: bigint; readonly pending: bigint; readonly captures: readonly CaptureFacts[]; readonly abilities: Abilities; readonly isUnknown: boolean; readonly isInReview: boolean;
  /** Asked on an invoice that shares the payment with others: what it holds of it. The rest pays them, or nothing yet. */
  readonly invoiceShare?: bigint | undefined }

/** Reversal: nothing was captured. Void: captured, the batch is open. Refund: settled. Later: part of a capture whose batch is open. */
export type Path = "reversal" | "void" | "refund" | "refund_later";
export interface Slice { readonly path: Path; readonly amount: bigint; readonly captureId?: string; readonly capturedAt?: string; readonly settledOn?: string | undefined; readonly batchClosesAt?: string | undefined; readonly releasesHold?: boolean }
export type GiveBackRefusal = "unknown" | "in_review" | "nothing" | "above" | "too_old" | "partial_reversal" | "invoice_nothing" | "above_invoice";
export type GiveBackPlan = { readonly ok: true; readonly slices: readonly Slice[] } | { readonly ok: false; readonly code: GiveBackRefusal };

/** Processors refuse follow-on refunds after this; facts/recovery-rules: then a credit or a bank transfer. */
const REFUND_DAYS_MAX = 180;
const DAY_MS = 86_400_000;

const isTooOld = (capture: CaptureFacts, now: string): boolean => Date.parse(now) - Date.parse(capture.at) > REFUND_DAYS_MAX * DAY_MS;
const leftOf = (capture: CaptureFacts): bigint => (capture.returned >= capture.amount ? 0n : capture.amount - capture.returned);
const least = (left: bigint, right: bigint): bigint => (left < right ? left : right);

/** What can be given back at most: of captures when there are any, else of what is held. On an invoice no more than it holds of the payment. */
export function mostToGiveBack(facts: GiveBackFacts, now: string): bigint {
  const most = mostOfPayment(facts, now);
  return facts.invoiceShare === undefined ? most : least(most, facts.invoiceShare);
}

function mostOfPayment(facts: GiveBackFacts, now: string): bigint {
  const captured = facts.captures.filter((capture) => !isTooOld(capture, now)).reduce((sum, capture) => sum + leftOf(capture), 0n);
  const all = facts.captures.length > 0 ? captured : facts.held;
  return all > facts.pending ? all - facts.pending : 0n;
}

function sliceOf(capture: CaptureFacts, amount: bigint, facts: GiveBackFacts, now: string): Slice {
  const known = { amount, captureId: capture.id, capturedAt: capture.at };
  if (capture.settledOn !== undefined) return { ...known, path: "refund", settledOn: capture.settledOn };
  const batchClosesAt = nextCutOff(capture.at, facts.abilities.cutOff, facts.abilities.timeZone);
  const isClosed = batchClosesAt !== undefined && Date.parse(now) >= Date.parse(batchClosesAt);
  if (isClosed) return { ...known, path: "refund" };
  const isWhole = amount === capture.amount && capture.returned === 0n;
  return isWhole ? { ...known, path: "void", batchClosesAt, releasesHold: facts.abilities.reversalAfterVoid } : { ...known, path: "refund_later", batchClosesAt };
}

/** The smallest capture that holds the amount, so the exact one first; else whole captures, newest first. */
function capturesFor(usable: readonly CaptureFacts[], amount: bigint): readonly CaptureFacts[] {
  const fitting = usable.filter((capture) => leftOf(capture) >= amount).sort((left, right) => (leftOf(left) < leftOf(right) ? -1 : leftOf(left) > leftOf(right) ? 1 : Date.parse(right.at) - Date.parse(left.at)));
  return fitting[0] === undefined ? [...usable].sort((left, right) => Date.parse(right.at) - Date.parse(left.at)) : [fitting[0]];
}

/** The plan for an amount; the same choice as plugin-proxy/src/domain/payment/choose-give-back.ts. */
export function planGiveBack(facts: GiveBackFacts, amount: bigint, now: string): GiveBackPlan {
  if (facts.isUnknown) return { ok: false, code: "unknown" };
  if (facts.isInReview) return { ok: false, code: "in_review" };
  const [most, ofPayment] = [mostToGiveBack(facts, now), mostOfPayment(facts, now)];
  if (most === 0n && ofPayment > 0n) return { ok: false, code: "invoice_nothing" };
  if (most === 0n) return { ok: false, code: facts.captures.some((capture) => leftOf(capture) > 0n && isTooOld(capture, now)) ? "too_old" : "nothing" };
  if (amount > most) return { ok: false, code: amount > ofPayment ? "above" : "above_invoice" };
  if (facts.captures.length === 0) return amount < facts.held && !facts.abilities.partialReversal ? { ok: false, code: "partial_reversal" } : { ok: true, slices: [{ path: "reversal", amount }] };
  const usable = facts.captures.filter((capture) => leftOf(capture) > 0n && !isTooOld(capture, now));
  let rest = amount;
  const slices: Slice[] = [];
  for (const capture of capturesFor(usable, amount)) {
    if (rest === 0n) break;
    const part = least(rest, leftOf(capture));
    slices.push(sliceOf(capture, part, facts, now));
    rest -= part;
  }
  return { ok: true, slices };
}
