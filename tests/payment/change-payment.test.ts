// Later rows on a payment: what they may take, what they become, and what follows from their answers.
import { describe, expect, test } from "@jest/globals";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { deriveSums, exposureOf } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { freeToCapture, freeToGiveBack } from "../../plugin-proxy/src/domain/payment/free-amounts.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { able, authorized, changesOf, claimed, claimEffect, decided, done, effectNow, happens, on, partsOf, row, sentAt, settlementOf, sold, stepsAt, underway } from "../support/changes.ts";
import { T0, usd } from "../support/intents.ts";

const DAY = 86_400_000;
const single = able({ multiCapture: false, captureAfterVoid: false, partialReversal: false });

describe("captures", () => {
  test("in parts where the processor can, until nothing is left", () => {
    const first = done(authorized(), row("capture", 8_000n));
    expect(derivePaymentStatus(first)).toBe("partly_captured");
    expect(deriveSums(first)).toMatchObject({ captured: 8_000n, capturable: 4_400n, reversed: 0n });
    const all = done(first, row("capture", 4_400n));
    expect(derivePaymentStatus(all)).toBe("captured");
    expect(deriveSums(all)).toMatchObject({ captured: 12_400n, capturable: 0n });
    const wish = row("capture", 1n);
    expect(claimEffect(decided(all, wish), wish)).toMatchObject({ state: "refused", reason: "amount_above_capturable" });
  });

  test("once where it cannot: the gateway releases the rest, and the document is free for it", () => {
    const after = done(authorized(12_400n, single), row("capture", 8_000n));
    expect(deriveSums(after)).toMatchObject({ captured: 8_000n, reversed: 4_400n, capturable: 0n });
    expect(exposureOf(after)).toBe(8_000n);
    expect(derivePaymentStatus(after)).toBe("captured");
    const wish = row("capture", 1_000n);
    expect(claimEffect(decided(after, wish), wish)).toMatchObject({ state: "refused", reason: "already_captured" });
  });

  test("not after the authorization has ended", () => {
    const wish = row("capture", 100n);
    expect(claimEffect(decided(authorized(), wish, { at: T0 + 8 * DAY }), wish)).toMatchObject({ state: "refused", reason: "authorization_expired" });
    const lapsed = happens(authorized(), on(mainEffect(authorized()).effectId, "lapsed", { evidence: "rule", at: T0 + 8 * DAY }));
    expect(derivePaymentStatus(lapsed)).toBe("expired");
    expect(exposureOf(lapsed)).toBe(0n);
  });

  test("one at a time: the second row waits, and what is unknown keeps it waiting", () => {
    const [first, second] = [row("capture", 8_000n), row("capture", 4_000n)];
    const flying = claimed(underway(authorized(), first), second);
    expect(changesOf(flying, on(claimEffect(flying, second).effectId, "read_ok", { evidence: "rule" }))).toEqual([]);
    const unknown = happens(flying, on(claimEffect(flying, first).effectId, "no_answer"));
    expect(derivePaymentStatus(unknown)).toBe("unknown");
    expect(stepsAt(unknown, 10).map(({ step }) => step.kind)).not.toContain("decide_command");
    expect(freeToCapture(unknown)).toBe(4_400n);
  });
});

describe("an incremental authorization", () => {
  test("counts with the answer's figure, never with a sum of ours", () => {
    const wish = row("incremental_authorization", 2_000n);
    const flying = underway(authorized(), wish);
    expect(exposureOf(flying)).toBe(14_400n);
    const grown = happens(flying, on(claimEffect(flying, wish).effectId, "approved", { facts: { requestId: asRequestId("7000000000000000000001"), amount: usd(14_500n) } }));
    expect(deriveSums(grown)).toMatchObject({ authorized: 14_500n, capturable: 14_500n });
    expect(claimEffect(grown, wish).facts?.amount).toEqual(usd(2_000n));
  });

  test("leaves the authorization as it was when it is declined, and needs a processor that can", () => {
    const wish = row("incremental_authorization", 2_000n);
    const declined = happens(underway(authorized(), wish), on(claimEffect(underway(authorized(), wish), wish).effectId, "declined", { reason: "PROCESSOR_DECLINED" }));
    expect(deriveSums(declined)).toMatchObject({ authorized: 12_400n, capturable: 12_400n });
    const cannot = row("incremental_authorization", 2_000n);
    expect(claimEffect(decided(authorized(12_400n, able({ incremental: false })), cannot), cannot)).toMatchObject({ state: "refused", reason: "incremental_unsupported" });
  });
});

describe("giving money back", () => {
  test("a whole sale before the batch closes is voided, and its hold released as a second step", () => {
    const wish = row("give_back", 12_400n);
    const planned = decided(sold(), wish);
    expect(claimEffect(planned, wish)).toMatchObject({ kind: "void", state: "planned", undoes: mainEffect(sold()).effectId });
    const voided = happens(sentAt(planned, claimEffect(planned, wish).effectId), on(claimEffect(planned, wish).effectId, "approved", { facts: { requestId: asRequestId("7000000000000000000050") } }));
    expect(mainEffect(voided)).toMatchObject({ state: "undone", holds: true });
    const release = voided.effects.at(-1);
    expect(release).toMatchObject({ kind: "authorization_reversal", state: "planned", commandId: wish.commandId, reason: "hold_after_void" });
    const released = happens(sentAt(voided, release?.effectId as never), on(release?.effectId as never, "approved", { facts: { requestId: asRequestId("7000000000000000000051") } }));
    expect(exposureOf(released)).toBe(0n);
    expect(derivePaymentStatus(released)).toBe("released");
  });

  test("a part of an open batch waits for it to close, and is refunded then", () => {
    const wish = row("give_back", 2_400n);
    const queued = decided(sold(), wish);
    expect(claimEffect(queued, wish)).toMatchObject({ kind: "refund", state: "queued", reason: "partial_waits_for_batch", parentId: mainEffect(queued).effectId });
    expect(freeToGiveBack(queued)).toBe(10_000n);
    const turn = stepsAt(queued, 0).find(({ step }) => step.kind === "take_turn");
    expect(turn?.dueAt).toBe(T0 + 14 * 3_600_000);
    const planned = happens(queued, on(claimEffect(queued, wish).effectId, "turn", { evidence: "rule", at: T0 + DAY }));
    expect(claimEffect(planned, wish)).toMatchObject({ state: "planned", attempts: [{ attempt: 1 }] });
  });

  test("after the batch it is a refund, and refunds of every kind never exceed what was captured", () => {
    const settled = { settlement: "closed", at: T0 + DAY } as const;
    const first = done(sold(), row("refund", 10_000n), settled);
    expect(derivePaymentStatus(first)).toBe("partly_refunded");
    expect(exposureOf(first)).toBe(2_400n);
    const tooMuch = row("refund", 2_401n);
    expect(claimEffect(decided(first, tooMuch, settled), tooMuch)).toMatchObject({ state: "refused", reason: "amount_above_given" });
    const waiting = decided(first, row("refund", 2_000n), { ...settled, kind: "approval_needed" });
    expect(freeToGiveBack(waiting)).toBe(400n);
    const late = row("refund", 401n);
    expect(claimEffect(decided(waiting, late, settled), late)).toMatchObject({ state: "refused", reason: "amount_above_given" });
  });

  test("over several captures it is split, newest whole ones first", () => {
    const twice = done(done(authorized(), row("capture", 8_000n)), row("capture", 4_000n), { at: T0 + 60_000 });
    const wish = row("give_back", 10_000n);
    const planned = decided(twice, wish, { settlement: "closed", at: T0 + DAY });
    expect(partsOf(planned, wish)).toMatchObject([{ kind: "refund", state: "planned", amount: usd(4_000n) }, { kind: "refund", state: "queued", amount: usd(6_000n) }]);
    expect(freeToGiveBack(planned)).toBe(2_000n);
    expect(stepsAt(planned, 24 * 60).map(({ step }) => step.kind)).not.toContain("take_turn");
  });

  test.each([[3_000n, 9_000n], [9_000n, 3_000n], [12_000n, 0n], [20_000n, 0n]])("what a lost ledger gave back (%s) names no capture, and counts against all of them: %s is left", (given, left) => {
    const twice = done(done(authorized(), row("capture", 8_000n)), row("capture", 4_000n), { at: T0 + 60_000 });
    const lost = row("refund", given, { isForeign: true });
    const adopted = decided(twice, lost, { kind: "foreign_claim" });
    expect(claimEffect(adopted, lost)).toMatchObject({ kind: "refund", state: "unknown", parentId: undefined });
    expect(freeToGiveBack(adopted)).toBe(left);
    const found: Intent = { ...adopted, effects: adopted.effects.map((effect) => (effect.commandId === lost.commandId ? { ...effect, state: "approved" } : effect)) };
    const more = row("refund", left + 1n);
    expect(claimEffect(decided(found, more, { settlement: "closed", at: T0 + DAY }), more)).toMatchObject({ state: "refused", reason: left === 0n ? "nothing_to_give_back" : "amount_above_given" });
  });

  test("nothing captured: the hold is released, whole where the processor cannot release a part", () => {
    const wish = row("give_back", 12_400n);
    const planned = decided(authorized(), wish);
    expect(claimEffect(planned, wish)).toMatchObject({ kind: "authorization_reversal", state: "planned" });
    const part = row("authorization_reversal", 400n);
    expect(claimEffect(decided(authorized(12_400n, single), part), part)).toMatchObject({ state: "refused", reason: "partial_reversal_unsupported" });
    const less = done(authorized(), row("authorization_reversal", 400n));
    expect(deriveSums(less)).toMatchObject({ authorized: 12_400n, reversed: 400n, capturable: 12_000n });
    expect(mainEffect(less).state).toBe("approved");
  });

  test("a void that came too late is a refund where the preview said so, and refused where it did not", () => {
    for (const [isRefundAccepted, kinds] of [[true, ["void", "refund"]], [false, ["void"]]] as const) {
      const wish = row("give_back", 12_400n, { isRefundAccepted });
      const flying = underway(sold(), wish);
      const { effectId } = claimEffect(flying, wish);
      const looked = happens(flying, on(effectId, "refused_pending_look", { reason: "NOT_VOIDABLE" }), on(effectId, "window_closed", { evidence: "detail", reason: "NOT_VOIDABLE" }));
      expect(partsOf(looked, wish).map(({ kind }) => kind)).toEqual(kinds);
      expect(claimEffect(looked, wish)).toMatchObject({ state: "refused", reason: "NOT_VOIDABLE" });
    }
  });

  test.each([
    ["under dispute", { isDisputed: true as const }, "payment_disputed"],
  ])("%s is refused with the way out", (_name, more, reason) => {
    const wish = row("refund", 100n);
    expect(claimEffect(decided({ ...sold(), ...more }, wish, { settlement: "closed" }), wish)).toMatchObject({ state: "refused", reason });
  });

  test("older than 180 days is refused", () => {
    const wish = row("refund", 100n);
    expect(claimEffect(decided(sold(), wish, { settlement: "closed", at: T0 + 181 * DAY }), wish)).toMatchObject({ state: "refused", reason: "refund_too_old" });
  });

  test("what waited for its batch is refused once its payment is under dispute", () => {
    const wish = row("give_back", 2_400n);
    const disputed: Intent = { ...decided(sold(), wish), isDisputed: true };
    expect(claimEffect(happens(disputed, on(claimEffect(disputed, wish).effectId, "turn", { evidence: "rule", at: T0 + DAY })), wish)).toMatchObject({ state: "refused", reason: "payment_disputed" });
  });

  test("what was not verified is neither voided nor refunded", () => {
    const wish = row("give_back", 12_400n);
    const waiting = claimed(sold(), wish);
    expect(claimEffect(happens(waiting, on(claimEffect(waiting, wish).effectId, "read_ok", { settlement: [] })), wish)).toMatchObject({ state: "refused", reason: "settlement_not_verified" });
  });
});

describe("an approval", () => {
  const asked = () => {
    const wish = row("give_back", 12_400n);
    return { wish, waiting: decided(sold(), wish, { kind: "approval_needed" }) };
  };

  test("given after the batch has closed refunds what would have been voided", () => {
    const { wish, waiting } = asked();
    expect(claimEffect(waiting, wish)).toMatchObject({ state: "awaiting_approval", kind: "void" });
    const given = happens(waiting, on(claimEffect(waiting, wish).effectId, "approval_given", { evidence: "person", at: T0 + DAY, settlement: settlementOf(waiting, "closed") }));
    expect(claimEffect(given, wish)).toMatchObject({ state: "planned", kind: "refund", undoes: undefined });
  });

  test("gives back exactly what was approved, also when a capture has come that holds it whole", () => {
    const twice = done(done(authorized(22_400n), row("capture", 6_000n)), row("capture", 4_000n), { at: T0 + 60_000 });
    const wish = row("give_back", 10_000n);
    const waiting = decided(twice, wish, { settlement: "closed", at: T0 + 60_000, kind: "approval_needed" });
    expect(partsOf(waiting, wish).map(({ amount }) => amount)).toEqual([usd(4_000n), usd(6_000n)]);
    const more = done(waiting, row("capture", 12_000n), { at: T0 + 120_000 });
    const given = happens(more, on(claimEffect(more, wish).effectId, "approval_given", { evidence: "person", at: T0 + DAY, settlement: settlementOf(more, "closed") }));
    expect(partsOf(given, wish)).toMatchObject([{ state: "planned", amount: usd(10_000n) }, { state: "withdrawn", reason: "part_not_needed", attempts: [] }]);
    expect(freeToGiveBack(given)).toBe(12_000n);
  });

  test("refused, withdrawn or too late frees what was reserved", () => {
    for (const [kind, state] of [["approval_refused", "refused"], ["withdrawn", "withdrawn"], ["expired", "expired"]] as const) {
      const { wish, waiting } = asked();
      expect(freeToGiveBack(waiting)).toBe(0n);
      const ended = happens(waiting, on(claimEffect(waiting, wish).effectId, kind, { evidence: "person" }));
      expect(claimEffect(ended, wish).state).toBe(state);
      expect(freeToGiveBack(ended)).toBe(12_400n);
    }
  });

  test("given while something else of the payment is on its way is kept, and carried out in its turn", () => {
    const wish = row("refund", 1_000n);
    const waiting = decided(sold(), wish, { kind: "approval_needed", settlement: "closed", at: T0 + DAY });
    const other = row("refund", 500n);
    const busy = underway(waiting, other, { settlement: "closed", at: T0 + DAY });
    const given = happens(busy, on(claimEffect(busy, wish).effectId, "approval_given", { evidence: "person", at: T0 + DAY + 5_000, settlement: settlementOf(busy, "closed") }));
    expect(claimEffect(given, wish)).toMatchObject({ state: "queued", kind: "refund" });
    const free = happens(given, on(claimEffect(given, other).effectId, "approved", { at: T0 + DAY + 9_000, facts: { requestId: asRequestId("7000000000000000000077"), amount: usd(500n) } }));
    expect(stepsAt(free, 24 * 60 + 1).map(({ step }) => step.kind)).toContain("take_turn");
  });
});

test("a refund that is voided before its batch closes was never given", () => {
  const refunded = done(sold(), row("refund", 12_400n), { settlement: "closed", at: T0 + DAY });
  const given = refunded.effects.find((effect) => effect.kind === "refund");
  const wish = row("void", 12_400n, { captureId: given?.effectId });
  const waiting = claimed(refunded, wish);
  const planned = happens(waiting, on(claimEffect(waiting, wish).effectId, "read_ok", { at: T0 + DAY + 60_000, settlement: [{ effectId: given?.effectId as never, state: "open" }] }));
  const voided = happens(sentAt(planned, claimEffect(planned, wish).effectId, T0 + DAY + 61_000), on(claimEffect(planned, wish).effectId, "approved", { at: T0 + DAY + 62_000, facts: { requestId: asRequestId("7000000000000000000099") } }));
  expect(effectNow(voided, given?.effectId as never)).toMatchObject({ state: "undone", holds: false });
  expect(deriveSums(voided)).toMatchObject({ captured: 12_400n, refunded: 0n });
  expect(derivePaymentStatus(voided)).toBe("captured");
});
