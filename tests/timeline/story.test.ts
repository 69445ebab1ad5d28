// What a payment's row tells: nothing twice, nothing too early, and what an earlier ledger told is not lost.
import { describe, expect, test } from "@jest/globals";
import { storyOf } from "../../plugin-proxy/src/domain/timeline/story.ts";
import type { TrailEntry } from "../../plugin-proxy/src/domain/timeline/trail.ts";
import type { Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { asEffectId } from "../../plugin-proxy/src/domain/ids.ts";
import { effect, event, facts, intent, organizationId, paymentRequestId, T0 } from "../support/intents.ts";

const entry = (what: string, more: Partial<TrailEntry> = {}): TrailEntry => ({ organizationId, paymentRequestId, at: T0 + 2_000, source: "dataverse", what, ...more });
const sale = effect("approved", { kind: "sale", facts: facts(), holds: true });
const paid = intent(sale, { revision: 4 });
const told = (of: Intent, more: Partial<Parameters<typeof storyOf>[0]> = {}) => storyOf({ intent: of, events: [event("send"), event("found_approved", { at: T0 + 1_500, evidence: "search" })], trail: [], at: T0 + 3_000, ...more });
const wordsOf = ({ lines }: ReturnType<typeof storyOf>): readonly string[] => lines.map(({ what }) => what);

describe("a write", () => {
  test("is itself the last line", () => {
    expect(wordsOf(told(paid))).toEqual(["claimed", "send", "found_approved", "projected"]);
    expect(told(paid).written).toMatchObject({ what: "projected", revision: 4, at: T0 + 3_000 });
  });
  test("of what was written before is no line of its own: a payment that stays open is written every minute", () => {
    const again = told(paid, { trail: [entry("projected", { revision: 4 })] });
    expect([again.written, wordsOf(again).filter((what) => what === "projected")]).toEqual([undefined, ["projected"]]);
  });
  test.each([["another revision", [entry("projected", { revision: 3 })]], ["something since", [entry("projected", { revision: 4 }), entry("duplicate_ignored", { source: "webhook" })]]])("after %s is one", (_name, trail) => {
    expect(told(paid, { trail }).written).toMatchObject({ what: "projected", revision: 4 });
  });
});

describe("a payment that is being taken back", () => {
  const undo: Effect = { ...effect("sent"), effectId: asEffectId("undo"), step: "undo", kind: "void", undoes: sale.effectId, undoCause: "withdrawn" } as Effect;
  const going = intent(sale, { revision: 5, deal: "withdrawn", effects: [sale, undo] });
  const called = entry("called", { source: "gateway", effectId: sale.effectId, answer: "approved" });

  test("is not told as approved, not even by the relay's own steps (law 9)", () => {
    expect(wordsOf(told(going, { trail: [called] }))).toEqual(["claimed", "send", "projected"]);
  });
  test("is told whole once it is back", () => {
    const back = intent({ ...sale, state: "undone", holds: false }, { ...going, effects: [{ ...sale, state: "undone", holds: false }, { ...undo, state: "approved" }] });
    expect(wordsOf(told(back, { trail: [called] }))).toContain("found_approved");
  });
  test("and was told as approved before stays so", () => {
    expect(wordsOf(told({ ...going, isToldApproved: true }))).toContain("found_approved");
  });
});

describe("a payment that another ledger had", () => {
  const attempts = sale.attempts.map((attempt) => ({ ...attempt, signatureExpiresAt: undefined }));
  test.each([
    ["adopted", intent({ ...sale, attempts }), [], true], ["adopted, and read", intent({ ...sale, attempts }), [entry("recalled")], false],
    ["gone back", { ...paid, wentBackAt: T0 + 5_000 }, [], true], ["gone back once more", { ...paid, wentBackAt: T0 + 5_000 }, [entry("recalled", { at: T0 + 4_000 })], true],
    ["gone back, and read", { ...paid, wentBackAt: T0 + 5_000 }, [entry("recalled", { at: T0 + 5_000 })], false], ["its own", paid, [], false],
  ] as const)("%s", (_name, of, trail, isToBeRecalled) => {
    expect(told(of, { trail }).isToBeRecalled).toBe(isToBeRecalled);
  });
});
