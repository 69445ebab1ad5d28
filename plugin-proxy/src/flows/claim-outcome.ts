// What a claim came to.
import type { Intent } from "../domain/payment/intent.ts";
import type { Instant } from "../domain/time.ts";

/**
 * moved: the intent changed (to `intent`, where that is known), look at it again. waiting: nothing to do before `until` (undefined: until
 * somebody wakes it). unknown_payment: the row changes a payment that this ledger does not know.
 */
export type ClaimOutcome =
  | { readonly kind: "moved"; readonly intent?: Intent | undefined }
  | { readonly kind: "waiting"; readonly until: Instant | undefined }
  | { readonly kind: "unknown_payment"; readonly paymentId: string };
