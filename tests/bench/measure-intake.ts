// Durable intake of Cybersource's webhooks (verify, deduplicate, store with the work that follows) against a bare Fastify that only inserts.
// The relay runs as web alone, as it would; each event is signed and new. Rounds alternate.
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "undici";
import { freshDatabase } from "../support/postgres.ts";
import { startChild, type Child } from "./child.ts";
import { environmentOf } from "./environment.ts";
import type { Figure } from "./figure.ts";
import { freePort } from "./free-port.ts";
import { median, round } from "./median.ts";
import type { SubjectMessage } from "./subject.ts";
import { merchantId, organizationId } from "./upstream/canned-rows.ts";
import type { UpstreamProcess } from "./upstream.ts";

const ROUNDS = 7;
/** Some three tenths of a second a round, after as many to warm up: with fewer it is the compiler that is measured. */
const EVENTS = 3_000;
const AT_ONCE = 32;
const KEY = { keyId: "bench-webhook", key: Buffer.from("the webhook key of the benchmark").toString("base64") };

interface Subject { readonly child: Child<SubjectMessage>; readonly url: string; stop(): Promise<void> }

async function start(file: string, upstream: UpstreamProcess): Promise<Subject> {
  const database = await freshDatabase();
  const port = await freePort();
  const env = environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile });
  const bindings = JSON.parse(readFileSync(env["BINDINGS_FILE"] ?? "", "utf8")) as object[];
  writeFileSync(env["BINDINGS_FILE"] ?? "", JSON.stringify(bindings.map((binding) => ({ ...binding, webhookKeys: [KEY] }))));
  const child: Child<SubjectMessage> = startChild(file, { env: { ...env, ROLE: "web" } });
  await child.next((message): message is Extract<SubjectMessage, { kind: "ready" }> => message.kind === "ready");
  return { child, url: `http://localhost:${port}`, stop: async () => { await child.stop(); await database.stop(); } };
}

/** From a few addresses in turn: the limit for each of them is in force. */
function delivery(_: unknown, number: number): { readonly body: string; readonly headers: Record<string, string> } {
  const id = String(7_000_000_000_000_000_000_000n + BigInt(`0x${randomUUID().replaceAll("-", "").slice(0, 14)}`));
  const body = JSON.stringify({
    eventType: "payments.capture.status.updated", webhookId: randomUUID(), productId: "payments", organizationId: merchantId, eventDate: "2026-11-25T10:00:00", transactionTraceId: randomUUID(), retryNumber: 0, requestType: "NEW",
    payload: { organizationId: merchantId, data: { id, status: "BATCHED", clientReferenceInformation: { code: `R-${id}` }, orderInformation: { amountDetails: { totalAmount: "12.40", currency: "USD" } } } },
  });
  const at = Date.now();
  const sig = createHmac("sha256", Buffer.from(KEY.key, "base64")).update(`${at}.${body}`).digest("base64");
  return { body, headers: { "content-type": "application/json", "x-forwarded-for": `192.0.2.${number % 50}`, "v-c-signature": `t=${at};keyId=${KEY.keyId};sig=${sig}` } };
}

async function perSecond(agent: Agent, subject: Subject, count: number): Promise<number> {
  const waiting = Array.from({ length: count }, delivery);
  const started = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const { statusCode, body } = await agent.request({ origin: subject.url, path: `/webhooks/cybersource/${organizationId}`, method: "POST", ...one });
      await body.dump();
      if (statusCode !== 204) throw new Error(`an event was answered ${statusCode}`);
    }
  }));
  return count / ((performance.now() - started) / 1000);
}

export async function measureIntake(upstream: UpstreamProcess): Promise<readonly Figure[]> {
  const agent = new Agent({ connections: AT_ONCE, pipelining: 1 });
  const subjects = [await start("relay.ts", upstream), await start("peers/bare-fastify/main.ts", upstream)] as const;
  const rates: [number[], number[]] = [[], []];
  try {
    for (const subject of subjects) await perSecond(agent, subject, EVENTS);
    for (let number = 0; number < ROUNDS; number++) {
      for (const which of number % 2 === 0 ? [0, 1] as const : [1, 0] as const) rates[which].push(await perSecond(agent, subjects[which], EVENTS));
    }
  } finally {
    await agent.close();
    for (const subject of subjects) await subject.stop();
  }
  const [ours, bare] = [median(rates[0]), median(rates[1])];
  return [
    { name: "webhook intake, 32 at once: verified, deduplicated, stored", value: round(ours, 0), unit: "1/s", ratio: round(ours / bare), goal: "ratio >= 0.7", holds: ours / bare >= 0.7 },
    { name: "bare Fastify that only inserts", value: round(bare, 0), unit: "1/s", holds: true },
  ];
}
