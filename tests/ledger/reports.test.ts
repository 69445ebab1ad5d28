// How far Cybersource's reports were read, asked of all three ledgers alike.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { EffectKind, EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { command, effect, intent, T0 } from "../support/intents.ts";
import { PLACES, type Place } from "./places.ts";

const DAY = 86_400_000;

describe.each(PLACES)("reports, on $name", ({ open }) => {
  let place: Place;
  beforeAll(async () => { place = await open(); }, 60_000);
  afterAll(() => place.close());
  const account = () => ({ organizationId: asOrganizationId(randomUUID()), merchantId: "fabrikam" });

  test("an account begins where it is first asked for, goes on only forward, and apart from others", async () => {
    const [one, other] = [account(), account()];
    await place.ledger.transaction(async (tx) => {
      expect(await tx.reports.readingOf({ ...one, beginAt: T0 })).toEqual({ readFrom: T0, readUntil: T0 });
      expect(await tx.reports.readingOf({ ...one, beginAt: T0 + DAY })).toEqual({ readFrom: T0, readUntil: T0 });
      await tx.reports.saveReading({ ...one, readFrom: T0, readUntil: T0 + 2 * DAY });
      await tx.reports.saveReading({ ...one, readFrom: T0 + DAY, readUntil: T0 + DAY });
    });
    await place.ledger.transaction(async (tx) => {
      expect(await tx.reports.readingOf({ ...one, beginAt: 0 })).toEqual({ readFrom: T0, readUntil: T0 + 2 * DAY });
      expect(await tx.reports.readingOf({ ...other, beginAt: 5 })).toEqual({ readFrom: 5, readUntil: 5 });
    });
  });

  test("captures, refunds and credits without an answer are found, page by page, of this organization", async () => {
    const { organizationId } = account();
    const paying = (kind: EffectKind, state: EffectState, of = organizationId): Intent => {
      const paymentRequestId = asPaymentRequestId(randomUUID());
      const made = (more: Parameters<typeof effect>[1]) => effect("approved", { effectId: asEffectId(randomUUID()), attempts: [{ attempt: 1, merchantReference: asMerchantReference(randomUUID()), transactionId: asTransactionId(randomUUID()) }], ...more });
      return { ...intent(made({ kind: "sale" }), { organizationId: of, paymentRequestId, paymentId: randomUUID(), command: command({ organizationId: of, paymentRequestId, document: { kind: "salesorder", id: randomUUID() } }) }), effects: [made({ kind: "sale" }), made({ kind, state, step: "part-2" })] };
    };
    const wanted = [paying("capture", "unknown"), paying("refund", "unknown"), paying("credit", "unknown")];
    const others = [paying("refund", "approved"), paying("incremental_authorization", "unknown"), paying("refund", "unknown", account().organizationId)];
    await place.ledger.transaction(async (tx) => { for (const one of [...wanted, ...others]) await tx.insertIntent(one); });
    const list = (after: string, limit: number) => place.ledger.alone((ledger) => ledger.reports.paymentsInDoubt({ organizationId, after, limit }));
    const keys = wanted.map((one) => one.paymentRequestId).sort();
    expect(await list("", 10)).toEqual(keys);
    expect(await list("", 2)).toEqual(keys.slice(0, 2));
    expect(await list(keys[1] ?? "", 2)).toEqual(keys.slice(2));
  });
});
