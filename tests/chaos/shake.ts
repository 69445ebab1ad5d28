// Two ordeals over real processes: replicas on one PostgreSQL of which one is killed every second, PostgreSQL itself killed once; and the
// embedded ledger killed and started again. Killing is by seed, so that an ordeal can be repeated.
import { mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startPostgres } from "../support/postgres.ts";
import { SHORT_FENCE, startStage, type Stage } from "../support/stage.ts";
import { judge, type Verdict } from "./judge.ts";
import { startLoad } from "./load.ts";
import { createReplica, untilReady, type Replica } from "./replica.ts";

export interface Shaken extends Verdict {
  readonly kills: number;
  readonly seconds: number;
  readonly notMade: number;
}

const QUIET_MS_MAX = 60_000;

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = net.createServer().listen(0, "localhost", () => { const { port } = server.address() as net.AddressInfo; server.close(() => { resolve(port); }); });
});

/** A small generator (mulberry32): which replica dies when is the seed's. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function replicasOn(stage: Stage, count: number, env: Readonly<Record<string, string>>): Promise<readonly Replica[]> {
  const replicas = await Promise.all(Array.from({ length: count }, async () => createReplica({ ...stage.env, ...SHORT_FENCE, ...env }, { http: await freePort(), control: await freePort() })));
  stage.clock.onMove(async (offsetMs) => { await Promise.all(replicas.map((replica) => fetch(replica.controlUrl, { method: "POST", body: JSON.stringify({ offsetMs }) }).catch(() => undefined))); });
  return replicas;
}

/** `seconds` of load on three replicas, one of them killed every second, PostgreSQL once in the middle without a word. */
export async function shakePostgres(options: { readonly seconds: number; readonly perSecond: number; readonly seed: number }): Promise<Shaken> {
  const postgres = await startPostgres();
  const stage = await startStage({ databaseUrl: postgres.url });
  const random = seeded(options.seed);
  const replicas = await replicasOn(stage, 3, { DATABASE_URL: postgres.url });
  try {
    for (const replica of replicas) replica.start();
    await Promise.all(replicas.map((replica) => untilReady(replica)));
    const load = startLoad(stage, { card: await stage.savedCard(), perSecond: options.perSecond, urls: replicas.map(({ url }) => url), firstAmount: 1_000 });
    let kills = 0;
    for (let second = 0; second < options.seconds; second++) {
      await delay(1_000);
      const victim = replicas[Math.floor(random() * replicas.length)];
      await victim?.kill();
      victim?.start();
      kills += 1;
      if (second === Math.floor(options.seconds / 2)) await postgres.crash();
    }
    await load.stop();
    for (const replica of replicas) if (!replica.isRunning()) replica.start();
    return { ...await judge(stage, load.taken, QUIET_MS_MAX), kills, seconds: options.seconds, notMade: load.notMade() };
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await stage.close();
    await postgres.stop();
  }
}

/** The embedded ledger in its folder: killed under load and started again, `kills` times. */
export async function shakePGlite(options: { readonly kills: number; readonly perSecond: number; readonly seed: number }): Promise<Shaken> {
  const folder = mkdtempSync(join(tmpdir(), "cybs-chaos-"));
  const stage = await startStage();
  const random = seeded(options.seed);
  const [replica] = await replicasOn(stage, 1, { LEDGER_DIR: join(folder, "ledger"), DATABASE_URL: "" });
  const from = Date.now();
  try {
    if (replica === undefined) throw new Error("no replica");
    replica.start();
    await untilReady(replica);
    const load = startLoad(stage, { card: await stage.savedCard(), perSecond: options.perSecond, urls: [replica.url], firstAmount: 2_000 });
    for (let kill = 0; kill < options.kills; kill++) {
      await delay(300 + random() * 1_500);
      await replica.kill();
      replica.start();
      await untilReady(replica);
    }
    await load.stop();
    return { ...await judge(stage, load.taken, QUIET_MS_MAX), kills: options.kills, seconds: Math.round((Date.now() - from) / 1_000), notMade: load.notMade() };
  } finally {
    await replica?.stop();
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
