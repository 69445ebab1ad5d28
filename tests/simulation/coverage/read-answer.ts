// Which row of the recovery rules a reply is. Row and reply are put into the same words, so that the rules' own table is the list; a reply that is
// no row's has no name. Written apart from the relay's own classification, which is what the rows are there to test.
import { toDecimalText } from "../../../plugin-proxy/src/domain/money.ts";
import type { Effect } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import type { WireReply } from "../../../plugin-proxy/src/cybersource/transport.ts";
import { OPERATIONS, rowsOf, type Operation } from "./operations.ts";

/** What a call asked for, as far as an answer can contradict it. */
export interface Asked { readonly operation: Operation; readonly amount: string; readonly code?: string | undefined; /** The id that an increment's answer must repeat. */ readonly parentId?: string | undefined }

type Json = Record<string, unknown>;
const asJson = (value: unknown): Json | undefined => (typeof value === "object" && value !== null ? value as Json : undefined);
const parse = (text: string): Json | undefined => { try { return asJson(JSON.parse(text)); } catch { return undefined; } };
const member = (body: Json | undefined, ...path: readonly string[]): unknown => path.reduce<unknown>((value, name) => asJson(value)?.[name], body);
const word = (value: unknown): string => (typeof value === "string" ? value : "");

const HANDLE = /clientReferenceInformation\.(code|transactionId)/;
const handleOf = (body: Json | undefined): string => HANDLE.exec(word(asJson((body?.["details"] as readonly unknown[] | undefined)?.[0])?.["field"]))?.[1] ?? "";
const AMOUNTS: readonly (readonly string[])[] = [
  ["orderInformation", "amountDetails", "authorizedAmount"], ["orderInformation", "amountDetails", "totalAmount"], ["refundAmountDetails", "refundAmount"], ["creditAmountDetails", "creditAmount"], ["reversalAmountDetails", "reversedAmount"],
];
const amountOf = (body: Json | undefined): string | undefined => AMOUNTS.map((path) => member(body, ...path)).find((value) => typeof value === "string");

/** Words that promise exactly what was asked for. */
const NAMES_AMOUNT: ReadonlySet<string> = new Set(["AUTHORIZED", "PENDING", "REVERSED"]);

function success(asked: Asked, body: Json | undefined): string {
  if (body === undefined) return "2xx, not JSON";
  const id = word(body["id"]);
  if (id === "") return "2xx without an id";
  const code = member(body, "clientReferenceInformation", "code");
  if (code !== undefined && code !== asked.code) return "2xx of another request";
  const status = word(body["status"]);
  const isIncrement = asked.operation === "incremental_authorization";
  const amount = amountOf(body);
  const isOther = isIncrement ? status === "AUTHORIZED" && id !== asked.parentId : NAMES_AMOUNT.has(status) && amount !== undefined && amount !== asked.amount;
  // Only of a review it matters why.
  const reason = status === "AUTHORIZED_PENDING_REVIEW" && !isIncrement ? word(member(body, "errorInformation", "reason")) : "";
  return `2xx ${status} ${reason}${isOther ? " another" : ""}`;
}

/** The reply in few words: HTTP status first, then `status`, then `reason`. */
function wordsOf(asked: Asked, reply: WireReply): string {
  if (reply.kind !== "replied") return reply.kind;
  const { status } = reply;
  const body = parse(reply.text);
  if (status >= 200 && status < 300) return success(asked, body);
  if (status === 429) return `429${body?.["id"] === undefined ? "" : " with an id"}`;
  const reason = word(body?.["reason"]);
  if (status === 400) return `400 ${reason} ${reason === "INVALID_DATA" ? handleOf(body) : ""}`;
  return status >= 500 && reason !== "" ? `5xx ${reason}` : String(status);
}

/** As recovery-answers.ts writes its rows: 124.00 were asked for, of the payment …01. */
const AS_IN_ROWS = { amount: "124.00", parentId: "7000000000000000000001" } as const;
const names = new Map(OPERATIONS.map((operation): [Operation, ReadonlyMap<string, string>] => [operation, new Map(rowsOf(operation).map((row) => [wordsOf({ operation, ...AS_IN_ROWS }, row.reply), row.answer]))]));

/** The row's name; undefined: no row is like this. */
export const answerOf = (asked: Asked, reply: WireReply): string | undefined => names.get(asked.operation)?.get(wordsOf(asked, reply));

export const amountTextOf = (effect: Effect): string => (effect.amount === undefined ? "" : toDecimalText(effect.amount));
