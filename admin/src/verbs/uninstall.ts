// uninstall: takes the product out of an environment. Refuses while money is in flight or a form of the customer's still needs us, writes all
// rows to files first, then removes steps, endpoint and solution. Running it again goes on with what is left.
import { join, resolve } from "node:path";
import { readConnection } from "../dataverse/connection-rows.ts";
import { readHoldingForms } from "../dataverse/holding-forms.ts";
import { readOpenPayments } from "../dataverse/open-payments.ts";
import { textAt } from "../dataverse/row.ts";
import { readSolutions } from "../dataverse/solutions.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import { CONNECTION, ENDPOINT_ID } from "../plans/plan-connection.ts";
import { planUninstall, type UninstallFacts, type UninstallStep } from "../plans/plan-uninstall.ts";
import { PRODUCT } from "../solution-zip.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";
import { exportRows } from "./export-rows.ts";

export const uninstallVerb: Verb = {
  name: "uninstall",
  summary: "Remove the product: export its rows, remove steps, endpoint and solution. Refuses while money is in flight.",
  options: [{ flags: "--export <folder>", about: "Where the rows are written; default: a folder named after the environment." }],
  run: uninstall,
};

const EXAMPLES_MAX = 5;

async function uninstall(context: Context, values: Values): Promise<Report> {
  const dataverse = await context.connect();
  const facts = await readFacts(dataverse, context.clock.now());
  const plan = planUninstall(facts);
  if (plan.kind === "money_in_flight") throw new Stop("money_in_flight", { count: plan.open.length, examples: plan.open.slice(0, EXAMPLES_MAX).map(({ name, why }) => `${name} (${why})`).join(", ") });
  if (plan.kind === "controls_on_forms") throw new Stop("controls_on_forms", { forms: plan.forms.map(({ name, table }) => `${name} (${table})`).join(", ") });
  if (plan.kind === "nothing_to_do") throw new Stop("not_installed");
  const exported = facts.isInstalled ? await exportRows(context, dataverse, resolve(context.workingFolder, textOf(values, "export") ?? join(`cybersource-payments-${new URL(dataverse.url).hostname.split(".")[0] ?? "export"}`))) : undefined;
  await context.screen.confirm(`Remove ${PRODUCT} with all its rows from ${dataverse.url}?`);
  const progress = context.screen.progress("Removing");
  try {
    for (const [index, step] of plan.steps.entries()) {
      progress.to((index / plan.steps.length) * 100, step.kind.replaceAll("_", " "));
      await apply(dataverse, step);
    }
    progress.done("done");
  } finally {
    progress.stop();
  }
  context.screen.show(`✓ ${PRODUCT} is removed from ${dataverse.url}.${exported === undefined ? "" : ` Its ${exported.rows} rows are in ${exported.folder}.`} Keep the relay's ledger: it holds the financial facts.`);
  return { removed: plan.steps.map((step) => step.kind), exported: exported?.folder, rows: exported?.rows };
}

async function readFacts(dataverse: Dataverse, nowMs: number): Promise<UninstallFacts> {
  const [{ installed, holding }, connection, [own]] = await Promise.all([readSolutions(dataverse, PRODUCT), readConnection(dataverse), dataverse.list(`solutions?$select=solutionid&$filter=uniquename eq '${CONNECTION}'`)]);
  return {
    isInstalled: installed !== undefined, open: await readOpenPayments(dataverse, installed !== undefined, nowMs), forms: installed === undefined ? [] : await readHoldingForms(dataverse), steps: connection.steps.map(({ id, name }) => ({ id, name })),
    hasEndpoint: connection.endpoint !== undefined, connectionSolutionId: own === undefined ? undefined : textAt(own, "solutionid"), solutionId: installed?.id, holdingId: holding?.id,
  };
}

async function apply(dataverse: Dataverse, step: UninstallStep): Promise<void> {
  switch (step.kind) {
    case "remove_step": await dataverse.remove("sdkmessageprocessingsteps", step.id); break;
    case "remove_endpoint": await dataverse.remove("serviceendpoints", ENDPOINT_ID); break;
    case "remove_connection_solution": await dataverse.remove("solutions", step.id); break;
    case "remove_variable_values": await removeVariableValues(dataverse); break;
    case "remove_solution": await removeSolution(dataverse, step.id); break;
  }
}

/** Values are the environment's own and would keep their definitions from going. */
async function removeVariableValues(dataverse: Dataverse): Promise<void> {
  for (const row of await dataverse.list("environmentvariablevalues?$select=environmentvariablevalueid&$filter=startswith(schemaname,'cybs_')")) await dataverse.remove("environmentvariablevalues", textAt(row, "environmentvariablevalueid"));
}

async function removeSolution(dataverse: Dataverse, id: string): Promise<void> {
  try {
    await dataverse.remove("solutions", id);
  } catch (error) {
    if (error instanceof Stop && /dependenc/i.test(error.title)) throw new Stop("dependants_exist", { dependants: error.title.replace(/^Dataverse refused: /, "") });
    throw error;
  }
}
