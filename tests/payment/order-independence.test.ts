// Events come late, twice and in any order; what the payment is afterwards does not depend on it. Every permutation of up to seven events of a
// true history, and 5,000 random longer ones, are folded and compared: states, sums, what was told, and what is still to be taken back.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { apply } from "../../plugin-proxy/src/domain/payment/apply.ts";
import { decide } from "../../plugin-proxy/src/domain/payment/decide.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { deriveSums, exposureOf } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import type { Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EffectEvent, EventKind } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { able, authorized, claimEffect, on, row, sold, underway } from "../support/changes.ts";
import { command, context, effect, facts, intent, T0, usd } from "../support/intents.ts";

interface History { readonly name: string; readonly of: Intent; readonly events: readonly EffectEvent[] }

const of = (target: Effect, kinds: readonly EventKind[], more: Partial<EffectEvent>): readonly EffectEvent[] =>
  kinds.map((kind) => on(target.effectId, kind, { evidence: kind.startsWith("found_") ? "search" : "answer", ...more }));

function asked(base: Intent, action: Parameters<typeof row>[0], minor: bigint, more: Parameters<typeof underway>[2] = {}): { readonly of: Intent; readonly effect: Effect } {
  const wish = row(action, minor);
  const flying = underway(base, wish, more);
  return { of: flying, effect: claimEffect(flying, wish) };
}

const began = (kind: "authorization" | "sale") => intent(effect("sent", { kind }), { command: command({ action: kind, merchantAccount: able() }) });
const id = (end: number, minor = 12_400n) => ({ facts: { requestId: asRequestId(`70000000000000000000${end}`), amount: usd(minor) } });
const approval = ["no_answer", "crash", "unreadable", "found_nothing", "found_approved", "approved", "approved"] as const;

const capture = asked(authorized(), "capture", 8_000n);
const refund = asked(sold(), "refund", 2_000n, { settlement: "closed" });
const grown = asked(authorized(), "incremental_authorization", 2_000n);
const release = asked(authorized(), "authorization_reversal", 12_400n);
const voided = asked(sold(), "void", 12_400n);

const HISTORIES: readonly History[] = [
  { name: "an authorization that was approved", of: began("authorization"), events: of(mainEffect(began("authorization")), approval, { facts: facts() }) },
  { name: "a sale that was approved", of: began("sale"), events: of(mainEffect(began("sale")), approval, { facts: facts({ isCaptured: true }) }) },
  { name: "an authorization that was declined", of: began("authorization"), events: of(mainEffect(began("authorization")), ["no_answer", "crash", "found_nothing", "found_declined", "declined", "declined", "found_declined"], { facts: facts({ amount: undefined }), reason: "PROCESSOR_DECLINED", holds: false }) },
  { name: "one that was declined for risk and still holds", of: began("authorization"), events: of(mainEffect(began("authorization")), ["no_answer", "found_nothing", "found_declined", "declined", "declined", "crash", "found_nothing"], { facts: facts(), reason: "DECISION_PROFILE_REJECT", holds: true }) },
  { name: "a soft decline", of: began("authorization"), events: of(mainEffect(began("authorization")), ["no_answer", "found_nothing", "found_review", "review", "review", "crash", "found_review"], { facts: facts({ reviewKind: "soft_decline", reason: "AVS_FAILED" }), reason: "AVS_FAILED" }) },
  { name: "a capture", of: capture.of, events: of(capture.effect, approval, id(11, 8_000n)) },
  { name: "a refund", of: refund.of, events: of(refund.effect, approval, id(12, 2_000n)) },
  { name: "a refund that settlement turned down", of: refund.of, events: [...of(refund.effect, ["no_answer", "found_nothing", "found_approved", "approved"], id(12, 2_000n)), ...[1, 2].map(() => on(refund.effect.effectId, "settlement_rejected", { evidence: "report", ...id(12, 2_000n) }))] },
  { name: "a refund that settlement called settled and then turned down, and that a report had been without", of: refund.of, events: [...of(refund.effect, ["no_answer", "approved", "found_approved"], id(12, 2_000n)), ...(["not_in_report", "settled", "settlement_rejected", "settlement_rejected"] as const).map((kind) => on(refund.effect.effectId, kind, { evidence: "report", ...id(12, 2_000n) }))] },
  { name: "an increment", of: grown.of, events: of(grown.effect, ["no_answer", "found_nothing", "found_approved", "approved", "approved", "crash", "unreadable"], id(1, 14_400n)) },
  { name: "a release", of: release.of, events: of(release.effect, ["no_answer", "found_nothing", "found_approved", "approved", "undone_proved", "approved", "crash"], id(13)) },
  { name: "a void, whose hold is still to be released", of: voided.of, events: of(voided.effect, ["no_answer", "found_nothing", "undone_proved", "approved", "found_approved", "approved", "crash"], id(14)) },
];

/** What a payment is, without when it came to be so and how often it was looked for. */
const essence = (after: Intent) => ({
  effects: after.effects.map(({ kind, state, amount, holds, undoes, facts: known, reason }) => ({ kind, state, amount, holds, undoes, requestId: known?.requestId, reason })),
  sums: deriveSums(after), exposure: exposureOf(after), status: derivePaymentStatus(after), told: after.isToldApproved, deal: after.deal, commands: after.commands.map(({ deal }) => deal),
});

const fold = (history: History, events: readonly EffectEvent[]): ReturnType<typeof essence> => essence(events.reduce((current, event, index) => {
  const decided = decide(current, { ...event, at: T0 + 10_000 + index * 1_000 }, context);
  return decided.ok ? apply(current, decided.value) : current;
}, history.of));

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= 1) { yield items; return; }
  for (const [index, first] of items.entries()) for (const rest of permutations([...items.slice(0, index), ...items.slice(index + 1)])) yield [first, ...rest];
}

describe.each(HISTORIES)("$name", (history) => {
  const wanted = fold(history, history.events);

  test("is the same in every order of its events", () => {
    let count = 0;
    for (const order of permutations(history.events)) {
      count += 1;
      expect(fold(history, order)).toEqual(wanted);
    }
    expect(count).toBe(Array.from({ length: history.events.length }, (_, index) => index + 1).reduce((product, factor) => product * factor, 1));
  });

  test("is the same however often each of them comes again", () => {
    const longer = fc.array(fc.constantFrom(...history.events), { minLength: 8, maxLength: 40 }).chain((more) => fc.shuffledSubarray([...history.events, ...more], { minLength: history.events.length + more.length, maxLength: history.events.length + more.length }));
    fc.assert(fc.property(longer, (events) => { expect(fold(history, events)).toEqual(wanted); }), { numRuns: 500 });
  });
});
