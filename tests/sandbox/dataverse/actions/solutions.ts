// Importing now or as a system job, staging, upgrading, exporting.
// Source: learn.microsoft.com/power-platform/alm/solution-async, learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/importsolution
import { strFromU8, strToU8, zipSync } from "fflate";
import type { Reply } from "../../kit/faults.ts";
import { DataverseError, invalidArgument } from "../errors.ts";
import { solutionRow, type ImportOptions } from "../import/check.ts";
import { importSolution, prepareSolution, type Imported } from "../import/import-solution.ts";
import { footprintsOf, removeSuperseded } from "../import/uninstall.ts";
import { enterJob, OPERATION_TYPES } from "../jobs/system-jobs.ts";
import { nowText, type Organization } from "../organization.ts";
import { assertNamedPrivilege } from "../security/access.ts";
import { asText, type Row } from "../store/rows.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";

/** Zips that were staged for an import, and those that wait beside the installed version, by organization. */
const staged = new WeakMap<Organization, { readonly uploads: Map<string, Uint8Array>; readonly holding: Map<string, Uint8Array> }>();
function stageOf(organization: Organization): { readonly uploads: Map<string, Uint8Array>; readonly holding: Map<string, Uint8Array> } {
  const found = staged.get(organization) ?? { uploads: new Map<string, Uint8Array>(), holding: new Map<string, Uint8Array>() };
  staged.set(organization, found);
  return found;
}

const answer = (context: ApiContext, name: string, body: Readonly<Record<string, unknown>>): Reply => odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.${name}Response`, ...body });
const textIn = (body: Readonly<Record<string, unknown>>, name: string): string => { const value = body[name]; return typeof value === "string" ? value : ""; };

interface Asked { readonly zip: Uint8Array; readonly options: ImportOptions; readonly jobId: string }

function asked(context: ApiContext, request: ApiRequest): Asked {
  assertNamedPrivilege(context.organization, context.caller, "prvImportCustomization");
  const body = jsonBody(request.body);
  const parameters = body["SolutionParameters"];
  const upload = typeof parameters === "object" && parameters !== null ? textIn(parameters as Record<string, unknown>, "StageSolutionUploadId") : "";
  const file = textIn(body, "CustomizationFile");
  const zip = upload === "" ? Buffer.from(file, "base64") : stageOf(context.organization).uploads.get(upload.toLowerCase());
  if (zip === undefined) throw invalidArgument(`The staged solution ${upload} does not exist.`);
  if (zip.length === 0) throw invalidArgument("Required field 'CustomizationFile' is missing.");
  const jobId = textIn(body, "ImportJobId").toLowerCase();
  return { zip, jobId: jobId === "" ? context.organization.random.uuid() : jobId, options: { isHolding: body["HoldingSolution"] === true, publishesWorkflows: body["PublishWorkflows"] === true } };
}

function keepJob(organization: Organization, jobId: string, more: Row): void {
  const { store, model } = organization;
  store.put(model.table("importjob"), { createdon: nowText(organization), name: "Customizations", importcontext: "ImportInstall", operationcontext: "New", progress: 0, startedon: nowText(organization), completedon: null, data: null, ...store.get("importjob", jobId), importjobid: jobId, modifiedon: nowText(organization), ...more, versionnumber: store.nextVersion() });
}

const escaped = (text: string): string => text.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`);

/** Imports, or sets aside as a holding solution; the import job says how it went. */
function run(organization: Organization, { zip, options, jobId }: Asked): Imported {
  keepJob(organization, jobId, {});
  try {
    const imported = options.isHolding === true ? hold(organization, zip, options) : importSolution(organization, zip, options);
    keepJob(organization, jobId, { solutionname: imported.uniqueName, solutionid: asText(solutionRow(organization, imported.uniqueName)?.["solutionid"]), progress: 100, completedon: nowText(organization), data: `<importexportxml><solutionManifests><solutionManifest id="${imported.uniqueName}"><result result="success" errorcode="0" errortext="" /></solutionManifest></solutionManifests></importexportxml>` });
    return imported;
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    keepJob(organization, jobId, { progress: 0, completedon: nowText(organization), data: `<importexportxml><solutionManifests><solutionManifest><result result="failure" errorcode="${error.code}" errortext="${escaped(error.message)}" /></solutionManifest></solutionManifests></importexportxml>` });
    throw error;
  }
}

function hold(organization: Organization, zip: Uint8Array, options: ImportOptions): Imported {
  const { pack } = prepareSolution(organization, zip, options);
  const { store, model, random } = organization;
  const installed = solutionRow(organization, pack.uniqueName);
  const name = `${pack.uniqueName}_Upgrade`;
  const existing = solutionRow(organization, name);
  stageOf(organization).holding.set(pack.uniqueName, zip);
  store.put(model.table("solution"), { ...installed, createdon: nowText(organization), modifiedon: nowText(organization), solutionid: existing === undefined ? random.uuid() : asText(existing["solutionid"]), uniquename: name, friendlyname: pack.friendlyName, version: pack.version, versionnumber: store.nextVersion() });
  return { uniqueName: name, version: pack.version };
}

export function importNow(context: ApiContext, request: ApiRequest): Reply {
  run(context.organization, asked(context, request));
  return empty();
}

/** The answer comes at once; the import takes its time, and the job tells how it ended. */
export function importLater(context: ApiContext, request: ApiRequest): Reply {
  const { organization, caller } = context;
  const input = asked(context, request);
  keepJob(organization, input.jobId, {});
  const operation = enterJob(organization, { name: "ImportSolution", operationType: OPERATION_TYPES.solutionImport, userId: caller.userId, delayMs: organization.switches.importMs, work: () => { run(organization, input); } });
  return answer(context, "ImportSolutionAsync", { ImportJobKey: input.jobId, AsyncOperationId: operation });
}

/** Checks a zip and keeps it for ImportSolutionAsync. A zip that would be refused is no error here: the results say so. */
export function stageSolution(context: ApiContext, request: ApiRequest): Reply {
  const { organization } = context;
  const { zip } = asked(context, request);
  const id = organization.random.uuid();
  const results = (status: string, more: Readonly<Record<string, unknown>>): Reply => answer(context, "StageSolution", { StageSolutionResults: { StageSolutionUploadId: status === "Passed" ? id : "00000000-0000-0000-0000-000000000000", StageSolutionStatus: status, SolutionValidationResults: [], MissingDependencies: [], ...more } });
  try {
    const { pack } = prepareSolution(organization, zip);
    stageOf(organization).uploads.set(id, zip);
    return results("Passed", { SolutionDetails: { SolutionUniqueName: pack.uniqueName, SolutionFriendlyName: pack.friendlyName, SolutionVersion: pack.version, IsManaged: pack.isManaged } });
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return results("Failed", { SolutionValidationResults: [{ SolutionValidationResultType: "Error", Message: error.message, ErrorCode: Number.parseInt(error.code, 16) | 0 }], SolutionDetails: null });
  }
}

/** The held version takes the place of the installed one and of its patches; what it no longer has goes, with its data. */
export function deleteAndPromote(context: ApiContext, request: ApiRequest): Reply {
  const { organization, caller } = context;
  assertNamedPrivilege(organization, caller, "prvImportCustomization");
  const uniqueName = textIn(jsonBody(request.body), "UniqueName");
  const zip = stageOf(organization).holding.get(uniqueName);
  const held = solutionRow(organization, `${uniqueName}_Upgrade`);
  if (zip === undefined || held === undefined) throw new DataverseError(400, "0x8004853b", `The ${uniqueName} solution doesn’t have an upgrade that is ready to be applied.`);
  organization.store.atomically(() => {
    const before = footprintsOf(organization, uniqueName);
    const at = organization.solutions.findIndex((one) => one.uniqueName === uniqueName);
    const old = organization.solutions[at];
    importSolution(organization, zip);
    // The import joined both footprints; an upgrade keeps the new one only.
    const now = organization.solutions.find((one) => one.uniqueName === uniqueName);
    const fresh = now === undefined || old === undefined ? undefined : freshPart(organization, zip, now.footprint);
    if (now !== undefined && fresh !== undefined) organization.solutions.splice(organization.solutions.indexOf(now), 1, { ...now, footprint: fresh });
    removeSuperseded(organization, before, uniqueName);
    organization.store.remove(organization.model.table("solution"), asText(held["solutionid"]));
  });
  stageOf(organization).holding.delete(uniqueName);
  return answer(context, "DeleteAndPromote", { SolutionId: asText(solutionRow(organization, uniqueName)?.["solutionid"]) });
}

/** Of what both versions brought, the part that the new one has. */
function freshPart(organization: Organization, zip: Uint8Array, joined: Organization["solutions"][number]["footprint"]): typeof joined {
  const { tables, roles, components } = prepareSolution(organization, zip);
  const columns = new Set(tables.flatMap((table) => table.columns.map((column) => `${table.name} ${column.name}`)));
  const rows = new Set(components.map(({ table, row }) => `${table} ${asText(row[organization.model.table(table).id])}`));
  return { tables: joined.tables.filter((name) => tables.some((table) => table.name === name)), roles: joined.roles.filter((id) => roles.some((role) => role.id === id)), columns: joined.columns.filter((pair) => columns.has(pair.join(" "))), rows: joined.rows.filter((pair) => rows.has(pair.join(" "))) };
}

/** An unmanaged solution as a zip, managed or not. A managed one is not given out. */
export function exportSolution(context: ApiContext, request: ApiRequest): Reply {
  const { organization, caller } = context;
  assertNamedPrivilege(organization, caller, "prvExportCustomization");
  const body = jsonBody(request.body);
  const found = organization.solutions.find((one) => one.uniqueName === textIn(body, "SolutionName"));
  if (found === undefined) throw new DataverseError(404, "0x80040217", `Solution '${textIn(body, "SolutionName")}' Does Not Exist`);
  if (found.isManaged) throw new DataverseError(400, "0x80048036", "An error occurred while exporting a solution. Managed solutions cannot be exported.");
  const files = Object.fromEntries(found.files.map(({ path, bytes }) => [path, path === "solution.xml" ? strToU8(strFromU8(bytes).replace(/<Managed>\d<\/Managed>/, `<Managed>${body["Managed"] === true ? 1 : 0}</Managed>`)) : bytes]));
  return answer(context, "ExportSolution", { ExportSolutionFile: Buffer.from(zipSync(files)).toString("base64") });
}

