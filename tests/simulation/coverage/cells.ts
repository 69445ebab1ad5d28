// Every cell that a run of seeds has to hit: operation × answer of the recovery rules × crash point. What cannot be is left out by a rule that gives its
// reason. Where nobody has read an answer there is none to tell apart: only whether Cybersource was reached, and carried the call out.
import { OPERATIONS, rowsOf, stateReasonsOf, type Operation, type Row } from "./operations.ts";

/** Where the process ended that made the call. */
export const CRASH_POINTS = ["no crash", "before sent is committed", "before the bytes leave", "before the answer", "before the answer is committed", "before Dataverse is written"] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

export interface Cell {
  readonly operation: Operation;
  /** The row's name, or what took its place where nobody read it. */
  readonly answer: string;
  readonly point: CrashPoint;
  readonly row?: Row | undefined;
}

export const NOTHING_SENT = "nothing sent";
export const CARRIED_OUT = "carried out, unread";
export const NOT_CARRIED_OUT = "not carried out, unread";
const UNREAD: Readonly<Partial<Record<CrashPoint, readonly string[]>>> = {
  "before sent is committed": [NOTHING_SENT], "before the bytes leave": [NOTHING_SENT], "before the answer": [CARRIED_OUT, NOT_CARRIED_OUT],
};
const READ_POINTS = CRASH_POINTS.filter((point) => UNREAD[point] === undefined);

/** Why Cybersource can never give this answer to this operation; undefined: it can. */
export function whyImpossible(operation: Operation, row: Row): string | undefined {
  if (row.rule === "3.10" && !stateReasonsOf(operation).has(row.answer)) return "the reason speaks of a transaction of a kind on which the operation does not act";
  return undefined;
}

export const nameOf = ({ operation, answer, point }: Pick<Cell, "operation" | "answer" | "point">): string => `${operation} × ${answer} × ${point}`;

const cellsOf = (operation: Operation): readonly Cell[] => [
  ...CRASH_POINTS.flatMap((point) => (UNREAD[point] ?? []).map((answer): Cell => ({ operation, answer, point }))),
  ...rowsOf(operation).filter((row) => whyImpossible(operation, row) === undefined).flatMap((row) => READ_POINTS.map((point): Cell => ({ operation, answer: row.answer, point, row }))),
];

/** In a fixed order: a seed aims at some of them by its number. */
export const CELLS: readonly Cell[] = OPERATIONS.flatMap(cellsOf);
