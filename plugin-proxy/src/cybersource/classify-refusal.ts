// Answers that do not depend on the operation (recovery rules §3): by HTTP status, then `status`, then `reason`. Total: whatever it is, it is
// one of refused, transient, to be looked at, or unknown. Words that nobody knows are unknown and alarming.
import type { GatewayAnswer } from "../ports/gateway.ts";
import { asRequestId } from "../domain/ids.ts";
import { at, listAt, parseJson, textAt } from "./json-shape.ts";
import type { Replied, WireReply } from "./transport.ts";

type Refused = Extract<GatewayAnswer, { kind: "refused" }>;
const refused = (reason: string, more: Partial<Refused> = {}): Refused => ({ kind: "refused", reason, isTransient: false, needsLook: false, ...more });
export const unknown = (cause: string, event: "no_answer" | "unreadable", isAlarming: boolean, requestId?: string): GatewayAnswer =>
  ({ kind: "unknown", cause, event, isAlarming, requestId: requestId === undefined ? undefined : asRequestId(requestId) });

const BAD_INPUT = new Set(["MISSING_FIELD", "INVALID_DATA", "INVALID_CARD", "CARD_TYPE_NOT_ACCEPTED", "INVALID_AMOUNT", "INVALID_PAYMENT_ID", "NOT_SUPPORTED", "INVALID_CARD_TYPE", "INVALID_ACCOUNT", "ACCOUNT_NOT_ALLOWED_CREDIT"]);
const PARENT_IS_OTHERWISE = new Set(["AUTH_ALREADY_REVERSED", "TRANSACTION_ALREADY_SETTLED", "TRANSACTION_ALREADY_REVERSED_OR_SETTLED", "MISSING_AUTH", "EXCEEDS_AUTH_AMOUNT", "CAPTURE_ALREADY_VOIDED", "NOT_VOIDABLE"]);
const EXECUTED_OR_NOT = new Set(["SYSTEM_ERROR", "SERVER_TIMEOUT", "SERVICE_TIMEOUT"]);
const KNOWN_PATH_REFUSALS = new Set([404, 405, 406, 413, 415]);
const PROCESSOR_DOWN_RETRY_MS = 120_000;

const fieldOf = (body: unknown): string | undefined => textAt(listAt(body, "details")[0], "field");
const namesOurHandle = (body: unknown): boolean => listAt(body, "details").some((detail) => /clientReferenceInformation\.(code|transactionId)/.test(textAt(detail, "field") ?? ""));

const RETRY_AFTER_MS_MAX = 600_000;

/** Seconds, or a date (RFC 9110 §10.2.3), which is measured against the answer's own. */
export function retryAfterMs({ headers }: Replied): number | undefined {
  const [text, date] = [headers["retry-after"], headers["date"]].map((header) => (Array.isArray(header) ? header[0] : header)?.trim());
  if (text === undefined || text === "") return undefined;
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(date ?? "");
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX) : undefined;
}

/** What an answer other than 201 means; undefined for 2xx, which the operation reads itself. `isTimeoutUndo`: an unknown transactionId is a plain refusal there. */
export function classifyRefusal(reply: WireReply, options: { readonly isTimeoutUndo?: boolean } = {}): GatewayAnswer | undefined {
  if (reply.kind === "not_sent") return { kind: "not_sent", cause: reply.cause };
  if (reply.kind === "no_reply") return unknown(reply.cause, "no_answer", false);
  const { status } = reply;
  if (status >= 200 && status < 300) return undefined;
  if (status === 401 || status === 403) return refused("AUTHENTICATION_FAILED", { pauses: "account" });
  if (KNOWN_PATH_REFUSALS.has(status)) return refused(`HTTP_${status}`);
  const body = parseJson(reply.text);
  if (status === 429 && textAt(body, "id") === undefined) return refused("TOO_MANY_REQUESTS", { isTransient: true, retryAfterMs: retryAfterMs(reply) });
  if (status === 400) return classify400(body, options.isTimeoutUndo === true);
  const reason = textAt(body, "reason") ?? textAt(body, "errorInformation", "reason");
  if (status >= 500 && reason !== undefined && EXECUTED_OR_NOT.has(reason)) return unknown(reason, "no_answer", false, textAt(body, "id"));
  return unknown(`HTTP_${status}`, "no_answer", body === undefined && status < 500, textAt(body, "id"));
}

/** 201 INVALID_REQUEST is refused like a 400 (recovery rules §3 row 14); by its reason, where it names one. */
export const classifyInvalid = (body: Record<string, unknown> | undefined): GatewayAnswer =>
  ((textAt(body, "reason") ?? textAt(body, "errorInformation", "reason")) === undefined ? refused("INVALID_DATA") : classify400(body, false));

function classify400(body: Record<string, unknown> | undefined, isTimeoutUndo: boolean): GatewayAnswer {
  const reason = textAt(body, "reason") ?? textAt(at(body, "errorInformation"), "reason");
  const requestId = textAt(body, "id");
  if (reason === undefined) return unknown("HTTP_400", "unreadable", true, requestId);
  if (reason === "DUPLICATE_REQUEST" || (reason === "INVALID_DATA" && namesOurHandle(body) && !isTimeoutUndo)) return unknown(reason, "no_answer", false, requestId);
  if (PARENT_IS_OTHERWISE.has(reason)) return refused(reason, { needsLook: true, requestId: requestId === undefined ? undefined : asRequestId(requestId) });
  if (reason === "PROCESSOR_UNAVAILABLE") return refused(reason, { isTransient: true, retryAfterMs: PROCESSOR_DOWN_RETRY_MS });
  if (reason === "INVALID_MERCHANT_CONFIGURATION") return refused(reason, { pauses: "action" });
  if (BAD_INPUT.has(reason)) return refused(reason, { field: fieldOf(body) });
  return unknown(reason, "unreadable", true, requestId);
}
