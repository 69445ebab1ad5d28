// Which cell a seed aims at, by its number alone, whoever runs it and in which order: every other seed aims, at one. A round over all cells takes twice as
// many seeds. What an aim needs of the merchant accounts is asked for here.
import type { Abilities } from "../abilities.ts";
import { EPOCH_MS, ORGANIZATIONS } from "../neighbours.ts";
import { CELLS, type Cell } from "./cells.ts";

export interface Aim {
  readonly cell: Cell;
  readonly organization: number;
  /** Where an answer does not say whether the call was carried out: in every other round it was. */
  readonly isCarriedOut: boolean;
  /** Its first try comes while the weather is bad. */
  readonly isInStorm?: boolean;
}

/** The others are left to chance and its weather. */
const AIMED_ONE_IN = 2;
const MINUTE_MS = 60_000;

/** So many seeds in a row aim at every cell. */
export const SEEDS_FOR_ALL = CELLS.length * AIMED_ONE_IN;

export function aimOf(seed: number): Aim | undefined {
  if (seed % AIMED_ONE_IN !== 0) return undefined;
  const index = seed / AIMED_ONE_IN;
  const cell = CELLS[index % CELLS.length];
  if (cell === undefined) throw new Error("there are no cells");
  return { cell, organization: index % ORGANIZATIONS, isCarriedOut: ((index % CELLS.length) + Math.floor(index / CELLS.length)) % 2 === 0, isInStorm: index % 5 < 2 };
}

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
