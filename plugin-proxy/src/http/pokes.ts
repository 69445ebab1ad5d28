// POST /pokes: always 202 and an empty object, so that nobody learns from it what exists.
import { PokeRequest } from "@cybs/contract";
import type { FastifyInstance } from "fastify";
import { jsonAnswer, sendAnswer } from "./answer.ts";
import { withIdempotency } from "./idempotency.ts";
import { RATE_LIMITS, type ServerOptions } from "./options.ts";
import { parseBody } from "./parse-body.ts";
import { sendProblem } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";
import { refuseOtherOrigins } from "./same-origin.ts";

export function registerPokes(server: FastifyInstance, options: ServerOptions, rateLimit: RateLimit): void {
  const limits = { ...RATE_LIMITS, ...options.limits };
  server.post("/pokes", { onRequest: refuseOtherOrigins(options.publicOrigin) }, async (request, reply) => {
    const byAddress = rateLimit.waitSeconds(`pokes ${request.ip}`, limits.pokesPerAddress);
    if (byAddress !== undefined) return sendProblem(reply, "too_many_requests", { retryAfterSeconds: byAddress });
    const body = parseBody(request.body, { schema: PokeRequest }, options.containsPan);
    if (!body.ok) return sendProblem(reply, body.error);
    const byRequest = rateLimit.waitSeconds(`pokes ${body.value.organizationId} ${body.value.paymentRequestId}`, limits.pokesPerRequest);
    if (byRequest !== undefined) return sendProblem(reply, "too_many_requests", { retryAfterSeconds: byRequest });
    // Only a configured organization's keys are kept; a stranger's poke is answered the same.
    const scope = options.embeddingOrigins(body.value.organizationId) === undefined ? undefined : body.value.organizationId;
    return sendAnswer(reply, await withIdempotency(options, rateLimit, request, { scope, body: String(request.body), perMinute: limits.keysPerAddress }, async () => {
      await options.handlers.receivePoke(body.value);
      return jsonAnswer(202, {});
    }));
  });
}
