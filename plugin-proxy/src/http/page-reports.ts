// POST /card-entry/reports: what the payment page saw in itself that does not belong there (PCI DSS 11.6.1). Always 202, so that nobody learns
// from it what exists.
import { PageReport } from "@cybs/contract";
import type { FastifyInstance } from "fastify";
import type { ServerOptions } from "./options.ts";
import { parseBody } from "./parse-body.ts";
import { sendProblem } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";
import { refuseOtherOrigins } from "./same-origin.ts";

/** A page tells at most five things. */
const PER_MINUTE = 60;

export function registerPageReports(server: FastifyInstance, options: ServerOptions, rateLimit: RateLimit): void {
  server.post("/card-entry/reports", { onRequest: refuseOtherOrigins(options.publicOrigin) }, async (request, reply) => {
    const wait = rateLimit.waitSeconds(`reports ${request.ip}`, PER_MINUTE);
    if (wait !== undefined) return sendProblem(reply, "too_many_requests", { retryAfterSeconds: wait });
    const body = parseBody(request.body, { schema: PageReport, freeTexts: ({ what }) => [what] }, options.containsPan);
    if (!body.ok) return sendProblem(reply, body.error);
    if (options.embeddingOrigins(body.value.organizationId) !== undefined) options.handlers.receivePageReport(body.value);
    return reply.code(202).send({});
  });
}
