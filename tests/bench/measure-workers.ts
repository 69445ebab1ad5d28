// One web process and 1, 2 and 4 workers on one PostgreSQL: payments a second, and processor time a payment of all of them together. On a machine
// with fewer cores than processes the rate says little; that the time a payment does not grow says that replicas do not get in each other's way.
import { freshDatabase } from "../support/postgres.ts";
import { startChild, type Child } from "./child.ts";
import { createDriver, type Subject } from "./drive.ts";
import { environmentOf } from "./environment.ts";
import type { Figure } from "./figure.ts";
import { freePort } from "./free-port.ts";
import { median, round } from "./median.ts";
import type { SubjectMessage } from "./subject.ts";
import type { UpstreamProcess } from "./upstream.ts";

const WORKERS = [1, 2, 4] as const;
const ROUNDS = 3;
const LOAD = { count: 300, atOnce: 32 };
const WARM_UP = 600;
const isCpu = (message: SubjectMessage): message is Extract<SubjectMessage, { kind: "cpu" }> => message.kind === "cpu";

async function measureOne(upstream: UpstreamProcess, workers: number): Promise<{ readonly perSecond: number; readonly cpuMs: number }> {
  const database = await freshDatabase();
  const children: Child<SubjectMessage>[] = [];
  const driver = createDriver(upstream.child);
  const start = async (role: string): Promise<{ readonly child: Child<SubjectMessage>; readonly url: string }> => {
    const port = await freePort();
    const child: Child<SubjectMessage> = startChild("relay.ts", { env: { ...environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile }), ROLE: role } });
    children.push(child);
    await child.next((message): message is Extract<SubjectMessage, { kind: "ready" }> => message.kind === "ready");
    return { child, url: `http://localhost:${port}` };
  };
  try {
    const web = await start("web");
    for (let number = 0; number < workers; number++) await start("worker");
    const subject: Subject = { name: "relay", url: web.url, databaseUrl: database.url, child: web.child };
    const cpu = async (): Promise<number> => (await Promise.all(children.map((child) => child.ask(isCpu)))).reduce((sum, { ms }) => sum + ms, 0);
    // Each of them has to have met as many as one alone: the first hundreds of payments cost a process twice what later ones do.
    await driver.run(subject, { ...LOAD, count: WARM_UP * workers });
    const rounds: { readonly perSecond: number; readonly cpuMs: number }[] = [];
    for (let number = 0; number < ROUNDS; number++) {
      const before = await cpu();
      const { perSecond } = await driver.run(subject, LOAD);
      rounds.push({ perSecond, cpuMs: (await cpu() - before) / LOAD.count });
    }
    return { perSecond: median(rounds.map((one) => one.perSecond)), cpuMs: median(rounds.map((one) => one.cpuMs)) };
  } finally {
    await driver.close();
    for (const child of children) await child.stop();
    await database.stop();
  }
}

export async function measureWorkers(upstream: UpstreamProcess): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const workers of WORKERS) {
    const { perSecond, cpuMs } = await measureOne(upstream, workers);
    const name = `web and ${workers} worker${workers === 1 ? "" : "s"}, 32 at once`;
    figures.push({ name: `${name}: payments`, value: round(perSecond), unit: "1/s", holds: true }, { name: `${name}: CPU a payment, all processes`, value: round(cpuMs), unit: "ms", holds: true });
  }
  return figures;
}
