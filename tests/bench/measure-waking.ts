// From a row to its outcome in Dataverse, by what wakes the relay: a poke of the card-entry page, a webhook of Dataverse (which hastens a sweep), and
// nothing at all but the sweep, every second here. One payment at a time.
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { freshDatabase } from "../support/postgres.ts";
import { startChild, type Child } from "./child.ts";
import { seedSessions } from "./drive.ts";
import { environmentOf } from "./environment.ts";
import type { Figure } from "./figure.ts";
import { freePort } from "./free-port.ts";
import { median, round } from "./median.ts";
import type { SubjectMessage } from "./subject.ts";
import { organizationId } from "./upstream/canned-rows.ts";
import type { UpstreamMessage } from "./upstream/messages.ts";
import type { UpstreamProcess } from "./upstream.ts";

const COUNT = 40;
const SWEEP_MS = 1_000;
type Way = "poke" | "webhook" | "sweep";
type Written = Extract<UpstreamMessage, { kind: "written" }>;

/** Wakes the relay, or does not. */
async function wake(way: Way, url: string, webhookKey: string, id: string): Promise<void> {
  if (way === "sweep") return;
  const call = way === "poke" ? { path: "/pokes", headers: {}, body: { organizationId, paymentRequestId: id } }
    : { path: `/webhooks/dataverse/${organizationId}`, headers: { "x-cybs-webhook-key": webhookKey }, body: { PrimaryEntityId: id, OrganizationId: organizationId, OperationId: randomUUID(), MessageName: "Create" } };
  const answer = await fetch(`${url}${call.path}`, { method: "POST", headers: { "content-type": "application/json", ...call.headers }, body: JSON.stringify(call.body) });
  if (!answer.ok) throw new Error(`a ${way} was answered ${answer.status}`);
}

export async function measureWaking(upstream: UpstreamProcess): Promise<readonly Figure[]> {
  const database = await freshDatabase();
  const port = await freePort();
  const sweeps = { SWEEP_IDLE_MS: String(SWEEP_MS), SWEEP_WAITING_MS: String(SWEEP_MS), SWEEP_AFTER_SESSION_MS: String(SWEEP_MS) };
  const env: Record<string, string> = { ...environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile }), ...sweeps };
  const child: Child<SubjectMessage> = startChild("relay.ts", { env });
  const figures: Figure[] = [];
  try {
    await child.next((message): message is Extract<SubjectMessage, { kind: "ready" }> => message.kind === "ready");
    for (const way of ["poke", "webhook", "sweep"] as const) {
      const took: number[] = [];
      for (let number = 0; number < COUNT; number++) {
        const id = randomUUID();
        if (way === "poke") await seedSessions(database.url, [id]);
        // Anywhere between two sweeps.
        await delay((number * 137) % SWEEP_MS);
        await upstream.set({ unclaimed: [id] });
        const started = performance.timeOrigin + performance.now();
        const written = upstream.child.next((message): message is Written => message.kind === "written" && message.paymentRequestId === id);
        await wake(way, `http://localhost:${port}`, env["WEBHOOK_KEY"] ?? "", id);
        took.push((await written).at - started);
      }
      figures.push({ name: `row to outcome by ${way}${way === "sweep" ? `, one every ${SWEEP_MS / 1000} s` : ""}, p50 of ${COUNT}`, value: round(median(took), 0), unit: "ms", holds: true });
    }
    return figures;
  } finally {
    await child.stop();
    await database.stop();
  }
}
