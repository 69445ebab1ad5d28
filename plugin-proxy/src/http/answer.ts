// An answer as a value, so that it can be kept with an idempotency key before it is sent.
import type { FastifyReply } from "fastify";
import { PROBLEMS, toProblem, type ProblemCode, type ProblemMore } from "./problem.ts";

export interface Answer {
  readonly status: number;
  /** Undefined: no body. */
  readonly type?: string | undefined;
  readonly text?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Given before, to the same request with the same key. */
  readonly isReplayed?: boolean | undefined;
}

export const jsonAnswer = (status: number, body: unknown): Answer => ({ status, type: "application/json; charset=utf-8", text: JSON.stringify(body) });
export const emptyAnswer = (status: number): Answer => ({ status });
export const problemAnswer = (code: ProblemCode, more: ProblemMore = {}): Answer =>
  ({ status: PROBLEMS[code].status, type: "application/problem+json", text: JSON.stringify(toProblem(code, more)), retryAfterSeconds: more.retryAfterSeconds });

export function sendAnswer(reply: FastifyReply, { status, type, text, retryAfterSeconds, isReplayed }: Answer): FastifyReply {
  if (retryAfterSeconds !== undefined) void reply.header("retry-after", String(Math.max(1, Math.ceil(retryAfterSeconds))));
  if (isReplayed === true) void reply.header("idempotent-replayed", "true");
  if (type !== undefined) void reply.type(type);
  return reply.code(status).send(text);
}
