// Sends payments through relay or peer: seeds the card-entry session each poke belongs to, pokes, and waits until the upstream has seen the
// payment's rows written. Both subjects keep sessions in a table of the same name and columns.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { Agent } from "undici";
import type { Child } from "./child.ts";
import type { SubjectMessage } from "./subject.ts";
import { nonce, organizationId } from "./upstream/canned-rows.ts";
import type { UpstreamMessage } from "./upstream/messages.ts";

export interface Subject {
  readonly name: "relay" | "peer";
  readonly url: string;
  readonly databaseUrl: string;
  readonly child: Child<SubjectMessage>;
}

export interface Run {
  readonly cpuMs: number;
  readonly perSecond: number;
  /** From poke to written, without what the upstream took itself; milliseconds. Only meaningful one at a time. */
  readonly addedMs: readonly number[];
  readonly cybersourceCalls: number;
  readonly dataverseCalls: number;
}

type Written = Extract<UpstreamMessage, { kind: "written" }>;
const PAYMENT_MS_MAX = 30_000;
const isCpu = (message: SubjectMessage): message is Extract<SubjectMessage, { kind: "cpu" }> => message.kind === "cpu";
const isTally = (message: UpstreamMessage): message is Extract<UpstreamMessage, { kind: "tally" }> => message.kind === "tally";

/** Card entry as if it had been opened for each. */
export async function seedSessions(databaseUrl: string, ids: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const now = Date.now();
  const bodies = ids.map((id) => JSON.stringify({ sessionId: `s-${id}`, organizationId, paymentRequestId: id, nonceHash: id, userId: "bench", mintedAt: now, expiresAt: now + 900_000, action: "sale" }));
  await client.query(
    "insert into session (session_id, organization_id, payment_request_id, nonce_hash, minted_at, body) select 's-' || id, $1, id, id, $2, body from unnest($3::text[], $4::text[]) as given (id, body)",
    [organizationId, now, ids, bodies]);
  await client.query("analyze session");
  await client.end();
}

export interface Driver {
  /** `atOnce` payments in flight, `count` in all. */
  run(subject: Subject, load: { readonly count: number; readonly atOnce: number }): Promise<Run>;
  /** Starts `perSecond` payments a second for `seconds`, whatever comes back when; how long each took from poke to written, milliseconds. */
  pace(subject: Subject, load: { readonly perSecond: number; readonly seconds: number }): Promise<readonly number[]>;
  /** Opens card entry once, for a saved card; returns the calls that made. */
  mint(subject: Subject): Promise<{ readonly cybersource: number; readonly dataverse: number }>;
  close(): Promise<void>;
}

export function createDriver(upstream: Child<UpstreamMessage>): Driver {
  const agent = new Agent({ connections: 32, pipelining: 1 });
  const waiting = new Map<string, (written: Written) => void>();
  upstream.on((message) => { if (message.kind === "written") waiting.get(message.paymentRequestId)?.(message); });

  const pay = async (subject: Subject, id: string, number: number): Promise<Written> => {
    const written = new Promise<Written>((resolve, reject) => {
      const timer = setTimeout(() => { reject(new Error(`${subject.name}: a payment was not written within ${PAYMENT_MS_MAX} ms`)); }, PAYMENT_MS_MAX);
      waiting.set(id, (message) => { clearTimeout(timer); waiting.delete(id); resolve(message); });
    });
    const { statusCode, body } = await agent.request({
      origin: subject.url, path: "/pokes", method: "POST", body: JSON.stringify({ organizationId, paymentRequestId: id }),
      headers: { "content-type": "application/json", "x-forwarded-for": `10.${number & 7}.${(number >> 3) & 255}.1` },
    });
    await body.dump();
    if (statusCode !== 202) throw new Error(`${subject.name}: a poke was answered ${statusCode}`);
    return written;
  };

  const run: Driver["run"] = async (subject, { count, atOnce }) => {
    const ids = Array.from({ length: count }, () => randomUUID());
    await seedSessions(subject.databaseUrl, ids);
    const addedMs: number[] = [];
    const before = (await upstream.ask(isTally)).tally;
    let spentMs = before.spentMs;
    let next = 0;
    const cpuBefore = (await subject.child.ask(isCpu)).ms;
    const started = performance.now();
    await Promise.all(Array.from({ length: atOnce }, async () => {
      for (let number = next++; number < count; number = next++) {
        const pokedAt = performance.timeOrigin + performance.now();
        const written = await pay(subject, ids[number] ?? "", number);
        addedMs.push(written.at - pokedAt - (written.tally.spentMs - spentMs));
        spentMs = written.tally.spentMs;
      }
    }));
    const seconds = (performance.now() - started) / 1000;
    // What is left to do after the rows are written (ending the work) belongs to the payment too.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const cpuMs = (await subject.child.ask(isCpu)).ms - cpuBefore;
    const after = (await upstream.ask(isTally)).tally;
    return { cpuMs: cpuMs / count, perSecond: count / seconds, addedMs, cybersourceCalls: (after.cybersource - before.cybersource) / count, dataverseCalls: (after.dataverse - before.dataverse) / count };
  };
  const pace: Driver["pace"] = async (subject, { perSecond, seconds }) => {
    const ids = Array.from({ length: Math.ceil(perSecond * seconds) }, () => randomUUID());
    await seedSessions(subject.databaseUrl, ids);
    return Promise.all(ids.map(async (id, number) => {
      await new Promise((resolve) => setTimeout(resolve, (number / perSecond) * 1000));
      const pokedAt = performance.timeOrigin + performance.now();
      return (await pay(subject, id, number)).at - pokedAt;
    }));
  };
  const mint: Driver["mint"] = async (subject) => {
    const before = (await upstream.ask(isTally)).tally;
    const { statusCode, body } = await agent.request({
      origin: subject.url, path: "/card-entry/sessions", method: "POST", headers: { "content-type": "application/json" },
      body: JSON.stringify({ organizationId, paymentRequestId: randomUUID(), nonce, ancestorOrigins: [], card: false }),
    });
    const text = await body.text();
    if (statusCode !== 201) throw new Error(`card entry was not opened: ${text}`);
    const after = (await upstream.ask(isTally)).tally;
    return { cybersource: after.cybersource - before.cybersource, dataverse: after.dataverse - before.dataverse };
  };
  return { run, pace, mint, close: () => agent.close() };
}
