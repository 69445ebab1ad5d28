// One narrow door to SQL, the same for PostgreSQL and for PGlite: text with $n, rows back. int8 is BigInt in both, in this one place.
import { createHash } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import net from "node:net";
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { meeting } from "./gather-writes.ts";

export type Row = Readonly<Record<string, unknown>>;
export interface WriteOptions { readonly mustMeet?: true }
export interface Sql {
  /** `name` lets PostgreSQL keep the plan. Returns rows and how many rows a write touched. */
  query(name: string, text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[]; readonly count: number }>;
  /**
   * A write whose answer decides nothing. In a transaction on PostgreSQL it is not waited for and may be sent with others in one statement:
   * what fails there makes the database refuse everything after it, the commit included, and is thrown when the transaction ends.
   * `mustMeet`: it fails when it touches no row, because somebody else has moved it.
   */
  write(name: string, text: string, values?: readonly unknown[], options?: WriteOptions): Promise<void>;
}
export interface Database extends Sql {
  /** Everything or nothing. On PGlite anything outer that is awaited in here waits for ever. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  execute(script: string): Promise<void>;
  close(): Promise<void>;
}

/** The type of counters and amounts in both. */
export const INT8 = 20;
export const toBigInt = (text: string): bigint => BigInt(text);

/** PGlite in a folder (or in memory). Holds the folder for this process alone: two would lose rows silently. */
export async function openPGlite(directory: string | undefined): Promise<Database> {
  const lock = directory === undefined ? undefined : await lockDirectory(directory);
  const pglite = await PGlite.create({ ...(directory === undefined ? {} : { dataDir: directory }), parsers: { [INT8]: toBigInt } });
  const over = (client: Pick<PGlite | Transaction, "query">): Sql => {
    const query: Sql["query"] = async (_name, text, values = []) => {
      const result = await client.query<Row>(text, [...values]);
      return { rows: result.rows, count: result.affectedRows ?? 0 };
    };
    return { query, write: async (name, text, values, options) => { await query(name, options?.mustMeet === true ? meeting(text) : text, values); } };
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
