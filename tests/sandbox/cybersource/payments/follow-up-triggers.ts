// Amounts that make captures, refunds, credits, voids and reversals end in each documented way. A void has no amount of its own: what is voided
// counts. The numbers are ours, the statuses and reasons Cybersource's; the table stands in README.md beside this folder.
export type FollowUpService = "captures" | "refunds" | "credits" | "voids" | "reversals";
export type FollowUpOutcome =
  | { readonly kind: "bad_request"; readonly reason: string }
  | { readonly kind: "status"; readonly status: string; readonly reason?: string }
  | { readonly kind: "http"; readonly status: 429 | 502; readonly reason: "SYSTEM_ERROR" | "SERVER_TIMEOUT" | "SERVICE_TIMEOUT"; readonly isExecuted: boolean };

const refused = (...reasons: readonly string[]): readonly FollowUpOutcome[] => reasons.map((reason) => ({ kind: "bad_request", reason }));
const status = (...statuses: readonly string[]): readonly FollowUpOutcome[] => statuses.map((one) => ({ kind: "status", status: one }));
const declined = (...reasons: readonly string[]): readonly FollowUpOutcome[] => reasons.map((reason) => ({ kind: "status", status: "DECLINED", reason }));
/** Every service has these at its 80s: failed without and with execution, and too many requests. */
const FAILED: readonly FollowUpOutcome[] = [
  { kind: "http", status: 502, reason: "SYSTEM_ERROR", isExecuted: false }, { kind: "http", status: 502, reason: "SERVER_TIMEOUT", isExecuted: false }, { kind: "http", status: 502, reason: "SERVICE_TIMEOUT", isExecuted: false },
  { kind: "http", status: 502, reason: "SYSTEM_ERROR", isExecuted: true }, { kind: "http", status: 502, reason: "SERVER_TIMEOUT", isExecuted: true }, { kind: "http", status: 502, reason: "SERVICE_TIMEOUT", isExecuted: true },
  { kind: "http", status: 429, reason: "SYSTEM_ERROR", isExecuted: false },
];
const ALWAYS = ["MISSING_FIELD", "INVALID_DATA", "DUPLICATE_REQUEST", "INVALID_MERCHANT_CONFIGURATION", "NOT_SUPPORTED"] as const;
const NO_AUTH = ["AUTH_ALREADY_REVERSED", "TRANSACTION_ALREADY_SETTLED", "INVALID_AMOUNT", "MISSING_AUTH", "TRANSACTION_ALREADY_REVERSED_OR_SETTLED"] as const;
const GIVING = ["INVALID_CARD", "INVALID_AMOUNT", "CAPTURE_ALREADY_VOIDED", "ACCOUNT_NOT_ALLOWED_CREDIT"] as const;

/** First amount of each service, and the outcomes from there on, one whole unit apart. */
export const FOLLOW_UP_TRIGGERS: Readonly<Record<FollowUpService, readonly (readonly [number, readonly FollowUpOutcome[]])[]>> = {
  captures: [[7000, status("TRANSMITTED")], [7010, refused(...ALWAYS, "EXCEEDS_AUTH_AMOUNT", ...NO_AUTH)], [7080, FAILED]],
  refunds: [[7100, status("TRANSMITTED", "INVALID_REQUEST")], [7110, refused(...ALWAYS, ...GIVING)], [7140, declined("PROCESSOR_DECLINED", "INVALID_ACCOUNT", "EXPIRED_CARD", "GENERAL_DECLINE")], [7180, FAILED]],
  credits: [[7200, status("AUTHORIZED", "COMPLETED", "INVALID_REQUEST")], [7210, refused(...ALWAYS, ...GIVING)], [7240, declined("PROCESSOR_DECLINED", "INVALID_ACCOUNT", "EXPIRED_CARD", "GENERAL_DECLINE")], [7280, FAILED]],
  voids: [[7300, status("CANCELLED", "FAILED")], [7310, refused(...ALWAYS, "NOT_VOIDABLE")], [7380, FAILED]],
  reversals: [[7410, refused(...ALWAYS, "PROCESSOR_UNAVAILABLE", ...NO_AUTH)], [7480, FAILED]],
};

const SCALE = 10_000n;
const byAmount = new Map(Object.entries(FOLLOW_UP_TRIGGERS).flatMap(([service, groups]) => groups.flatMap(([first, outcomes]) => outcomes.map((outcome, index): [string, FollowUpOutcome] => [`${service} ${BigInt(first + index) * SCALE}`, outcome]))));

export const followUpOutcome = (service: FollowUpService, amount: bigint): FollowUpOutcome | undefined => byAmount.get(`${service} ${amount}`);
