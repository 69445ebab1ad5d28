// A notification of Cybersource, its signature verified. Kept once by what it is about, then somebody looks: nothing in it moves a payment.
import { asMerchantReference, asOrganizationId } from "../domain/ids.ts";
import type { CybersourceEvent } from "../ports/webhook.ts";
import type { FlowDeps } from "./deps.ts";

/** Commits before it is answered. A repeated delivery is counted; one that names no transaction is only kept. */
export async function receiveCybersourceEvent(deps: FlowDeps, input: { readonly organizationId: string; readonly event: CybersourceEvent }): Promise<"accepted" | "duplicate" | "ignored"> {
  const organizationId = asOrganizationId(input.organizationId);
  const { event } = input;
  if (!deps.organizations.has(organizationId)) return "ignored";
  const at = deps.clocks.business();
  const isAboutSomething = event.requestId !== undefined || event.merchantReference !== undefined || event.instrumentIdentifierId !== undefined;
  const work = isAboutSomething ? { kind: "event", key: toEventKey(event), dueAt: at, trace: deps.trace.current() } as const : undefined;
  const { merchantReference } = event;
  const names = merchantReference === undefined ? undefined : { merchantReference: asMerchantReference(merchantReference), kind: event.eventType, requestId: event.requestId };
  const isNew = await deps.ledger.alone((ledger) => ledger.takeDelivery({ organizationId, source: "cybersource", key: event.businessKey, at, work, names }));
  deps.reporter.count("pokes", { source: isNew ? "cybersource" : "cybersource_again" });
  deps.reporter.info(isNew ? "webhook" : "webhook_again", { organizationId, event: event.eventType, merchantReference: event.merchantReference });
  deps.wake();
  return isNew ? "accepted" : "duplicate";
}

/** What is looked at: one piece of work however many notifications are about it. */
export const toEventKey = ({ merchantId = "", requestId = "", merchantReference = "", instrumentIdentifierId }: Pick<CybersourceEvent, "merchantId" | "requestId" | "merchantReference" | "instrumentIdentifierId">): string =>
  JSON.stringify([merchantId, requestId, merchantReference, ...(instrumentIdentifierId === undefined ? [] : [instrumentIdentifierId])]);

export function fromEventKey(key: string): { readonly merchantId: string; readonly requestId: string; readonly merchantReference: string; readonly instrumentIdentifierId: string | undefined } {
  const [merchantId = "", requestId = "", merchantReference = "", instrumentIdentifierId] = JSON.parse(key) as readonly string[];
  return { merchantId, requestId, merchantReference, instrumentIdentifierId };
}
