// Hints that something is to be done or has happened: Dataverse's webhook, the page's poke, Cybersource's events. Each may be lost, late or come twice; none may matter.
import { receiveDataverseWebhook } from "../../plugin-proxy/src/flows/receive-dataverse-webhook.ts";
import { receivePoke } from "../../plugin-proxy/src/flows/receive-poke.ts";
import { takeEvent, type CybersourceEvent } from "./cybersource-events.ts";
import type { Replica } from "./replica.ts";
import type { World } from "./world.ts";

export type Hint =
  | { readonly kind: "webhook"; readonly organization: number; readonly body: string; readonly url: string }
  | { readonly kind: "poke"; readonly organization: number; readonly paymentRequestId: string }
  | CybersourceEvent;

const LATE_MS_MAX = 20 * 60_000;

/** Status for the sender: 204 when a replica took it, 0 when nobody answered within its time. */
export function deliverHint(world: World, hint: Hint, timeoutMs?: number): Promise<number> {
  const { scheduler, weather } = world;
  const what = hint.kind === "event" ? `event ${hint.headers["v-c-event-type"] ?? ""}` : hint.kind;
  const fault = weather.hint({ where: "hint", what });
  if (fault === "drop") return Promise.resolve(0);
  return new Promise((resolve) => {
    const arrive = (): void => {
      const replica = world.anyReplica();
      if (replica === undefined) { resolve(0); return; }
      void take(world, replica, hint).then(resolve, () => { resolve(500); });
    };
    const delayMs = fault === "late" ? Math.floor(scheduler.random.next() * LATE_MS_MAX) : 30 + Math.floor(scheduler.random.next() * 400);
    scheduler.at(delayMs, `${what} arrives${fault === "none" ? "" : ` [${fault}]`}`, arrive);
    if (fault === "duplicate") scheduler.at(delayMs + 2_000, `${what} arrives again`, arrive);
    if (timeoutMs !== undefined && delayMs > timeoutMs) scheduler.at(timeoutMs, "", () => { resolve(0); });
  });
}

async function take(world: World, replica: Replica, hint: Hint): Promise<number> {
  const organizationId = world.neighbours[hint.organization]?.organizationId ?? "";
  if (hint.kind === "event") return takeEvent(replica, organizationId, hint);
  if (hint.kind === "poke") { await receivePoke(replica.deps, { organizationId, paymentRequestId: hint.paymentRequestId }); return 202; }
  const { PrimaryEntityId, OperationId, CorrelationId, MessageName } = JSON.parse(hint.body) as Record<string, string | undefined>;
  await receiveDataverseWebhook(replica.deps, { organizationId, deliveryKey: `${OperationId ?? CorrelationId ?? ""}:${PrimaryEntityId ?? ""}:${MessageName ?? ""}`.toLowerCase() });
  return 204;
}
