// Doctor's questions to Dataverse. Each gives findings of its own; they are asked at the same time.
import { environmentVariables } from "@cybs/schema";
import { readConnection } from "../../dataverse/connection-rows.ts";
import { readIdentity } from "../../dataverse/identify.ts";
import { readOwnTables } from "../../dataverse/own-tables.ts";
import { rowsAt, textAt } from "../../dataverse/row.ts";
import { readSolutions } from "../../dataverse/solutions.ts";
import type { Finding } from "../../plans/finding.ts";
import { judgeConnection, judgeEnvironment, judgeKeys, judgeRelayUser, judgeSettings, judgeSolution, judgeTeams } from "../../plans/judge-dataverse.ts";
import { planConnection } from "../../plans/plan-connection.ts";
import { PRODUCT } from "../../solution-zip.ts";
import { readKeyIndexes } from "../import-key-indexes.ts";
import { STANDARD_PRIVILEGES } from "../setup/application-user.ts";
import type { Question } from "./question.ts";

const DAY_MS = 86_400_000;
const FAILED = 31;

export const DATAVERSE_QUESTIONS: readonly Question[] = [
  { id: "environment", ask: async ({ dataverse, environment }) => {
    const { environmentType } = await readIdentity(dataverse);
    return judgeEnvironment({ expectedType: environment.dataverse.environmentType, foundType: environmentType, isNamed: environment.dataverse.organizationId !== undefined, host: environment.cybersource.host, merchantEnvironments: environment.merchants.map((one) => one.environment) });
  } },
  { id: "solution", ask: async ({ dataverse, relayStatus }) => {
    const [{ installed, holding }, status] = await Promise.all([readSolutions(dataverse, PRODUCT), relayStatus.catch(() => undefined)]);
    return judgeSolution(installed, holding?.version, status?.version);
  } },
  { id: "key_indexes", ask: async ({ dataverse }) => judgeKeys(await readKeyIndexes(dataverse, (await readOwnTables(dataverse)).map((table) => table.logicalName))) },
  { id: "steps", ask: async ({ dataverse, environment, context }) => {
    if (environment.relay === undefined) return judgeConnection(undefined, 0);
    const since = new Date(context.clock.now() - DAY_MS).toISOString();
    const [found, tables, { organizationId }, failed] = await Promise.all([readConnection(dataverse), readOwnTables(dataverse), readIdentity(dataverse), dataverse.list(`asyncoperations?$select=_owningextensionid_value&$filter=statuscode eq ${FAILED} and createdon gt ${since} and operationtype eq 1`)]);
    const own = new Set(found.steps.map((step) => step.id));
    return judgeConnection(planConnection(found, { relayUrl: environment.relay.url, organizationId, tables: [...tables.map((table) => table.logicalName), "salesorder", "invoice"] }), failed.filter((row) => own.has(textAt(row, "_owningextensionid_value"))).length);
  } },
  { id: "relay_user", ask: async ({ dataverse, environment }) => judgeRelayUser(environment.relay?.applicationId === undefined ? undefined : await relayUser({ dataverse, applicationId: environment.relay.applicationId })) },
  { id: "teams", ask: async ({ dataverse }) => {
    const teams = await dataverse.list("teams?$select=teamid,name&$filter=isdefault eq true&$top=50");
    const roles = await Promise.all(teams.map((team) => dataverse.list(`teams(${textAt(team, "teamid")})/teamroles_association?$select=name`)));
    return judgeTeams(teams.filter((_, index) => roles[index]?.some((role) => textAt(role, "name").endsWith("Team reader")) !== true).map((team) => textAt(team, "name")));
  } },
  { id: "settings", ask: settings },
];

async function relayUser({ dataverse, applicationId }: { readonly dataverse: Parameters<typeof readIdentity>[0]; readonly applicationId: string }): Promise<Parameters<typeof judgeRelayUser>[0]> {
  const [user] = await dataverse.list(`systemusers?$select=systemuserid,isdisabled&$filter=applicationid eq ${applicationId}`);
  if (user === undefined) return { isKnown: false, isDisabled: false, roles: [], missing: [], tooMany: [] };
  const id = textAt(user, "systemuserid");
  if (user["isdisabled"] === true) return { isKnown: true, isDisabled: true, roles: [], missing: [], tooMany: [] };
  const [roles, held] = await Promise.all([dataverse.list(`systemusers(${id})/systemuserroles_association?$select=name`), dataverse.find(`systemusers(${id})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()`)]);
  const names = roles.map((role) => textAt(role, "name"));
  const privileges = new Set(rowsAt(held, "RolePrivileges").map((one) => textAt(one, "PrivilegeName").toLowerCase()));
  const wanted = [...STANDARD_PRIVILEGES, "prvReadcybs_PaymentRequest", "prvCreatecybs_PaymentTransaction", "prvWritecybs_Payment"];
  return { isKnown: true, isDisabled: false, roles: names, missing: wanted.filter((name) => !privileges.has(name.toLowerCase())), tooMany: names.filter((name) => name === "System Administrator" || name === "System Customizer") };
}

async function settings({ dataverse, environment }: Parameters<Question["ask"]>[0]): Promise<readonly Finding[]> {
  const [values, [organization]] = await Promise.all([dataverse.list(`environmentvariablevalues?$select=value&$filter=schemaname eq '${environmentVariables.relayUrl}'`), dataverse.list("organizations")]);
  return judgeSettings({
    address: values[0] === undefined ? undefined : textAt(values[0], "value"), relayUrl: environment.relay?.url, isAudited: organization?.["isauditenabled"] === true, isFirewalled: organization?.["enableipbasedfirewallrule"] === true,
    policy: { isEnforced: organization?.["iscontentsecuritypolicyenabled"] === true, text: textAt(organization, "contentsecuritypolicyconfiguration") }, requestsLeft: dataverse.observed.requestsLeft,
  });
}

