// Is this the database not being there, full, busy or turned over to another machine, rather than a bug? Then the same request may be sent again: nothing
// of its answer is kept. Codes: postgresql.org/docs/current/errcodes-appendix.html

/** Connections; resources; operator's intervention (shutdown, starting up, a statement's time over); transactions that waited for each other, or idled; a standby. */
const SQL_STATES = /^(?:08|53|57P|57014|40001|40P01|25P03|25006)/;
const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "ENOTFOUND", "EAI_AGAIN"]);
/** The driver's own, which have no code. */
const DRIVER = /^Connection terminated|^Query read timeout$|^timeout exceeded when trying to connect$|connection error and is not queryable|^Client was closed|^the transaction was rolled back$/;

export function isLedgerDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined && (SQL_STATES.test(code) || NETWORK.has(code))) return true;
  return DRIVER.test(error.message) || (error.cause !== undefined && isLedgerDown(error.cause));
}
