// npm run soak [-- --minutes N]: the relay on PostgreSQL at half of what it can do at most, for ten minutes. Heap and latency of the last third
// against the first: what leaks or clogs shows. Ends with 1 when they are not flat.
import { parseArgs } from "node:util";
import { startChild, type Child } from "../bench/child.ts";
import { createDriver, type Subject } from "../bench/drive.ts";
import { environmentOf } from "../bench/environment.ts";
import { freePort } from "../bench/free-port.ts";
import { median, quantile, round } from "../bench/median.ts";
import type { SubjectMessage } from "../bench/subject.ts";
import { startUpstream } from "../bench/upstream.ts";
import { ensureDebian } from "../support/ensure-debian.ts";
import { freshDatabase } from "../support/postgres.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
const SLICE_SECONDS = 10;
/** What a heap may grow between thirds: measured after a collection, caches that fill once are in it. */
const HEAP_GROWTH_MAX = 1.1;
/** Machines are shared: a median that doubles is not noise. */
const LATENCY_GROWTH_MAX = 1.5;
const isMemory = (message: SubjectMessage): message is Extract<SubjectMessage, { kind: "cpu" }> => message.kind === "cpu";

interface Slice { readonly heapMb: number; readonly p50: number; readonly p99: number }

ensureDebian(["postgresql"]);
const upstream = await startUpstream();
const database = await freshDatabase();
const port = await freePort();
const child: Child<SubjectMessage> = startChild("relay.ts", { execArgv: ["--expose-gc"], env: environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile }) });
await child.next((message): message is Extract<SubjectMessage, { kind: "ready" }> => message.kind === "ready");
const driver = createDriver(upstream.child);
const subject: Subject = { name: "relay", url: `http://localhost:${port}`, databaseUrl: database.url, child };

await driver.run(subject, { count: 600, atOnce: 16 });
const peak = median([(await driver.run(subject, { count: 300, atOnce: 16 })).perSecond, (await driver.run(subject, { count: 300, atOnce: 16 })).perSecond]);
const perSecond = peak / 2;
const slices: Slice[] = [];
const until = Date.now() + Number(values.minutes) * 60_000;
while (Date.now() < until) {
  const waitedMs = await driver.pace(subject, { perSecond, seconds: SLICE_SECONDS });
  const { heapBytes } = await child.ask(isMemory);
  slices.push({ heapMb: heapBytes / 1_048_576, p50: quantile(waitedMs, 0.5), p99: quantile(waitedMs, 0.99) });
  const last = slices.at(-1);
  process.stderr.write(`${slices.length * SLICE_SECONDS} s: heap ${round(last?.heapMb ?? 0, 1)} MB, p50 ${round(last?.p50 ?? 0, 1)} ms, p99 ${round(last?.p99 ?? 0, 1)} ms\n`);
}
await driver.close();
await child.stop();
await database.stop();
await upstream.stop();

const third = Math.floor(slices.length / 3);
const of = (part: readonly Slice[], pick: (slice: Slice) => number): number => median(part.map(pick));
const [first, last] = [slices.slice(0, third), slices.slice(-third)];
const growth = { heap: round(of(last, (slice) => slice.heapMb) / of(first, (slice) => slice.heapMb)), p50: round(of(last, (slice) => slice.p50) / of(first, (slice) => slice.p50)) };
const holds = growth.heap <= HEAP_GROWTH_MAX && growth.p50 <= LATENCY_GROWTH_MAX;
process.stdout.write(`${JSON.stringify({
  minutes: Number(values.minutes), peakPerSecond: round(peak, 0), perSecond: round(perSecond, 0), payments: Math.round(perSecond * slices.length * SLICE_SECONDS), heapMb: [round(of(first, (slice) => slice.heapMb), 1), round(of(last, (slice) => slice.heapMb), 1)],
  p50Ms: [round(of(first, (slice) => slice.p50), 1), round(of(last, (slice) => slice.p50), 1)], p99Ms: [round(of(first, (slice) => slice.p99), 1), round(of(last, (slice) => slice.p99), 1)], growth, holds,
})}\n`);
process.exit(holds ? 0 : 1);
