// What the card-entry page sends to the relay that served it (same origin, JSON), and what it gets back.
// Problems are RFC 9457 documents with a stable `code`; the codes and their sentences stand in docs/reference/errors.md.
import * as z from "zod/mini";
import { PaymentInProgress } from "./messages.ts";

const Nonce = z.string().check(z.regex(/^[\w-]{43}$/));
const Guid = z.guid();
const Origin = z.string().check(z.regex(/^https?:\/\/[^/\s]{1,250}$/));

/** POST /card-entry/sessions. `ancestorOrigins` is what the browser says of the frames around the page, nearest first. */
export const SessionRequest = z.strictObject({
  organizationId: Guid,
  paymentRequestId: Guid,
  nonce: Nonce,
  ancestorOrigins: z.array(Origin).check(z.maxLength(8)),
  card: z.boolean(),
});
export type SessionRequest = z.infer<typeof SessionRequest>;

/** 201 of the same. Amounts are decimal text in `currency`; the three library members are there when `card` was asked for. */
export const SessionResponse = z.object({
  sessionId: Guid,
  captureContext: z.optional(z.string()),
  libraryUrl: z.optional(z.string()),
  integrity: z.optional(z.string()),
  action: z.enum(["authorization", "sale"]),
  amount: z.string(),
  currency: z.string(),
  openAmount: z.string(),
  expiresAt: z.string(),
  paymentInProgress: z.optional(PaymentInProgress),
});
export type SessionResponse = z.infer<typeof SessionResponse>;

/** PUT /card-entry/sessions/{sessionId}/transient-token. The same body again is answered the same. */
export const TransientTokenRequest = z.strictObject({ nonce: Nonce, transientToken: z.string().check(z.minLength(20), z.maxLength(16_384)) });
export type TransientTokenRequest = z.infer<typeof TransientTokenRequest>;

/** POST /pokes: "look at this row now". Always answered 202 with an empty object, so that it tells nothing about what exists. */
export const PokeRequest = z.strictObject({ organizationId: Guid, paymentRequestId: Guid });
export type PokeRequest = z.infer<typeof PokeRequest>;

/** POST /card-entry/reports: what the page saw in itself that does not belong there. Tag and origin, never contents. Answered 202. */
export const PageReport = z.strictObject({
  organizationId: Guid,
  kind: z.enum(["script", "frame", "form", "policy", "extension"]),
  what: z.string().check(z.regex(/^[\x20-\x7e]{1,200}$/)),
});
export type PageReport = z.infer<typeof PageReport>;

/** Every refusal of the relay. `detail` is a sentence for a person; `code` never changes its meaning. */
export const Problem = z.object({
  type: z.string(), title: z.string(), status: z.number(), code: z.string(), detail: z.optional(z.string()),
  retryAfterSeconds: z.optional(z.number()), paymentInProgress: z.optional(PaymentInProgress), openAmount: z.optional(z.string()),
});
export type Problem = z.infer<typeof Problem>;

/** 200 of GET /health: the process answers. */
export const Health = z.object({ status: z.literal("ok") });
export type Health = z.infer<typeof Health>;

/** 200 of GET /ready: requests may be sent. While something is missing the answer is 503 with a problem of code `not_ready`. */
export const Readiness = z.object({ status: z.literal("ready") });
export type Readiness = z.infer<typeof Readiness>;
