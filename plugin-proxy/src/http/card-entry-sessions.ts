// POST /card-entry/sessions and PUT …/transient-token: what the card-entry page sends home. Same origin only; nothing is kept here.
import { SessionRequest, TransientTokenRequest } from "@cybs/contract";
import type { FastifyInstance } from "fastify";
import { emptyAnswer, jsonAnswer, problemAnswer, sendAnswer } from "./answer.ts";
import { withIdempotency } from "./idempotency.ts";
import { RATE_LIMITS, type ServerOptions } from "./options.ts";
import { parseBody, type BodyRule } from "./parse-body.ts";
import { sendProblem } from "./problem.ts";
import type { RateLimit } from "./rate-limit.ts";
import { refuseOtherOrigins } from "./same-origin.ts";

const SESSION: BodyRule<SessionRequest> = { schema: SessionRequest, freeTexts: (message) => message.ancestorOrigins };
/** A token is three runs of base64url (a JWT); anything else in its place is not taken. */
const TOKEN: BodyRule<TransientTokenRequest> = {
  schema: {
    safeParse(value) {
      const parsed = TransientTokenRequest.safeParse(value);
      return parsed.success && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(parsed.data.transientToken) ? parsed : { success: false };
    },
  },
};
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function registerCardEntrySessions(server: FastifyInstance, options: ServerOptions, rateLimit: RateLimit): void {
  const onRequest = refuseOtherOrigins(options.publicOrigin);
  const { sessionsPerAddress: perAddress, keysPerAddress: perMinute } = { ...RATE_LIMITS, ...options.limits };

  server.post("/card-entry/sessions", { onRequest }, async (request, reply) => {
    const waitSeconds = rateLimit.waitSeconds(`sessions ${request.ip}`, perAddress);
    if (waitSeconds !== undefined) return sendProblem(reply, "too_many_sessions", { retryAfterSeconds: waitSeconds });
    const body = parseBody(request.body, SESSION, options.containsPan);
    if (!body.ok) return sendProblem(reply, body.error);
    const scope = options.embeddingOrigins(body.value.organizationId) === undefined ? undefined : body.value.organizationId;
    return sendAnswer(reply, await withIdempotency(options, rateLimit, request, { scope, body: String(request.body), perMinute }, async () => {
      const opened = await options.handlers.openCardEntry(body.value);
      if (opened.ok) return jsonAnswer(201, opened.value);
      const { code, ...more } = opened.error;
      return problemAnswer(code, more);
    }));
  });

  server.put<{ Params: { sessionId: string } }>("/card-entry/sessions/:sessionId/transient-token", { onRequest }, async (request, reply) => {
    const waitSeconds = rateLimit.waitSeconds(`tokens ${request.ip}`, perAddress);
    if (waitSeconds !== undefined) return sendProblem(reply, "too_many_requests", { retryAfterSeconds: waitSeconds });
    const { sessionId } = request.params;
    const body = parseBody(request.body, TOKEN, options.containsPan);
    if (!body.ok) return sendProblem(reply, body.error);
    if (!GUID.test(sessionId)) return sendProblem(reply, options.containsPan(sessionId) ? "card_number_refused" : "session_expired");
    return sendAnswer(reply, await withIdempotency(options, rateLimit, request, { scope: sessionId, body: String(request.body), perMinute }, async () => {
      const stored = await options.handlers.storeTransientToken({ sessionId: sessionId.toLowerCase(), ...body.value });
      return stored.ok ? emptyAnswer(204) : problemAnswer(stored.error.code);
    }));
  });
}
