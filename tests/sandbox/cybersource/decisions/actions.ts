// Case actions of Decision Manager (/risk/v1/decisions/{id}/actions): accept or reject, with capture or reversal at once. A reviewer in the
// Business Center does the same by hand; merchants learn of both by webhook and conversion details. Source: Decision Manager guide, case management.
import type { Reply } from "../../kit/faults.ts";
import { formatAmount } from "../amounts.ts";
import { badRequest } from "../errors.ts";
import { take } from "../payments/capture.ts";
import { child, hal, link, utc, type Body } from "../payments/follow-up.ts";
import { release } from "../payments/reverse.ts";
import { path, text } from "../shape.ts";
import type { State, Transaction } from "../state.ts";
import { announceDecision } from "../webhooks/events.ts";

export interface Decision {
  readonly decision: "ACCEPT" | "REJECT";
  readonly action: "CAPTURE" | "REVERSE" | undefined;
  readonly comments: string;
  readonly reviewer: string;
}

/** CAPTURE goes with ACCEPT only, REVERSE with REJECT only. */
export function readDecision(body: Body, reviewer: string): Decision | string {
  const decision = path(body, "decisionInformation", "decision");
  if (decision !== "ACCEPT" && decision !== "REJECT") return "decisionInformation.decision";
  const list = path(body, "processingInformation", "actionList") ?? [];
  const [action] = Array.isArray(list) ? list as readonly unknown[] : [undefined];
  const fits = Array.isArray(list) && list.length <= 1 && (action === undefined || action === (decision === "ACCEPT" ? "CAPTURE" : "REVERSE"));
  if (!fits) return "processingInformation.actionList";
  return { decision, action: action === "CAPTURE" || action === "REVERSE" ? action : undefined, comments: text(path(body, "decisionInformation", "comments")) ?? "", reviewer };
}

/** Decides an open case. What it captures or reverses are transactions of their own, found by transaction search like any other. */
export function decide(state: State, parent: Transaction, input: Decision): Record<string, unknown> {
  const { decision, action, comments, reviewer } = input;
  parent.review = undefined;
  if (parent.isLive) parent.status = decision === "ACCEPT" ? "AUTHORIZED" : "AUTHORIZED_RISK_DECLINED";
  const embedded: Record<string, unknown> = {};
  const reference = { clientReferenceInformation: { code: parent.code } };
  const amountDetails = { totalAmount: formatAmount(parent.authorized, parent.currency), currency: parent.currency };
  if (action === "CAPTURE" && parent.isLive) {
    const done = take(state, parent, { amount: parent.authorized, body: reference });
    embedded["capture"] = { id: done.id, status: done.status, orderInformation: { amountDetails }, _links: { self: link("GET", `/pts/v2/captures/${done.id}`) } };
  }
  if (action === "REVERSE" && parent.isLive) {
    const done = release(state, parent, parent.authorized, reference);
    embedded["reversal"] = { id: done.id, status: done.status, reversalAmountDetails: { reversedAmount: amountDetails.totalAmount, currency: parent.currency }, _links: { self: link("GET", `/pts/v2/reversals/${done.id}`) } };
  }
  state.conversions.push({
    merchantReferenceNumber: parent.code, conversionTime: state.clock.now().toISOString(), requestId: parent.id, originalDecision: "REVIEW", newDecision: decision, reviewer, reviewerComments: comments, queue: "Review Queue", profile: "default",
    notes: comments === "" ? [] : [{ time: state.clock.now().toISOString(), addedBy: reviewer, comments }],
  });
  announceDecision(state, parent, { decision, comments, embedded });
  return embedded;
}

/** POST /risk/v1/decisions/{id}/actions */
export function actOnCase(state: State, parent: Transaction, body: Body): Reply {
  const input = readDecision(body, "REST API");
  if (typeof input === "string") return badRequest(state, "INVALID_DATA", [input]);
  if (parent.review !== "case") return badRequest(state, "INVALID_DATA", ["id"]);
  const embedded = decide(state, parent, input);
  const done = child(state, parent, body, { kind: "case_action", amount: 0n, status: input.decision === "ACCEPT" ? "ACCEPTED" : "REJECTED", isLive: false });
  return hal({ id: done.id, submitTimeUtc: utc(done.at), status: done.status, _embedded: embedded });
}
