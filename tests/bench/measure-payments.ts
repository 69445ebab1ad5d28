// The relay against the hand-written peer, both on PostgreSQL and the canned upstream: processor time, throughput, added latency and calls a
// payment. Rounds alternate, so that a busy minute of the machine meets both; the figures are medians of rounds.
import { freshDatabase } from "../support/postgres.ts";
import { startChild, type Child } from "./child.ts";
import { createDriver, type Driver, type Run, type Subject } from "./drive.ts";
import { environmentOf } from "./environment.ts";
import type { Figure } from "./figure.ts";
import { freePort } from "./free-port.ts";
import { median, quantile, round } from "./median.ts";
import type { SubjectMessage } from "./subject.ts";
import type { UpstreamProcess } from "./upstream.ts";

const ROUNDS = 5;
const WARM_UP = { count: 600, atOnce: 16 };
const BUSY = { count: 300, atOnce: 16 };
const ALONE = { count: 60, atOnce: 1 };

const FILES = { relay: "relay.ts", peer: "peers/express-relay/main.ts" } as const;
export type Name = keyof typeof FILES;

export interface Stage { readonly subject: Subject; readonly stop: () => Promise<void> }

/** One of the two in a process and a database of its own, ready for pokes. */
export async function startSubject(name: Name, upstream: UpstreamProcess): Promise<Stage> {
  const database = await freshDatabase();
  const port = await freePort();
  const child: Child<SubjectMessage> = startChild(FILES[name], { env: environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile }) });
  await child.next((message): message is Extract<SubjectMessage, { kind: "ready" }> => message.kind === "ready");
  return { subject: { name, url: `http://localhost:${port}`, databaseUrl: database.url, child }, stop: async () => { await child.stop(); await database.stop(); } };
}

interface Rounds { readonly busy: Run[]; readonly alone: Run[] }

async function runRounds(driver: Driver, subjects: readonly Subject[]): Promise<Record<Name, Rounds>> {
  const rounds: Record<Name, Rounds> = { relay: { busy: [], alone: [] }, peer: { busy: [], alone: [] } };
  for (const subject of subjects) await driver.run(subject, WARM_UP);
  for (let round = 0; round < ROUNDS; round++) {
    for (const subject of round % 2 === 0 ? subjects : [...subjects].reverse()) {
      rounds[subject.name].busy.push(await driver.run(subject, BUSY));
      rounds[subject.name].alone.push(await driver.run(subject, ALONE));
    }
  }
  return rounds;
}

export async function measurePayments(upstream: UpstreamProcess): Promise<readonly Figure[]> {
  const stages: Stage[] = [];
  const driver = createDriver(upstream.child);
  try {
    for (const name of ["relay", "peer"] as const) stages.push(await startSubject(name, upstream));
    const { relay, peer } = await runRounds(driver, stages.map((stage) => stage.subject));
    const minted = await Promise.all(stages.filter((stage) => stage.subject.name === "relay").map((stage) => driver.mint(stage.subject)));
    const calls = minted.reduce((sum, { cybersource, dataverse }) => sum + cybersource + dataverse, 0);
    return [...compared(relay, peer), ...counted(relay), { name: "relay: calls at minting for a saved card", value: calls, unit: "calls", goal: "1", holds: calls === 1 }];
  } finally {
    await driver.close();
    for (const stage of stages) await stage.stop();
  }
}

function compared(relay: Rounds, peer: Rounds): readonly Figure[] {
  const of = (runs: readonly Run[], pick: (run: Run) => number): number => median(runs.map(pick));
  const pair = (name: string, unit: string, [ours, theirs]: readonly [number, number], rule: { readonly goal?: string; readonly holds: boolean }): readonly Figure[] => [
    { name: `relay: ${name}`, value: round(ours), unit, ratio: round(ours / theirs), ...rule }, { name: `peer: ${name}`, value: round(theirs), unit, holds: true },
  ];
  const cpu = [of(relay.busy, (run) => run.cpuMs), of(peer.busy, (run) => run.cpuMs)] as const;
  const added = (share: number): readonly [number, number] => [relay, peer].map((rounds) => quantile(rounds.alone.flatMap((run) => run.addedMs), share)) as unknown as [number, number];
  return [
    ...pair("CPU a payment, 16 at once", "ms", cpu, { goal: "ratio <= 0.5", holds: cpu[0] / cpu[1] <= 0.5 }),
    ...pair("CPU a payment, one at a time", "ms", [of(relay.alone, (run) => run.cpuMs), of(peer.alone, (run) => run.cpuMs)], { holds: true }),
    ...pair("payments, 16 at once", "1/s", [of(relay.busy, (run) => run.perSecond), of(peer.busy, (run) => run.perSecond)], { holds: true }),
    ...pair("added latency p50, one at a time", "ms", added(0.5), { holds: true }),
    ...pair("added latency p99, one at a time", "ms", added(0.99), { holds: true }),
  ];
}

/** Every run counts: one call too many in any of them shows. */
function counted({ busy, alone }: Rounds): readonly Figure[] {
  const exactly = (name: string, wanted: number, pick: (run: Run) => number): Figure => {
    const value = Math.max(...[...busy, ...alone].map(pick));
    return { name, value: round(value, 4), unit: "calls", goal: String(wanted), holds: [...busy, ...alone].every((run) => pick(run) === wanted) };
  };
  return [exactly("relay: calls to Cybersource a payment", 1, (run) => run.cybersourceCalls), exactly("relay: $batch calls to Dataverse a payment", 2, (run) => run.dataverseCalls)];
}
