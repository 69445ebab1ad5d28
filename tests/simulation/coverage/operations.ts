// The operations that coverage counts, and the answers each can get: the rows of the recovery rules (tests/payment/recovery-answers.ts is the one list).
// A part of a capture, the timeout forms and a case decision have rules of their own for what follows, and share their answers with another operation.
import { isWholeCapture } from "../../../plugin-proxy/src/domain/payment/decide-change.ts";
import type { Effect } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import type { Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import { COMMON_ANSWERS, OWN_ANSWERS, type AnswerRow, type Operation as Answered } from "../../payment/recovery-answers.ts";
import { FOLLOW_UP_TRIGGERS, type FollowUpService } from "../../sandbox/cybersource/payments/follow-up-triggers.ts";

export type Operation = Answered | "partial_capture" | "timeout_void" | "timeout_reversal" | "case_decision";
export type Row = Pick<AnswerRow, "rule" | "answer" | "reply">;

/** Whose rows an operation shares, and the service whose documented refusals speak of what it acts on. */
const LIKE: Readonly<Record<Operation, { readonly rows: Answered; readonly service?: FollowUpService }>> = {
  authorization: { rows: "authorization" }, sale: { rows: "sale" }, capture: { rows: "capture", service: "captures" }, partial_capture: { rows: "capture", service: "captures" },
  // It acts on an authorization that nobody has captured, as a reversal does.
  incremental_authorization: { rows: "incremental_authorization", service: "reversals" },
  refund: { rows: "refund", service: "refunds" }, credit: { rows: "credit" }, void: { rows: "void", service: "voids" }, timeout_void: { rows: "void", service: "voids" },
  authorization_reversal: { rows: "authorization_reversal", service: "reversals" }, timeout_reversal: { rows: "authorization_reversal", service: "reversals" }, case_decision: { rows: "authorization_reversal" },
};
export const OPERATIONS = Object.keys(LIKE) as readonly Operation[];

/** Decision Manager's own answer; the rules have no row for it. */
const CASE_ANSWERS: readonly Row[] = [{ rule: "4", answer: "REJECTED", reply: { kind: "replied", status: 201, headers: {}, text: JSON.stringify({ id: "7000000000000000000001", status: "REJECTED" }) } }];

const isOf = (operation: Operation) => (row: AnswerRow): boolean => row.operation === LIKE[operation].rows;
/** Every row for it, possible or not. */
export const rowsOf = (operation: Operation): readonly Row[] =>
  [...COMMON_ANSWERS.filter(isOf(operation)), ...(operation === "case_decision" ? CASE_ANSWERS : OWN_ANSWERS.filter(isOf(operation)))];

/** Reasons that say what state the transaction is in on which the operation acts: none where it acts on none. */
export function stateReasonsOf(operation: Operation): ReadonlySet<string> {
  const { service } = LIKE[operation];
  const outcomes = service === undefined ? [] : FOLLOW_UP_TRIGGERS[service].flatMap(([, group]) => group);
  return new Set(outcomes.flatMap((outcome) => (outcome.kind === "bad_request" ? [outcome.reason] : [])));
}

/** Undefined: an effect of which nothing goes to Cybersource's payment services. */
export function operationOf(intent: Intent, effect: Effect): Operation | undefined {
  if (effect.kind === "capture") return isWholeCapture(intent, effect) ? "capture" : "partial_capture";
  return OPERATIONS.find((operation) => operation === effect.kind);
}
