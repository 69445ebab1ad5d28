// Every row of the recovery rules about answers, one case each: what a reply means is decided by HTTP status, then status, then reason.
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { classifyRefusal } from "../../plugin-proxy/src/cybersource/classify-refusal.ts";
import { toPayAnswer } from "../../plugin-proxy/src/cybersource/operations/pay.ts";
import { toUndoAnswer } from "../../plugin-proxy/src/cybersource/operations/undo.ts";
import type { WireReply } from "../../plugin-proxy/src/cybersource/transport.ts";
import { because, paid, payCall, replied, undoCalls } from "./calls.ts";

const bad = (reason: string, more: Record<string, unknown> = {}): WireReply => replied(400, { status: "INVALID_REQUEST", reason, message: "as documented", ...more });
const field = (name: string) => ({ details: [{ field: name, reason: "INVALID_DATA" }] });
const server = (reason: string, more: Record<string, unknown> = {}) => replied(502, { status: "SERVER_ERROR", reason, ...more });

type Expected = Readonly<Record<string, unknown>>;
const row = (name: string, reply: WireReply, expected: Expected) => ({ name, reply, expected });

describe("Answers that do not depend on the operation", () => {
  const rows = [
    row("not sent is proved not executed", { kind: "not_sent", cause: "ECONNREFUSED" }, { kind: "not_sent", cause: "ECONNREFUSED" }),
    row("silence after the bytes is unknown", { kind: "no_reply", cause: "deadline" }, { kind: "unknown", event: "no_answer", isAlarming: false }),
    ...[401, 403].map((status) => row(`${status} pauses the account`, replied(status, { response: { rmsg: "Authentication Failed" } }), { kind: "refused", pauses: "account", isTransient: false })),
    ...[404, 405, 406, 413, 415].map((status) => row(`${status} on a known path is refused`, replied(status, "Resource not found"), { kind: "refused", reason: `HTTP_${status}`, isTransient: false })),
    row("429 waits as long as it is told", replied(429, "", { "retry-after": "7" }), { kind: "refused", isTransient: true, retryAfterMs: 7_000 }),
    row("429 waits until the date it is told", replied(429, "", { "retry-after": "Thu, 26 Nov 2026 20:00:30 GMT", date: "Thu, 26 Nov 2026 20:00:10 GMT" }), { kind: "refused", isTransient: true, retryAfterMs: 20_000 }),
    row("429 with a time that is none is transient", replied(429, "", { "retry-after": "" }), { kind: "refused", isTransient: true, retryAfterMs: undefined }),
    row("429 without a time is transient", replied(429, {}), { kind: "refused", isTransient: true, retryAfterMs: undefined }),
    row("429 that names a transaction is unknown", replied(429, { id: "675" }), { kind: "unknown", requestId: "675" }),
    ...["MISSING_FIELD", "INVALID_DATA", "INVALID_CARD", "CARD_TYPE_NOT_ACCEPTED", "INVALID_AMOUNT", "INVALID_PAYMENT_ID", "NOT_SUPPORTED"].map((reason) =>
      row(`${reason} names the field to mend`, bad(reason, field("orderInformation.billTo.email")), { kind: "refused", reason, field: "orderInformation.billTo.email", isTransient: false, needsLook: false })),
    row("DUPLICATE_REQUEST means an earlier attempt may live", bad("DUPLICATE_REQUEST"), { kind: "unknown", event: "no_answer" }),
    ...["code", "transactionId"].map((name) => row(`invalid data about our own ${name} is unknown, not bad data`, bad("INVALID_DATA", field(`clientReferenceInformation.${name}`)), { kind: "unknown" })),
    row("a merchant configuration fault pauses the action", bad("INVALID_MERCHANT_CONFIGURATION"), { kind: "refused", pauses: "action" }),
    row("an unavailable processor is transient", bad("PROCESSOR_UNAVAILABLE"), { kind: "refused", isTransient: true, retryAfterMs: 120_000 }),
    ...["AUTH_ALREADY_REVERSED", "TRANSACTION_ALREADY_SETTLED", "TRANSACTION_ALREADY_REVERSED_OR_SETTLED", "MISSING_AUTH", "EXCEEDS_AUTH_AMOUNT", "CAPTURE_ALREADY_VOIDED", "NOT_VOIDABLE"].map((reason) =>
      row(`${reason} asks for a look at the parent`, bad(reason, { id: "675" }), { kind: "refused", reason, needsLook: true, requestId: "675" })),
    row("a reason nobody knows is unknown and alarming", bad("SOMETHING_NEW"), { kind: "unknown", isAlarming: true }),
    row("400 without a reason is unknown and alarming", replied(400, "<html>"), { kind: "unknown", isAlarming: true }),
    ...["SYSTEM_ERROR", "SERVER_TIMEOUT", "SERVICE_TIMEOUT"].map((reason) => row(`${reason} keeps the id it names`, server(reason, { id: "675" }), { kind: "unknown", event: "no_answer", requestId: "675" })),
    ...[500, 502, 503, 504].map((status) => row(`${status} as HTML is unknown`, replied(status, "<html>Bad gateway</html>"), { kind: "unknown" })),
    ...[301, 302, 307, 408].map((status) => row(`${status} is unknown`, replied(status, ""), { kind: "unknown" })),
  ];
  test.each(rows)("$name", ({ reply, expected }) => {
    expect(classifyRefusal(reply)).toMatchObject(expected);
    expect(toPayAnswer(payCall(), reply)).toMatchObject(expected);
  });

  test("a timeout undo that knows no such transactionId is refused, which proves nothing about the original", () => {
    expect(toUndoAnswer(undoCalls.timeout_void, bad("INVALID_DATA", field("clientReferenceInformation.transactionId")))).toMatchObject({ kind: "refused", reason: "INVALID_DATA" });
  });
});

describe("Authorization and sale", () => {
  const other = { orderInformation: { amountDetails: { authorizedAmount: "1240.01", currency: "USD" } } };
  const rows = [
    row("AUTHORIZED is approved", paid("AUTHORIZED"), { kind: "approved", facts: { amount: { minor: 124_000n, currency: "USD" }, approvalCode: "888888" } }),
    row("a currency in lower case is the same currency", paid("AUTHORIZED", { orderInformation: { amountDetails: { authorizedAmount: "1240.00", currency: "usd" } } }), { kind: "approved" }),
    row("a processor code other than 100 changes nothing", paid("AUTHORIZED", { processorInformation: { responseCode: "85" } }), { kind: "approved" }),
    row("DECLINED is declined and holds nothing", paid("DECLINED", because("PROCESSOR_DECLINED")), { kind: "declined", reason: "PROCESSOR_DECLINED", holds: false, blocksInstrument: false }),
    row("a decline with a reason nobody knows is still a decline", paid("DECLINED", because("SOMETHING_NEW")), { kind: "declined", reason: "SOMETHING_NEW" }),
    row("a stolen card is not tried again", paid("DECLINED", because("STOLEN_LOST_CARD")), { kind: "declined", blocksInstrument: true }),
    row("advice 03 blocks the card", paid("DECLINED", { ...because("PROCESSOR_DECLINED"), processorInformation: { merchantAdvice: { code: "03" } } }), { kind: "declined", blocksInstrument: true }),
    row("a partial authorization keeps its own amount", paid("PARTIAL_AUTHORIZED", { orderInformation: { amountDetails: { authorizedAmount: "900.00", currency: "USD" } } }), { kind: "partial", facts: { amount: { minor: 90_000n } } }),
    ...["AVS_FAILED", "CV_FAILED"].map((reason) => row(`${reason} is a soft decline`, paid("AUTHORIZED_PENDING_REVIEW", because(reason)), { kind: "review", reviewKind: "soft_decline", reason })),
    row("a profile's review is a case", paid("AUTHORIZED_PENDING_REVIEW", because("DECISION_PROFILE_REVIEW")), { kind: "review", reviewKind: "case" }),
    row("a review without a reason is treated as a case", paid("AUTHORIZED_PENDING_REVIEW"), { kind: "review", reviewKind: "case" }),
    row("a review before authorization holds nothing", paid("PENDING_REVIEW", because("DECISION_PROFILE_REVIEW")), { kind: "review", reviewKind: "before_authorization" }),
    row("a risk decline leaves a live hold", paid("AUTHORIZED_RISK_DECLINED", because("DECISION_PROFILE_REJECT")), { kind: "declined", holds: true }),
    row("authentication is never asked of an agent", paid("PENDING_AUTHENTICATION"), { kind: "declined", reason: "PENDING_AUTHENTICATION", holds: false }),
    row("201 INVALID_REQUEST is refused", paid("INVALID_REQUEST", because("MISSING_FIELD")), { kind: "refused", reason: "MISSING_FIELD" }),
    ...["PENDING", "TRANSMITTED"].map((status) => row(`${status} on a card is unknown`, paid(status), { kind: "unknown", event: "no_answer" })),
    row("a status nobody knows is unknown and alarming", paid("SOMETHING_NEW"), { kind: "unknown", event: "unreadable", isAlarming: true }),
    ...["AUTHORIZED", "AUTHORIZED_PENDING_REVIEW", "AUTHORIZED_RISK_DECLINED"].map((status) => row(`${status} with another amount is unreadable`, paid(status, other), { kind: "unknown", event: "unreadable", isAlarming: true })),
    row("AUTHORIZED without an amount is unreadable", paid("AUTHORIZED", { orderInformation: {} }), { kind: "unknown", event: "unreadable" }),
    row("another currency is unreadable", paid("AUTHORIZED", { orderInformation: { amountDetails: { authorizedAmount: "1240.00", currency: "EUR" } } }), { kind: "unknown", event: "unreadable" }),
    row("an answer to another request is unreadable", paid("AUTHORIZED", { clientReferenceInformation: { code: "PR-000002-1" } }), { kind: "unknown", event: "unreadable" }),
    row("no id is unreadable", paid("AUTHORIZED", { id: undefined }), { kind: "unknown", event: "unreadable" }),
    row("2xx cut off is unreadable", replied(201, '{"id":"675'), { kind: "unknown", event: "unreadable" }),
    row("2xx HTML is unreadable", replied(200, "<html>maintenance</html>"), { kind: "unknown", event: "unreadable" }),
  ];
  test.each(rows)("$name", ({ reply, expected }) => { expect(toPayAnswer(payCall(), reply)).toMatchObject(expected); });

  test("a sale is captured only when the answer shows it", () => {
    const sale = payCall({ kind: "sale" });
    expect(toPayAnswer(sale, paid("AUTHORIZED"))).toMatchObject({ facts: { isCaptured: false } });
    const captured = paid("AUTHORIZED", { _links: { void: { href: "/pts/v2/payments/675/voids" } }, orderInformation: { amountDetails: { totalAmount: "1240.00", authorizedAmount: "1240.00", currency: "USD" } } });
    expect(toPayAnswer(sale, captured)).toMatchObject({ kind: "approved", facts: { isCaptured: true } });
  });
});

describe("Reversal, void and case", () => {
  const undone = (status: string, more: Record<string, unknown> = {}) => replied(201, { id: "675", status, ...more });
  const rows = [
    ...(["authorization_reversal", "timeout_reversal"] as const).map((kind) => ({ kind, name: `${kind} REVERSED`, reply: undone("REVERSED", { reversalAmountDetails: { reversedAmount: "1240.00", currency: "usd" } }), expected: { kind: "approved" } })),
    ...(["void", "timeout_void"] as const).flatMap((kind) => ["VOIDED", "CANCELLED"].map((status) => ({ kind, name: `${kind} ${status}`, reply: undone(status), expected: { kind: "approved" } }))),
    { kind: "case_decision" as const, name: "case REJECTED", reply: undone("REJECTED"), expected: { kind: "approved" } },
    { kind: "void" as const, name: "void FAILED needs a look", reply: undone("FAILED"), expected: { kind: "refused", needsLook: true } },
    { kind: "void" as const, name: "NOT_VOIDABLE needs a look", reply: bad("NOT_VOIDABLE"), expected: { kind: "refused", needsLook: true } },
    { kind: "authorization_reversal" as const, name: "AUTH_ALREADY_REVERSED needs a look", reply: bad("AUTH_ALREADY_REVERSED"), expected: { kind: "refused", needsLook: true } },
    { kind: "authorization_reversal" as const, name: "PROCESSOR_UNAVAILABLE is tried again", reply: bad("PROCESSOR_UNAVAILABLE"), expected: { kind: "refused", isTransient: true } },
    { kind: "authorization_reversal" as const, name: "another amount is unreadable", reply: undone("REVERSED", { reversalAmountDetails: { reversedAmount: "1.00", currency: "USD" } }), expected: { kind: "unknown", isAlarming: true } },
    { kind: "void" as const, name: "an answer to another request is unreadable", reply: undone("VOIDED", { clientReferenceInformation: { code: "X" } }), expected: { kind: "unknown" } },
    { kind: "void" as const, name: "a status nobody knows is unknown and alarming", reply: undone("SOMETHING_NEW"), expected: { kind: "unknown", isAlarming: true } },
    { kind: "void" as const, name: "no answer is unknown", reply: { kind: "no_reply", cause: "ECONNRESET" } as const, expected: { kind: "unknown" } },
  ];
  test.each(rows)("$name", ({ kind, reply, expected }) => { expect(toUndoAnswer(undoCalls[kind], reply)).toMatchObject(expected); });
});

test("whatever comes back has a meaning, and money is approved by nothing but a 2xx", () => {
  fc.assert(fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.jsonValue().map((value) => JSON.stringify(value))), (status, text) => {
    for (const answer of [toPayAnswer(payCall(), replied(status, text)), toUndoAnswer(undoCalls.void, replied(status, text))]) {
      expect(["approved", "partial", "review", "declined", "refused", "not_sent", "unknown"]).toContain(answer.kind);
      if (answer.kind === "approved") expect(Math.floor(status / 100)).toBe(2);
    }
  }));
});
