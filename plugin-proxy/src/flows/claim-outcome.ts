// What a claim came to.
import type { Intent } from "../domain/payment/intent.ts";
import type { Instant } from "../domain/time.ts";
import type { LostRow } from "./find-lost-rows.ts";

/**
 * moved: the intent changed (to `intent`, where that is known), look at it again. waiting: nothing to do before `until` (undefined: until
 * somebody wakes it). unknown_payment: the row changes a payment that this ledger does not know.
 * lost_rows: others changed its payment before, and this ledger does not know them.
 */
export type ClaimOutcome =
  | { readonly kind: "moved"; readonly intent?: Intent | undefined }
  | { readonly kind: "waiting"; readonly until: Instant | undefined }
  | { readonly kind: "unknown_payment"; readonly paymentId: string }
  | { readonly kind: "lost_rows"; readonly rows: readonly LostRow[] };
