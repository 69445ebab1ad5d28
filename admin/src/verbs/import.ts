// import: the managed solution into an environment, or a newer version over an older one. Every step looks first and does only what is still
// to be done, so that running it again after any interruption goes on from there.
import { readIdentity } from "../dataverse/identify.ts";
import { readSolutions } from "../dataverse/solutions.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import { planImport } from "../plans/plan-import.ts";
import { PRODUCT, readSolutionZip, type SolutionZip } from "../solution-zip.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";
import { awaitKeyIndexes } from "./import-key-indexes.ts";
import { registerConnection } from "./register-connection.ts";
import { runImportJob } from "./run-import-job.ts";

export const importVerb: Verb = {
  name: "import",
  summary: "Import the solution, or upgrade it: stage, check, import, wait for key indexes, publish, register endpoint and steps, verify.",
  options: [
    { flags: "--zip <file>", about: "The managed zip; default: the newest one in solution/dist." },
    { flags: "--minutes <number>", about: "How long to wait for Dataverse.", fallback: "60" },
  ],
  run: importSolution,
};

async function importSolution(context: Context, values: Values): Promise<Report> {
  const zip = readSolutionZip(textOf(values, "zip"), context.workingFolder);
  const environment = context.environment();
  const dataverse = await context.connect();
  const { organizationId, name } = await readIdentity(dataverse);
  const minutes = Number(textOf(values, "minutes"));
  if (!(minutes > 0 && minutes <= 1_440)) throw new Stop("usage", {}, "--minutes must be a number from 1 to 1440.");
  context.screen.say(`${PRODUCT} ${zip.version} → ${name} (${dataverse.url})`);
  await checkPrerequisites(dataverse, zip);
  const done = await bringIn(context, { dataverse, zip, organizationId, untilMs: context.clock.now() + minutes * 60_000, minutes });
  await awaitKeyIndexes(context, dataverse, { tables: zip.tables, untilMs: context.clock.now() + minutes * 60_000 });
  context.screen.say("Publishing …");
  await dataverse.act("PublishAllXml", {});
  const isConnected = environment.relay?.webhookKey !== undefined;
  const connection = isConnected ? await registerConnection(context, { dataverse, environment, tables: zip.tables }) : undefined;
  if (!isConnected) context.screen.say("No relay is named in the environment file yet: setup registers endpoint and steps.");
  await verify(dataverse, zip);
  context.screen.show(`✓ ${PRODUCT} ${zip.version} is ${done === "already_there" ? "in place" : done === "install" ? "installed" : "in place of the older version"}${connection === undefined ? ". Next: setup" : `; ${connection.length === 0 ? "endpoint and steps were right already" : `${connection.length} change(s) to endpoint and steps`}.`}`);
  return { version: zip.version, done, connection: connection?.map((change) => change.kind) ?? "not_configured", organizationId };
}

/** Orders and invoices must be there; staging says the rest. Sales brings both (Dynamics 365 Sales). */
async function checkPrerequisites(dataverse: Dataverse, zip: SolutionZip): Promise<void> {
  const standard = zip.tables.filter((table) => !table.startsWith("cybs_"));
  const found = await Promise.all(standard.map((table) => dataverse.find(`EntityDefinitions(LogicalName='${table}')?$select=LogicalName`)));
  const missing = standard.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) throw new Stop("dependency_missing", { missing: missing.map((table) => `table ${table}`).join(", ") });
}

interface BringIn { readonly dataverse: Dataverse; readonly zip: SolutionZip; readonly organizationId: string; readonly untilMs: number; readonly minutes: number }

async function bringIn(context: Context, input: BringIn): Promise<string> {
  const { dataverse, zip } = input;
  const { installed, holding } = await readSolutions(dataverse, PRODUCT);
  const plan = planImport({ offered: zip, installed, holding: holding?.version });
  switch (plan.kind) {
    case "older": throw new Stop("older_version", { installed: plan.installed, offered: zip.version });
    case "other_kind": throw new Stop("dataverse_refused", { message: `the installed solution is ${plan.installed}, the zip is not; a solution cannot be both.` });
    case "already_there": context.screen.say(`Version ${zip.version} is installed already.`); break;
    case "install": await runImportJob(context, { ...input, isHolding: false, from: installed?.version ?? "nothing" }); break;
    case "finish_upgrade": context.screen.say("The new version waits beside the old one; going on from there."); await promoteHolding(context, dataverse); break;
    case "replace_holding":
      context.screen.say(`Version ${plan.version} waits there from an upgrade that was never finished; taking it away.`);
      await dataverse.remove("solutions", holding?.id ?? "");
      await upgrade(context, input, installed?.version ?? "");
      break;
    case "upgrade": await upgrade(context, input, installed?.version ?? ""); break;
  }
  return plan.kind;
}

async function upgrade(context: Context, input: BringIn, from: string): Promise<void> {
  await runImportJob(context, { ...input, isHolding: true, from });
  await promoteHolding(context, input.dataverse);
}

/** The last step of an upgrade: the new version takes the place of the old one. Rows stay; columns that are gone go. */
async function promoteHolding(context: Context, dataverse: Dataverse): Promise<void> {
  context.screen.say("Putting the new version in the place of the old one …");
  await dataverse.act("DeleteAndPromote", { UniqueName: PRODUCT });
}

async function verify(dataverse: Dataverse, zip: SolutionZip): Promise<void> {
  const { installed, holding } = await readSolutions(dataverse, PRODUCT);
  if (installed?.version !== zip.version) throw new Stop("verification_failed", { what: `version ${installed?.version ?? "none"} is installed instead of ${zip.version}` });
  if (holding !== undefined) throw new Stop("verification_failed", { what: `version ${holding.version} still waits beside it` });
}
