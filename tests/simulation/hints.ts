// Hints that something is to be done: Dataverse's webhook and the page's poke. Both may be lost, late or come twice; neither may matter.
import { receiveDataverseWebhook } from "../../plugin-proxy/src/flows/receive-dataverse-webhook.ts";
import { receivePoke } from "../../plugin-proxy/src/flows/receive-poke.ts";
import type { Replica } from "./replica.ts";
import type { World } from "./world.ts";

export type Hint =
  | { readonly kind: "webhook"; readonly organization: number; readonly body: string; readonly url: string }
  | { readonly kind: "poke"; readonly organization: number; readonly paymentRequestId: string };

const LATE_MS_MAX = 20 * 60_000;

/** Status for Dataverse: 204 when a replica took it, 0 when nobody answered in time. */
export function deliverHint(world: World, hint: Hint): Promise<number> {
  const { scheduler, weather } = world;
  const fault = weather.hint({ where: "hint", what: hint.kind });
  if (fault === "drop") return Promise.resolve(0);
  return new Promise((resolve) => {
    const arrive = (): void => {
      const replica = world.anyReplica();
      if (replica === undefined) { resolve(0); return; }
      void take(world, replica, hint).then(() => { resolve(204); }, () => { resolve(500); });
    };
    const delayMs = fault === "late" ? Math.floor(scheduler.random.next() * LATE_MS_MAX) : 30 + Math.floor(scheduler.random.next() * 400);
    scheduler.at(delayMs, `${hint.kind} arrives${fault === "none" ? "" : ` [${fault}]`}`, arrive);
    if (fault === "duplicate") scheduler.at(delayMs + 2_000, `${hint.kind} arrives again`, arrive);
  });
}

async function take(world: World, replica: Replica, hint: Hint): Promise<void> {
  const organizationId = world.neighbours[hint.organization]?.organizationId ?? "";
  if (hint.kind === "poke") { await receivePoke(replica.deps, { organizationId, paymentRequestId: hint.paymentRequestId }); return; }
  const { PrimaryEntityId, OperationId, CorrelationId, MessageName } = JSON.parse(hint.body) as Record<string, string | undefined>;
  await receiveDataverseWebhook(replica.deps, { organizationId, deliveryKey: `${OperationId ?? CorrelationId ?? ""}:${PrimaryEntityId ?? ""}:${MessageName ?? ""}`.toLowerCase() });
}
