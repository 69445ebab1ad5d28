// Bearer tokens, disabled users, impersonation. A person who acts for another needs prvActOnBehalfOfAnotherUser; rows then say both names.
// Source: learn.microsoft.com/power-apps/developer/data-platform/impersonate-another-user
import { DataverseError } from "../errors.ts";
import type { Caller, Organization } from "../organization.ts";
import { asText, referenceId, type Row } from "../store/rows.ts";
import { assertNamedPrivilege } from "./access.ts";
import { knownCaller } from "./known-callers.ts";
import { grantsOf } from "./reach.ts";

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Throws 401 without a good token, 403 for who may not act. */
export function authenticate(organization: Organization, headers: Headers): Caller {
  const token = /^Bearer (.+)$/.exec(String(headers["authorization"] ?? ""))?.[1];
  const known = token === undefined ? undefined : organization.tokens.get(token);
  if (known === undefined || known.expiresAt < organization.clock.wire()) throw new DataverseError(401, "0x80072560", "The user is not a member of the organization.");
  const caller = callerOf(organization, known.userId);
  const asUser = impersonated(organization, headers);
  if (asUser === undefined || asUser === caller.userId) return caller;
  assertNamedPrivilege(organization, caller, "prvActOnBehalfOfAnotherUser");
  return { ...callerOf(organization, asUser), callerId: caller.userId, impersonator: caller };
}

function impersonated(organization: Organization, headers: Headers): string | undefined {
  const byId = headers["mscrmcallerid"];
  if (typeof byId === "string" && byId !== "") return byId.toLowerCase();
  const byObject = headers["callerobjectid"];
  if (typeof byObject !== "string" || byObject === "") return undefined;
  const found = [...organization.store.all("systemuser")].find((user) => user["azureactivedirectoryobjectid"] === byObject.toLowerCase())?.["systemuserid"];
  if (typeof found !== "string") throw new DataverseError(403, "0x80040225", `No user with the Microsoft Entra object id ${byObject} is a member of the organization.`);
  return found;
}

/** Membership is kept on the team's row, beside its columns. */
export const membersOf = (team: Row): readonly string[] => asText(team["memberids"] ?? "").split(",").filter((id) => id !== "");

export const callerOf = (organization: Organization, userId: string): Caller => knownCaller(organization, userId, () => workOut(organization, userId));

function workOut(organization: Organization, userId: string): Caller {
  const user = organization.store.get("systemuser", userId);
  if (user === undefined) throw new DataverseError(403, "0x80048306", `SystemUser With Id = ${userId} Does Not Exist`);
  if (user["isdisabled"] === true) throw new DataverseError(403, "0x80040225", `The specified user(Id = ${userId}) is disabled. Consider enabling this user.`);
  const teams = new Set([...organization.store.all("team")].filter((team) => membersOf(team).includes(userId)).map((team) => asText(team["teamid"])));
  const roles = new Set([userId, ...teams].flatMap((id) => [...organization.assignments.get(id) ?? []]));
  if (roles.size === 0) throw new DataverseError(403, "0x80042f09", `The user with id ${userId} has not been assigned any roles. They need a role with the prvReadUser privilege.`);
  const isSystem = [...roles].some((id) => organization.roles.get(id)?.name === "System Administrator");
  const grants = [...grantsOf(organization, userId, false), ...[...teams].flatMap((team) => grantsOf(organization, team, true))];
  return { userId, callerId: userId, businessUnitId: referenceId(user["businessunitid"]) ?? "", isSystem, teams, roles, grants };
}
