// Everything of one run in one place: the neighbours, the ledger, the replicas, the people's doors, and the history that invariants look at.
import type { Random } from "../sandbox/kit/random.ts";
import type { History } from "./history.ts";
import type { LedgerHost } from "./ledger-host.ts";
import type { Neighbourhood } from "./neighbours.ts";
import type { Replica } from "./replica.ts";
import type { Surroundings } from "./wires.ts";

export interface World extends Surroundings {
  readonly seed: number;
  readonly neighbours: readonly Neighbourhood[];
  readonly ledgerHost: LedgerHost;
  readonly history: History;
  readonly replicas: readonly (Replica | undefined)[];
  /** What people decide; apart from the network's chance, so that another fault leaves the people as they were. */
  readonly random: Random;
  readonly logs: string[];
  isStormOver: boolean;
  /** Since when the storm is over and nobody aims at anything more: what is left is the relay's to finish. */
  calmAt: number | undefined;
  /** When an intent was committed last, or somebody did something to an order. */
  changedAt: number;
  readonly changed: () => void;
  readonly fail: (invariant: number, what: string) => void;
  /** Some replica that runs, as a load balancer picks one. */
  readonly anyReplica: () => Replica | undefined;
  /** All processes end; the ledger goes back; they start again. */
  readonly restore: (to: "kept" | "nothing", takesMs: number) => void;
  /** One process goes on; the others finish what they have in their hands and end, as at night. */
  readonly scaleIn: () => void;
}
