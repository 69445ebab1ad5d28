// The recovery rules' tables of answers as data: operation × answer → state, and what the payment needs next. One row of the rules is one row
// here. The simulation counts the same cells (operation × answer) to know what it has not met yet.
import type { EffectKind, EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { Step } from "../../plugin-proxy/src/domain/payment/step.ts";
import type { WireReply } from "../../plugin-proxy/src/cybersource/transport.ts";

export type Operation = "authorization" | "sale" | "capture" | "incremental_authorization" | "refund" | "credit" | "void" | "authorization_reversal";
export const OPERATIONS: readonly Operation[] = ["authorization", "sale", "capture", "incremental_authorization", "refund", "credit", "void", "authorization_reversal"];

export interface AnswerRow {
  /** Section and row of the rules. */
  readonly rule: string;
  readonly operation: Operation;
  readonly answer: string;
  readonly reply: WireReply;
  readonly state: EffectState;
  /** What is due for this effect next; none: nothing by itself. */
  readonly next?: Step["kind"] | undefined;
  /** An undo that follows at once, beside the effect's own state. */
  readonly undo?: EffectKind | undefined;
  /** A decline that holds the cardholder's money until it is reversed. */
  readonly holds?: true | undefined;
}

const replied = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireReply => ({ kind: "replied", status, headers, text: typeof body === "string" ? body : JSON.stringify(body) });
const bad = (reason: string, field?: string): WireReply => replied(400, { status: "INVALID_REQUEST", reason, ...(field === undefined ? {} : { details: [{ field, reason: "INVALID_DATA" }] }) });

/** Another attempt is only sent blindly where a second one could not take or give money twice. */
const IS_UNDO: ReadonlySet<Operation> = new Set(["void", "authorization_reversal"]);
const IS_MAIN: ReadonlySet<Operation> = new Set(["authorization", "sale"]);

type Cell = Omit<AnswerRow, "operation">;
const forEach = (make: (operation: Operation) => Cell): readonly AnswerRow[] => OPERATIONS.map((operation) => ({ operation, ...make(operation) }));
const same = (rule: string, answer: string, reply: WireReply, more: { readonly state: EffectState; readonly next?: Step["kind"] }): readonly AnswerRow[] => forEach(() => ({ rule, answer, reply, ...more }));

const STATE_REASONS = ["AUTH_ALREADY_REVERSED", "TRANSACTION_ALREADY_SETTLED", "TRANSACTION_ALREADY_REVERSED_OR_SETTLED", "MISSING_AUTH", "EXCEEDS_AUTH_AMOUNT", "CAPTURE_ALREADY_VOIDED", "NOT_VOIDABLE"] as const;

/** §3: answers that do not depend on the operation, at every operation. */
export const COMMON_ANSWERS: readonly AnswerRow[] = [
  ...same("3.1", "not sent", { kind: "not_sent", cause: "ECONNREFUSED" }, { state: "planned", next: "send" }),
  ...same("3.3", "no answer", { kind: "no_reply", cause: "deadline" }, { state: "unknown", next: "look" }),
  ...[401, 403, 404, 405, 406, 413, 415].flatMap((status) => same("3.4", String(status), replied(status, {}), { state: "refused" })),
  ...forEach((operation) => ({ rule: "3.5", answer: "429", reply: replied(429, "", { "retry-after": "1" }), ...(IS_UNDO.has(operation) || operation === "capture" ? { state: "planned", next: "send" } : { state: "unknown", next: "look" }) })),
  ...same("3.5", "429 with an id", replied(429, { id: "675" }), { state: "unknown", next: "look" }),
  ...["MISSING_FIELD", "INVALID_DATA", "INVALID_CARD", "CARD_TYPE_NOT_ACCEPTED", "INVALID_AMOUNT", "INVALID_PAYMENT_ID", "NOT_SUPPORTED"].flatMap((reason) => same("3.6", reason, bad(reason, "orderInformation.billTo.email"), { state: "refused" })),
  ...same("3.7", "DUPLICATE_REQUEST", bad("DUPLICATE_REQUEST"), { state: "unknown", next: "look" }),
  ...["code", "transactionId"].flatMap((name) => same("3.7", `INVALID_DATA ${name}`, bad("INVALID_DATA", `clientReferenceInformation.${name}`), { state: "unknown", next: "look" })),
  ...same("3.8", "INVALID_MERCHANT_CONFIGURATION", bad("INVALID_MERCHANT_CONFIGURATION"), { state: "refused" }),
  ...forEach((operation) => ({ rule: "3.9", answer: "PROCESSOR_UNAVAILABLE", reply: bad("PROCESSOR_UNAVAILABLE"), ...(IS_UNDO.has(operation) || operation === "capture" ? { state: "planned", next: "send" } : { state: "unknown", next: "look" }) })),
  ...STATE_REASONS.flatMap((reason) => forEach((operation) => ({ rule: "3.10", answer: reason, reply: bad(reason), ...(IS_MAIN.has(operation) ? { state: "refused" } : { state: "unknown", next: "look" }) }))),
  ...["SYSTEM_ERROR", "SERVER_TIMEOUT", "SERVICE_TIMEOUT"].flatMap((reason) => same("3.11", reason, replied(502, { status: "SERVER_ERROR", reason }), { state: "unknown", next: "look" })),
  ...[[500, "<html>"], [503, "<html>"], [408, ""], [302, ""]].flatMap(([status, text]) => same("3.12", `${String(status)} without JSON`, replied(Number(status), text), { state: "unknown", next: "look" })),
  ...same("3.13", "201 not JSON", replied(201, "<html>"), { state: "unknown", next: "look" }),
  ...same("3.13", "201 without an id", replied(201, { status: "AUTHORIZED" }), { state: "unknown", next: "look" }),
  ...same("3.13", "201 with a word nobody knows", replied(201, { id: "7000000000000000000001", status: "SOMETHING_NEW" }), { state: "unknown", next: "look" }),
  ...same("3.13", "201 of another request", replied(201, { id: "7000000000000000000009", status: "PENDING", clientReferenceInformation: { code: "SOMEBODY-ELSES" } }), { state: "unknown", next: "look" }),
  ...same("3.14", "201 INVALID_REQUEST", replied(201, { id: "7000000000000000000001", status: "INVALID_REQUEST", reason: "INVALID_DATA" }), { state: "refused" }),
];

const amounts = (amount: string) => ({ orderInformation: { amountDetails: { authorizedAmount: amount, totalAmount: amount, currency: "USD" } } });
const said = (status: string, more: Record<string, unknown> = {}): WireReply => replied(201, { id: "7000000000000000000001", status, ...more });
const because = (reason: string) => ({ errorInformation: { reason } });
const at = (rule: string, operation: Operation, answer: string, reply: WireReply, more: Omit<AnswerRow, "rule" | "operation" | "answer" | "reply">): AnswerRow => ({ rule, operation, answer, reply, ...more });
const full = amounts("124.00");

const MONEY_IN_ANSWERS: readonly AnswerRow[] = (["authorization", "sale"] as const).flatMap((operation) => [
  at("4", operation, "AUTHORIZED", said("AUTHORIZED", { ...full, _links: { void: { href: "/v" } } }), { state: "approved", ...(operation === "authorization" ? { next: "lapse" as const } : {}) }),
  at("4", operation, "AUTHORIZED another amount", said("AUTHORIZED", amounts("124.01")), { state: "unknown", next: "look" }),
  at("4", operation, "DECLINED", said("DECLINED", because("PROCESSOR_DECLINED")), { state: "declined" }),
  at("4", operation, "PARTIAL_AUTHORIZED", said("PARTIAL_AUTHORIZED", amounts("62.00")), { state: "partial", undo: "authorization_reversal" }),
  at("4", operation, "AVS_FAILED", said("AUTHORIZED_PENDING_REVIEW", { ...full, ...because("AVS_FAILED") }), { state: "review", next: "release_undecided" }),
  at("4", operation, "CV_FAILED", said("AUTHORIZED_PENDING_REVIEW", { ...full, ...because("CV_FAILED") }), { state: "review", next: "release_undecided" }),
  at("4", operation, "DECISION_PROFILE_REVIEW", said("AUTHORIZED_PENDING_REVIEW", { ...full, ...because("DECISION_PROFILE_REVIEW") }), { state: "review", next: "look" }),
  at("4", operation, "review for a reason nobody knows", said("AUTHORIZED_PENDING_REVIEW", { ...full, ...because("NEW_CHECK") }), { state: "review", next: "look" }),
  at("4", operation, "PENDING_REVIEW", said("PENDING_REVIEW", because("DECISION_PROFILE_REVIEW")), { state: "review", next: "look" }),
  at("4", operation, "AUTHORIZED_RISK_DECLINED", said("AUTHORIZED_RISK_DECLINED", { ...full, ...because("DECISION_PROFILE_REJECT") }), { state: "declined", holds: true, undo: "authorization_reversal", next: "hold_ended" }),
  at("4", operation, "PENDING on a card", said("PENDING", full), { state: "unknown", next: "look" }),
  at("4", operation, "TRANSMITTED on a card", said("TRANSMITTED", full), { state: "unknown", next: "look" }),
  at("3.15", operation, "PENDING_AUTHENTICATION", said("PENDING_AUTHENTICATION"), { state: "declined" }),
]);

/** §4: answers of each operation. */
export const OWN_ANSWERS: readonly AnswerRow[] = [
  ...MONEY_IN_ANSWERS,
  ...["PENDING", "TRANSMITTED"].map((status) => at("4", "capture", status, said(status, amounts("124.00")), { state: "approved" })),
  at("4", "capture", "PENDING another amount", said("PENDING", amounts("1.00")), { state: "unknown", next: "look" }),
  at("4", "incremental_authorization", "AUTHORIZED", said("AUTHORIZED", amounts("144.00")), { state: "approved" }),
  at("4", "incremental_authorization", "AUTHORIZED with another id", replied(201, { id: "7000000000000000000009", status: "AUTHORIZED", ...amounts("144.00") }), { state: "unknown", next: "look" }),
  at("4", "incremental_authorization", "DECLINED", said("DECLINED", because("PROCESSOR_DECLINED")), { state: "declined" }),
  at("4", "incremental_authorization", "AUTHORIZED_PENDING_REVIEW", said("AUTHORIZED_PENDING_REVIEW", amounts("144.00")), { state: "review" }),
  ...["PENDING", "TRANSMITTED"].map((status) => at("4", "refund", status, said(status, { refundAmountDetails: { refundAmount: "124.00", currency: "USD" } }), { state: "approved" })),
  at("4", "refund", "PENDING another amount", said("PENDING", { refundAmountDetails: { refundAmount: "1.00", currency: "USD" } }), { state: "unknown", next: "look" }),
  at("4", "refund", "DECLINED", said("DECLINED", because("PROCESSOR_DECLINED")), { state: "declined" }),
  at("4", "refund", "ACCOUNT_NOT_ALLOWED_CREDIT", bad("ACCOUNT_NOT_ALLOWED_CREDIT"), { state: "declined" }),
  ...["PENDING", "AUTHORIZED", "COMPLETED", "TRANSMITTED"].map((status) => at("4", "credit", status, said(status, { creditAmountDetails: { creditAmount: "124.00", currency: "USD" } }), { state: "approved" })),
  at("4", "credit", "DECLINED", said("DECLINED", because("PROCESSOR_DECLINED")), { state: "declined" }),
  at("4", "credit", "ACCOUNT_NOT_ALLOWED_CREDIT", bad("ACCOUNT_NOT_ALLOWED_CREDIT"), { state: "declined" }),
  ...["VOIDED", "CANCELLED"].map((status) => at("4", "void", status, said(status), { state: "approved", undo: "authorization_reversal" })),
  at("4", "void", "FAILED", said("FAILED"), { state: "unknown", next: "look" }),
  at("4", "authorization_reversal", "REVERSED", said("REVERSED", { reversalAmountDetails: { reversedAmount: "124.00", currency: "USD" } }), { state: "approved" }),
  at("4", "authorization_reversal", "REVERSED another amount", said("REVERSED", { reversalAmountDetails: { reversedAmount: "1.00", currency: "USD" } }), { state: "unknown", next: "look" }),
];

/** Every cell, for whoever wants to know which it has seen: the operation, and the answer's name. */
export const COVERAGE_CELLS: readonly string[] = [...new Set([...COMMON_ANSWERS, ...OWN_ANSWERS].map((row) => `${row.operation} × ${row.answer}`))];
