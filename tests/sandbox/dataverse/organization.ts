// One organization: its model, its rows, its users and their roles, its clock. What every request works on.
import type { BusinessClock } from "../kit/clock.ts";
import type { Outside } from "../kit/outside.ts";
import type { Random } from "../kit/random.ts";
import type { Model } from "./metadata/model.ts";
import type { Row, Store } from "./store/rows.ts";
import type { Switches } from "./switches.ts";

export type Depth = "Basic" | "Local" | "Deep" | "Global";
export interface RoleDefinition {
  readonly id: string;
  readonly name: string;
  /** "prvReadcybs_Payment" in lower case → how far. */
  readonly privileges: ReadonlyMap<string, Depth>;
  /** False: as a team's role it counts for what the team owns only, not for what its members own. */
  readonly isInherited?: boolean;
}
/** A role that a user has himself or through a team, and the unit that its depths count from. */
export interface Grant { readonly principalId: string; readonly isTeam: boolean; readonly unitId: string; readonly role: RoleDefinition }
export interface ImportedFile { readonly path: string; readonly bytes: Uint8Array }
/** What a solution brought: new tables, columns, roles, and rows of its components. */
export interface Footprint { readonly tables: readonly string[]; readonly columns: readonly (readonly [string, string])[]; readonly roles: readonly string[]; readonly rows: readonly (readonly [string, string])[] }
export interface ImportedSolution { readonly uniqueName: string; readonly isManaged: boolean; readonly footprint: Footprint; readonly files: readonly ImportedFile[] }

export interface Limits {
  /** Requests a user may send in the window (service protection); huge by default. */
  requests: number;
  windowMs: number;
  /** Milliseconds of work a user may cause in the window, and requests he may have open at a time. */
  executionMs: number;
  concurrent: number;
}

export type { Outside };

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly environmentType: "sandbox" | "production";
  readonly model: Model;
  readonly store: Store;
  readonly clock: BusinessClock;
  readonly random: Random;
  readonly outside: Outside;
  readonly roles: Map<string, RoleDefinition>;
  /** User or team → role ids. */
  readonly assignments: Map<string, Set<string>>;
  readonly solutions: ImportedSolution[];
  readonly tokens: Map<string, { readonly userId: string; readonly expiresAt: number }>;
  readonly numbers: Map<string, number>;
  /** By user: when his requests of the window began and how long they took, and how many are open. */
  readonly traffic: Map<string, { requests: { at: number; tookMs: number }[]; open: number }>;
  /** After each committed write: webhook steps listen here. */
  readonly listeners: ((change: Committed) => void)[];
  baseUrl: string;
  /** Ends when the synchronous steps of an earlier request have: their transaction keeps everybody else waiting. */
  busy: Promise<void> | undefined;
  limits: Limits;
  readonly switches: Switches;
}

export interface Committed {
  readonly message: "Create" | "Update" | "Delete";
  readonly table: string;
  readonly row: Row;
  readonly changed: readonly string[];
  /** The row as it was, for an update. */
  readonly before?: Row;
  readonly userId: string;
  readonly initiatingUserId: string;
  readonly bypass?: Bypass;
  /** The request's ?tag=, which steps see. */
  readonly tag?: string;
}
/** Which custom steps a caller with the privilege to wants left out. */
export interface Bypass { readonly synchronous: boolean; readonly asynchronous: boolean; readonly stepIds: readonly string[] }

/** Who asks: the user that acts, and who really called when he acts for another. */
export interface Caller {
  readonly userId: string;
  readonly callerId: string;
  readonly businessUnitId: string;
  readonly isSystem: boolean;
  /** The platform acts in the caller's name, and asks nobody. */
  readonly isPlatform?: boolean;
  /** Teams the user is a member of, and all roles that count: his own and theirs. */
  readonly teams: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  readonly grants: readonly Grant[];
  /** Who really called, with his own rights: the two together have only what both have. */
  readonly impersonator?: Caller;
  /** What this request says about custom steps. */
  readonly bypass?: Bypass;
  readonly tag?: string;
}

export const withoutFraction = (at: Date): string => `${at.toISOString().slice(0, -".000Z".length)}Z`;
export const nowText = (organization: Organization): string => withoutFraction(organization.clock.now());
