// The one table of refusals: code → RFC 9457 problem. A code never changes its meaning. Mirrored for people by docs/reference/errors.md.
import type { FastifyReply } from "fastify";

interface Row {
  readonly status: number;
  readonly title: string;
  /** A sentence for a person; never quotes what was sent. */
  readonly detail: string;
}

export const PROBLEMS = {
  invalid_request: { status: 400, title: "Not understood", detail: "The request does not have the form that this address expects." },
  card_number_refused: { status: 400, title: "Card number refused", detail: "The request contains what looks like a card number. It was not stored. Card numbers belong only in the card fields." },
  idempotency_key_invalid: { status: 400, title: "Key not valid", detail: "An Idempotency-Key has 1 to 255 visible ASCII characters." },
  webhook_key_wrong: { status: 401, title: "Key wrong", detail: "The webhook's key is missing or is not one of those configured." },
  webhook_signature_wrong: { status: 401, title: "Signature wrong", detail: "The notification is not signed with one of the configured keys, or was signed too long ago." },
  operations_key_wrong: { status: 401, title: "Key wrong", detail: "The operations key is missing or is not the one configured." },
  nonce_wrong: { status: 403, title: "Not your session", detail: "This card entry was not opened by the request it names. Close it and press Take payment again." },
  nonce_spent: { status: 403, title: "Session used", detail: "This card entry was opened once already. Close it and press Take payment again." },
  nonce_expired: { status: 403, title: "Request too old", detail: "The payment request was prepared more than 15 minutes ago. Close it and press Take payment again." },
  not_author: { status: 403, title: "Not the author", detail: "Only the person who prepared the payment request, and still owns it, may enter a card for it." },
  chain_not_allowed: { status: 403, title: "Page not allowed here", detail: "Card entry is embedded in a page that is not on the list of allowed ones. Open it in a browser tab of its own." },
  origin_not_allowed: { status: 403, title: "Other origin", detail: "Only the card-entry page itself may send this." },
  request_not_found: { status: 404, title: "No such request", detail: "The payment request is not there, or not in this organization." },
  unknown_organization: { status: 404, title: "No such organization", detail: "The relay is not connected to this organization." },
  not_found: { status: 404, title: "No such address", detail: "There is nothing at this address." },
  not_draft: { status: 409, title: "Already submitted", detail: "The payment request was already submitted or withdrawn." },
  document_closed: { status: 409, title: "Order closed", detail: "The order is closed or cannot be read whole, so no payment can be taken on it." },
  payment_in_progress: { status: 409, title: "Another payment in progress", detail: "Another payment for this order is not finished. Wait for its outcome." },
  token_of_other_context: { status: 409, title: "Card of another session", detail: "The card details were not entered in this session. Enter the card again." },
  token_replayed: { status: 409, title: "Card details used", detail: "These card details were given before. Enter the card again." },
  idempotency_key_in_use: { status: 409, title: "Still running", detail: "The first request with this Idempotency-Key is not answered yet. Ask again in a moment, with the same key." },
  answer_not_kept: { status: 410, title: "Answer gone", detail: "This Idempotency-Key was used, but its answer can no longer be read because the encryption keys were exchanged. Nothing was done now." },
  session_expired: { status: 410, title: "Session expired", detail: "The time to enter the card is over. What was typed elsewhere is kept; enter the card again." },
  body_too_large: { status: 413, title: "Too large", detail: "The request is larger than this address takes." },
  unsupported_media_type: { status: 415, title: "Not JSON", detail: "This address takes application/json only." },
  idempotency_key_reused: { status: 422, title: "Key of another request", detail: "This Idempotency-Key was used with another request. Nothing was done; use a new key." },
  no_merchant_account: { status: 422, title: "No merchant account", detail: "No merchant account serves this business unit in this currency. Ask your administrator." },
  too_many_sessions: { status: 429, title: "Too many sessions", detail: "Card entry was opened too often in the last minute. Wait a moment." },
  too_many_declines: { status: 429, title: "Too many declines", detail: "Too many payments were declined in the last hour. Wait, or ask your administrator." },
  too_many_requests: { status: 429, title: "Too many requests", detail: "Too many requests from this address. Wait a moment." },
  internal_error: { status: 500, title: "Internal error", detail: "Something is wrong in the relay. No money moved because of this request; an operator has been told." },
  dataverse_unavailable: { status: 503, title: "Dynamics 365 not reachable", detail: "Dynamics 365 does not answer the relay at the moment. Try again in a moment." },
  cybersource_unavailable: { status: 503, title: "Cybersource not reachable", detail: "Cybersource does not answer at the moment. Nothing was charged. Try again in a moment." },
  ledger_unavailable: { status: 503, title: "Ledger not reachable", detail: "The relay cannot reach its database at the moment. Nothing was started. Try again in a moment." },
  not_ready: { status: 503, title: "Not ready", detail: "The relay is starting or stopping, or something that it needs does not answer." },
} as const satisfies Record<string, Row>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Members beyond the standard ones; each has its place in the contract. */
export interface ProblemMore {
  readonly retryAfterSeconds?: number | undefined;
  readonly paymentInProgress?: { readonly who: string; readonly since: string } | undefined;
  readonly openAmount?: string | undefined;
  readonly waitingFor?: readonly string[] | undefined;
}

/** The body of a problem (RFC 9457). */
export function toProblem(code: ProblemCode, more: ProblemMore = {}): Record<string, unknown> {
  const { status, title, detail } = PROBLEMS[code];
  return { type: `urn:cybersource-payments:problem:${code}`, title, status, code, detail, ...more };
}

/** Answers with a problem, and with Retry-After where the caller should come back. */
export function sendProblem(reply: FastifyReply, code: ProblemCode, more: ProblemMore = {}): FastifyReply {
  if (more.retryAfterSeconds !== undefined) void reply.header("retry-after", String(Math.max(1, Math.ceil(more.retryAfterSeconds))));
  return reply.code(PROBLEMS[code].status).type("application/problem+json").send(JSON.stringify(toProblem(code, more)));
}
