// Which cells a seed aims at, by its number alone, whoever runs it and in which order: two, half the list apart, so that they are of operations that do not
// come in each other's way. A round over all cells takes half as many seeds. What an aim needs of the merchant accounts is asked for here.
import type { Abilities } from "../abilities.ts";
import { EPOCH_MS, ORGANIZATIONS } from "../neighbours.ts";
import { CELLS, type Cell } from "./cells.ts";

export interface Aim {
  readonly cell: Cell;
  readonly organization: number;
  /** Where an answer does not say whether the call was carried out: in every other round it was. */
  readonly isCarriedOut: boolean;
}

const AIMS = 2;
const ROUND = Math.ceil(CELLS.length / AIMS);
const MINUTE_MS = 60_000;

export const aimsOf = (seed: number): readonly Aim[] => Array.from({ length: AIMS }, (_, index) => {
  const cell = CELLS[(((seed - 1) % ROUND) + index * ROUND) % CELLS.length];
  if (cell === undefined) throw new Error("there are no cells");
  return { cell, organization: (seed + index) % ORGANIZATIONS, isCarriedOut: (((seed - 1) % ROUND) + Math.floor((seed - 1) / ROUND)) % 2 === 0 };
});

/** A refund waits for its batch to close: some minutes after the storm. */
const BATCH_OPEN_MS = 6 * MINUTE_MS;
export const batchClosesAfterMs = (stormMs: number): number => Math.ceil((stormMs + BATCH_OPEN_MS) / MINUTE_MS) * MINUTE_MS;

/** What merchant accounts must be able to do for the aims. */
export function abilitiesFor(aims: readonly Aim[], stormMs: number): Partial<Abilities> {
  const aimsAt = (operation: Cell["operation"]): boolean => aims.some(({ cell }) => cell.operation === operation);
  return {
    ...(aimsAt("incremental_authorization") ? { incremental: true } : {}),
    ...(aimsAt("refund") ? { batchCutOff: new Date(EPOCH_MS + batchClosesAfterMs(stormMs)).toISOString().slice(11, 16) } : {}),
  };
}
