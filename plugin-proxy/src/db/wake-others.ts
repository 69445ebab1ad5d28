// Processes on one PostgreSQL wake each other: one that takes pokes and no work tells those that do (LISTEN/NOTIFY,
// https://www.postgresql.org/docs/current/sql-notify.html). Only a hint: without it, behind a pooler that knows no LISTEN or while the connection is
// away, work is found when the worker's nap ends.
import pg from "pg";
import { SECOND_MS } from "../domain/time.ts";
import type { OtherProcesses } from "../ports/ledger.ts";

const CHANNEL = "cybs_work";
const AGAIN_MS = SECOND_MS;
/** Between two tellings in a row: under load one after the other took as much of PostgreSQL as what they told of. */
const REST_MS = 10;
const AGAIN_MS_MAX = 30 * SECOND_MS;

/** On the embedded ledger and in memory there are none. */
export const NO_OTHERS: OtherProcesses = { tell: () => undefined, hear: () => () => undefined };

/** `query` runs one statement on the pool. */
export function othersOver(url: string, query: (text: string) => Promise<unknown>): OtherProcesses {
  let isTelling = false;
  let isToldAgain = false;
  const tell = (): void => {
    // What is told while a telling is under way, or has only just been, goes with the next: they all say the same.
    if (isTelling) { isToldAgain = true; return; }
    isTelling = true;
    void query(`notify ${CHANNEL}`).catch(() => undefined).then(() => {
      if (!isToldAgain) { isTelling = false; return; }
      setTimeout(() => {
        [isTelling, isToldAgain] = [false, false];
        tell();
      }, REST_MS).unref();
    });
  };
  return { tell, hear: (wake) => hearOn(url, wake) };
}

/** Listens on a connection of its own, and on another one when that is gone. Returns how to stop. */
function hearOn(url: string, wake: () => void): () => void {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let tries = 0;
  let isOver = false;
  const connect = (): void => {
    const own = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 });
    client = own;
    const gone = (): void => {
      if (isOver || client !== own) return;
      client = undefined;
      void own.end().catch(() => undefined);
      timer = setTimeout(connect, Math.min(AGAIN_MS * 2 ** tries++, AGAIN_MS_MAX));
    };
    own.on("notification", wake).on("error", gone).on("end", gone);
    own.connect().then(() => own.query(`listen ${CHANNEL}`)).then(() => {
      tries = 0;
      // What was told while nobody listened.
      wake();
    }, gone);
  };
  connect();
  return () => {
    isOver = true;
    clearTimeout(timer);
    void client?.end().catch(() => undefined);
  };
}
