// What a seed is like: how rough its weather, how many replicas, how wrong the clocks, how strict the neighbours. A pure function of the seed,
// so that one seed alone gives the same run as in a row of thousands.
import { createRandom, type Random } from "../sandbox/kit/random.ts";
import type { Settings } from "../sandbox/cybersource/state.ts";
import type { WorldOptions } from "./create-world.ts";
import { abilitiesOf, type Abilities } from "./abilities.ts";
import type { Focus } from "./focus.ts";
import { ORGANIZATIONS } from "./neighbours.ts";
import { stormOf, type Rates } from "./weather.ts";

/** One storm in so many, and one aim, has three organizations, the others one: what a process does at its start and in each sweep it does for each of them. */
const WITH_NEIGHBOURS = 5;
const REPLICAS_MAX = 3;
/** One ends at the crash point; another is there to go on, or it is there itself again. */
const REPLICAS_AIMED_MAX = 2;
const SKEW_MS_MAX = 3 * 60_000;
const WEATHERS: readonly Rates[] = [
  { ledger: 0, cybersource: 0.02, dataverse: 0.02, hint: 0.1 }, { ledger: 0.02, cybersource: 0.3, dataverse: 0.05, hint: 0.3 },
  { ledger: 0.03, cybersource: 0.1, dataverse: 0.25, hint: 0.5 }, { ledger: 0.12, cybersource: 0.2, dataverse: 0.1, hint: 0.3 },
];

/**
 * What no relay can know is not asked of it: a payment that reaches the issuer only after its undo was refused, and that search then hides for a
 * day, looks like one that never was; nor does one that was executed, answered 429 and is hidden. Late arrivals and failures after execution take turns
 * with long hiding.
 */
function strictnessOf(random: Random, isRestored: boolean): Partial<Settings> {
  if (isRestored) return { lateAuthorization: 0, failsAfterExecution: 0, neverInSearch: 0, longSearchLag: 0 };
  return random.next() < 0.5 ? { lateAuthorization: 0, failsAfterExecution: 0 } : { longSearchLag: 0, neverInSearch: 0, staleStatus: 0 };
}

export interface Wanted {
  readonly isRestored: boolean;
  readonly isAimed: boolean;
  /** What the seed's aims need. */
  readonly needs: Partial<Abilities>;
  readonly focus?: Focus | undefined;
}

export function settingsOf(seed: number, { isRestored, isAimed, needs, focus }: Wanted): Omit<WorldOptions, "seed"> {
  const random = createRandom(seed * 4 + 9);
  const rates = WEATHERS[random.integer(WEATHERS.length)] ?? { ledger: 0, cybersource: 0, dataverse: 0, hint: 0 };
  const isSkewed = random.next() < 0.3;
  const abilities = { ...abilitiesOf(createRandom(seed * 4 + 13)), ...focus?.abilities, ...needs };
  return {
    organizations: Math.floor(seed / 2) % WITH_NEIGHBOURS === 0 ? ORGANIZATIONS : 1,
    abilities, strictness: { ...strictnessOf(random, isRestored), multiCapture: abilities.multiCapture, incremental: abilities.incremental, batchCutOff: abilities.batchCutOff },
    weather: (chance) => { const storm = stormOf(chance, rates); return focus?.weather(storm, createRandom(seed * 4 + 19)) ?? storm; }, replicas: Math.max(focus?.replicas ?? 1, 1 + random.integer(isAimed ? REPLICAS_AIMED_MAX : REPLICAS_MAX)),
    skewMs: (chance) => (isSkewed ? Math.round((chance.next() * 2 - 1) * SKEW_MS_MAX) : 0),
  };
}
