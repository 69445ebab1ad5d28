// What follows from an answer beyond its state: undos, decisions, deadlines. Named after the rows of the recovery rules.
import { describe, expect, test } from "@jest/globals";
import { apply } from "../../plugin-proxy/src/domain/payment/apply.ts";
import type { Change } from "../../plugin-proxy/src/domain/payment/change.ts";
import { decide } from "../../plugin-proxy/src/domain/payment/decide.ts";
import type { Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EffectEvent } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { exposureOf } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { planUndoEffect } from "../../plugin-proxy/src/domain/payment/plan-effect.ts";
import { account, command, context, effect, event, facts, ids, intent, T0, usd } from "../support/intents.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function happen(before: Intent, ...events: readonly EffectEvent[]): Intent {
  return events.reduce((current, one) => {
    const decided = decide(current, one, context);
    if (!decided.ok) throw new Error(JSON.stringify(decided.error));
    return apply(current, decided.value);
  }, before);
}
const changesOf = (before: Intent, one: EffectEvent): readonly Change[] => {
  const decided = decide(before, one, context);
  return decided.ok ? decided.value : [];
};
const undos = (after: Intent): readonly Effect[] => after.effects.slice(1);
const sale = (state: Effect["state"], more: Partial<Effect> = {}) => effect(state, { kind: "sale", ...more });

describe("an approval", () => {
  test("is told, keeps what the answer said, and says when the authorization ends", () => {
    const after = happen(intent(effect("sent")), event("approved", { facts: facts({ approvalCode: "888888" }) }));
    expect(after.isToldApproved).toBe(true);
    expect(mainEffect(after)).toMatchObject({ state: "approved", facts: { approvalCode: "888888" }, authorizationExpiresAt: T0 + 1_000 + 7 * DAY });
    expect(derivePaymentStatus(after)).toBe("authorized");
  });

  test("found days after it was sent, as by a ledger that was made new, ends when its bank's hold does", () => {
    const after = happen(intent(effect("unknown"), { isToldApproved: true }), event("found_approved", { evidence: "search", at: T0 + 5 * DAY, facts: facts() }));
    expect(mainEffect(after)).toMatchObject({ state: "approved", authorizationExpiresAt: T0 + 7 * DAY });
  });

  test("of a sale counts as captured only when the answer shows the capture", () => {
    expect(derivePaymentStatus(happen(intent(sale("sent")), event("approved", { facts: facts({ isCaptured: true }) })))).toBe("captured");
    expect(derivePaymentStatus(happen(intent(sale("sent")), event("approved", { facts: facts({ isCaptured: false }) })))).toBe("authorized");
  });

  test("found after the deal is off is taken back and nobody is told approved", () => {
    const late = intent(effect("unknown"), { deal: "withdrawn" });
    const after = happen(late, event("found_approved", { evidence: "search", facts: facts() }));
    expect(after.isToldApproved).toBe(false);
    expect(undos(after)).toMatchObject([{ kind: "authorization_reversal", state: "planned" }]);
    expect(derivePaymentStatus(after)).toBe("in_progress");
  });

  test("found outside the adopt window is taken back too", () => {
    const after = happen(intent(effect("unknown")), event("found_approved", { evidence: "search", facts: facts(), at: T0 + 31 * 60_000 }));
    expect(after.deal).toBe("expired");
    expect(undos(after)).toHaveLength(1);
  });

  test("found inside the adopt window is kept", () => {
    const after = happen(intent(effect("unknown")), event("found_approved", { evidence: "search", facts: facts(), at: T0 + 20 * 60_000 }));
    expect(after).toMatchObject({ deal: "on", isToldApproved: true });
  });
});

describe("a decline", () => {
  test("holds nothing and plans nothing", () => {
    const after = happen(intent(effect("sent")), event("declined", { reason: "INSUFFICIENT_FUND", holds: false, facts: facts({ amount: undefined }) }));
    expect(undos(after)).toEqual([]);
    expect(exposureOf(after)).toBe(0n);
  });

  test("for risk holds the cardholder's money until the reversal is through", () => {
    const declined = happen(intent(effect("sent")), event("declined", { reason: "SCORE_EXCEEDS_THRESHOLD", holds: true, facts: facts() }));
    expect(undos(declined)).toMatchObject([{ kind: "authorization_reversal", state: "planned", amount: usd(12_400n) }]);
    expect(exposureOf(declined)).toBe(12_400n);
    const undo = undos(declined)[0]?.effectId ?? "";
    const released = happen(declined, event("send", { effectId: undo as never, evidence: "rule" }), event("approved", { effectId: undo as never }));
    expect(mainEffect(released)).toMatchObject({ state: "declined", holds: false });
    expect(exposureOf(released)).toBe(0n);
  });
});

describe("a soft decline", () => {
  const soft = event("review", { reason: "AVS_FAILED", facts: facts({ reviewKind: "soft_decline", reason: "AVS_FAILED" }) });

  test("waits 24 hours for a person when the policy is to ask", () => {
    const after = happen(intent(effect("sent")), soft);
    expect(mainEffect(after).decisionDueAt).toBe(T0 + 1_000 + DAY);
    expect(derivePaymentStatus(after)).toBe("awaiting_decision");
    expect(exposureOf(after)).toBe(12_400n);
  });

  test("accepted by a person becomes approved and is told", () => {
    const after = happen(intent(effect("sent")), soft, event("accepted", { evidence: "person", at: T0 + 2 * HOUR }));
    expect(after.isToldApproved).toBe(true);
    expect(derivePaymentStatus(after)).toBe("authorized");
  });

  test.each([
    ["the limit passes", "decision_late"],
    ["a person releases it", "deal_off"],
  ] as const)("is released when %s", (_what, kind) => {
    const after = happen(intent(effect("sent")), soft, event(kind, { evidence: "rule", at: T0 + DAY + 2_000 }));
    expect(undos(after)).toMatchObject([{ kind: "authorization_reversal" }]);
    expect(mainEffect(after).state).toBe("review");
    expect(exposureOf(after)).toBe(12_400n);
  });

  test("is reversed at once, or accepted at once, when the policy says so", () => {
    const withPolicy = (softDeclinePolicy: "reverse" | "accept") => happen(intent(effect("sent"), { command: command({ merchantAccount: account({ softDeclinePolicy }) }) }), soft);
    expect(undos(withPolicy("reverse"))).toHaveLength(1);
    expect(withPolicy("accept")).toMatchObject({ isToldApproved: true });
  });
});

describe("other waiting answers", () => {
  test("a case review waits without a limit of ours and cannot be reversed, only rejected there", () => {
    const review = happen(intent(effect("sent")), event("review", { reason: "DECISION_PROFILE_REVIEW", facts: facts({ reviewKind: "case" }) }));
    expect(mainEffect(review).decisionDueAt).toBeUndefined();
    expect(derivePaymentStatus(review)).toBe("in_review");
    expect(undos(happen(review, event("deal_off", { evidence: "person" })))).toMatchObject([{ kind: "case_decision" }]);
  });

  test("a partial authorization is reversed by default and waits half an hour when the policy is to ask", () => {
    const partial = event("partial", { facts: facts({ amount: usd(5_000n) }) });
    expect(undos(happen(intent(effect("sent")), partial))).toMatchObject([{ kind: "authorization_reversal", amount: usd(5_000n) }]);
    const asked = happen(intent(effect("sent"), { command: command({ merchantAccount: account({ partialPolicy: "ask" }) }) }), partial);
    expect(mainEffect(asked).decisionDueAt).toBe(T0 + 1_000 + 30 * 60_000);
  });
});

describe("no answer", () => {
  test.each(["no_answer", "unreadable", "crash"] as const)("%s is unknown, keeps its reservation and is looked for after 30 seconds", (kind) => {
    const after = happen(intent(effect("sent")), event(kind));
    expect(mainEffect(after)).toMatchObject({ state: "unknown", nextLookAt: T0 + 30_000 });
    expect(exposureOf(after)).toBe(12_400n);
    expect(derivePaymentStatus(after)).toBe("unknown");
  });

  test("empty looks follow the schedule and prove nothing by themselves", () => {
    const looks = [30, 120, 300, 900].map((seconds) => event("found_nothing", { evidence: "search", at: T0 + seconds * 1_000 }));
    const after = happen(intent(effect("unknown")), ...looks);
    expect(mainEffect(after)).toMatchObject({ state: "unknown", nextLookAt: T0 + 30 * 60_000, looks: { emptyCount: 4, firstEmptyAt: T0 + 900_000 } });
  });

  test("whose send was never noted is looked for on the same schedule, counted from the claim", () => {
    const unsent = effect("unknown", { attempts: effect("unknown").attempts.map((attempt) => ({ ...attempt, sentAt: undefined })) });
    const after = happen(intent(unsent), ...[16, 31].map((minute) => event("found_nothing", { evidence: "search", at: T0 + minute * 60_000 })));
    expect(mainEffect(after)).toMatchObject({ state: "unknown", nextLookAt: T0 + 31 * 60_000 + 2_000, looks: { emptyCount: 2, firstEmptyAt: T0 + 16 * 60_000, lastEmptyAt: T0 + 31 * 60_000 } });
  });

  test("the sender's own late answer is believed", () => {
    expect(mainEffect(happen(intent(effect("unknown")), event("declined", { reason: "PROCESSOR_DECLINED", holds: false })))).toMatchObject({ state: "declined" });
  });
});

describe("refusals before or at the gateway", () => {
  test("bytes that never left leave the same attempt planned", () => {
    expect(mainEffect(happen(intent(effect("sent")), event("not_sent_proved")))).toMatchObject({ state: "planned", attempts: [{ attempt: 1 }] });
  });

  test("a transient refusal plans the next attempt with new ids, five at most", () => {
    let current = intent(effect("sent"));
    for (let attempt = 2; attempt <= 5; attempt++) {
      current = happen(current, event("refused_transient", { retryAfterMs: 1_000 }), event("send", { evidence: "rule" }));
      expect(mainEffect(current).attempts.at(-1)).toMatchObject({ attempt, merchantReference: `REF-claim-${attempt}`, transactionId: `TX-claim-${attempt}` });
    }
    expect(mainEffect(happen(current, event("refused_transient"))).state).toBe("refused");
  });

  test("a send is refused when another has sent", () => {
    expect(decide(intent(effect("sent")), event("send"), context)).toEqual({ ok: false, error: { code: "not_allowed", state: "sent", event: "send" } });
  });
});

describe("undos", () => {
  const voided = (reversalAfterVoid: boolean): Intent => {
    const paid = intent(sale("approved", { facts: facts({ isCaptured: true }) }), { deal: "withdrawn", command: command({ action: "sale", merchantAccount: account({ abilities: { ...account().abilities, reversalAfterVoid } }) }) });
    const undo = planUndoEffect(paid, { kind: "void", undoes: mainEffect(paid).effectId, amount: usd(12_400n), reason: "test" }, T0, ids);
    return happen({ ...paid, effects: [...paid.effects, undo] }, event("send", { effectId: undo.effectId, evidence: "rule" }), event("approved", { effectId: undo.effectId }));
  };

  test("a void leaves the hold, which is then released where the processor can", () => {
    const after = voided(true);
    expect(mainEffect(after)).toMatchObject({ state: "undone", holds: true });
    expect(undos(after)[1]).toMatchObject({ kind: "authorization_reversal", state: "planned" });
    expect(exposureOf(after)).toBe(12_400n);
  });

  test("and which stays until the bank lets it go where the processor cannot", () => {
    expect(undos(voided(false))).toHaveLength(1);
    expect(mainEffect(voided(false)).holds).toBe(true);
  });

  test("an undo that fails for good is an incident and leaves its parent live", () => {
    const waiting = happen(intent(effect("sent")), event("declined", { reason: "DECISION_PROFILE_REJECT", holds: true, facts: facts() }));
    const undo = undos(waiting)[0];
    const sent = happen(waiting, event("send", { effectId: undo?.effectId as never, evidence: "rule" }));
    const changes = changesOf(sent, event("refused", { effectId: undo?.effectId as never, reason: "NOT_SUPPORTED" }));
    expect(changes).toContainEqual({ type: "incident", kind: "undo_failed" });
    expect(mainEffect(apply(sent, changes)).holds).toBe(true);
  });

  test("found live on watch opens an incident and is taken back", () => {
    const changes = changesOf(intent(effect("absent")), event("found_live", { evidence: "search", facts: facts() }));
    expect(changes.map((change) => change.type)).toEqual(["effect_changed", "incident", "deal_ended", "undo_planned"]);
  });
});
