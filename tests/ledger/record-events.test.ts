// A payment moves under a compare-and-set, also when it is not read again first: who was overtaken decides anew on what stands now.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createDerivation } from "../../plugin-proxy/src/crypto/derive-ids.ts";
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { EffectEvent } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { recordEvents } from "../../plugin-proxy/src/flows/record-events.ts";
import { context, effect, intent, T0 } from "../support/intents.ts";
import { PLACES, type Place } from "./places.ts";

describe.each(PLACES)("a payment on $name", ({ open }) => {
  let place: Place;
  beforeAll(async () => { place = await open(); }, 60_000);
  afterAll(() => place.close());

  const put = async (): Promise<Intent> => {
    const main = effect("planned", { effectId: asEffectId(randomUUID()), attempts: [{ attempt: 1, merchantReference: asMerchantReference(`REF-${randomUUID()}`), transactionId: asTransactionId(`TX-${randomUUID()}`) }] });
    const one = intent(main, { organizationId: asOrganizationId(randomUUID()), paymentRequestId: asPaymentRequestId(randomUUID()), paymentId: randomUUID() });
    await place.ledger.transaction((tx) => tx.insertIntent(one));
    return one;
  };
  const deps = () => ({ ledger: place.ledger, derivation: createDerivation("k".repeat(32)), settings: context.settings, reporter: { info: () => undefined, alarm: () => undefined, count: () => undefined }, clocks: { business: () => T0, wire: () => T0 } });
  const sendOf = (of: Intent): EffectEvent => ({ kind: "send", effectId: mainEffect(of).effectId, attempt: 1, evidence: "rule", at: T0, signatureExpiresAt: T0 + 120_000 });

  test("is decided on as it was just recorded", async () => {
    const one = await put();
    const recorded = await recordEvents(deps(), { ...one, known: one, events: async () => ({ events: [sendOf(one)] }) });
    expect(recorded.ok && mainEffect(recorded.value.after).state).toBe("sent");
    const standing = await place.ledger.transaction((tx) => tx.loadIntent(one.organizationId, one.paymentRequestId));
    expect(standing).toEqual(recorded.ok ? recorded.value.after : undefined);
  });

  test("is sent once when two hold the same state of it", async () => {
    const one = await put();
    const seen: string[] = [];
    const send = () => recordEvents(deps(), { ...one, known: one, events: async (current) => { seen.push(mainEffect(current).state); return { events: [sendOf(one)] }; } });
    const [first, second] = [await send(), await send()];
    expect([first.ok, second.ok]).toEqual([true, false]);
    expect(seen).toEqual(["planned", "planned", "sent"]);
  });

  test("that was moved meanwhile is decided on as it stands now, and nothing of the first decision is kept", async () => {
    const one = await put();
    await place.ledger.transaction((tx) => tx.saveIntent(one, { ...one, deal: "withdrawn", revision: one.revision + 1 }));
    const recorded = await recordEvents(deps(), {
      ...one, known: one, events: async (current) => ({ intent: { ...current, revision: current.revision + 1 }, events: [] }),
      then: async (after, tx) => { await tx.schedule({ kind: "documents", organizationId: after.organizationId, key: after.deal, dueAt: T0 }); },
    });
    expect(recorded.ok && recorded.value.after).toMatchObject({ deal: "withdrawn", revision: one.revision + 2 });
    const due = await place.ledger.takeDue({ now: T0, wireNow: T0, leaseUntil: T0 + 1, kinds: ["documents"], limit: 10 });
    expect(due.filter((work) => work.organizationId === one.organizationId).map((work) => work.key)).toEqual(["withdrawn"]);
  });
});
