// A user's rights are the same from one request to the next until a role, an assignment, or a row of a table that they come from changes: then
// they are worked out again.
import type { Caller, Organization, RoleDefinition } from "../organization.ts";

interface Known {
  readonly caller: Caller;
  /** Writes of those tables when it was worked out. */
  readonly changes: number;
  /** What was assigned to the user and his teams then, and what each role was. */
  readonly assigned: readonly string[];
  readonly definitions: readonly (RoleDefinition | undefined)[];
}
/** Where a caller, his teams and how far his rights reach are read from. */
const SOURCES = ["systemuser", "team", "businessunit"] as const;
const known = new WeakMap<Organization, Map<string, Known>>();

const assignedTo = (organization: Organization, principals: Iterable<string>): readonly string[] => [...principals].flatMap((id) => [...organization.assignments.get(id) ?? []]);
const isSame = (left: readonly unknown[], right: readonly unknown[]): boolean => left.length === right.length && left.every((one, index) => one === right[index]);

/** The caller as `work` makes him, or as it made him when nothing that he depends on has changed since. */
export function knownCaller(organization: Organization, userId: string, work: () => Caller): Caller {
  const mine = known.get(organization) ?? new Map<string, Known>();
  known.set(organization, mine);
  const found = mine.get(userId);
  const changes = organization.store.changesIn(SOURCES);
  if (found?.changes === changes) {
    const assigned = assignedTo(organization, [userId, ...found.caller.teams]);
    if (isSame(assigned, found.assigned) && isSame(assigned.map((id) => organization.roles.get(id)), found.definitions)) return found.caller;
  }
  const caller = work();
  const assigned = assignedTo(organization, [userId, ...caller.teams]);
  mine.set(userId, { caller, changes, assigned, definitions: assigned.map((id) => organization.roles.get(id)) });
  return caller;
}
