// A capture that somebody voided outside (Business Center): noticed when its money is to be given back (recovery rules §3 row 10, §4 refund and void).
import { describe, expect, test } from "@jest/globals";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { judgeChangeLook } from "../../plugin-proxy/src/domain/payment/adopt-change.ts";
import type { Found } from "../../plugin-proxy/src/domain/payment/adopt.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { deriveSums } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { RECOVERY_DEFAULTS } from "../../plugin-proxy/src/domain/payment/settings.ts";
import { able, authorized, changesOf, claimed, claimEffect, done, effectNow, happens, on, row, sold, underway } from "../support/changes.ts";
import { T0, usd } from "../support/intents.ts";

const unable = able({ reversalAfterVoid: false });

describe("Cybersource refuses a refund, because its capture was voided", () => {
  const wish = row("refund", 12_400n);
  const MINUTE = 60_000;
  const sale = (settlement: Found["settlement"]): Found => ({
    requestId: "7000000000000000000001", merchantReference: "of the sale", merchantId: "mid-1", kind: "sale", amount: usd(12_400n), verdict: "approved", settlement, holds: false,
    isUndone: settlement === "voided", isReversed: false, facts: { requestId: asRequestId("7000000000000000000001") },
  });
  const refused = (of: Intent, reason = "CAPTURE_ALREADY_VOIDED"): Intent => {
    const flying = underway(of, wish, { settlement: "closed" });
    return happens(flying, on(claimEffect(flying, wish).effectId, "refused_pending_look", { reason, at: T0 + 3_000 }));
  };
  /** After a look in this minute, at which the sale stood like this. */
  const looked = (of: Intent, settlement: Found["settlement"], minute = 0.1): Intent => {
    const verdict = judgeChangeLook(of, claimEffect(of, wish), { found: [sale(settlement)], isComplete: true, at: T0 + minute * MINUTE }, RECOVERY_DEFAULTS);
    if (verdict.kind !== "event") throw new Error(verdict.kind);
    return happens(of, verdict.event);
  };

  test("and there it stands voided: it is taken no longer, its hold is released, and somebody is told", () => {
    const before = refused(sold());
    const after = looked(before, "voided");
    expect(claimEffect(after, wish)).toMatchObject({ state: "refused", reason: "CAPTURE_ALREADY_VOIDED" });
    expect(mainEffect(after)).toMatchObject({ state: "undone", holds: true });
    expect(deriveSums(after)).toMatchObject({ captured: 0n, refunded: 0n });
    expect(after.effects.at(-1)).toMatchObject({ kind: "authorization_reversal", state: "planned", reason: "hold_after_void", commandId: wish.commandId });
    const seen = on(claimEffect(before, wish).effectId, "found_refused", { evidence: "search", reason: "CAPTURE_ALREADY_VOIDED", settlement: [{ effectId: mainEffect(before).effectId, state: "voided" }] });
    expect(changesOf(before, seen)).toContainEqual({ type: "incident", kind: "voided_elsewhere" });
    expect(changesOf(after, seen)).toEqual([]);
  });
  test("where the processor releases nothing after a void, the hold is left", () => {
    const after = looked(refused(sold(12_400n, unable)), "voided");
    expect(mainEffect(after)).toMatchObject({ state: "undone", holds: true });
    expect(after.effects.map((effect) => effect.kind)).toEqual(["sale", "refund"]);
  });
  test("the picture lags: as long as it may be older than the void, the look is repeated", () => {
    expect(claimEffect(looked(refused(sold()), "closed", 5), wish)).toMatchObject({ state: "unknown" });
  });
  test("still shown as taken after the lag: the refund is refused, and nothing is believed of the sale", () => {
    const after = looked(refused(sold()), "closed", 20);
    expect(claimEffect(after, wish)).toMatchObject({ state: "refused", reason: "CAPTURE_ALREADY_VOIDED" });
    expect(mainEffect(after)).toMatchObject({ state: "approved" });
  });
  test("refused for another reason, the look settles it at once", () => {
    const after = looked(refused(sold(), "EXCEEDS_AUTH_AMOUNT"), "closed");
    expect([claimEffect(after, wish).state, mainEffect(after).state]).toEqual(["refused", "approved"]);
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
