// Endpoint and steps as Dataverse keeps them, to and from the plan's words.
import { CONNECTION, ENDPOINT_ID, type ConnectionFound, type EndpointRow, type StepRow } from "../plans/plan-connection.ts";
import { Stop } from "../stop.ts";
import { rowAt, textAt, type Row } from "./row.ts";
import type { Dataverse } from "./web-api.ts";

/** What is registered now. */
export async function readConnection(dataverse: Dataverse): Promise<ConnectionFound> {
  const [solutions, endpoint, steps] = await Promise.all([
    dataverse.list(`solutions?$select=solutionid&$filter=uniquename eq '${CONNECTION}'`),
    dataverse.find(`serviceendpoints(${ENDPOINT_ID})?$select=name,url,contract,authtype,messageformat,connectionmode`),
    dataverse.list(`sdkmessageprocessingsteps?$select=name,mode,stage,rank,asyncautodelete,filteringattributes,statecode&$filter=_eventhandler_value eq ${ENDPOINT_ID}&$expand=sdkmessageid($select=name),sdkmessagefilterid($select=primaryobjecttypecode)`),
  ]);
  return { hasSolution: solutions.length > 0, endpoint: endpoint === undefined ? undefined : endpointOf(endpoint), steps: steps.map((row) => ({ ...stepOf(row), isOn: row["statecode"] === 0 })) };
}

const endpointOf = (row: Row): EndpointRow => ({ name: textAt(row, "name"), url: textAt(row, "url"), contract: Number(row["contract"]), authtype: Number(row["authtype"]), messageformat: Number(row["messageformat"]), connectionmode: Number(row["connectionmode"]) });
export const rowOfEndpoint = (endpoint: EndpointRow): Row => ({ ...endpoint });

function stepOf(row: Row): StepRow {
  return {
    id: textAt(row, "sdkmessageprocessingstepid").toLowerCase(), name: textAt(row, "name"), table: textAt(rowAt(row, "sdkmessagefilterid"), "primaryobjecttypecode"), message: textAt(rowAt(row, "sdkmessageid"), "name"),
    filteringattributes: textAt(row, "filteringattributes") === "" ? null : textAt(row, "filteringattributes"), mode: Number(row["mode"]), stage: Number(row["stage"]), rank: Number(row["rank"]), asyncautodelete: row["asyncautodelete"] === true,
  };
}

/** Message and filter are rows with ids of the environment's own. */
export async function rowOfStep(dataverse: Dataverse, step: StepRow): Promise<Row> {
  const [message] = await dataverse.list(`sdkmessages?$select=sdkmessageid&$filter=name eq '${step.message}'`);
  const messageId = textAt(message, "sdkmessageid");
  const [filter] = messageId === "" ? [] : await dataverse.list(`sdkmessagefilters?$select=sdkmessagefilterid&$filter=primaryobjecttypecode eq '${step.table}' and _sdkmessageid_value eq ${messageId}`);
  if (filter === undefined) throw new Stop("verification_failed", { what: `${step.table} has no message ${step.message}` });
  return {
    name: step.name, mode: step.mode, stage: step.stage, rank: step.rank, asyncautodelete: step.asyncautodelete, filteringattributes: step.filteringattributes,
    "sdkmessageid@odata.bind": `/sdkmessages(${messageId})`, "sdkmessagefilterid@odata.bind": `/sdkmessagefilters(${textAt(filter, "sdkmessagefilterid")})`, "eventhandler_serviceendpoint@odata.bind": `/serviceendpoints(${ENDPOINT_ID})`,
  };
}
