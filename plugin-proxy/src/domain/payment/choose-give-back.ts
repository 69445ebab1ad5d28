// Which call gives money back: reversal, void, refund, or a split over several captures, from what was verified of their settlement,
// what the processor can do and when the batch closes. Full before the cut-off: void, then the hold is released; partial: refund after the
// batch. One table, mirrored for the form by pcf-controls/shared; it says why in a word that the form and the row have a sentence for.
import { err, ok, type Result } from "../result.ts";
import type { EffectId } from "../ids.ts";
import { DAY_MS, type Instant } from "../time.ts";

export interface GivableCapture {
  readonly effectId: EffectId;
  /** Captured, and not yet given back, reserved or asked for; minor units. */
  readonly capturedMinor: bigint;
  readonly freeMinor: bigint;
  readonly settlement: "open" | "closed" | "unverified";
  readonly capturedAt: Instant;
  readonly batchClosesAt: Instant;
}

export interface GiveBackInput {
  readonly action: "give_back" | "refund" | "void" | "authorization_reversal";
  readonly amountMinor: bigint;
  readonly captures: readonly GivableCapture[];
  readonly captureId?: EffectId | undefined;
  /** Authorized, neither captured nor released. */
  readonly heldMinor: bigint;
  readonly abilities: { readonly partialReversal: boolean; readonly reversalAfterVoid: boolean };
  readonly isRefundAccepted: boolean;
  readonly at: Instant;
}

export type GiveBackPart =
  | { readonly kind: "authorization_reversal"; readonly amountMinor: bigint; readonly why: "nothing_captured" }
  | { readonly kind: "void"; readonly captureId: EffectId; readonly amountMinor: bigint; readonly releasesHold: boolean; readonly why: "not_yet_settled" }
  | { readonly kind: "refund"; readonly captureId: EffectId; readonly amountMinor: bigint; readonly notBefore?: Instant | undefined; readonly why: "settled" | "partial_waits_for_batch" | "void_came_too_late" };

export type GiveBackRefusal = "nothing_to_give_back" | "amount_above_given" | "partial_reversal_unsupported" | "partial_void" | "void_too_late" | "settlement_not_verified" | "refund_too_old";

/** Cybersource takes a refund within 180 days (payments guide); counted from the capture, which comes before its settlement. */
const REFUND_DAYS_MS = 180 * DAY_MS;

/** The parts in the order in which they are carried out, or why nothing can be given back. */
export function chooseGiveBack(input: GiveBackInput): Result<readonly GiveBackPart[], GiveBackRefusal> {
  const captures = input.captures.filter((capture) => capture.freeMinor > 0n && (input.captureId === undefined || capture.effectId === input.captureId));
  const free = captures.reduce((sum, capture) => sum + capture.freeMinor, 0n);
  if (input.action === "authorization_reversal" || (input.action === "give_back" && free === 0n)) return reversal(input);
  if (free === 0n) return err("nothing_to_give_back");
  if (input.amountMinor > free) return err("amount_above_given");
  if (captures.some((capture) => capture.settlement === "unverified")) return err("settlement_not_verified");
  const shares = split(captures, input.amountMinor);
  if (shares.some(({ capture }) => input.at > capture.capturedAt + REFUND_DAYS_MS)) return err("refund_too_old");
  const parts: GiveBackPart[] = [];
  for (const share of shares) {
    const part = partFor(input, share);
    if (!part.ok) return part;
    parts.push(part.value);
  }
  return ok(parts);
}

function reversal(input: GiveBackInput): Result<readonly GiveBackPart[], GiveBackRefusal> {
  if (input.heldMinor === 0n) return err("nothing_to_give_back");
  if (input.amountMinor > input.heldMinor) return err("amount_above_given");
  if (input.amountMinor < input.heldMinor && !input.abilities.partialReversal) return err("partial_reversal_unsupported");
  return ok([{ kind: "authorization_reversal", amountMinor: input.amountMinor, why: "nothing_captured" }]);
}

interface Share { readonly capture: GivableCapture; readonly amountMinor: bigint }

/** One capture where one is enough: the one of exactly this amount, else the smallest that holds it; else whole captures, newest first. */
function split(captures: readonly GivableCapture[], amountMinor: bigint): readonly Share[] {
  const newest = [...captures].sort((left, right) => right.capturedAt - left.capturedAt || (left.effectId < right.effectId ? -1 : 1));
  const bySize = newest.filter((capture) => capture.freeMinor >= amountMinor).sort((left, right) => (left.freeMinor < right.freeMinor ? -1 : left.freeMinor > right.freeMinor ? 1 : 0));
  const one = bySize[0];
  if (one !== undefined) return [{ capture: one, amountMinor }];
  let left = amountMinor;
  return newest.flatMap((capture) => {
    const share = capture.freeMinor < left ? capture.freeMinor : left;
    left -= share;
    return share === 0n ? [] : [{ capture, amountMinor: share }];
  });
}

/** A void takes back a whole capture and only before its batch closes; whatever else is wished is a refund. */
function partFor(input: GiveBackInput, { capture, amountMinor }: Share): Result<GiveBackPart, GiveBackRefusal> {
  const isWhole = amountMinor === capture.capturedMinor;
  const isOpen = capture.settlement === "open";
  const captureId = capture.effectId;
  if (isOpen && isWhole && input.action !== "refund") return ok({ kind: "void", captureId, amountMinor, releasesHold: input.abilities.reversalAfterVoid, why: "not_yet_settled" });
  if (input.action === "void" && isOpen) return err("partial_void");
  if (input.action === "void" && !input.isRefundAccepted) return err("void_too_late");
  if (isOpen) return ok({ kind: "refund", captureId, amountMinor, notBefore: capture.batchClosesAt, why: "partial_waits_for_batch" });
  return ok({ kind: "refund", captureId, amountMinor, why: input.action === "void" ? "void_came_too_late" : "settled" });
}
