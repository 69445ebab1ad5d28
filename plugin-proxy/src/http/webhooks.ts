// POST /webhooks/dataverse/{organizationId}: a step of Dataverse fired. No signature exists, so a long key in a header says who calls, and
// nothing in the body is believed: it only makes the relay look. Two bodies are one delivery when operation, row and message are the same.
// learn.microsoft.com/power-apps/developer/data-platform/use-webhooks
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { emptyAnswer, sendAnswer } from "./answer.ts";
import { withIdempotency } from "./idempotency.ts";
import { RATE_LIMITS, type ServerOptions } from "./options.ts";
import { parseBody } from "./parse-body.ts";
import { sendProblem } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";

/** The header that the service endpoint is registered with. */
export const WEBHOOK_KEY_HEADER = "x-cybs-webhook-key";

/** Dataverse strips what makes a context larger than 256 KB. */
const BODY_BYTES_MAX = 384 * 1024;

const RemoteExecutionContext = z.object({
  PrimaryEntityId: z.guid(), OrganizationId: z.guid().optional(), OperationId: z.guid().optional(), CorrelationId: z.guid().optional(), MessageName: z.string().max(100).optional(),
});

export function registerWebhooks(server: FastifyInstance, options: ServerOptions, rateLimit: RateLimit): void {
  server.post<{ Params: { organizationId: string } }>("/webhooks/dataverse/:organizationId", {
    bodyLimit: BODY_BYTES_MAX,
    // Before the body is read: strangers cannot make us parse.
    onRequest: async (request, reply) => {
      const given = request.headers[WEBHOOK_KEY_HEADER];
      const isKnown = typeof given === "string" && options.webhookKeys().map((key) => key !== "" && options.isEqual(given, key)).includes(true);
      return isKnown ? undefined : sendProblem(reply, "webhook_key_wrong");
    },
  }, async (request, reply) => {
    const { organizationId } = request.params;
    const body = parseBody(request.body, { schema: RemoteExecutionContext }, () => false);
    if (!body.ok || !z.guid().safeParse(organizationId).success) return sendProblem(reply, "invalid_request");
    const { PrimaryEntityId: rowId, OrganizationId, OperationId, CorrelationId, MessageName } = body.value;
    // A copied environment still carries the original's endpoint: it is answered and left alone.
    const isForeign = OrganizationId !== undefined && OrganizationId.toLowerCase() !== organizationId.toLowerCase();
    // Keys of its own: a stranger's key on a page's endpoint keeps no delivery out.
    const scope = options.embeddingOrigins(organizationId) === undefined ? undefined : `dataverse ${organizationId}`;
    return sendAnswer(reply, await withIdempotency(options, rateLimit, request, { scope, body: String(request.body), perMinute: { ...RATE_LIMITS, ...options.limits }.keysPerAddress }, async () => {
      if (!isForeign) await options.handlers.receiveDataverseWebhook({ organizationId, deliveryKey: `${OperationId ?? CorrelationId ?? ""}:${rowId}:${MessageName ?? ""}`.toLowerCase() });
      return emptyAnswer(204);
    }));
  });
}
