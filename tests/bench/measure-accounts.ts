// What more merchant accounts cost: processor time a payment with 1, 10 and 100 of them in one organization, each of a business unit of its own,
// payments spread over all.
import { freshDatabase } from "../support/postgres.ts";
import { startChild, type Child } from "./child.ts";
import { createDriver } from "./drive.ts";
import { environmentOf } from "./environment.ts";
import type { Figure } from "./figure.ts";
import { freePort } from "./free-port.ts";
import { median, round } from "./median.ts";
import type { SubjectMessage } from "./subject.ts";
import type { UpstreamProcess } from "./upstream.ts";

const ACCOUNTS = [1, 10, 100] as const;
const ROUNDS = 3;
const LOAD = { count: 300, atOnce: 16 };

async function measureOne(upstream: UpstreamProcess, accounts: number): Promise<number> {
  const database = await freshDatabase();
  const port = await freePort();
  await upstream.set({ accounts });
  const child: Child<SubjectMessage> = startChild("relay.ts", { env: environmentOf({ folder: upstream.folder, port, upstreamPort: upstream.port, databaseUrl: database.url, caFile: upstream.caFile, accounts }) });
  const driver = createDriver(upstream.child);
  try {
    await child.next((message): message is Extract<SubjectMessage, { kind: "ready" }> => message.kind === "ready");
    const subject = { name: "relay", url: `http://localhost:${port}`, databaseUrl: database.url, child } as const;
    await driver.run(subject, LOAD);
    const rounds: number[] = [];
    for (let number = 0; number < ROUNDS; number++) rounds.push((await driver.run(subject, LOAD)).cpuMs);
    return median(rounds);
  } finally {
    await driver.close();
    await child.stop();
    await database.stop();
    await upstream.set({ accounts: 1 });
  }
}

export async function measureAccounts(upstream: UpstreamProcess): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  let first: number | undefined;
  for (const accounts of ACCOUNTS) {
    const cpuMs = await measureOne(upstream, accounts);
    first ??= cpuMs;
    figures.push({ name: `${accounts} merchant account${accounts === 1 ? "" : "s"}: CPU a payment, 16 at once`, value: round(cpuMs), unit: "ms", ratio: round(cpuMs / first), holds: true });
  }
  return figures;
}
