// The rest of Decision Manager (/risk/v1/decisions, /risk/v1/lists): a verdict without a payment, comments, fraud marking, list entries.
// Source: Decision Manager guide; shapes of cybersource-rest-client 0.0.83. Payer authentication (/risk/v1/authentications) gets a folder of its own.
import type { Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { parseAmount } from "../amounts.ts";
import { badRequest, notFound } from "../errors.ts";
import { codeOf, hal, link, utc, type Body } from "../payments/follow-up.ts";
import { isRecord, path, text } from "../shape.ts";
import { newRequestId, type State, type Transaction } from "../state.ts";
import { announceNote } from "../webhooks/events.ts";
import { actOnCase } from "./actions.ts";

/** Amounts that bring about each status of a verdict without a payment; the table stands in README.md. */
export const VERDICTS: Readonly<Record<string, { readonly status: string; readonly reason?: string }>> = {
  7500: { status: "REJECTED", reason: "DECISION_PROFILE_REJECT" }, 7501: { status: "PENDING_REVIEW", reason: "DECISION_PROFILE_REVIEW" }, 7502: { status: "DECLINED", reason: "SCORE_EXCEEDS_THRESHOLD" },
  7503: { status: "PENDING_AUTHENTICATION", reason: "CONSUMER_AUTHENTICATION_REQUIRED" }, 7504: { status: "INVALID_REQUEST" }, 7505: { status: "AUTHENTICATION_FAILED", reason: "CONSUMER_AUTHENTICATION_FAILED" }, 7506: { status: "CHALLENGE" },
};

/** POST /risk/v1/decisions */
function judge(state: State, body: Body): Reply {
  const amount = parseAmount(path(body, "orderInformation", "amountDetails", "totalAmount"));
  const missing = [...(codeOf(body) === "" ? ["clientReferenceInformation.code"] : []), ...(amount === undefined ? ["orderInformation.amountDetails.totalAmount"] : [])];
  if (amount === undefined || missing.length > 0) return badRequest(state, "MISSING_FIELD", missing);
  const { status, reason } = (amount % 10_000n === 0n ? VERDICTS[(amount / 10_000n).toString()] : undefined) ?? { status: "ACCEPTED" };
  return hal({
    id: newRequestId(state), submitTimeUtc: utc(state.clock.now()), status, clientReferenceInformation: { code: codeOf(body) }, ...(reason === undefined ? {} : { errorInformation: { reason } }),
    riskInformation: { score: { result: status === "ACCEPTED" ? "12" : "60", factorCodes: ["V"], modelUsed: "default" }, profile: { name: "default", earlyDecision: "ACCEPT" }, casePriority: "3" },
  });
}

function comment(state: State, parent: Transaction, body: Body): Reply {
  const comments = text(body["comments"]);
  if (comments === undefined) return badRequest(state, "MISSING_FIELD", ["comments"]);
  announceNote(state, parent, comments);
  return json(201, { id: parent.id, submitTimeUtc: utc(state.clock.now()), status: "ACCEPTED" });
}

function mark(state: State, body: Body, id: string): Reply {
  const action = text(path(body, "riskInformation", "markingDetails", "action"));
  if (!["add", "clear", "hide"].includes(action?.toLowerCase() ?? "")) return badRequest(state, "INVALID_DATA", ["riskInformation.markingDetails.action"]);
  return hal({ _links: { self: link("GET", `/risk/v1/decisions/${id}/marking`) }, clientReferenceInformation: { code: codeOf(body) }, id: newRequestId(state), status: "COMPLETED", submitTimeUtc: utc(state.clock.now()) });
}

function addToList(state: State, body: Body, type: string): Reply {
  if (!["positive", "negative", "review"].includes(type)) return badRequest(state, "INVALID_DATA", ["type"]);
  const reason = path(body, "riskInformation", "markingDetails", "action");
  if (!isRecord(body["paymentInformation"]) && !isRecord(body["orderInformation"]) && !isRecord(body["buyerInformation"]) && reason === undefined) return badRequest(state, "MISSING_FIELD", ["riskInformation.markingDetails.action"]);
  return hal({ _links: { self: link("GET", `/risk/v1/lists/${type}/entries`) }, clientReferenceInformation: { code: codeOf(body) }, id: newRequestId(state), status: "COMPLETED", submitTimeUtc: utc(state.clock.now()) });
}

/** Answers POST calls of /risk/v1. */
export function answerDecisions(state: State, path: string, body: Body): Reply {
  const [, , resource, id = "", verb] = path.split("/").filter(Boolean);
  if (resource === "lists" && verb === "entries") return addToList(state, body, id);
  if (resource !== "decisions") return notFound();
  if (id === "") return judge(state, body);
  const parent = state.transactions.get(id);
  if (parent === undefined) return badRequest(state, "INVALID_DATA", ["id"]);
  switch (verb) {
    case "actions": return actOnCase(state, parent, body);
    case "comments": return comment(state, parent, body);
    case "marking": return mark(state, body, id);
    default: return notFound();
  }
}
