// One narrow door to SQL, the same for PostgreSQL and for PGlite: text with $n, rows back. int8 is BigInt in both, in this one place.
import { createHash } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import net from "node:net";
import { PGlite, type Transaction } from "@electric-sql/pglite";
import pg from "pg";

export type Row = Readonly<Record<string, unknown>>;
export interface Sql {
  /** `name` lets PostgreSQL keep the plan. Returns rows and how many rows a write touched. */
  query(name: string, text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[]; readonly count: number }>;
  /**
   * A write whose answer decides nothing. In a transaction on PostgreSQL it is sent without waiting for the answer: what fails there makes
   * the database refuse everything after it, the commit included, and is thrown when the transaction ends.
   */
  write(name: string, text: string, values?: readonly unknown[]): Promise<void>;
}
export interface Database extends Sql {
  /** Everything or nothing. On PGlite anything outer that is awaited in here waits for ever. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  execute(script: string): Promise<void>;
  close(): Promise<void>;
}

const INT8 = 20;
const toBigInt = (text: string): bigint => BigInt(text);
const CONNECTIONS_MAX = 10;

const withBigInt = new pg.TypeOverrides();
withBigInt.setTypeParser(INT8, toBigInt);

/** A connection that sends what is written in one turn of the loop in one piece: most of a small query's cost is its way through the kernel. */
function gatheringSocket(): net.Socket {
  const socket = new net.Socket();
  // Only now: connect() puts the prototype's own write back.
  socket.once("connect", () => {
    const write = socket.write.bind(socket) as (...parameters: unknown[]) => boolean;
    let isGathering = false;
    socket.write = (...parameters: unknown[]): boolean => {
      if (!isGathering) {
        isGathering = true;
        socket.cork();
        process.nextTick(() => { isGathering = false; socket.uncork(); });
      }
      return write(...parameters);
    };
  });
  return socket;
}

type Runner = Pick<pg.Pool | pg.PoolClient, "query">;
const run = async (client: Runner, name: string, text: string, values: readonly unknown[]): ReturnType<Sql["query"]> => {
  const result = await client.query({ name, text, values: [...values] });
  return { rows: result.rows as Row[], count: result.rowCount ?? 0 };
};

/** PostgreSQL. `url` as in libpq. */
export function openPostgres(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url, max: CONNECTIONS_MAX, connectionTimeoutMillis: 10_000,
    types: withBigInt, pipeline: true, stream: gatheringSocket,
  });
  // A connection that the server closes, idle or in a transaction, is replaced by the pool and its statements fail; without listeners it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => { client.on("error", () => undefined); });
  return {
    query: (name, text, values = []) => run(pool, name, text, values),
    write: async (name, text, values = []) => { await run(pool, name, text, values); },
    execute: async (script) => { await pool.query(script); },
    close: () => pool.end(),
    transaction: (work) => inTransaction(pool, work),
  };
}

const IN_FAILED_TRANSACTION = "25P02";
const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** `begin` travels with the first read and `commit` behind the last write; nothing is written before the database has confirmed `begin`. */
async function inTransaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const sent: Promise<unknown>[] = [];
  const send = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    // Looked at when the transaction ends; until then nobody may be waiting for it.
    answer.catch(() => undefined);
    sent.push(answer);
    return answer;
  };
  let isBroken = false;
  try {
    const begun = send(client.query("begin"));
    const value = await work(inOrder(client, begun, send));
    await begun;
    const committed = send(client.query("commit"));
    await Promise.all(sent);
    // An aborted transaction answers a commit with ROLLBACK and no error.
    if ((await committed).command !== "COMMIT") throw new Error("the transaction was rolled back");
    return value;
  } catch (error) {
    await client.query("rollback").catch(() => { isBroken = true; });
    if (codeOf(error) === IN_FAILED_TRANSACTION) await Promise.all(sent);
    throw error;
  } finally {
    client.release(isBroken);
  }
}

/** Statements reach the database in the order they were asked for, also when the first of them waits for `begun` and its caller does not wait for it. */
function inOrder(client: Runner, begun: Promise<unknown>, send: (answer: Promise<unknown>) => Promise<unknown>): Sql {
  let isOpen = false;
  let waiting = 0;
  begun.then(() => { isOpen = true; }, () => undefined);
  const mayGo = (text: string): boolean => waiting === 0 && (isOpen || text.startsWith("select"));
  const turn = async (): Promise<void> => {
    waiting += 1;
    try { await begun; } finally { waiting -= 1; }
  };
  return {
    query: async (name, text, values = []) => {
      if (!mayGo(text)) await turn();
      return run(client, name, text, values);
    },
    write: async (name, text, values = []) => {
      if (!mayGo(text)) await turn();
      void send(run(client, name, text, values));
    },
  };
}

/** PGlite in a folder (or in memory). Holds the folder for this process alone: two would lose rows silently. */
export async function openPGlite(directory: string | undefined): Promise<Database> {
  const lock = directory === undefined ? undefined : await lockDirectory(directory);
  const pglite = await PGlite.create({ ...(directory === undefined ? {} : { dataDir: directory }), parsers: { [INT8]: toBigInt } });
  const over = (client: Pick<PGlite | Transaction, "query">): Sql => {
    const query: Sql["query"] = async (_name, text, values = []) => {
      const result = await client.query<Row>(text, [...values]);
      return { rows: result.rows, count: result.affectedRows ?? 0 };
    };
    return { query, write: async (name, text, values) => { await query(name, text, values); } };
  };
  return {
    ...over(pglite),
    execute: async (script) => { await pglite.exec(script); },
    close: async () => { await pglite.close(); lock?.close(); },
    transaction: (work) => pglite.transaction((tx) => work(over(tx))),
  };
}

/** A lock that the kernel releases at kill -9: an abstract socket on Linux. Elsewhere the folder is not locked. */
async function lockDirectory(directory: string): Promise<net.Server | undefined> {
  mkdirSync(directory, { recursive: true });
  if (process.platform !== "linux") return undefined;
  const name = createHash("sha256").update(realpathSync(directory)).digest("hex").slice(0, 32);
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => { reject(error.code === "EADDRINUSE" ? new Error(`The ledger's folder ${directory} is in use by another relay. Stop that one, or use PostgreSQL.`) : error); });
    server.listen(`\0cybs-${name}`, resolve);
  });
  server.unref();
  return server;
}
