// How far one right of one user goes: which owners' and which units' rows. Roles count for themselves, those of teams for the team,
// and for its members too when the role says so. Source: learn.microsoft.com/power-platform/admin/security-roles-privileges
import type { Caller, Depth, Organization } from "../organization.ts";
import { asText, referenceId } from "../store/rows.ts";

export interface Reach {
  readonly isGlobal: boolean;
  /** Rows of these users and teams … */
  readonly owners: ReadonlySet<string>;
  /** … and of these business units. */
  readonly units: ReadonlySet<string>;
}

export const EVERYWHERE: Reach = { isGlobal: true, owners: new Set(), units: new Set() };
const UNITS_MAX = 1_000;

/** A unit and all below it. */
export function unitsBelow(organization: Organization, top: string): readonly string[] {
  const found = [top];
  for (let at = 0; at < found.length && at < UNITS_MAX; at++) {
    for (const unit of organization.store.pointingAt("businessunit", "parentbusinessunitid", found[at] ?? "")) found.push(asText(unit["businessunitid"]));
  }
  return found;
}

const known = new WeakMap<Caller, Map<string, Reach | null>>();

/** What all grants of a privilege together reach, or undefined when there is none. Asked once per caller and privilege: whatever changes it makes another caller (known-callers.ts). */
export function reachOf(organization: Organization, caller: Caller, privilege: string): Reach | undefined {
  if (caller.isSystem) return EVERYWHERE;
  const mine = known.get(caller) ?? new Map<string, Reach | null>();
  known.set(caller, mine);
  const cached = mine.get(privilege);
  if (cached !== undefined) return cached ?? undefined;
  const reach = collect(organization, caller, privilege);
  mine.set(privilege, reach ?? null);
  return reach;
}

function collect(organization: Organization, caller: Caller, privilege: string): Reach | undefined {
  const owners = new Set<string>();
  const units = new Set<string>();
  let isGlobal = false;
  let isFound = false;
  for (const grant of caller.grants) {
    const depth: Depth | undefined = grant.role.privileges.get(privilege);
    if (depth === undefined) continue;
    isFound = true;
    isGlobal ||= depth === "Global";
    owners.add(grant.principalId);
    if (!grant.isTeam || grant.role.isInherited !== false) for (const one of [caller.userId, ...caller.teams]) owners.add(one);
    if (depth === "Local") units.add(grant.unitId);
    if (depth === "Deep") for (const unit of unitsBelow(organization, grant.unitId)) units.add(unit);
  }
  return isFound ? { isGlobal, owners, units } : undefined;
}

/** The grants of one user or team, with the unit that depths count from. */
export function grantsOf(organization: Organization, principalId: string, isTeam: boolean): Caller["grants"] {
  const row = organization.store.get(isTeam ? "team" : "systemuser", principalId);
  const unitId = referenceId(row?.["businessunitid"]) ?? "";
  return [...organization.assignments.get(principalId) ?? []].flatMap((id) => {
    const role = organization.roles.get(id);
    return role === undefined ? [] : [{ principalId, isTeam, unitId, role }];
  });
}
