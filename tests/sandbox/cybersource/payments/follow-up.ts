// What all follow-ups of a payment share: their answers' form, their own transaction, and the triggers that make them fail on demand.
import type { Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { badRequest, serverError, tooManyRequests } from "../errors.ts";
import { path, text } from "../shape.ts";
import type { State, Transaction } from "../state.ts";
import { record } from "./record.ts";
import { followUpOutcome, type FollowUpService } from "./follow-up-triggers.ts";

export type Body = Record<string, unknown>;
/** What a trigger makes of a follow-up that is carried out; nothing without one. */
export interface Verdict { readonly status?: string | undefined; readonly reason?: string | undefined }

export const hal = (body: Body): Reply => json(201, body, { "content-type": "application/hal+json" });
export const link = (method: "GET" | "POST", href: string): unknown => ({ method, href });
export const utc = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, "Z");
export const codeOf = (body: Body): string => text(path(body, "clientReferenceInformation", "code")) ?? "";
export const transactionIdOf = (body: Body): string | undefined => text(path(body, "clientReferenceInformation", "transactionId"));

interface Child { readonly kind: Transaction["kind"]; readonly amount: bigint; readonly status: string; readonly reason?: string | undefined; readonly isLive: boolean; readonly captured?: bigint }
export const child = (state: State, parent: Transaction, body: Body, more: Child): Transaction =>
  record(state, { ...more, code: codeOf(body), transactionId: transactionIdOf(body), parentId: parent.id, authorized: more.amount, currency: parent.currency, card: parent.card });

/** Runs a follow-up the way its amount asks for: refused, failed before or after execution, or with another status. */
export function carryOut(state: State, service: FollowUpService, amount: bigint, run: (verdict: Verdict) => Reply): Reply {
  const outcome = followUpOutcome(service, amount);
  switch (outcome?.kind) {
    case undefined: return run({});
    case "bad_request": return badRequest(state, outcome.reason);
    case "status": return run(outcome);
    case "http":
      if (outcome.isExecuted) run({});
      return outcome.status === 429 ? tooManyRequests(state) : serverError(state, outcome.reason);
  }
}
