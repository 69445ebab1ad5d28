// Pauses before something is tried again are spread: what failed together does not come back together (issue: backoff and jitter).
import { describe, expect, test } from "@jest/globals";
import { spread } from "../../plugin-proxy/src/domain/spread.ts";
import { claimEffect, effectNow, happens, on, row, authorized, underway } from "../support/changes.ts";

const T0_PAUSE = 2_000;

describe("a pause", () => {
  test("is never shortened, at most a quarter longer, and the same for the same who", () => {
    const pauses = Array.from({ length: 500 }, (_, index) => spread(T0_PAUSE, `effect-${index}`));
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(T0_PAUSE);
      expect(pause).toBeLessThan(T0_PAUSE * 1.25);
    }
    expect(spread(T0_PAUSE, "effect-7")).toBe(pauses[7]);
  });

  test("falls into every tenth of its width about as often", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 2_000; index++) { const tenth = Math.floor((spread(10_000, `payment ${index}`) - 10_000) / 250); tenths[tenth] = (tenths[tenth] ?? 0) + 1; }
    for (const count of tenths) expect(count).toBeGreaterThan(120);
  });
});

test("captures that were throttled together are tried again at different instants, none before Retry-After", () => {
  const retries = Array.from({ length: 40 }, () => {
    const wish = row("capture", 12_400n);
    const flying = underway(authorized(), wish);
    const { effectId } = claimEffect(flying, wish);
    const at = effectNow(flying, effectId).changedAt + 1_000;
    const after = happens(flying, on(effectId, "refused_transient", { at, retryAfterMs: 8_000, reason: "TOO_MANY_REQUESTS" }));
    return (effectNow(after, effectId).retryAt ?? 0) - at;
  });
  expect(Math.min(...retries)).toBeGreaterThanOrEqual(8_000);
  expect(Math.max(...retries)).toBeLessThan(10_000);
  expect(new Set(retries).size).toBeGreaterThan(30);
});
