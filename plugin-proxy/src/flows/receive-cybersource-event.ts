// A notification of Cybersource, its signature verified. Kept once by what it is about, then somebody looks: nothing in it moves a payment.
import { asOrganizationId, type OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { CybersourceEvent } from "../ports/webhook.ts";
import type { FlowDeps } from "./deps.ts";

/** Commits before it is answered. A repeated delivery is counted; one that names no transaction is only kept. */
export async function receiveCybersourceEvent(deps: FlowDeps, input: { readonly organizationId: string; readonly event: CybersourceEvent }): Promise<"accepted" | "duplicate" | "ignored"> {
  const organizationId = asOrganizationId(input.organizationId);
  const { event } = input;
  if (!deps.organizations.has(organizationId)) return "ignored";
  const at = deps.clocks.business();
  const isAboutSomething = event.requestId !== undefined || event.merchantReference !== undefined;
  const work = isAboutSomething ? { kind: "event", key: toEventKey(event), dueAt: at, trace: deps.trace.current() } as const : undefined;
  const isNew = await deps.ledger.transaction(async (tx) => {
    const taken = await tx.takeDelivery({ organizationId, source: "cybersource", key: event.businessKey, at, work });
    await noteDelivery(tx, organizationId, { event, at, isNew: taken });
    return taken;
  });
  deps.reporter.count("pokes", { source: isNew ? "cybersource" : "cybersource_again" });
  deps.reporter.info(isNew ? "webhook" : "webhook_again", { organizationId, event: event.eventType, merchantReference: event.merchantReference });
  deps.wake();
  return isNew ? "accepted" : "duplicate";
}

/** Repeated deliveries are ignored, and the payment's timeline says so. */
async function noteDelivery(tx: LedgerTransaction, organizationId: OrganizationId, { event, at, isNew }: { readonly event: CybersourceEvent; readonly at: Instant; readonly isNew: boolean }): Promise<void> {
  const key = event.merchantReference === undefined ? undefined : await tx.surroundings.findPayment(event.merchantReference);
  if (key?.organizationId !== organizationId) return;
  await tx.surroundings.appendTrail({ ...key, at, source: "webhook", what: isNew ? "received" : "duplicate_ignored", kind: event.eventType, requestId: event.requestId, merchantReference: event.merchantReference });
}

/** What is looked at: one piece of work however many notifications are about it. */
const toEventKey = ({ merchantId = "", requestId = "", merchantReference = "" }: CybersourceEvent): string => JSON.stringify([merchantId, requestId, merchantReference]);

export function fromEventKey(key: string): { readonly merchantId: string; readonly requestId: string; readonly merchantReference: string } {
  const [merchantId = "", requestId = "", merchantReference = ""] = JSON.parse(key) as readonly string[];
  return { merchantId, requestId, merchantReference };
}
