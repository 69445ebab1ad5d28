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

const SWEEPS = { SWEEP_IDLE_MS: String(SWEEP_MS), SWEEP_WAITING_MS: String(SWEEP_MS), SWEEP_AFTER_SESSION_MS: String(SWEEP_MS) };

/** Processes of these roles on one database; the way is measured at the first of them. */
async function measure(upstream: UpstreamProcess, roles: readonly string[], ways: readonly Way[]): Promise<readonly Figure[]> {
  const database = await freshDatabase();
  const children: Child<SubjectMessage>[] = [];
  const start = async (role: string): Promise<{ readonly url: string; readonly webhookKey: string }> => {
    const port = await freePort();
    const env: Record<string, string> = { ...environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile }), ...SWEEPS, ROLE: role };
    const child: Child<SubjectMessage> = startChild("relay.ts", { env });
    children.push(child);
    await child.next((message): message is Extract<SubjectMessage, { kind: "ready" }> => message.kind === "ready");
    return { url: `http://localhost:${port}`, webhookKey: env["WEBHOOK_KEY"] ?? "" };
  };
  try {
    const [first] = await Promise.all(roles.map(start));
    if (first === undefined) throw new Error("no process");
    const figures: Figure[] = [];
    for (const way of ways) {
      const where = roles.length === 1 ? "" : " at a web process beside a worker";
      const name = `row to outcome by ${way}${where}${way === "sweep" ? `, one every ${SWEEP_MS / 1000} s` : ""}, p50 of ${COUNT}`;
      figures.push({ name, value: round(median(await timesOf(upstream, { way, databaseUrl: database.url, ...first })), 0), unit: "ms", holds: true });
    }
    return figures;
  } finally {
    for (const child of children) await child.stop();
    await database.stop();
  }
}

async function timesOf(upstream: UpstreamProcess, { way, databaseUrl, url, webhookKey }: { readonly way: Way; readonly databaseUrl: string; readonly url: string; readonly webhookKey: string }): Promise<readonly number[]> {
  const took: number[] = [];
  for (let number = 0; number < COUNT; number++) {
    const id = randomUUID();
    if (way === "poke") await seedSessions(databaseUrl, [id]);
    // Anywhere between two sweeps.
    await delay((number * 137) % SWEEP_MS);
    await upstream.set({ unclaimed: [id] });
    const started = performance.timeOrigin + performance.now();
    const written = upstream.child.next((message): message is Written => message.kind === "written" && message.paymentRequestId === id);
    await wake(way, url, webhookKey, id);
    took.push((await written).at - started);
  }
  return took;
}

export const measureWaking = async (upstream: UpstreamProcess): Promise<readonly Figure[]> =>
  [...await measure(upstream, ["web,worker"], ["poke", "webhook", "sweep"]), ...await measure(upstream, ["web", "worker"], ["poke", "webhook"])];
