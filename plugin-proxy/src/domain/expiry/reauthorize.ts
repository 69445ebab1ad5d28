// Capture after expiry: a new authorization on the saved card without the customer, where policy and his consent allow it, else a person's task.
// Merchant-initiated, reason 3 (reauthorization); the scheme's transaction id to refer to is good for 30 days
// (Cybersource stored-credentials guide: previousTransactionId).
import { DAY_MS, type Instant } from "../time.ts";

export const PREVIOUS_TRANSACTION_DAYS = 30;

export interface ReauthorizeFacts {
  readonly policy: "ask" | "with_consent";
  /** Consent to payments that the merchant starts by himself. */
  readonly hasMerchantInitiatedConsent: boolean;
  readonly isCardUsable: boolean;
  readonly previousTransactionId?: string | undefined;
  readonly previousAt?: Instant | undefined;
  readonly now: Instant;
}

export type Reauthorization =
  | { readonly kind: "reauthorize"; readonly previousTransactionId: string | undefined }
  | { readonly kind: "task"; readonly why: "policy_asks" | "no_consent" | "no_card" };

/** What to do instead of a capture that comes too late. An older transaction id is left out, never sent. */
export function chooseReauthorization(facts: ReauthorizeFacts): Reauthorization {
  if (facts.policy !== "with_consent") return { kind: "task", why: "policy_asks" };
  if (!facts.isCardUsable) return { kind: "task", why: "no_card" };
  if (!facts.hasMerchantInitiatedConsent) return { kind: "task", why: "no_consent" };
  const isFresh = facts.previousAt !== undefined && facts.now - facts.previousAt <= PREVIOUS_TRANSACTION_DAYS * DAY_MS;
  return { kind: "reauthorize", previousTransactionId: isFresh ? facts.previousTransactionId : undefined };
}
