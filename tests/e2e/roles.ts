// Roles that a test lends to a person and takes back.
import { apiOf } from "./paid.ts";

export const userId = async (user: string): Promise<string> => String((await apiOf("sysadmin").find(`systemusers?$select=systemuserid&$filter=startswith(domainname,'${user}@')`))[0]?.["systemuserid"]);
const roleId = async (ending: string): Promise<string> => String((await apiOf("sysadmin").find(`roles?$select=roleid&$filter=endswith(name,'${ending}')`))[0]?.["roleid"]);

export async function lendRole(user: string, ending: string): Promise<() => Promise<void>> {
  const [person, role] = await Promise.all([userId(user), roleId(ending)]);
  await apiOf("sysadmin").send("POST", `systemusers(${person})/systemuserroles_association/$ref`, { "@odata.id": `roles(${role})` });
  return () => apiOf("sysadmin").send("DELETE", `systemusers(${person})/systemuserroles_association(${role})/$ref`);
}

