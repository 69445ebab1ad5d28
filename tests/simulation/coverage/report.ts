// What a run of seeds has hit, put together over processes, and printed: hit and total by operation, and what nobody has hit.
import { CELLS, nameOf } from "./cells.ts";
import { OPERATIONS } from "./operations.ts";

/** What a share of the seeds has met; plain, so that it travels between processes. */
export interface Met { readonly hits: readonly string[]; readonly strangers: readonly string[] }

const UNHIT_SHOWN_MAX = 20;

export interface Coverage { readonly lines: readonly string[]; readonly unhit: number }

export function coverageOf(parts: readonly Met[]): Coverage {
  const hits = new Set(parts.flatMap((part) => part.hits));
  const strangers = new Set(parts.flatMap((part) => part.strangers));
  const unhit = CELLS.filter((cell) => !hits.has(nameOf(cell)));
  const byOperation = OPERATIONS.map((operation) => {
    const own = CELLS.filter((cell) => cell.operation === operation);
    return `  ${operation.padEnd(26)}${own.filter((cell) => hits.has(nameOf(cell))).length} of ${own.length}`;
  });
  return {
    unhit: unhit.length,
    lines: [
      `coverage: ${CELLS.length - unhit.length} of ${CELLS.length} cells (operation × answer × crash point)`, ...byOperation,
      ...unhit.slice(0, UNHIT_SHOWN_MAX).map((cell) => `  not hit: ${nameOf(cell)}`), ...(unhit.length > UNHIT_SHOWN_MAX ? [`  and ${unhit.length - UNHIT_SHOWN_MAX} more`] : []),
      ...(strangers.size === 0 ? [] : [`  ${strangers.size} answers are no row's, such as ${[...strangers][0] ?? ""}`]),
    ],
  };
}
