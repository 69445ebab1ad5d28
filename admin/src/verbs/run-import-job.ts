// One import as Dataverse's own job: staged and checked first, then run in the background while a bar shows how far it is. The job's id is made
// from what is imported, so that a command run again waits for the running job, and starts anew only after one that failed.
// learn.microsoft.com/power-platform/alm/solution-async
import { rowAt, rowsAt, textAt, type Row } from "../dataverse/row.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import { importJobId } from "../plans/plan-import.ts";
import type { SolutionZip } from "../solution-zip.ts";
import { Stop } from "../stop.ts";
import type { Context } from "../verb.ts";

export interface ImportJob { readonly dataverse: Dataverse; readonly zip: SolutionZip; readonly organizationId: string; readonly isHolding: boolean; readonly from: string; readonly untilMs: number; readonly minutes: number }

const ATTEMPTS_MAX = 50;
const WAIT_MS = 250;
const WAIT_MS_MAX = 10_000;
const SOLUTION_IMPORT = 203;

/** Returns when the import has succeeded; stops with Dataverse's reason when it failed. */
export async function runImportJob(context: Context, job: ImportJob): Promise<void> {
  await awaitOthers(context, job);
  const { id, isRunning } = await nextJob(job);
  let operationId: string | undefined;
  if (isRunning) context.screen.say("An import of this zip is running already; waiting for it.");
  else {
    const upload = await stage(context, job);
    const answer = await job.dataverse.act("ImportSolutionAsync", {
      OverwriteUnmanagedCustomizations: false, PublishWorkflows: true, HoldingSolution: job.isHolding, ImportJobId: id, SolutionParameters: { "@odata.type": "Microsoft.Dynamics.CRM.SolutionParameters", StageSolutionUploadId: upload },
    });
    operationId = textAt(answer, "AsyncOperationId") || undefined;
  }
  await follow(context, job, { id, operationId });
}

/** Dataverse runs one import at a time; somebody else's is waited for. */
async function awaitOthers(context: Context, { dataverse, untilMs, minutes }: ImportJob): Promise<void> {
  for (let waitMs = WAIT_MS; ; waitMs = Math.min(WAIT_MS_MAX, waitMs * 2)) {
    const running = await dataverse.list(`asyncoperations?$select=asyncoperationid&$filter=operationtype eq ${SOLUTION_IMPORT} and statecode ne 3&$top=1`);
    if (running.length === 0) return;
    if (context.clock.now() > untilMs) throw new Stop("import_too_long", { minutes });
    context.screen.say("Another import is running in this environment; waiting for its end …");
    await context.clock.sleep(waitMs);
  }
}

/** The first attempt that was not made yet, or the one that is under way. */
async function nextJob({ dataverse, organizationId, zip, from }: ImportJob): Promise<{ readonly id: string; readonly isRunning: boolean }> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const id = importJobId({ organizationId, digest: zip.digest, from, attempt });
    const found = await dataverse.find(`importjobs(${id})?$select=completedon`);
    if (found === undefined) return { id, isRunning: false };
    if (found["completedon"] === null) return { id, isRunning: true };
  }
  throw new Stop("import_failed", { message: `${ATTEMPTS_MAX} attempts with this zip have failed.` });
}

/** Staging changes nothing and says everything that Dataverse would refuse. */
async function stage(context: Context, { dataverse, zip }: ImportJob): Promise<string> {
  context.screen.say("Staging and checking …");
  const answer = await dataverse.act("StageSolution", { CustomizationFile: Buffer.from(zip.bytes).toString("base64") });
  const results = rowAt(answer, "StageSolutionResults");
  const missing = rowsAt(results, "MissingDependencies");
  const problems = rowsAt(results, "SolutionValidationResults").filter((one) => one["SolutionValidationResultType"] === "Error").map((one) => textAt(one, "Message"));
  if (missing.length > 0 || problems.some((text) => /dependenc/i.test(text))) throw new Stop("dependency_missing", { missing: missingIn(missing, problems) });
  if (results["StageSolutionStatus"] !== "Passed") throw new Stop("import_failed", { message: problems.join(" ") || "the zip did not pass the checks" });
  return textAt(results, "StageSolutionUploadId");
}

/** Dataverse names what is missing in XML inside a sentence; a person wants the names. */
function missingIn(rows: readonly Row[], problems: readonly string[]): string {
  const text = problems.join(" ");
  const required = [...text.matchAll(/<Required [^>]*schemaName="([^"]+)"[^>]*?(?:solution="([^"]*)")?/g)].map(([, name = "", solution = ""]) => (solution === "" ? name : `${name} (${solution})`));
  const named = [...rows.map((row) => textAt(row, "RequiredComponentSchemaName") || textAt(row, "RequiredComponentDisplayName")).filter(Boolean), ...required];
  const entity = /associate it with Entity \(SchemaName=([^)]+)\)/.exec(text)?.[1];
  return [...new Set(named)].join(", ") || (entity === undefined ? text.slice(0, 400) : `table ${entity}`);
}

async function follow(context: Context, { dataverse, untilMs, minutes }: ImportJob, { id, operationId }: { readonly id: string; readonly operationId: string | undefined }): Promise<void> {
  const progress = context.screen.progress("Importing");
  try {
    for (let waitMs = WAIT_MS; ; waitMs = Math.min(WAIT_MS_MAX, waitMs * 1.5)) {
      const job = await dataverse.find(`importjobs(${id})?$select=progress,completedon,data`);
      if (typeof job?.["completedon"] === "string") { judge(String(job["data"])); break; }
      // A job may fail before it has a row of its own; then only the system job says why.
      if (job === undefined && operationId !== undefined) await throwIfFailed(dataverse, operationId);
      if (context.clock.now() > untilMs) throw new Stop("import_too_long", { minutes });
      progress.to(Number(job?.["progress"] ?? 0), "Dataverse is working");
      await context.clock.sleep(waitMs);
    }
    progress.done("done");
  } finally {
    progress.stop();
  }
}

/** The job's own report; a component that failed is named in it. */
function judge(data: string): void {
  const failure = /result="failure"[^>]*?errorcode="([^"]*)"[^>]*?errortext="([^"]*)"/.exec(data);
  if (failure === null) return;
  throw new Stop("import_failed", { message: `${unescapeXml(failure[2] ?? "")} (${failure[1] ?? ""})` });
}

async function throwIfFailed(dataverse: Dataverse, operationId: string): Promise<void> {
  const operation = await dataverse.find(`asyncoperations(${operationId})?$select=statecode,statuscode,message,friendlymessage`);
  if (operation?.["statuscode"] === 31 || operation?.["statuscode"] === 32) throw new Stop("import_failed", { message: textAt(operation, "friendlymessage") || textAt(operation, "message") || "the job was canceled" });
}

const unescapeXml = (text: string): string => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
