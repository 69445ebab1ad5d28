// Whether what Cybersource shows settles an effect: its picture lags, and a refusal speaks of its own attempt only (recovery rules §3 row 10, §5; law 10).
import { describe, expect, test } from "@jest/globals";
import { asMerchantReference, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Attempt, EffectKind } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { mayBeUnseen } from "../../plugin-proxy/src/domain/payment/may-be-unseen.ts";
import { RECOVERY_DEFAULTS } from "../../plugin-proxy/src/domain/payment/settings.ts";
import { effect, T0 } from "../support/intents.ts";

const MINUTE = 60_000;
/** Every attempt's minute of sending. */
const sent = (...minutes: readonly number[]): readonly Attempt[] => minutes.map((minute, index) => ({ attempt: index + 1, merchantReference: asMerchantReference(`R-${index}`), transactionId: asTransactionId(`TX-${index}`), sentAt: T0 + minute * MINUTE }));

interface Case { readonly kind: EffectKind; readonly undoes?: true; readonly sent: readonly number[]; readonly refused?: string; readonly minute: number }
const isUnseen = ({ kind, undoes, sent: minutes, refused, minute }: Case): boolean => mayBeUnseen(effect("unknown", {
  kind, attempts: sent(...minutes), ...(undoes === undefined ? {} : { undoes: effect("approved").effectId }), ...(refused === undefined ? {} : { refusal: { reason: refused, isTransient: false } }),
}), T0 + minute * MINUTE, RECOVERY_DEFAULTS);

const undo = { undoes: true } as const;
const table: readonly (readonly [string, Case, boolean])[] = [
  ["a void without an answer, within the lag", { ...undo, kind: "void", sent: [0], minute: 14 }, true],
  ["a void without an answer, after the lag", { ...undo, kind: "void", sent: [0], minute: 15 }, false],
  ["a void refused at its only attempt", { ...undo, kind: "void", sent: [0], refused: "NOT_VOIDABLE", minute: 0 }, false],
  ["a void refused at its second attempt: the first may have done it", { ...undo, kind: "void", sent: [0, 5], refused: "NOT_VOIDABLE", minute: 14 }, true],
  ["the same, a lag after the first", { ...undo, kind: "void", sent: [0, 5], refused: "NOT_VOIDABLE", minute: 15 }, false],
  ["a timeout void refused at its second attempt", { ...undo, kind: "timeout_void", sent: [0, 5], refused: "NOT_VOIDABLE", minute: 14 }, true],
  ["a reversal refused at its only attempt", { ...undo, kind: "authorization_reversal", sent: [0], refused: "TRANSACTION_ALREADY_SETTLED", minute: 0 }, false],
  ["a case decision refused at its only attempt: somebody has just decided it", { ...undo, kind: "case_decision", sent: [0], refused: "NOT_SUPPORTED", minute: 14 }, true],
  ["the same, after the lag: it was refused for something else", { ...undo, kind: "case_decision", sent: [0], refused: "NOT_SUPPORTED", minute: 15 }, false],
  ["a refund without an answer, within the lag", { kind: "refund", sent: [0], minute: 14 }, true],
  ["a refund without an answer, after the lag", { kind: "refund", sent: [0], minute: 15 }, false],
  ["a refund refused because somebody has voided its capture", { kind: "refund", sent: [0], refused: "CAPTURE_ALREADY_VOIDED", minute: 14 }, true],
  ["the same, after the lag", { kind: "refund", sent: [0], refused: "CAPTURE_ALREADY_VOIDED", minute: 15 }, false],
  ["refused so at the second attempt: the lag runs from that one", { kind: "refund", sent: [0, 10], refused: "CAPTURE_ALREADY_VOIDED", minute: 24 }, true],
  ["a refund refused for what can be seen", { kind: "refund", sent: [0], refused: "EXCEEDS_AUTH_AMOUNT", minute: 0 }, false],
  ["a refund refused for what can be seen, at its second attempt", { kind: "refund", sent: [0, 5], refused: "EXCEEDS_AUTH_AMOUNT", minute: 5 }, false],
  ["a capture refused as used up at its only attempt", { kind: "capture", sent: [0], refused: "EXCEEDS_AUTH_AMOUNT", minute: 0 }, false],
  ["a capture refused as used up at its second attempt: by the first", { kind: "capture", sent: [0, 5], refused: "EXCEEDS_AUTH_AMOUNT", minute: 20 }, true],
  ["the same, days later: no emptiness says otherwise", { kind: "capture", sent: [0, 5], refused: "TRANSACTION_ALREADY_SETTLED", minute: 20_000 }, true],
  ["the same, called reversed or settled", { kind: "capture", sent: [0, 5], refused: "TRANSACTION_ALREADY_REVERSED_OR_SETTLED", minute: 20 }, true],
  ["the same, called missing", { kind: "capture", sent: [0, 5], refused: "MISSING_AUTH", minute: 20 }, true],
  ["the same, called reversed", { kind: "capture", sent: [0, 5], refused: "AUTH_ALREADY_REVERSED", minute: 20 }, true],
  ["a capture refused for something else at its second attempt", { kind: "capture", sent: [0, 5], refused: "NOT_SUPPORTED", minute: 5 }, false],
];

describe("may it have been carried out, and the picture not show it yet?", () => {
  test.each(table)("%s", (_name, given, expected) => { expect(isUnseen(given)).toBe(expected); });
});
