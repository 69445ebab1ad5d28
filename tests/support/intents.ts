// Intents for tests: a frozen command and an effect in any state, with plain readable ids instead of hashes.
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Command, MerchantAccount } from "../../plugin-proxy/src/domain/payment/command.ts";
import type { Effect, EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EffectEvent, EventKind } from "../../plugin-proxy/src/domain/payment/events.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import type { EffectIds } from "../../plugin-proxy/src/domain/payment/plan-effect.ts";
import { RECOVERY_DEFAULTS } from "../../plugin-proxy/src/domain/payment/settings.ts";

export const T0 = Date.UTC(2026, 10, 24, 10, 0, 0);
export const organizationId = asOrganizationId("00000000-0000-4000-8000-0000000000aa");
export const paymentRequestId = asPaymentRequestId("00000000-0000-4000-8000-000000000001");

export const ids: EffectIds = {
  effectId: (_organization, request, step) => asEffectId(`${request}/${step}`),
  merchantReference: ({ step, attempt }) => asMerchantReference(`REF-${step}-${attempt}`),
  transactionId: ({ step, attempt }) => asTransactionId(`TX-${step}-${attempt}`),
};
export const context = { settings: RECOVERY_DEFAULTS, ids };

export const account = (more: Partial<MerchantAccount> = {}): MerchantAccount => ({
  merchantAccountId: "ma-1", merchantId: "mid-1", environment: "test", businessUnitId: "bu-root", currency: "USD", currencyId: "cur-usd", isEnabled: true,
  abilities: { multiCapture: false, reversalAfterVoid: true, captureAfterVoid: false, timeoutVoid: true, incremental: false, standaloneCredit: false, partialReversal: false },
  capturePolicy: "sale", softDeclinePolicy: "ask", partialPolicy: "reverse", authorizationDays: 7, ...more,
});

export const usd = (minor: bigint) => ({ minor, currency: "USD" });

export const command = (more: Partial<Command> = {}): Command => ({
  organizationId, paymentRequestId, requestName: "PR-000001", document: { kind: "salesorder", id: "order-1" }, documentNumber: "ORD-01", customer: { kind: "account", id: "acc-1" },
  action: "authorization", amount: usd(12_400n), currencyId: "cur-usd", method: "saved_card", channel: "phone", saveCard: false, validUntil: T0 + 15 * 60_000,
  savedCard: { paymentMethodId: "pm-1", customer: { kind: "account", id: "acc-1" }, merchantAccountId: "ma-1", paymentInstrumentId: "PI1", lastFour: "1111", isUsable: true },
  author: { userId: "user-1", fullName: "Ann Weiler", isInteractivePerson: true }, owner: { id: "user-1", kind: "systemuser" }, merchantAccount: account(), documentTotal: usd(12_400n), ...more,
});

export const effect = (state: EffectState, more: Partial<Effect> = {}): Effect => {
  const isSent = !["claiming", "planned"].includes(state);
  return {
    effectId: ids.effectId(organizationId, paymentRequestId, "claim"), step: "claim", kind: state === "claiming" ? "undetermined" : "authorization", state,
    ...(state === "claiming" ? {} : { amount: usd(12_400n) }),
    attempts: state === "claiming" ? [] : [{ attempt: 1, merchantReference: asMerchantReference("REF-claim-1"), transactionId: asTransactionId("TX-claim-1"), ...(isSent ? { sentAt: T0, signatureExpiresAt: T0 + 120_000 } : {}) }],
    holds: false, changedAt: T0, looks: { count: 0, emptyCount: 0 }, ...more,
  };
};

export const intent = (main: Effect, more: Partial<Intent> = {}): Intent => ({
  organizationId, paymentRequestId, paymentId: "payment-1", command: command(), deal: "on", claimedAt: T0, commands: [], effects: [main], revision: 1, isToldApproved: false, ...more,
});

export const event = (kind: EventKind, more: Partial<EffectEvent> = {}): EffectEvent => ({
  kind, effectId: ids.effectId(organizationId, paymentRequestId, "claim"), attempt: 1, evidence: "answer", at: T0 + 1_000, ...more,
});

export const facts = (more: Record<string, unknown> = {}) => ({ requestId: asRequestId("7000000000000000000001"), amount: usd(12_400n), ...more });
