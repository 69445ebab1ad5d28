// A private PostgreSQL for tests: a fresh cluster from Debian's binaries in a temporary folder, or a database of its own on a server that
// DATABASE_URL names. PostgreSQL refuses to run as root, so it runs as user postgres then.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, globSync, mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

export interface PostgresServer {
  readonly url: string;
  stop(): Promise<void>;
}
export interface OwnPostgres extends PostgresServer {
  /** Ends it without a word, as when its machine dies, and starts it again. A server that DATABASE_URL names is not ours to end: left alone. */
  crash(): Promise<void>;
}

const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => { const { port } = server.address() as net.AddressInfo; server.close(() => { resolve(port); }); });
});

function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Throws a sentence when PostgreSQL is not installed. */
export async function startPostgres(): Promise<OwnPostgres> {
  const given = process.env["DATABASE_URL"];
  if (given !== undefined) return { url: given, stop: async () => undefined, crash: async () => undefined };
  const [initdb] = globSync("/usr/lib/postgresql/*/bin/initdb").sort().reverse();
  if (initdb === undefined) throw new Error("PostgreSQL is not installed. Install with: sudo apt-get install -y postgresql");
  const folder = mkdtempSync(join(tmpdir(), "cybs-postgres-"));
  const user = postgresUser();
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  const as = { ...user, cwd: folder, stdio: "ignore" as const };
  execFileSync(initdb, ["-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"], as);
  const port = await freePort();
  // fsync stays on in production; here the cluster lives for minutes.
  const start = (): ChildProcess => spawn(join(initdb, "..", "postgres"), ["-D", data, "-p", String(port), "-k", folder, "-h", "127.0.0.1", "-F", "-c", "max_connections=200"], as);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await gone;
  };
  let server = start();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await waitUntilUp(url);
  return {
    url,
    crash: async () => {
      // "Immediate": no checkpoint; the next start recovers from the log.
      await end("SIGQUIT");
      server = start();
      await waitUntilUp(url);
    },
    stop: async () => {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilUp(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const client = new pg.Client({ connectionString: url });
    try { await client.connect(); await client.end(); return; } catch { await delay(100); }
  }
  throw new Error("the temporary PostgreSQL did not start within 20 seconds");
}

/** A database of its own on the server that `npm test` started (TEST_DATABASE_URL), or on one started now. */
export async function freshDatabase(): Promise<PostgresServer> {
  const shared = process.env["TEST_DATABASE_URL"];
  const server = shared === undefined ? await startPostgres() : { url: shared, stop: async () => undefined };
  const name = `cybs_${randomBytes(6).toString("hex")}`;
  const admin = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try { await client.query(sql); } finally { await client.end(); }
  };
  await admin(`create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return { url: url.toString(), stop: async () => { await admin(`drop database if exists ${name} with (force)`); await server.stop(); } };
}
