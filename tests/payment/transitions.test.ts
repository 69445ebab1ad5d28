// The transition table, read aloud: every named move is made, every other event changes nothing, and no order of events leaves the table.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { apply } from "../../plugin-proxy/src/domain/payment/apply.ts";
import { decide } from "../../plugin-proxy/src/domain/payment/decide.ts";
import type { EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EventKind } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { exposureOf } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { nextState, TRANSITIONS } from "../../plugin-proxy/src/domain/payment/transitions.ts";
import { context, effect, event, facts, intent, T0 } from "../support/intents.ts";

const STATES = Object.keys(TRANSITIONS) as EffectState[];
const EVENTS: readonly EventKind[] = [
  "read_ok", "approval_needed", "approval_given", "approval_refused", "turn", "not_in_report", "escalated", "window_closed", "refused_by_rule", "expired", "withdrawn", "foreign_claim", "send", "deal_off", "owner_gone", "not_sent_proved", "approved", "partial", "review", "declined", "refused",
  "refused_transient", "refused_pending_look", "not_executed", "lapsed", "no_answer", "unreadable", "crash", "found_approved", "found_partial", "found_review", "found_declined", "found_refused", "found_nothing", "retry_undo",
  "undone_proved", "absent_proved", "operator_decided", "accepted", "rejected", "released", "decision_late", "settlement_rejected", "hold_found", "found_live",
];
const ANSWERS: readonly EventKind[] = ["approved", "partial", "review", "declined", "found_approved", "found_partial", "found_review", "found_declined"];
const happen = (kind: EventKind) => event(kind, ANSWERS.includes(kind) ? { facts: facts() } : {});

/** Where decide() goes beyond the table: a policy or a limit decides at once. */
const BEYOND: Readonly<Record<string, EffectState>> = { "unknown retry_undo": "unknown", "unknown not_executed": "unknown", "unknown window_closed": "unknown", "unknown settlement_rejected": "unknown", "sent settlement_rejected": "sent", "approved settlement_rejected": "approved" };

describe("every (state, event) pair", () => {
  const pairs = STATES.flatMap((state) => EVENTS.map((kind) => ({ state, kind })));
  test.each(pairs)("$state + $kind", ({ state, kind }) => {
    const before = intent(effect(state));
    const decided = decide(before, happen(kind), context);
    const named = nextState(state, kind);
    if (kind === "send" && named === undefined) {
      expect(decided).toEqual({ ok: false, error: { code: "not_allowed", state, event: "send" } });
      return;
    }
    expect(decided.ok).toBe(true);
    if (!decided.ok) return;
    const after = apply(before, decided.value);
    expect(mainEffect(after).state).toBe(BEYOND[`${state} ${kind}`] ?? named ?? state);
    if (named === undefined) expect(after).toEqual(before);
  });
});

describe("laws over any order of events", () => {
  const anyEvents = fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 25 });
  const run = (kinds: readonly EventKind[]) => kinds.reduce((current, kind, index) => {
    const decided = decide(current, { ...happen(kind), at: T0 + index * 1_000 }, context);
    return decided.ok ? apply(current, decided.value) : current;
  }, intent(effect("planned")));

  test("the state never leaves the table, and at most one undo of the payment is open at a time", () => {
    fc.assert(fc.property(anyEvents, (kinds) => {
      const after = run(kinds);
      expect(STATES).toContain(mainEffect(after).state);
      const open = after.effects.filter((one) => one.undoes !== undefined && ["planned", "sent", "unknown"].includes(one.state));
      expect(open.length).toBeLessThanOrEqual(1);
    }), { numRuns: 2_000 });
  });

  test("what may be money keeps its reservation: planned, sent, unknown and live never count as nothing", () => {
    fc.assert(fc.property(anyEvents, (kinds) => {
      const after = run(kinds);
      if (["planned", "sent", "unknown", "approved", "review", "partial"].includes(mainEffect(after).state)) expect(exposureOf(after)).toBe(12_400n);
    }), { numRuns: 2_000 });
  });

  test("once a person was told approved, no later event of recovery takes it back", () => {
    fc.assert(fc.property(anyEvents, (kinds) => {
      const told = apply(intent(effect("sent")), [{ type: "told_approved" }, { type: "effect_changed", effect: effect("approved", { facts: facts(), evidence: "answer" }) }]);
      const machine = kinds.filter((kind) => !["undone_proved", "released", "settlement_rejected"].includes(kind));
      const after = machine.reduce((current, kind) => {
        const decided = decide(current, { ...happen(kind), evidence: "search" }, context);
        return decided.ok ? apply(current, decided.value) : current;
      }, told);
      expect(mainEffect(after).state).toBe("approved");
      expect(after.effects).toHaveLength(1);
    }), { numRuns: 1_000 });
  });

  test("a repeated event changes nothing the second time", () => {
    fc.assert(fc.property(anyEvents, fc.constantFrom(...ANSWERS), (kinds, last) => {
      const settled = run([...kinds, last]);
      if (["planned", "sent", "unknown", "claiming"].includes(mainEffect(settled).state)) return;
      const again = decide(settled, { ...happen(last), at: T0 + 60_000 }, context);
      if (again.ok && again.value.length > 0) expect(apply(settled, again.value).effects.length).toBe(settled.effects.length);
    }), { numRuns: 1_000 });
  });
});
