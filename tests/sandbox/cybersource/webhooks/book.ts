// What the webhook service remembers: keys to sign and to encrypt with, subscriptions, and every notification with its attempts.
// Source: developer.cybersource.com, webhooks implementation guide; shapes of cybersource-rest-client 0.0.83.
export interface EgressKey {
  readonly keyId: string;
  readonly keyType: "sharedSecret" | "publickey";
  /** The shared secret in base64, or the certificate (or public key) in PEM. */
  readonly material: string;
  readonly expiresAtMs: number;
}
export interface RetryPolicy {
  readonly algorithm: "ARITHMETIC" | "GEOMETRIC";
  /** Minutes. */
  readonly firstRetry: number;
  readonly interval: number;
  readonly numberOfRetries: number;
  readonly deactivateFlag: boolean;
  readonly repeatSequenceCount: number;
  readonly repeatSequenceWaitTime: number;
}
export interface ProductEvents { readonly productId: string; readonly eventTypes: readonly string[] }
export type SubscriptionStatus = "PENDING_REVIEW" | "BLOCKED" | "ACTIVE" | "INACTIVE" | "SUSPENDED";
export interface Subscription {
  readonly webhookId: string;
  readonly organizationId: string;
  /** Path version that made it: v1 has one product at the top level. */
  readonly version: "1" | "2";
  readonly createdAtMs: number;
  name: string;
  description: string;
  products: readonly ProductEvents[];
  webhookUrl: string;
  healthCheckUrl: string | undefined;
  notificationScope: string;
  retryPolicy: RetryPolicy;
  securityPolicy: Readonly<Record<string, unknown>>;
  status: SubscriptionStatus;
  /** Business time of the next look at the health check; undefined without one. */
  nextHealthCheckMs: number | undefined;
}
export interface Notification {
  readonly id: string;
  readonly webhookId: string;
  readonly productId: string;
  readonly eventType: string;
  readonly createdAtMs: number;
  readonly data: Readonly<Record<string, unknown>>;
  /** NEW until the first retry, RETRY after; REPLAY when it was asked for again. */
  requestType: "NEW" | "RETRY" | "REPLAY";
  /** queued: waits for its time. held: waits until the subscription is healthy again. lost: the network's doing. */
  state: "queued" | "held" | "delivered" | "failed" | "lost";
  attempts: number;
  /** Times that the whole sequence of retries was begun again. */
  sequences: number;
  dueMs: number;
  readonly traceIds: string[];
  lastStatus: number | undefined;
}
export interface WebhookBook {
  readonly keys: EgressKey[];
  readonly subscriptions: Map<string, Subscription>;
  readonly notifications: Notification[];
  /** Captures, sales, refunds and credits whose batch has not closed yet. */
  readonly unbatched: string[];
  nextBatchLookMs: number;
  /** Asks for a look at what is due after so many milliseconds. */
  wake: (ms: number) => void;
}
export const createBook = (): WebhookBook => ({ keys: [], subscriptions: new Map(), notifications: [], unbatched: [], nextBatchLookMs: 0, wake: () => undefined });

export const NOTIFICATIONS_MAX = 20_000;

/** The newest key of a kind that has not ended: a new one overrides the old. */
export const currentKey = (book: WebhookBook, keyType: EgressKey["keyType"], nowMs: number): EgressKey | undefined => book.keys.findLast((key) => key.keyType === keyType && key.expiresAtMs > nowMs);

/** What the sandbox can make of deliveries, by settings. The documentation's own code differs over what is signed: facts in docs/reference. */
export interface WebhookSettings {
  /** What is signed: the whole body as sent, the bytes of its payload member, or JSON.stringify of that member. */
  webhookSigns: "raw_body" | "payload_bytes" | "payload_json";
  /** The payload member: an object, or (older deliveries) an array with one. */
  webhookPayload: "object" | "array";
  /** Blanks after colons and commas, so that the bytes of a member and its JSON.stringify differ. */
  webhookHasBlanks: boolean;
  /** An encrypted body is the bare JWE, or a JSON object with it in one of these members. */
  webhookEncryptedBody: "bare" | "encData" | "encryptedRequest";
  /** The signature of an encrypted body is over what it says, or over the bytes that travel. */
  webhookSignsEncrypted: "clear" | "sent";
  /** Milliseconds of business time from event to first attempt. */
  webhookDelayMs: number;
  /** Shares (0 to 1) of notifications that never arrive, and that arrive twice. */
  webhookLoss: number;
  webhookDuplication: number;
  /** Milliseconds of business time until the URL of a new subscription is approved; 0 at once. */
  webhookApprovalMs: number;
  webhookApproval: "ACTIVE" | "BLOCKED";
  /** Business time between two health checks; the first one comes after as long. */
  webhookHealthCheckMs: number;
  /** Real milliseconds after which an attempt is given up. */
  webhookTimeoutMs: number;
}
export const defaultWebhookSettings = (): WebhookSettings => ({
  webhookSigns: "raw_body", webhookPayload: "object", webhookHasBlanks: false, webhookEncryptedBody: "bare", webhookSignsEncrypted: "clear", webhookDelayMs: 0, webhookLoss: 0, webhookDuplication: 0,
  webhookApprovalMs: 0, webhookApproval: "ACTIVE", webhookHealthCheckMs: 300_000, webhookTimeoutMs: 30_000,
});
