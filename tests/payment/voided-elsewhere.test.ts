// A capture that somebody voided outside (Business Center): noticed when its money is to be given back (recovery rules §3 row 10, §4 refund and void).
import { describe, expect, test } from "@jest/globals";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { deriveSums } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { able, authorized, changesOf, claimed, claimEffect, done, effectNow, happens, on, row, sold, underway } from "../support/changes.ts";
import { T0 } from "../support/intents.ts";

const unable = able({ reversalAfterVoid: false });

describe("Cybersource refuses a refund, because its capture was voided", () => {
  const wish = row("refund", 12_400n);
  const refused = (of: Intent, reason = "CAPTURE_ALREADY_VOIDED"): Intent => {
    const flying = underway(of, wish, { settlement: "closed" });
    const { effectId } = claimEffect(flying, wish);
    const looked = on(effectId, "found_refused", { evidence: "search", reason, at: T0 + 4_000 });
    return happens(flying, on(effectId, "refused_pending_look", { reason, at: T0 + 3_000 }), looked);
  };

  test("it is taken no longer, its hold is released, and somebody is told", () => {
    const after = refused(sold());
    expect(claimEffect(after, wish)).toMatchObject({ state: "refused", reason: "CAPTURE_ALREADY_VOIDED" });
    expect(mainEffect(after)).toMatchObject({ state: "undone", holds: true });
    expect(deriveSums(after)).toMatchObject({ captured: 0n, refunded: 0n });
    expect(after.effects.at(-1)).toMatchObject({ kind: "authorization_reversal", state: "planned", reason: "hold_after_void", commandId: wish.commandId });
    const flying = underway(sold(), wish, { settlement: "closed" });
    const pending = happens(flying, on(claimEffect(flying, wish).effectId, "refused_pending_look", { reason: "CAPTURE_ALREADY_VOIDED" }));
    expect(changesOf(pending, on(claimEffect(pending, wish).effectId, "found_refused", { evidence: "search", reason: "CAPTURE_ALREADY_VOIDED" }))).toContainEqual({ type: "incident", kind: "voided_elsewhere" });
  });
  test("where the processor releases nothing after a void, the hold is left", () => {
    const after = refused(sold(12_400n, unable));
    expect(mainEffect(after)).toMatchObject({ state: "undone", holds: true });
    expect(after.effects.map((effect) => effect.kind)).toEqual(["sale", "refund"]);
  });
  test("told again it changes nothing more", () => {
    const after = refused(sold());
    expect(changesOf(after, on(claimEffect(after, wish).effectId, "found_refused", { evidence: "search", reason: "CAPTURE_ALREADY_VOIDED" }))).toEqual([]);
  });
  test("refused for another reason, the sale stands", () => {
    expect(mainEffect(refused(sold(), "EXCEEDS_AUTH_AMOUNT"))).toMatchObject({ state: "approved" });
  });
});

describe("its settlement, verified before money is given back, says voided", () => {
  const first = row("capture", 8_000n);
  const both = done(done(authorized(), first), row("capture", 4_400n));
  const voidedOne = claimEffect(both, first).effectId;
  const verified = (minor: bigint) => {
    const wish = row("give_back", minor);
    const settlement = both.effects.filter((effect) => effect.kind === "capture").map(({ effectId }) => ({ effectId, state: effectId === voidedOne ? "voided" as const : "closed" as const }));
    const waiting = claimed(both, wish);
    return { wish, after: happens(waiting, on(claimEffect(waiting, wish).effectId, "read_ok", { evidence: "rule", settlement })) };
  };

  test("what is left is refunded, and only that much of the hold released", () => {
    const { wish, after } = verified(4_400n);
    expect(claimEffect(after, wish)).toMatchObject({ kind: "refund", state: "planned", amount: { minor: 4_400n } });
    expect(effectNow(after, voidedOne)).toMatchObject({ state: "undone" });
    expect(after.effects.filter((effect) => effect.kind === "authorization_reversal")).toMatchObject([{ amount: { minor: 8_000n } }]);
    expect(deriveSums(after)).toMatchObject({ captured: 4_400n });
  });
  test("more than is left is refused, and nothing is sent for what was voided", () => {
    const { wish, after } = verified(12_400n);
    expect(claimEffect(after, wish)).toMatchObject({ state: "refused", reason: "amount_above_given" });
    expect(effectNow(after, voidedOne)).toMatchObject({ state: "undone" });
    expect(derivePaymentStatus(after)).not.toBe("captured");
  });
});
