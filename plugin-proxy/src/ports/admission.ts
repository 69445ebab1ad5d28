// May this merchant account be called now? Asked before an attempt is marked as sent, so that what must wait stays planned.
import type { Instant } from "../domain/time.ts";
import type { GatewayAnswer, MerchantBinding } from "./gateway.ts";

export type AdmissionAnswer =
  | { readonly isAdmitted: true }
  /** cybersource_away: the circuit is open; rate_limited: the account's budget is used up; account_busy: it has as many calls under way as it may. */
  | { readonly isAdmitted: false; readonly until: Instant; readonly reason: "cybersource_away" | "rate_limited" | "account_busy" };

export interface Admission {
  admit(binding: MerchantBinding): Promise<AdmissionAnswer>;
  /** Once for each admitted call: how it was answered; undefined when it was not made after all. */
  settle(binding: MerchantBinding, answer: GatewayAnswer | undefined): Promise<void>;
}
