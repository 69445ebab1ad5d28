// Cybersource's notifications: a key for each merchant id, then the subscriptions that are missing. Cybersource calls https addresses only; where
// there are none the relay finds everything by looking, later.
import { openCybersource } from "../../cybersource/signed-call.ts";
import { createSubscriptions, readSubscriptions } from "../../cybersource/subscriptions.ts";
import { createWebhookKey } from "../../cybersource/webhook-key.ts";
import type { MerchantSettings } from "../../configuration/environment-file.ts";
import type { Context } from "../../verb.ts";
import type { Complete } from "./complete-environment.ts";

export interface Subscribed { readonly merchants: MerchantSettings[]; readonly done: readonly string[] }
interface Input { readonly environment: Complete["environment"]; readonly organizationId: string; readonly keyFolder: string }

export async function subscribe(context: Context, { environment, organizationId, keyFolder }: Input): Promise<Subscribed> {
  const isReachable = environment.relay.url.startsWith("https://") || !/cybersource\.com$/i.test(environment.cybersource.host);
  if (!isReachable) context.screen.say("– Cybersource's webhooks need a relay on https: none registered, the relay looks by itself.");
  if (!isReachable) return { merchants: environment.merchants, done: [] };
  const keys = new Map<string, MerchantSettings["webhookKey"]>();
  const done: string[] = [];
  for (const merchant of new Map(environment.merchants.map((one) => [one.merchantId, one])).values()) {
    const cybersource = await openCybersource({ network: context.network, secrets: context.secrets, clock: context.clock, host: environment.cybersource.host }, merchant);
    const existing = await readSubscriptions(cybersource);
    if (existing === undefined) { context.screen.say(`– ${merchant.merchantId}: this account has no access to webhook subscriptions; the relay looks by itself.`); continue; }
    const key = merchant.webhookKey ?? await createWebhookKey(cybersource, keyFolder);
    if (typeof key === "string") { context.screen.say(`– ${merchant.merchantId}: ${key}; the relay looks by itself.`); continue; }
    keys.set(merchant.merchantId, key);
    const { created, refused } = await createSubscriptions(cybersource, `${environment.relay.url}/webhooks/cybersource/${organizationId}`, existing);
    for (const one of refused) context.screen.say(`– ${merchant.merchantId}: subscription refused: ${one}`);
    done.push(...created.map((product) => `${merchant.merchantId} ${product}`), ...existing.map((one) => `${merchant.merchantId} ${one.product} ${one.status}`));
  }
  return { merchants: environment.merchants.map((merchant) => { const webhookKey = keys.get(merchant.merchantId) ?? merchant.webhookKey; return webhookKey === undefined ? merchant : { ...merchant, webhookKey }; }), done };
}
