// What the card picker (inside Dynamics 365) and the relay's card-entry page say to each other by postMessage.
// Both sides check origin, source window and nonce before they look at `kind`; kinds nobody knows are ignored.
// No message ever carries a card number or a security code: those live in Cybersource's own frames.
import * as z from "zod/mini";

const Nonce = z.string().check(z.regex(/^[\w-]{43}$/));
const Amount = z.string().check(z.regex(/^\d{1,15}(\.\d{1,4})?$/));

/** Colours and sizes the control hands to the page, so that the page looks like the form around it (light, dark, high contrast). */
export const ThemeTokens = z.object({
  scheme: z.enum(["light", "dark", "contrast"]),
  foreground: z.string().check(z.maxLength(32)),
  background: z.string().check(z.maxLength(32)),
  border: z.string().check(z.maxLength(32)),
  accent: z.string().check(z.maxLength(32)),
  danger: z.string().check(z.maxLength(32)),
  fontFamily: z.string().check(z.maxLength(200)),
  fontSizePx: z.number().check(z.gte(8), z.lte(40)),
});
export type ThemeTokens = z.infer<typeof ThemeTokens>;

/** Another payment for the same document that is not finished: who started it and when (ISO 8601, UTC). */
export const PaymentInProgress = z.object({ who: z.string().check(z.maxLength(160)), since: z.string().check(z.maxLength(40)) });
export type PaymentInProgress = z.infer<typeof PaymentInProgress>;

/** The order of words on the wire: page → control. */
export const PageMessage = z.discriminatedUnion("kind", [
  z.object({ v: z.literal(1), kind: z.literal("ready"), nonce: z.optional(Nonce), pageVersion: z.string().check(z.maxLength(40)) }),
  z.object({
    v: z.literal(1), kind: z.literal("session"), nonce: Nonce,
    action: z.enum(["authorization", "sale"]), amount: Amount, currency: z.string().check(z.regex(/^[A-Z]{3}$/)), openAmount: Amount,
    expiresAt: z.string().check(z.maxLength(40)), paymentInProgress: z.optional(PaymentInProgress),
  }),
  z.object({
    v: z.literal(1), kind: z.literal("field"), nonce: Nonce, field: z.enum(["number", "securityCode"]),
    isValid: z.boolean(), isEmpty: z.boolean(), isFocused: z.boolean(), brand: z.optional(z.string().check(z.maxLength(40))),
  }),
  z.object({ v: z.literal(1), kind: z.literal("tokenStored"), nonce: Nonce, brand: z.optional(z.string().check(z.maxLength(40))), lastFour: z.string().check(z.regex(/^\d{4}$/)) }),
  z.object({
    v: z.literal(1), kind: z.literal("problem"), nonce: z.optional(Nonce), code: z.string().check(z.maxLength(60)), title: z.string().check(z.maxLength(300)),
    isRetryable: z.boolean(), retryAfterSeconds: z.optional(z.number()), field: z.optional(z.enum(["number", "securityCode", "expiry"])), paymentInProgress: z.optional(PaymentInProgress),
  }),
]);
export type PageMessage = z.infer<typeof PageMessage>;

/** Control → page. `open` carries the nonce whose SHA-256 stands on the request row; the page mints a session with it once. */
export const ControlMessage = z.discriminatedUnion("kind", [
  z.object({ v: z.literal(1), kind: z.literal("hello"), nonce: z.optional(Nonce) }),
  z.object({
    v: z.literal(1), kind: z.literal("open"), nonce: Nonce, organizationId: z.guid(), paymentRequestId: z.guid(),
    locale: z.string().check(z.maxLength(20)), theme: ThemeTokens, card: z.boolean(),
  }),
  z.object({ v: z.literal(1), kind: z.literal("tokenize"), nonce: Nonce, expirationMonth: z.string().check(z.regex(/^(0[1-9]|1[0-2])$/)), expirationYear: z.string().check(z.regex(/^20\d\d$/)) }),
  z.object({ v: z.literal(1), kind: z.literal("submitted"), nonce: Nonce }),
  z.object({ v: z.literal(1), kind: z.literal("theme"), nonce: Nonce, theme: ThemeTokens }),
  z.object({ v: z.literal(1), kind: z.literal("close"), nonce: Nonce }),
]);
export type ControlMessage = z.infer<typeof ControlMessage>;
