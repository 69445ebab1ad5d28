// A ledger that went back to a backup and meets a payment of which Dataverse shows more than it knows (recovery rules §6, docs/adr/0073).
import { describe, expect, test } from "@jest/globals";
import { asMerchantReference, asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Found } from "../../plugin-proxy/src/domain/payment/adopt.ts";
import { mainEffect, wasAnothers, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { projectIntent } from "../../plugin-proxy/src/domain/payment/project.ts";
import { partReferences, withForeignParts } from "../../plugin-proxy/src/domain/payment/foreign-parts.ts";
import { recast } from "../../plugin-proxy/src/domain/payment/recast.ts";
import { wentBack } from "../../plugin-proxy/src/domain/payment/went-back.ts";
import type { FlowDeps } from "../../plugin-proxy/src/flows/deps.ts";
import { takeTurn } from "../../plugin-proxy/src/flows/take-turn.ts";
import { able, authorized, claimEffect, claimed, decided, done, effectNow, happens, on, partsOf, row, sold, stepFor, underway } from "../support/changes.ts";
import { effect, ids, intent, T0, usd } from "../support/intents.ts";

const AT = T0 + 600_000;
const catchUp = (of: Intent, revision = of.revision + 3): Intent => {
  const caught = wentBack(of, { revision, at: AT });
  if (caught === undefined) throw new Error("it knows as much");
  return happens(caught.intent, ...caught.events);
};

test("a ledger that knows as much, or more, is not behind", () => {
  const of = authorized();
  expect(wentBack(of, { revision: of.revision, at: AT })).toBeUndefined();
  expect(wentBack({ ...of, revision: 9 }, { revision: 8, at: AT })).toBeUndefined();
});

test("the revision that people have seen is never written under, and ids that the lost ledger may have used are not used again", () => {
  const after = catchUp(authorized(), 40);
  expect(after.revision).toBeGreaterThanOrEqual(40);
  expect(wasAnothers(after)).toBe(true);
});

describe("what was under way", () => {
  test.each(["planned", "sent", "unknown"] as const)("an authorization that is %s is looked for by all its ids and not sent again", (state) => {
    const after = catchUp(intent(effect(state)));
    expect(mainEffect(after)).toMatchObject({ state: "unknown", attempts: [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }, { attempt: 4 }, { attempt: 5 }] });
  });

  test("a refund that was sent is looked for; an authorization that stands stays as it is", () => {
    const wish = row("refund", 2_000n);
    const after = catchUp(underway(sold(), wish, { settlement: "closed" }));
    expect(claimEffect(after, wish)).toMatchObject({ state: "unknown", kind: "refund" });
    expect(mainEffect(after).state).toBe("approved");
  });

  test.each(["claiming", "awaiting_approval"] as const)("a later row that is %s may have been carried out: it is looked for in its turn, whatever people say meanwhile", (state) => {
    const wish = row("refund", 2_000n);
    const of = state === "claiming" ? claimed(sold(), wish) : decided(sold(), wish, { kind: "approval_needed" });
    const after = catchUp(of);
    const { effectId } = claimEffect(after, wish);
    expect(stepFor(after, effectId, 10)).toMatchObject({ kind: "adopt_command" });
    expect(effectNow(happens(after, on(effectId, state === "claiming" ? "read_ok" : "approval_given", { evidence: "rule" })), effectId).state).toBe(state);
    expect(effectNow(happens(after, on(effectId, "foreign_claim", { evidence: "rule" })), effectId)).toMatchObject({ state: "unknown", undoes: undefined });
  });
});

test("what was taken while something else is unknown is looked for after it, and meanwhile nobody carries it out", () => {
  const [first, second] = [row("refund", 2_000n, { isForeign: true }), row("refund", 3_000n)];
  const both = decided(claimed(sold(), first), second, { kind: "approval_needed" });
  const busy = happens(both, on(claimEffect(both, first).effectId, "foreign_claim", { evidence: "rule" }));
  const { effectId } = claimEffect(busy, second);
  const taken = happens(busy, on(effectId, "foreign_claim", { evidence: "rule" }));
  expect([claimEffect(taken, first).state, claimEffect(taken, second).state, stepFor(taken, effectId, 1)]).toEqual(["unknown", "awaiting_approval", undefined]);
  expect(happens(taken, on(effectId, "foreign_claim", { evidence: "rule" }), on(effectId, "approval_given", { evidence: "person" })).revision).toBe(taken.revision);
  const free = happens(taken, on(claimEffect(taken, first).effectId, "found_approved", { evidence: "search", facts: { requestId: asRequestId("8000000000000000000002"), amount: usd(2_000n) } }));
  expect(stepFor(free, effectId, 1)).toMatchObject({ kind: "adopt_command" });
});

test("further parts of a row that waited for an approval, and that a lost ledger has taken, are looked for too and not sent", async () => {
  const wish = row("give_back", 12_400n);
  const captured = done(done(authorized(), row("capture", 8_000n)), row("capture", 4_400n));
  const waiting = decided(captured, wish, { kind: "approval_needed", settlement: "closed" });
  const after = happens(waiting, on(claimEffect(waiting, wish).effectId, "foreign_claim", { evidence: "rule" }));
  const [, further] = partsOf(after, wish);
  expect([claimEffect(after, wish).state, further?.state]).toEqual(["unknown", "queued"]);
  expect(further === undefined ? undefined : await takeTurn({} as FlowDeps, after, further)).toBe("owner_gone");
});

test.each([[true, undefined], [false, true]])("a part that a lost ledger captured lets the rest go where the account captures once (several captures: %s)", (multiCapture, releasesRest) => {
  const wish = row("capture", 2_000n, { isForeign: true });
  const of = claimed(authorized(12_400n, able({ multiCapture })), wish);
  const capture = claimEffect(happens(of, on(claimEffect(of, wish).effectId, "foreign_claim", { evidence: "rule" })), wish);
  expect([capture.kind, capture.state, capture.releasesRest]).toEqual(["capture", "unknown", releasesRest]);
});

test("its rows are written only where they say no more than it knows", () => {
  const shown = (of: Intent) => projectIntent(of, { ledgerId: "ledger-1" }).transactions.map((transaction) => transaction.isHearsay);
  expect(shown(authorized())).toEqual([undefined]);
  expect(shown(catchUp(authorized()))).toEqual([true]);
});

describe("how the lost ledger gave back, as Cybersource shows it under the row's own reference", () => {
  const wish = row("give_back", 12_400n);
  const adopt = (of: Intent): Intent => { const waiting = claimed(of, { ...wish, isForeign: true }); return happens(waiting, on(claimEffect(waiting, wish).effectId, "foreign_claim", { evidence: "rule" })); };
  const found = (of: Intent, more: Partial<Found>): Found => ({
    requestId: "8000000000000000000001", merchantReference: asMerchantReference("REF-claim-1"), merchantId: of.command?.merchantAccount.merchantId ?? "", kind: "refund", amount: usd(12_400n), verdict: "approved",
    settlement: "open", holds: false, isUndone: false, isReversed: false, facts: { requestId: asRequestId("8000000000000000000001") }, ...more,
  });
  const sale = (of: Intent, isUndone: boolean): Found => found(of, { requestId: "7000000000000000000001", merchantReference: asMerchantReference("other"), kind: "sale", isUndone });

  test("a reversal takes back the authorization", () => {
    const of = adopt(authorized());
    expect(recast(of, claimEffect(of, wish), [found(of, { kind: "authorization_reversal" })])).toMatchObject({ kind: "authorization_reversal", undoes: mainEffect(of).effectId, amount: { minor: 12_400n } });
  });

  test("a void takes back the sale that stands there as voided", () => {
    const of = adopt(sold());
    const undo = recast(of, claimEffect(of, wish), [found(of, { kind: "void" }), sale(of, true)]);
    expect(undo).toMatchObject({ kind: "void", undoes: mainEffect(of).effectId, parentId: undefined });
    if (undo === undefined) throw new Error("not recast");
    const after = happens({ ...of, effects: of.effects.map((one) => (one.effectId === undo.effectId ? undo : one)) }, on(undo.effectId, "undone_proved", { evidence: "search" }));
    expect([mainEffect(after).state, effectNow(after, undo.effectId).state]).toEqual(["undone", "approved"]);
  });

  test.each([
    ["a refund is judged as it is", [found(authorized(), {})]],
    ["a void of which nobody can tell what it took back", [found(authorized(), { kind: "void" }), sale(authorized(), false)]],
    ["two that bear the reference", [found(authorized(), { kind: "void" }), found(authorized(), { kind: "authorization_reversal" }), sale(authorized(), true)]],
    ["another merchant's", [found(authorized(), { kind: "authorization_reversal", merchantId: "other" })]],
  ])("not recast: %s", (_what, looked) => {
    const of = adopt(sold());
    expect(recast(of, claimEffect(of, wish), looked)).toBeUndefined();
  });

  describe("and in parts", () => {
    const context = { at: AT, ids };
    const part = (of: Intent, minor: bigint, more: Partial<Found> = {}): Found => found(of, { merchantReference: asMerchantReference("REF-part-2-1"), amount: usd(minor), ...more });

    test("every reference that a part may have is asked for, of a lost ledger's row only", () => {
      const of = adopt(sold());
      expect(partReferences(of, claimEffect(of, wish), ids)).toEqual(["REF-part-2-1", "REF-part-2-2", "REF-part-3-1", "REF-part-3-2", "REF-part-4-1", "REF-part-4-2"]);
      const own = underway(sold(), row("refund", 2_000n), { settlement: "closed" });
      expect(partReferences(own, own.effects[1] ?? mainEffect(own), ids)).toEqual([]);
    });

    test("a part that stands there is put on the payment, and the wish's own effect is the rest", () => {
      const of = adopt(sold());
      const seen = withForeignParts(of, claimEffect(of, wish), { ...context, found: [part(of, 4_400n)] });
      expect([seen?.isAll, seen?.intent.effects.slice(1).map((one) => [one.step, one.kind, one.state, one.amount?.minor])]).toEqual([false, [["claim", "refund", "unknown", 8_000n], ["part-2", "refund", "queued", 4_400n]]]);
      expect(withForeignParts(seen?.intent ?? of, claimEffect(seen?.intent ?? of, wish), { ...context, found: [part(of, 4_400n)] })).toBeUndefined();
    });

    test("a part that is all of it: the void before it came too late", () => {
      const of = adopt(sold());
      expect(withForeignParts(of, claimEffect(of, wish), { ...context, found: [part(of, 12_400n)] })?.isAll).toBe(true);
    });

    test.each([["one that was declined", { verdict: "declined" }], ["one of another kind", { kind: "capture" }], ["one that is more than was asked for", { amount: usd(99_999n) }]] as const)("not put on it: %s", (_what, more) => {
      const of = adopt(sold());
      expect(withForeignParts(of, claimEffect(of, wish), { ...context, found: [part(of, 4_400n, more)] })).toBeUndefined();
    });

    test("its turn is never taken by this ledger", async () => {
      const of = adopt(sold());
      const seen = withForeignParts(of, claimEffect(of, wish), { ...context, found: [part(of, 4_400n)] })?.intent ?? of;
      const waiting = seen.effects.at(-1);
      if (waiting === undefined) throw new Error("no part");
      // Nobody is asked: what it is given has no ports.
      expect(await takeTurn({} as Parameters<typeof takeTurn>[0], seen, waiting)).toBe("owner_gone");
    });
  });

  test("a row that this ledger carried out itself is not recast", () => {
    const own = row("refund", 2_000n);
    const of = happens(underway(sold(), own, { settlement: "closed" }), on(claimEffect(underway(sold(), own, { settlement: "closed" }), own).effectId, "no_answer"));
    expect(recast(of, claimEffect(of, own), [found(of, { kind: "authorization_reversal" })])).toBeUndefined();
  });
});
