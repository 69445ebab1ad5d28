// The card that a payment leaves on file is an effect of its own (recovery rules §4, token create): a payment never fails for it, and one that came to
// nothing leaves none behind.
import { describe, expect, test } from "@jest/globals";
import { deriveSums, exposureOf } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import type { EffectEvent, EventKind } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { nextSteps } from "../../plugin-proxy/src/domain/payment/next-step.ts";
import { withLateToken } from "../../plugin-proxy/src/domain/payment/token-creation.ts";
import { projectPaymentMethod } from "../../plugin-proxy/src/domain/payment/project-payment-method.ts";
import { changesOf, happens, on } from "../support/changes.ts";
import { command, context, effect, facts, intent, T0 } from "../support/intents.ts";

const asked = intent(effect("sent"), { command: command({ method: "new_card", savedCard: undefined, saveCard: true, consentTextVersion: "2026-01" }) });
const main = mainEffect(asked).effectId;
const TOKEN = { token: { customerId: "CUS", paymentInstrumentId: "PI", instrumentIdentifierId: "II" } };
const answer = (kind: EventKind, more: Partial<EffectEvent> = {}): EffectEvent => on(main, kind, { at: T0 + 3_000, ...more });
const tokenOf = (of: Intent) => of.effects.find((one) => one.kind === "token_creation");
const steps = (of: Intent, at = T0 + 60_000): readonly string[] => nextSteps(of, { business: at, wire: at }, context.settings).filter((one) => one.dueAt <= at).map((one) => one.step.kind);
const onFile = (of: Intent) => projectPaymentMethod(of, (id) => id) !== undefined;

describe("approved", () => {
  test("with a token: made, and the card is on file", () => {
    const after = happens(asked, answer("approved", { facts: facts(TOKEN) }));
    expect(tokenOf(after)).toMatchObject({ state: "approved", parentId: main });
    expect([onFile(after), steps(after)]).toEqual([true, []]);
  });

  test("without one: the payment stands as it is, and the token is refused in words", () => {
    const after = happens(asked, answer("approved", { facts: facts() }));
    expect(mainEffect(after).state).toBe("approved");
    expect(tokenOf(after)).toMatchObject({ state: "refused", reason: "card_not_saved" });
    expect([derivePaymentStatus(after), onFile(after), after.isToldApproved]).toEqual(["authorized", false, true]);
  });

  test("without consent, or by a saved card: nothing is said of tokens", () => {
    const without = happens({ ...asked, command: command({ saveCard: false }) }, answer("approved", { facts: facts(TOKEN) }));
    const bySaved = happens({ ...asked, command: command({ saveCard: true }) }, answer("no_answer"), answer("found_approved", { evidence: "search", facts: facts(TOKEN) }));
    expect([tokenOf(without), tokenOf(bySaved)]).toEqual([undefined, undefined]);
  });

  test("found by a look that shows its token: on file like any other", () => {
    const found = happens(asked, answer("no_answer"), answer("found_approved", { evidence: "search", facts: facts(TOKEN) }));
    expect([tokenOf(found)?.state, onFile(found), steps(found)]).toEqual(["approved", true, []]);
  });

  test("found by a look that shows none: the payment stands, the card is not on file, and an operator is told", () => {
    const lost = happens(asked, answer("no_answer"));
    const found = happens(lost, answer("found_approved", { evidence: "search", facts: facts() }));
    expect([tokenOf(found), onFile(found), found.isToldApproved]).toMatchObject([{ state: "refused", reason: "card_not_shown" }, false, true]);
    expect(changesOf(lost, answer("found_approved", { evidence: "search", facts: facts() }))).toContainEqual({ type: "incident", kind: "token_not_shown" });
  });

  test("takes no part in sums, and comes once", () => {
    const after = happens(asked, answer("approved", { facts: facts(TOKEN) }), answer("approved", { facts: facts(TOKEN) }));
    expect(after.effects).toHaveLength(2);
    expect([deriveSums(after).authorized, exposureOf(after)]).toEqual([12_400n, 12_400n]);
  });
});

describe("a token whose payment came to nothing", () => {
  test("found declined, or undone, by a look that shows it: deleted", () => {
    for (const kind of ["found_declined", "undone_proved"] as const) {
      const found = happens(asked, answer("no_answer"), answer(kind, { evidence: "search", facts: facts(TOKEN) }));
      expect([tokenOf(found)?.state, steps(found)]).toEqual(["approved", ["delete_token"]]);
    }
  });

  test("shown only when its payment had ended: noted once, and deleted", () => {
    const ended = happens({ ...asked, deal: "withdrawn" }, answer("no_answer"), answer("undone_proved", { evidence: "rule" }));
    const seen = answer("undone_proved", { evidence: "search", facts: facts(TOKEN) });
    const noted = withLateToken(ended, seen, context.ids);
    expect([tokenOf(ended), tokenOf(noted)?.state, steps(noted)]).toEqual([undefined, "approved", ["delete_token"]]);
    expect(withLateToken(noted, seen, context.ids)).toBe(noted);
  });

  const deleted = (of: Intent): Intent => happens(of, on(tokenOf(of)?.effectId ?? main, "undone_proved", { at: T0 + 120_000, reason: "token_deleted" }));

  test("declined for risk: deleted once the hold is on its way out and its undo is over", () => {
    const declined = happens(asked, answer("declined", { holds: true, reason: "DECISION_PROFILE_REJECT", facts: facts(TOKEN) }));
    expect(steps(declined)).not.toContain("delete_token");
    const undo = declined.effects.find((one) => one.undoes !== undefined);
    const over = happens(declined, on(undo?.effectId ?? main, "send", { evidence: "rule", at: T0 + 4_000, signatureExpiresAt: T0 + 120_000 }), on(undo?.effectId ?? main, "approved", { at: T0 + 5_000 }));
    expect(steps(over)).toContain("delete_token");
    expect([tokenOf(deleted(over))?.state, steps(deleted(over))]).toEqual(["undone", []]);
  });

  test("a soft decline keeps it while a person decides: on file when accepted, deleted when released", () => {
    const soft = happens(asked, answer("review", { reason: "AVS_FAILED", facts: facts({ ...TOKEN, reviewKind: "soft_decline" }) }));
    expect([onFile(soft), steps(soft)]).toEqual([false, []]);
    expect(onFile(happens(soft, answer("accepted", { evidence: "person" })))).toBe(true);
    const released = happens(soft, answer("undone_proved", { evidence: "detail" }));
    expect(steps(released)).toContain("delete_token");
  });

  test("never, when somebody was told that it is approved: the card is on file, whatever becomes of the payment later", () => {
    const told = happens(asked, answer("approved", { facts: facts(TOKEN) }), answer("undone_proved", { evidence: "detail" }));
    expect([mainEffect(told).state, steps(told)]).toEqual(["undone", []]);
  });
});
