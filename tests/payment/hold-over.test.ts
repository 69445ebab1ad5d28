// A capture refused because nothing is left to capture (MISSING_AUTH; recovery rules §3 row 10, §4 capture): when it is the bank that has let go, and
// when only the capture is refused.
import { describe, expect, test } from "@jest/globals";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Found } from "../../plugin-proxy/src/domain/payment/adopt.ts";
import { judgeChangeLook } from "../../plugin-proxy/src/domain/payment/adopt-change.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { exposureOf } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import type { EffectEvent } from "../../plugin-proxy/src/domain/payment/events.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { RECOVERY_DEFAULTS } from "../../plugin-proxy/src/domain/payment/settings.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../plugin-proxy/src/domain/time.ts";
import { authorized, claimEffect, effectNow, happens, on, row, underway } from "../support/changes.ts";
import { account, T0, usd } from "../support/intents.ts";

const requestId = asRequestId("7000000000000000000001");
const shown: Found = {
  requestId, merchantReference: "REF-OF-PAYMENT", merchantId: account().merchantId, kind: "authorization", amount: usd(12_400n), verdict: "approved", settlement: "open", holds: false, isUndone: false, isReversed: false,
  facts: { requestId, amount: usd(12_400n) },
};
const elsewhere: Found = { ...shown, requestId: "7000000000000000000077", merchantReference: "BUSINESS-CENTER", kind: "capture", facts: { requestId: asRequestId("7000000000000000000077") } };

/** Refused this long after the payment was authorized. */
function refusedAfter(ms: number): { readonly of: Intent; readonly wish: ReturnType<typeof row> } {
  const wish = row("capture", 12_400n);
  const flying = underway(authorized(), wish, { at: T0 + ms });
  return { wish, of: happens(flying, on(claimEffect(flying, wish).effectId, "refused_pending_look", { reason: "MISSING_AUTH", at: T0 + ms + 2_000 })) };
}
function seen({ of, wish }: ReturnType<typeof refusedAfter>, found: readonly Found[], at: number): EffectEvent | undefined {
  const verdict = judgeChangeLook(of, claimEffect(of, wish), { found, isComplete: true, at }, RECOVERY_DEFAULTS);
  return verdict.kind === "event" ? verdict.event : undefined;
}
const sure = T0 + 2 * DAY_MS + 20 * MINUTE_MS;

test("of an authorization that nobody has touched: its bank has let go of it, said once the lag is over, and the document is free for another payment", () => {
  const refused = refusedAfter(2 * DAY_MS);
  expect(seen(refused, [shown], T0 + 2 * DAY_MS + MINUTE_MS)).toMatchObject({ kind: "found_nothing" });
  const over = seen(refused, [shown], sure);
  expect(over).toMatchObject({ kind: "found_refused", reason: "authorization_expired" });
  const after = happens(refused.of, ...(over === undefined ? [] : [over]));
  expect(effectNow(after, claimEffect(after, refused.wish).effectId)).toMatchObject({ state: "refused", reason: "authorization_expired" });
  expect([exposureOf(after), derivePaymentStatus(after)]).toEqual([0n, "expired"]);
});

describe("only the capture is refused", () => {
  test.each<[string, readonly Found[]]>([
    ["captured by somebody else", [shown, elsewhere]], ["captured by somebody else and voided since", [shown, { ...elsewhere, isUndone: true }]], ["released by somebody else", [{ ...shown, isReversed: true, isUndone: true }]], ["not shown", []],
  ])("where the authorization is %s", (_what, found) => {
    const refused = refusedAfter(2 * DAY_MS);
    const event = seen(refused, found, sure);
    expect(event).toMatchObject({ kind: "found_refused", reason: "MISSING_AUTH" });
    expect(exposureOf(happens(refused.of, ...(event === undefined ? [] : [event])))).toBe(12_400n);
  });
  test("where it is some hours old: banks hold longer than that", () => {
    expect(seen(refusedAfter(HOUR_MS), [shown], T0 + 2 * HOUR_MS)).toMatchObject({ kind: "found_refused", reason: "MISSING_AUTH" });
  });
});
