// PostgreSQL behind the one door to SQL. Its price is the number of times something is written to the socket and of statements in it.
import net from "node:net";
import pg from "pg";
import { INT8, toBigInt, type Database, type Row, type Sql } from "./database.ts";
import { gatherWrites, meeting, type Write } from "./gather-writes.ts";

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

/** How long is waited for what, in milliseconds; 0: for ever. */
export interface Patience {
  /** One statement, with the locks that it waits for. */
  readonly statementMs: number;
  /** A transaction between two statements: its process sleeps, and its locks keep all others waiting. */
  readonly idleInTransactionMs: number;
  /** An answer: a server that vanished without a word would be waited for until TCP gives up, if ever. */
  readonly answerMs: number;
}
const PATIENCE: Patience = { statementMs: 20_000, idleInTransactionMs: 15_000, answerMs: 30_000 };
/** Migrations wait for each other, and may have much to do. */
export const FOR_EVER: Patience = { statementMs: 0, idleInTransactionMs: 0, answerMs: 0 };

/** Set on the connection, not asked for at its start: poolers in between refuse what they do not know there. Nobody else's defaults decide how transactions see each other. */
const settingsOf = ({ statementMs, idleInTransactionMs }: Patience): string =>
  `set statement_timeout = ${statementMs}; set idle_in_transaction_session_timeout = ${idleInTransactionMs}; set default_transaction_isolation = 'read committed'`;

/** PostgreSQL. `url` as in libpq. */
export function openPostgres(url: string, patience = PATIENCE): Database {
  const pool = new pg.Pool({
    connectionString: url, max: CONNECTIONS_MAX, connectionTimeoutMillis: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 10_000,
    types: withBigInt, pipeline: true, stream: gatheringSocket, ...(patience.answerMs === 0 ? {} : { query_timeout: patience.answerMs }),
  });
  // A connection that the server closes, idle or in a transaction, is replaced by the pool and its statements fail; without listeners it would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    client.on("error", () => undefined);
    client.query(settingsOf(patience)).catch(() => undefined);
  });
  return {
    query: (name, text, values = []) => run(pool, name, text, values),
    write: async (name, text, values = [], options = {}) => { await run(pool, name, options.mustMeet === true ? meeting(text) : text, values); },
    execute: async (script) => { await pool.query(script); },
    close: () => pool.end(),
    transaction: (work) => inTransaction(pool, work),
  };
}

const IN_FAILED_TRANSACTION = "25P02";
const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/**
 * `begin` travels with the first read, writes wait for the next read or for the end and go together, and `commit` behind the last of them;
 * nothing is written before the database has confirmed `begin`. What reads nothing and fits in one statement needs neither.
 */
async function inTransaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const open = startTransaction(client);
  let isBroken = false;
  try {
    const value = await work(open.sql);
    await open.end();
    return value;
  } catch (error) {
    await client.query("rollback").catch(() => { isBroken = true; });
    if (codeOf(error) === IN_FAILED_TRANSACTION) await open.everythingSent();
    throw error;
  } finally {
    client.release(isBroken);
  }
}

interface OpenTransaction {
  readonly sql: Sql;
  /** Sends what is left and commits. Throws what failed first. */
  end(): Promise<void>;
  everythingSent(): Promise<unknown>;
}

function startTransaction(client: Runner): OpenTransaction {
  const sent: Promise<unknown>[] = [];
  let waiting: Write[] = [];
  let begun: Promise<unknown> | undefined;
  let isOpen = false;
  let turns = 0;
  const send = <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    // Looked at when the transaction ends; until then nobody may be waiting for it.
    answer.catch(() => undefined);
    sent.push(answer);
    return answer;
  };
  const begin = (): Promise<unknown> => {
    begun ??= send(client.query("begin"));
    begun.then(() => { isOpen = true; }, () => undefined);
    return begun;
  };
  const flush = (writes: readonly Write[]): void => {
    for (const { name, text, values } of gatherWrites(writes)) void send(run(client, name, text, values));
  };
  const takeWaiting = (): readonly Write[] => { const taken = waiting; waiting = []; return taken; };
  return {
    sql: {
      // Statements reach the database in the order they were asked for, also when the first of them waits for `begin`.
      query: async (name, text, values = []) => {
        const before = takeWaiting();
        const confirmed = begin();
        if (turns > 0 || !(isOpen || (before.length === 0 && text.startsWith("select")))) {
          turns += 1;
          try { await confirmed; } finally { turns -= 1; }
        }
        flush(before);
        return run(client, name, text, values);
      },
      write: async (name, text, values = [], options = {}) => { waiting.push({ name, text, values, mustMeet: options.mustMeet === true }); },
    },
    end: async () => {
      const left = gatherWrites(takeWaiting());
      const [only] = left;
      if (begun === undefined && left.length <= 1) {
        if (only !== undefined) await run(client, only.name, only.text, only.values);
        return;
      }
      await begin();
      for (const { name, text, values } of left) void send(run(client, name, text, values));
      const committed = send(client.query("commit"));
      await Promise.all(sent);
      // An aborted transaction answers a commit with ROLLBACK and no error.
      if ((await committed).command !== "COMMIT") throw new Error("the transaction was rolled back");
    },
    everythingSent: () => Promise.all(sent),
  };
}
