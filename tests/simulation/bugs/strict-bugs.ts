// The converse: for each strictness of Cybersource's stand-in one mistake that only this strictness brings to light. With it off the mistake survives two
// hundred seeds, with it on it does not; so each of them earns its place. All others are mild meanwhile.
import { deriveSums } from "../../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { mainEffect, type Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import type { Effect } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import type { Money } from "../../../plugin-proxy/src/domain/money.ts";
import type { TransactionId } from "../../../plugin-proxy/src/domain/ids.ts";
import { MINUTE_MS } from "../../../plugin-proxy/src/domain/time.ts";
import type { Settings } from "../../sandbox/cybersource/state.ts";
import type { FlatStrictness, PickedStrictness } from "../../sandbox/cybersource/strictness.ts";
import type { SeedOptions } from "../run-seed.ts";
import { BUGS } from "./bugs.ts";
import { changedCalls, changedGateway, changedTransactions, misdecided, misread, sentAgain, sentAgainWhere, together, withMain, type Planted } from "./plant.ts";

export interface StrictCase {
  readonly bug: string;
  readonly plant: () => Planted;
  readonly on: Partial<Settings>;
  readonly off: Partial<Settings>;
  /** Where this mistake can be made at all. */
  readonly focus?: string;
  readonly abilities?: SeedOptions["abilities"];
}

/** Shares are higher than in other seeds: two hundred have to be enough. */
export const MILD = { longSearchLag: 0, neverInSearch: 0, staleStatus: 0, lateAuthorization: 0, failsAfterExecution: 0, batchedBeforeVoid: 0, voidsFailedOriginals: false } as const satisfies Partial<Settings>;

const FENCE_MS = 12 * MINUTE_MS;
const firstSent = (effect: Effect): number => effect.attempts.find((attempt) => attempt.sentAt !== undefined)?.sentAt ?? Infinity;
const absent = (intent: Intent): Intent => withMain(intent, { state: "absent", nextLookAt: undefined });

/** Search came back empty `count` times, `apartMs` apart, the last time so long after the send: taken for proof. */
const emptyIsAbsent = (count: number, { apartMs, afterMs }: { readonly apartMs: number; readonly afterMs: number }): Planted => misdecided((after) => {
  const main = mainEffect(after);
  const { emptyCount, firstEmptyAt = 0, lastEmptyAt = 0 } = main.looks;
  const isBelieved = emptyCount >= count && lastEmptyAt - firstEmptyAt >= apartMs && lastEmptyAt - firstSent(main) > afterMs;
  return main.state === "unknown" && isBelieved ? absent(after) : after;
});

/** An undo is looked for at its parent alone, and given up when that shows nothing. */
const undoGivenUp = together(changedGateway((gateway) => ({
  look: async (query) => { const answer = await gateway.look(query); return answer.kind === "looked" ? { ...answer, found: answer.found.filter(({ kind }) => kind !== "void" && kind !== "authorization_reversal") } : answer; },
})), changedTransactions((tx) => ({
  saveIntent: async (before, after, options) => {
    const effects = after.effects.map((effect, index): Effect => {
      const old = before.effects[index];
      return effect.undoes !== undefined && old?.state === "unknown" && effect.state === "planned" ? { ...old, state: "refused", reason: "given_up", nextLookAt: undefined } : effect;
    });
    await tx.saveIntent(before, { ...after, effects }, options);
    // That it was given up is shown.
    await tx.schedule({ kind: "project", organizationId: after.organizationId, key: after.paymentRequestId, dueAt: mainEffect(after).changedAt });
  },
})));

const refusalIsAbsence = misdecided((after) => (mainEffect(after).state === "unknown" && after.effects.some((effect) => effect.targetTransactionId !== undefined && effect.state === "refused" && effect.reason === "INVALID_DATA") ? absent(after) : after));

/** What a timeout void was said to have voided is put down as authorized, and as given back. */
const voidProvesSale = misdecided((after) => {
  const main = mainEffect(after);
  const undo = after.effects.find((effect) => effect.kind === "timeout_void" && effect.undoes === main.effectId && effect.state === "approved");
  return main.state === "undone" && main.facts === undefined && undo?.facts !== undefined ? withMain(after, { facts: { ...undo.facts, amount: main.amount } }) : after;
});

/** What ends it when it was to be sent again, a withdrawal or a refusal, does not end the first time: that is still looked for. What a look says does. */
const sentOnceStaysUnknown = misdecided((after) => {
  const main = mainEffect(after);
  const wasSent = main.attempts.length > 1 && main.evidence !== "search" && main.evidence !== "detail" && main.attempts[0]?.signatureExpiresAt !== undefined;
  return wasSent && (main.state === "withdrawn" || main.state === "expired" || main.state === "refused") ? withMain(after, { state: "unknown", refusal: undefined, nextLookAt: main.changedAt + MINUTE_MS }) : after;
});

/** Sent again with another reference and the transactionId of the first time, which "will be refused if it is there". */
function sameTransactionId(): Planted {
  const firstOf = new Map<string, TransactionId>();
  return together(
    misdecided((after) => {
      const [first, second] = mainEffect(after).attempts;
      if (first !== undefined && second !== undefined) firstOf.set(second.merchantReference, first.transactionId);
      return after;
    }),
    sentAgain("authorization", "sale"), sentOnceStaysUnknown, changedCalls((call) => ({ ...call, transactionId: firstOf.get(call.merchantReference) ?? call.transactionId })),
  );
}

/** A whole refund is sent again, because "there is nothing left to refund if it went through". */
const wholeRefundAgain = together(
  sentAgainWhere((effect, intent) => effect.kind === "refund" && effect.amount?.minor === deriveSums(intent).captured),
  misread((answer, call) => (call.kind === "refund" && answer.kind === "refused" && answer.reason === "INVALID_AMOUNT" ? { kind: "approved", facts: { requestId: call.parentRequestId, amount: call.amount } } : answer)),
);

const restStaysOpen = misdecided((after) => ({ ...after, effects: after.effects.map(({ releasesRest: _, ...effect }): Effect => effect) }));

/** A case is cancelled by a reversal; that it was refused is read as "there was nothing to release". */
function reviewReversed(): Planted {
  const asked = new Map<string, Money>();
  return changedGateway((gateway) => ({
    sign: async (call) => {
      if (call.kind === "authorization" || call.kind === "sale") {
        const signed = await gateway.sign(call);
        return { ...signed, send: async () => { const answer = await signed.send(); if (answer.kind === "review") asked.set(answer.facts.requestId, call.amount); return answer; } };
      }
      const amount = call.kind === "case_decision" ? asked.get(call.parentRequestId) : undefined;
      if (call.kind !== "case_decision" || amount === undefined) return gateway.sign(call);
      const { binding, merchantReference, transactionId, parentRequestId } = call;
      const signed = await gateway.sign({ kind: "authorization_reversal", binding, merchantReference, transactionId, parentRequestId, amount });
      return { ...signed, send: async () => { const answer = await signed.send(); return answer.kind === "refused" && answer.reason === "MISSING_AUTH" ? { kind: "approved", facts: { requestId: parentRequestId } } : answer; } };
    },
  }));
}

const tooLateIsDone = misread((answer, call) => (call.kind === "void" && answer.kind === "refused" && answer.reason === "NOT_VOIDABLE" ? { kind: "approved", facts: { requestId: call.parentRequestId } } : answer));

const planted = (name: string): Planted => { const bug = BUGS[name]; if (bug === undefined) throw new Error(`no bug ${name}`); return typeof bug === "function" ? bug() : bug; };
/** What search shows needs no void by its transactionId. */
const HIDDEN = { neverInSearch: 0.9 } as const;
const NO_CUT_OFF = { multiCapture: false, incremental: true, batchCutOff: "00:00" } as const;

/** By the strictness that they need. `truncatesAmounts` has none: the product's amounts are whole minor units, so there is nothing to cut off. */
export const STRICT: Readonly<Record<Exclude<keyof PickedStrictness | keyof FlatStrictness, "truncatesAmounts">, StrictCase>> = {
  longSearchLag: { bug: "an empty search after the fence read as absent", plant: () => emptyIsAbsent(1, { apartMs: 0, afterMs: FENCE_MS }), focus: "a payment without an answer", on: { longSearchLag: 0.5 }, off: {} },
  neverInSearch: { bug: "two empty searches long after the lag read as absent", plant: () => emptyIsAbsent(2, { apartMs: 10 * MINUTE_MS, afterMs: 29 * MINUTE_MS }), focus: "a payment without an answer", on: { neverInSearch: 0.5 }, off: {} },
  staleStatus: { bug: "an undo that its parent does not show is given up", plant: () => undoGivenUp, focus: "a payment that is taken back, without an answer", on: { staleStatus: 0.7 }, off: {} },
  lateAuthorization: { bug: "a timeout reversal refused as unknown read as absent", plant: () => refusalIsAbsence, focus: "a payment without an answer", on: { lateAuthorization: 0.4 }, off: {} },
  failsAfterExecution: { bug: "429 sent again without a search", plant: () => planted("429 sent again without a search"), on: { failsAfterExecution: 0.3 }, off: {} },
  batchedBeforeVoid: { bug: "a void that came too late read as done", plant: () => tooLateIsDone, abilities: NO_CUT_OFF, focus: "a payment that is taken back, without an answer", on: { ...NO_CUT_OFF, batchedBeforeVoid: 0.5 }, off: NO_CUT_OFF },
  voidsFailedOriginals: { bug: "a timeout void that is answered proves that there was a sale", plant: () => voidProvesSale, focus: "a sale that fails, without an answer", on: { voidsFailedOriginals: true, ...HIDDEN }, off: HIDDEN },
  acceptsRepeatedTransactionId: { bug: "sent again under the same transactionId", plant: sameTransactionId, focus: "a part that is captured", on: { acceptsRepeatedTransactionId: true }, off: { acceptsRepeatedTransactionId: false } },
  acceptsSecondRefund: { bug: "a whole refund sent again", plant: () => wholeRefundAgain, focus: "a refund without an answer", on: { acceptsSecondRefund: true }, off: { acceptsSecondRefund: false } },
  holdAfterVoid: { bug: "void without releasing the hold", plant: () => planted("void without releasing the hold"), focus: "a payment that is taken back, without an answer", on: { holdAfterVoid: true }, off: { holdAfterVoid: false } },
  multiCapture: { bug: "the rest of a partly captured authorization counts on", plant: () => restStaysOpen, abilities: { ...NO_CUT_OFF, batchCutOff: "09:02" }, focus: "a part that is captured", on: { ...NO_CUT_OFF, batchCutOff: "09:02" }, off: { ...NO_CUT_OFF, batchCutOff: "09:02", multiCapture: true } },
  reversesReviews: { bug: "review reversed blindly", plant: reviewReversed, focus: "a case that is to be cancelled", on: { reversesReviews: false }, off: { reversesReviews: true } },
};
