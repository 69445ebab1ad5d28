// Cybersource's own webhooks in a run. The stand-in signs and repeats them as it does over the wire; the relay verifies and reads the bytes as its HTTP
// side does, keeps them, and looks for itself. They travel in clear: opening an encrypted one takes a thread, and nothing orders threads (an encrypted
// one is opened in tests/relay-http/cybersource-webhooks.test.ts).
import { WANTED } from "../../admin/src/cybersource/subscriptions.ts";
import { readWebhook } from "../../plugin-proxy/src/cybersource/webhook/read-webhook.ts";
import { receiveCybersourceEvent } from "../../plugin-proxy/src/flows/receive-cybersource-event.ts";
import type { RetryPolicy } from "../sandbox/cybersource/webhooks/book.ts";
import { productById } from "../sandbox/cybersource/webhooks/catalogue.ts";
import { PUBLIC_URL, relayConfig } from "./relay-config.ts";
import { webhookKeyOf, type Neighbourhood } from "./neighbours.ts";
import type { Replica } from "./replica.ts";

export interface CybersourceEvent {
  readonly kind: "event";
  readonly organization: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** As the admin command asks for it. Nobody asks after the relay's health here: what fails four times is lost. */
const RETRIES: RetryPolicy = { algorithm: "ARITHMETIC", firstRetry: 1, interval: 1, numberOfRetries: 3, deactivateFlag: false, repeatSequenceCount: 0, repeatSequenceWaitTime: 0 };

/** Subscribed long ago: to what the admin command subscribes to, and to everything that happens to a payment. */
export function subscribeRelay({ index, organizationId, cybersource: { state, merchant } }: Neighbourhood): void {
  const { keyId, key } = webhookKeyOf(index);
  state.webhooks.keys.push({ keyId, keyType: "sharedSecret", material: key, expiresAtMs: Infinity });
  const wanted: Readonly<Record<string, readonly string[]>> = { ...WANTED, payments: productById("payments")?.eventTypes ?? [] };
  for (const [productId, eventTypes] of Object.entries(wanted)) {
    const webhookId = state.random.uuid();
    state.webhooks.subscriptions.set(webhookId, {
      webhookId, organizationId: merchant.id, version: "2", createdAtMs: 0, name: productId, description: productId, products: [{ productId, eventTypes }], webhookUrl: `${PUBLIC_URL}/webhooks/cybersource/${organizationId}`,
      healthCheckUrl: undefined, notificationScope: "SELF", retryPolicy: RETRIES, securityPolicy: { securityType: "KEY" }, status: "ACTIVE", nextHealthCheckMs: undefined,
    });
  }
}

/** What Cybersource is answered: 204 once it is in the ledger. */
export async function takeEvent({ deps }: Replica, organizationId: string, { body, headers }: CybersourceEvent): Promise<number> {
  const config = relayConfig();
  const keys = config.organizations.find((one) => one.organizationId === organizationId)?.webhooks.reveal();
  const reading = await readWebhook(
    { raw: Buffer.from(body), signature: headers["v-c-signature"], eventType: headers["v-c-event-type"], merchantId: headers["v-c-organization-id"] },
    keys ?? { signing: [], decryption: [] }, { now: deps.clocks.wire(), toleranceMs: config.webhookToleranceMs },
  );
  if (reading.kind === "signature_wrong") return 401;
  if (reading.kind === "not_understood") return 400;
  await receiveCybersourceEvent(deps, { organizationId, event: reading.event });
  return 204;
}
