// For the admin command, behind a key of its own (OPERATIONS_KEY; without it these addresses do not exist): how the relay is set up and how
// it is doing, and the erasure of a customer's details. Nothing secret and nothing personal in any answer.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { jsonAnswer, sendAnswer } from "./answer.ts";
import { withIdempotency } from "./idempotency.ts";
import { RATE_LIMITS, type ServerOptions } from "./options.ts";
import { parseBody } from "./parse-body.ts";
import { sendProblem } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";

const Erasure = z.strictObject({ organizationId: z.guid(), customerId: z.guid(), paymentRequestIds: z.array(z.guid()).max(500), withKey: z.boolean() });

export function registerOperationsStatus(server: FastifyInstance, options: ServerOptions, rateLimit: RateLimit): void {
  const { operations } = options;
  if (operations === undefined) return;
  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const keys = operations.keys();
    if (keys.length === 0) return sendProblem(reply, "not_found");
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    return given !== undefined && keys.map((key) => options.isEqual(given, key)).includes(true) ? undefined : sendProblem(reply, "operations_key_wrong");
  };
  server.get("/operations/status", { onRequest: guard }, async () => operations.status());
  server.post("/operations/erasures", { onRequest: guard }, async (request, reply) => {
    const body = parseBody(request.body, { schema: Erasure }, options.containsPan);
    if (!body.ok) return sendProblem(reply, body.error);
    const { organizationId } = body.value;
    const scope = options.embeddingOrigins(organizationId) === undefined ? undefined : `operations ${organizationId}`;
    // Asked again after a lost answer, it still says that the key was thrown away: that sentence is the proof.
    return sendAnswer(reply, await withIdempotency(options, rateLimit, request, { scope, body: String(request.body), perMinute: { ...RATE_LIMITS, ...options.limits }.keysPerAddress }, async () => jsonAnswer(200, await operations.eraseDetails(body.value))));
  });
}
