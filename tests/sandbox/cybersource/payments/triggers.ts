// What makes the sandbox say no. Ordinary amounts and names are approved; the table stands in README.md.
// 6001–6003 are documented test amounts of one processor simulator (developer.cybersource.com, testing); the other numbers are ours.
import type { State } from "../state.ts";
import type { Outcome } from "./outcome.ts";
import { isLuhnValid } from "../flex/card-number.ts";
import { simulatedOutcome } from "./processor-simulators.ts";

export type { Outcome };


const decline = (reason: string): Outcome => ({ kind: "decline", reason });

/** Amounts that tests and demos know by heart. */
const FAMILIAR: Readonly<Record<string, Outcome>> = {
  6001: { kind: "soft_decline", reason: "AVS_FAILED" }, 6002: { kind: "soft_decline", reason: "CV_FAILED" }, 6003: { kind: "partial" },
  6010: decline("PROCESSOR_DECLINED"), 6011: decline("INSUFFICIENT_FUND"), 6012: decline("EXPIRED_CARD"), 6013: decline("STOLEN_LOST_CARD"), 6014: decline("CONTACT_PROCESSOR"),
  6015: decline("CVN_NOT_MATCH"), 6016: decline("INVALID_ACCOUNT"), 6017: decline("EXCEEDS_CREDIT_LIMIT"), 6018: decline("ISSUER_UNAVAILABLE"), 6019: decline("GENERAL_DECLINE"),
  6020: { kind: "risk_decline", reason: "DECISION_PROFILE_REJECT" }, 6021: { kind: "risk_decline", reason: "SCORE_EXCEEDS_THRESHOLD" },
  6022: { kind: "case_review" }, 6023: { kind: "review_before" },
  6030: { kind: "status", status: "SOMETHING_NEW" }, 6031: { kind: "http", status: 502, isExecuted: false }, 6032: { kind: "http", status: 502, isExecuted: true },
  6033: { kind: "bad_request", reason: "PROCESSOR_UNAVAILABLE" }, 6034: { kind: "bad_request", reason: "DUPLICATE_REQUEST" }, 6035: { kind: "bad_request", reason: "INVALID_DATA" },
  6036: { kind: "bad_request", reason: "INVALID_MERCHANT_CONFIGURATION" }, 6037: { kind: "status", status: "PENDING_AUTHENTICATION", reason: "CONSUMER_AUTHENTICATION_REQUIRED" },
  6038: { kind: "status", status: "INVALID_REQUEST" }, 6039: { kind: "http", status: 429, isExecuted: false }, 6040: { kind: "status", status: "PENDING" }, 6041: { kind: "status", status: "TRANSMITTED" },
};

const DECLINES = [
  "CONTACT_PROCESSOR", "EXPIRED_CARD", "PROCESSOR_DECLINED", "INSUFFICIENT_FUND", "STOLEN_LOST_CARD", "ISSUER_UNAVAILABLE", "UNAUTHORIZED_CARD", "CVN_NOT_MATCH", "EXCEEDS_CREDIT_LIMIT", "INVALID_CVN", "BLOCKED_BY_CARDHOLDER",
  "DECLINED_CHECK", "BLACKLISTED_CUSTOMER", "SUSPENDED_ACCOUNT", "PAYMENT_REFUSED", "INVALID_ACCOUNT", "GENERAL_DECLINE", "INVALID_MERCHANT_CONFIGURATION", "ACH_VERIFICATION_FAILED", "CONSUMER_AUTHENTICATION_FAILED",
  "ALLOWABLE_PIN_RETRIES_EXCEEDED", "PROCESSOR_ERROR", "CUSTOMER_WATCHLIST_MATCH", "ADDRESS_COUNTRY_WATCHLIST_MATCH", "EMAIL_COUNTRY_WATCHLIST_MATCH", "IP_COUNTRY_WATCHLIST_MATCH", "DAGGREJECTED", "DAGGDENIED", "DSYSREJECTED",
  "DECISION_PROFILE_REJECT", "SCORE_EXCEEDS_THRESHOLD",
] as const;
const REFUSALS = [
  "MISSING_FIELD", "INVALID_DATA", "DUPLICATE_REQUEST", "INVALID_CARD", "CARD_TYPE_NOT_ACCEPTED", "INVALID_MERCHANT_CONFIGURATION", "PROCESSOR_UNAVAILABLE", "INVALID_AMOUNT", "INVALID_CARD_TYPE", "INVALID_PAYMENT_ID", "NOT_SUPPORTED",
  "DEBIT_CARD_USEAGE_EXCEEDD_LIMIT",
] as const;
const FAILURES = (["SYSTEM_ERROR", "SERVER_TIMEOUT", "SERVICE_TIMEOUT"] as const).flatMap((reason): readonly Outcome[] => [{ kind: "http", status: 502, reason, isExecuted: false }, { kind: "http", status: 502, reason, isExecuted: true }]);
const from = (first: number, outcomes: readonly Outcome[]): readonly [string, Outcome][] => outcomes.map((outcome, index) => [String(first + index), outcome]);

/** Whole amounts → what becomes of the payment: from 6100 on every reason of a decline, from 6200 of a refusal, from 6220 of a failure. */
export const PAYMENT_TRIGGERS: ReadonlyMap<string, Outcome> = new Map([
  ...Object.entries(FAMILIAR), ...from(6100, DECLINES.map(decline)), ...from(6200, REFUSALS.map((reason): Outcome => ({ kind: "bad_request", reason }))), ...from(6220, FAILURES),
]);

const BY_CARD: Readonly<Record<string, Outcome>> = {
  "4000000000000002": decline("PROCESSOR_DECLINED"), "4000000000009995": decline("INSUFFICIENT_FUND"), "4000000000000069": decline("EXPIRED_CARD"), "42423482938483873": decline("INVALID_ACCOUNT"),
};

const BY_LAST_NAME: Readonly<Record<string, Outcome>> = {
  Avsfail: { kind: "soft_decline", reason: "AVS_FAILED" }, Riskreject: { kind: "risk_decline", reason: "DECISION_PROFILE_REJECT" }, Riskreview: { kind: "case_review" },
};

export interface TriggerInput {
  readonly amount: bigint;
  readonly number?: string | undefined;
  readonly securityCode?: string | undefined;
  readonly lastName?: string | undefined;
  readonly expirationMonth: string;
  readonly expirationYear: string;
}

/** The first trigger that fits: expiry, card, security code, name, amount; else approved. */
export function outcomeFor(state: State, input: TriggerInput): Outcome {
  const now = state.clock.now();
  const isExpired = Number(input.expirationYear) * 12 + Number(input.expirationMonth) < now.getUTCFullYear() * 12 + now.getUTCMonth() + 1;
  if (isExpired) return decline("EXPIRED_CARD");
  // A number that is none is the issuer's to refuse: recorded as INVALID_ACCOUNT.
  if (input.number !== undefined && !isLuhnValid(input.number)) return decline("INVALID_ACCOUNT");
  const byCard = BY_CARD[input.number ?? ""] ?? BY_LAST_NAME[input.lastName ?? ""];
  if (byCard !== undefined) return byCard;
  if (input.securityCode === "999") return { kind: "soft_decline", reason: "CV_FAILED" };
  return simulatedOutcome(state, input.amount) ?? (input.amount % 10_000n === 0n ? PAYMENT_TRIGGERS.get((input.amount / 10_000n).toString()) : undefined) ?? { kind: "approve" };
}
