// POST /webhooks/cybersource/{organizationId}: a notification of Cybersource. Answered 204 once it is in the ledger; then the relay looks for
// itself. Its health check wants 200 to GET and POST, before there is anything to sign. developer.cybersource.com, webhooks.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { emptyAnswer, problemAnswer, sendAnswer, type Answer } from "./answer.ts";
import { withIdempotency } from "./idempotency.ts";
import { RATE_LIMITS, type ServerOptions } from "./options.ts";
import type { RateLimit } from "./rate-limit.ts";

const BODY_BYTES_MAX = 256 * 1024;
const PATH = "/webhooks/cybersource/:organizationId";
interface Route { Params: { organizationId: string } }

export function registerCybersourceWebhooks(server: FastifyInstance, options: ServerOptions, rateLimit: RateLimit): void {
  const limits = { ...RATE_LIMITS, ...options.limits };
  void server.register(async (scope) => {
    // The signature is over bytes, and an encrypted body is not JSON: whatever comes is kept as it came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_BYTES_MAX }, (_request, body, done) => { done(null, body); });
    const healthy = async (): Promise<{ status: string }> => ({ status: "ok" });
    scope.get(PATH, healthy);
    scope.get(`${PATH}/health`, healthy);
    scope.post(`${PATH}/health`, healthy);
    scope.post<Route>(PATH, { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (raw.length === 0 && request.headers["v-c-signature"] === undefined) return healthy();
      const wait = rateLimit.waitSeconds(`events ${request.ip}`, limits.eventsPerAddress);
      if (wait !== undefined) return sendAnswer(reply, problemAnswer("too_many_requests", { retryAfterSeconds: wait }));
      return sendAnswer(reply, await receive(options, rateLimit, request, raw));
    });
  });
}

async function receive(options: ServerOptions, rateLimit: RateLimit, request: FastifyRequest<Route>, raw: Buffer): Promise<Answer> {
  const { organizationId } = request.params;
  const reading = await options.readCybersourceWebhook(organizationId, { raw, signature: header(request, "v-c-signature"), eventType: header(request, "v-c-event-type"), merchantId: header(request, "v-c-organization-id") });
  if (reading.kind === "signature_wrong") return problemAnswer("webhook_signature_wrong");
  if (reading.kind === "not_understood") return problemAnswer("invalid_request");
  return withIdempotency(options, rateLimit, request, { scope: `cybersource ${organizationId}`, body: raw, perMinute: { ...RATE_LIMITS, ...options.limits }.keysPerAddress }, async () => {
    await options.handlers.receiveCybersourceEvent({ organizationId, event: reading.event });
    return emptyAnswer(204);
  });
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
