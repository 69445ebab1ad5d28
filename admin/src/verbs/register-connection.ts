// Part of import, setup and doctor's repair: makes Dataverse call the relay. Reads what is there, plans, changes only what differs. The key is
// written every time: Dataverse never shows it, so nobody can tell whether it is still the right one.
import type { Environment } from "../configuration/environment-file.ts";
import { readConnection, rowOfEndpoint, rowOfStep } from "../dataverse/connection-rows.ts";
import { readIdentity } from "../dataverse/identify.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import { authValue, CONNECTION, ENDPOINT_ID, planConnection, type ConnectionChange, type ConnectionWanted } from "../plans/plan-connection.ts";
import { Stop } from "../stop.ts";
import type { Context } from "../verb.ts";

/** Gives the changes it made; none when everything was right already (the key is set all the same). */
export async function registerConnection(context: Context, input: { readonly dataverse: Dataverse; readonly environment: Environment; readonly tables: readonly string[] }): Promise<readonly ConnectionChange[]> {
  const { dataverse, environment } = input;
  const { relay } = environment;
  if (relay?.webhookKey === undefined) throw new Stop("environment_file_invalid", { file: context.environmentFile }, "relay.url and relay.webhookKey are needed.");
  const key = await context.secrets.read(relay.webhookKey);
  const { organizationId } = await readIdentity(dataverse);
  const wanted: ConnectionWanted = { relayUrl: relay.url, organizationId, tables: input.tables };
  const changes = planConnection(await readConnection(dataverse), wanted);
  for (const change of changes) {
    context.screen.say(`  ${sentenceOf(change)}`);
    await apply(dataverse, change, key);
  }
  await dataverse.update("serviceendpoints", ENDPOINT_ID, { authvalue: authValue(key) });
  return changes;
}

export function sentenceOf(change: ConnectionChange): string {
  switch (change.kind) {
    case "create_solution": return `new solution ${CONNECTION}`;
    case "create_endpoint": return `endpoint registered: ${change.row.url}`;
    case "update_endpoint": return `endpoint changed: ${change.differs.join(", ")}`;
    case "create_step": return `step registered: ${change.step.table} ${change.step.message}`;
    case "update_step": return `step changed: ${change.step.table} ${change.step.message} (${change.differs.join(", ")})`;
    case "remove_step": return `step removed, no longer needed: ${change.step.name}`;
  }
}

async function apply(dataverse: Dataverse, change: ConnectionChange, key: string): Promise<void> {
  switch (change.kind) {
    case "create_solution": await createSolution(dataverse); break;
    case "create_endpoint": await dataverse.create("serviceendpoints", { serviceendpointid: ENDPOINT_ID, ...rowOfEndpoint(change.row), authvalue: authValue(key) }, { solution: CONNECTION }); break;
    case "update_endpoint": await dataverse.update("serviceendpoints", ENDPOINT_ID, rowOfEndpoint(change.row)); break;
    case "create_step": await dataverse.create("sdkmessageprocessingsteps", { sdkmessageprocessingstepid: change.step.id, ...await rowOfStep(dataverse, change.step) }, { solution: CONNECTION }); break;
    case "update_step": {
      await dataverse.update("sdkmessageprocessingsteps", change.step.id, await rowOfStep(dataverse, change.step));
      if (change.differs.includes("statecode")) await dataverse.update("sdkmessageprocessingsteps", change.step.id, { statecode: 0, statuscode: 1 });
      break;
    }
    case "remove_step": await dataverse.remove("sdkmessageprocessingsteps", change.step.id); break;
  }
}

/** Our own publisher came with the product's solution. */
async function createSolution(dataverse: Dataverse): Promise<void> {
  const [publisher] = await dataverse.list("publishers?$select=publisherid&$filter=uniquename eq 'cybersourcepayments'");
  if (publisher === undefined) throw new Stop("not_installed");
  await dataverse.create("solutions", { uniquename: CONNECTION, friendlyname: "Cybersource Payments – connection", version: "1.0.0.0", "publisherid@odata.bind": `/publishers(${String(publisher["publisherid"])})` });
}
