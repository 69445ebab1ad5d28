// What the relay writes on rows is shown in the reader's language: every sentence it can write has a translation, and no translation is left over.
import { describe, expect, test } from "@jest/globals";
import { saidIn } from "../../pcf-controls/shared/src/said.ts";
import { GERMAN } from "../../pcf-controls/shared/src/said.de.ts";
import { whatNext } from "../../plugin-proxy/src/domain/operator/what-next.ts";
import type { Effect, EffectKind, EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { fieldsWithWords } from "../../plugin-proxy/src/domain/payment/input-words.ts";
import { reasonsWithWords, wordsFor } from "../../plugin-proxy/src/domain/payment/words.ts";
import { effect, facts, intent, T0, usd } from "../support/intents.ts";

const KINDS: readonly EffectKind[] = ["undetermined", "authorization", "sale", "capture", "incremental_authorization", "authorization_reversal", "void", "refund", "credit", "timeout_reversal", "timeout_void", "token_creation", "case_decision"];
const STATES: readonly EffectState[] = ["unknown", "absent", "undone", "partial", "declined", "refused", "approved"];
const sentencesOf = (one: Effect): readonly string[] => { const words = wordsFor(one); return words === undefined ? [] : [words.agent, ...(words.customer === undefined ? [] : [words.customer])]; };
const onTransactions = new Set([
  ...reasonsWithWords().flatMap((reason) => sentencesOf(effect("refused", { reason }))),
  ...KINDS.flatMap((kind) => STATES.flatMap((state) => [true, false].flatMap((holds) => sentencesOf(effect(state, { kind, holds }))))),
  ...fieldsWithWords().flatMap((field) => sentencesOf(effect("refused", { reason: "INVALID_DATA", field }))),
  ...sentencesOf(effect("partial", { decisionDueAt: T0 })), ...sentencesOf(effect("unknown", { refusal: { reason: "PROCESSOR_UNAVAILABLE", isTransient: true } })), ...sentencesOf(effect("declined", { reason: "SOMETHING_NEW" })), ...sentencesOf(effect("refused", { reason: "SOMETHING_NEW" })),
]);
const next = (state: EffectState, more: Partial<Effect> = {}): string => whatNext(intent(effect(state, { amount: usd(603_100n), ...more })))?.text ?? "";

const disputed = whatNext(intent(effect("approved"), { isDisputed: true }))?.text ?? "";

describe("German", () => {
  test.each([...onTransactions])("%s", (text) => { expect(GERMAN[text]).toMatch(/\S/); });

  test("of what happens next, with the deed and its amount", () => {
    expect(saidIn("de-DE", next("unknown", { kind: "sale" }))).toBe("Noch keine Antwort von Cybersource (Verkauf über 6.031,00 USD). Es wird von selbst wieder gefragt; nicht wiederholen.");
    expect(saidIn("de-DE", next("unknown", { kind: "capture", isEscalated: true }))).toContain("(Einzug über 6.031,00 USD)");
    expect(saidIn("de-DE", next("awaiting_approval", { kind: "refund" }))).toContain("Erstattung über 6.031,00 USD");
    expect(saidIn("de-DE", next("queued", { kind: "refund", notBefore: T0 }))).toMatch(/^Geht von selbst hinaus/);
    expect(saidIn("de-DE", next("unknown", { kind: "refund", isEscalated: true, looks: { count: 3, emptyCount: 3, reportsWithout: 2 } }))).toContain("(Erstattung über 6.031,00 USD), und erneutes Fragen hat nicht geholfen. Der Betrieb muss entscheiden. Tagesberichte, in denen es fehlt: 2.");
    expect(saidIn("de-DE", next("unknown", { kind: "sale", shown: facts({ amount: usd(100n) }) }))).toBe("Cybersource zeigt unter unserer Referenz etwas anderes als verlangt: Verkauf über 1,00 USD. Betrag und Karte vergleichen; der Betrieb muss entscheiden.");
    for (const text of [disputed, next("partial"), next("review", { facts: { reviewKind: "soft_decline" } as never }), next("review")]) expect(GERMAN[text]).toMatch(/\S/);
  });

  test("is for sentences that are written: none is left over", () => {
    const written = new Set([...onTransactions, disputed, next("partial"), next("review", { facts: { reviewKind: "soft_decline" } as never }), next("review"), "Somebody has to look at this payment."]);
    expect(Object.keys(GERMAN).filter((text) => !written.has(text))).toEqual([]);
  });
});

test("what people have written themselves, and other languages, stay as they are", () => {
  expect(saidIn("de-DE", "Customer called twice.")).toBe("Customer called twice.");
  expect(saidIn("fr-FR", "The card has its new name.")).toBe("The card has its new name.");
});
