// A reviewer at Cybersource may capture while he accepts a case (Decision Manager, case action ACCEPT with CAPTURE). What he took stands under the
// authorization, with the authorization's reference: it is a capture of this payment like one of ours, and is not taken again (docs/adr/0082).
import type { Instant } from "../time.ts";
import type { Found } from "./adopt.ts";
import { amountOf, deriveSums } from "./derive-sums.ts";
import type { Effect } from "./effect.ts";
import { mainEffect, type Intent } from "./intent.ts";
import { planAttempt, type EffectIds } from "./plan-effect.ts";

const STEP = "reviewer_capture";

/** The payment with the captures that stand under its authorization and that it does not know; itself when there are none. */
export function withReviewerCaptures(intent: Intent, found: readonly Found[], by: { readonly at: Instant; readonly ids: EffectIds }): Intent {
  const main = mainEffect(intent);
  const references = new Set<string>(main.attempts.map((attempt) => attempt.merchantReference));
  const shown = found.find((one) => references.has(one.merchantReference) && (one.kind === "authorization" || one.kind === "sale"));
  // A sale that took its money itself has nothing captured under it.
  if (shown?.verdict !== "approved" || shown.facts.isCaptured === true || main.facts?.isCaptured === true) return intent;
  const known = new Set(intent.effects.map((effect) => effect.facts?.requestId));
  const captures = found.filter((one) => one.kind === "capture" && one.verdict === "approved" && !one.isUndone && references.has(one.merchantReference) && one.merchantId === shown.merchantId && !known.has(one.facts.requestId));
  return captures.toSorted((left, right) => (left.requestId < right.requestId ? -1 : 1)).reduce((current, one) => withCapture(current, one, { ...by, authorized: shown.authorized?.minor ?? amountOf(main) }), intent);
}

function withCapture(intent: Intent, found: Found, by: { readonly at: Instant; readonly ids: EffectIds; readonly authorized: bigint }): Intent {
  const main = mainEffect(intent);
  const { amount } = found;
  const { command } = intent;
  const left = by.authorized - deriveSums(intent).captured;
  if (command === undefined || amount?.currency !== command.amount.currency || amount.minor > left) return intent;
  const step = `${STEP}-${intent.effects.filter((effect) => effect.step.startsWith(STEP)).length + 1}`;
  const capture: Effect = {
    effectId: by.ids.effectId(intent.organizationId, intent.paymentRequestId, step), step, kind: "capture", state: "approved", amount, parentId: main.effectId,
    // Sent by somebody else, at the latest now: which batch it is in is asked for before it is given back.
    attempts: [{ ...planAttempt(intent, { step, commandId: undefined }, 1, by.ids), sentAt: by.at, signatureExpiresAt: by.at }],
    ...(amount.minor < left && !command.merchantAccount.abilities.multiCapture ? { releasesRest: true as const } : {}),
    holds: false, facts: found.facts, reason: "captured_with_case", evidence: "detail", changedAt: by.at, looks: { count: 0, emptyCount: 0 },
  };
  return { ...intent, effects: [...intent.effects, capture], revision: intent.revision + 1 };
}

/** Its reference at Cybersource is the authorization's; the attempt's own was never sent. */
export const isReviewerCapture = (effect: Effect): boolean => effect.step.startsWith(STEP);
