// People as far as telling them something needs it: their language, and who holds one of our roles.
import { z } from "zod";
import type { Surroundings } from "../../ports/surroundings.ts";
import { partOf, refusedPart, unavailable } from "../read-request.ts";
import { collectionOf, wholeColumn } from "../rows/column-kinds.ts";
import { systemUser, userSettings } from "../rows/standard-tables.ts";
import type { Transport } from "../transport.ts";

const Languages = collectionOf(z.object({ [userSettings.columns.userId]: z.guid(), [userSettings.columns.uiLanguage]: wholeColumn }));

export const readPeople = (transport: Transport): Surroundings["readPeople"] => async ({ organizationId, userIds }) => {
  const filter = userIds.map((id) => `${userSettings.columns.userId} eq ${id}`).join(" or ");
  const answer = await transport.batch(organizationId, [{ kind: "read", path: `${userSettings.entitySetName}?$select=${userSettings.columns.userId},${userSettings.columns.uiLanguage}&$filter=${filter}` }]);
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  if (part?.status !== 200) return refusedPart("user settings", part);
  const rows = Languages.safeParse(part.body).data?.value;
  if (rows === undefined) return unavailable("user settings are not of the shape asked for");
  return { kind: "read", languageOf: Object.fromEntries(rows.flatMap((row) => { const language = row[userSettings.columns.uiLanguage]; return language === undefined ? [] : [[row[userSettings.columns.userId].toLowerCase(), language]]; })) };
};

const Users = collectionOf(z.object({ [systemUser.columns.id]: z.guid() }));

/** Through the many-to-many of users and roles; roles of teams are not followed: a team is not told, its people are. */
export const findUsersWithRole = (transport: Transport): Surroundings["findUsersWithRole"] => async ({ organizationId, roleName }) => {
  const filter = `${systemUser.columns.isDisabled} eq false and ${systemUser.columns.accessMode} eq ${systemUser.accessModes.readWrite} and systemuserroles_association/any(r:r/name eq '${roleName.replaceAll("'", "''")}')`;
  const answer = await transport.batch(organizationId, [{ kind: "read", path: `${systemUser.entitySetName}?$select=${systemUser.columns.id}&$filter=${filter}&$top=50` }]);
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  if (part?.status !== 200) return refusedPart("users of a role", part);
  const rows = Users.safeParse(part.body).data?.value;
  return rows === undefined ? unavailable("users are not of the shape asked for") : { kind: "read", userIds: rows.map((row) => row[systemUser.columns.id].toLowerCase()) };
};
