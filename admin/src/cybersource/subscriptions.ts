// Cybersource's own webhooks: which are there, in which state, and making those that are missing. One for each product and merchant id;
// developer.cybersource.com, webhooks. https only.
import { rowsAt, textAt } from "../dataverse/row.ts";
import type { Cybersource } from "./signed-call.ts";

export interface Subscription { readonly product: string; readonly webhookId: string; readonly status: string; readonly url: string; readonly version: string }
/** Events that tell what the relay would otherwise find by looking. */
export const WANTED: Readonly<Record<string, readonly string[]>> = {
  decisionManager: ["risk.casemanagement.decision.accept", "risk.casemanagement.decision.reject"],
  tokenManagement: ["tms.networktoken.updated"],
};

/** Empty when there is none; undefined when this account cannot be asked. */
export async function readSubscriptions(cybersource: Cybersource): Promise<readonly Subscription[] | undefined> {
  const answer = await cybersource.call("GET", `/notification-subscriptions/v2/webhooks?organizationId=${encodeURIComponent(cybersource.merchantId)}`);
  if (answer.status === 404) return [];
  if (answer.status !== 200) return undefined;
  const rows = [...answer.rows, ...rowsAt(answer.body, "webhooks"), ...(textAt(answer.body, "webhookId") === "" ? [] : [answer.body])];
  return rows.map((row) => ({ product: textAt(row, "productId") || textAt(rowsAt(row, "products")[0], "productId"), webhookId: textAt(row, "webhookId"), status: textAt(row, "status"), url: textAt(row, "webhookUrl"), version: textAt(row, "version") }));
}

/** Makes what is missing. Gives the sentence of what was refused, if anything was. */
export async function createSubscriptions(cybersource: Cybersource, webhookUrl: string, existing: readonly Subscription[]): Promise<{ readonly created: readonly string[]; readonly refused: readonly string[] }> {
  const created: string[] = [];
  const refused: string[] = [];
  for (const [productId, eventTypes] of Object.entries(WANTED)) {
    if (existing.some((one) => one.product === productId)) continue;
    const answer = await cybersource.call("POST", "/notification-subscriptions/v2/webhooks", {
      name: "Cybersource Payments for Dynamics 365", description: productId, organizationId: cybersource.merchantId, products: [{ productId, eventTypes }], webhookUrl, healthCheckUrl: `${webhookUrl}/health`, notificationScope: "SELF",
      retryPolicy: { algorithm: "ARITHMETIC", firstRetry: 1, interval: 1, numberOfRetries: 3, deactivateFlag: "true", repeatSequenceCount: 0, repeatSequenceWaitTime: 0 }, securityPolicy: { securityType: "KEY" },
    });
    if (answer.status === 201) created.push(productId);
    else refused.push(`${productId} (HTTP ${answer.status}${textAt(answer.body, "message") === "" ? "" : `: ${textAt(answer.body, "message")}`})`);
  }
  return { created, refused };
}
