// The value of the environment variable cybs_relayurl: where the card picker finds the relay's page. Changed, never a second one.
import { environmentVariables } from "@cybs/schema";
import { textAt } from "../../dataverse/row.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import { stableId } from "../../plans/plan-import.ts";
import { Stop } from "../../stop.ts";

export async function setRelayAddress(dataverse: Dataverse, url: string): Promise<"created" | "changed" | "unchanged"> {
  const [definition] = await dataverse.list(`environmentvariabledefinitions?$select=environmentvariabledefinitionid&$filter=schemaname eq '${environmentVariables.relayUrl}'`);
  if (definition === undefined) throw new Stop("not_installed");
  const id = textAt(definition, "environmentvariabledefinitionid");
  const [value] = await dataverse.list(`environmentvariablevalues?$select=environmentvariablevalueid,value&$filter=_environmentvariabledefinitionid_value eq ${id}`);
  if (value === undefined) {
    await dataverse.create("environmentvariablevalues", { environmentvariablevalueid: stableId("relay address"), schemaname: environmentVariables.relayUrl, value: url, "EnvironmentVariableDefinitionId@odata.bind": `/environmentvariabledefinitions(${id})` });
    return "created";
  }
  if (textAt(value, "value") === url) return "unchanged";
  await dataverse.update("environmentvariablevalues", textAt(value, "environmentvariablevalueid"), { value: url });
  return "changed";
}
