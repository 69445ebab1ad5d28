// promote: configuration as files in git, from one environment to the next. export writes files, diff and plan compare them with an environment,
// apply does exactly what a plan says, in one change set, or nothing. Test credentials never reach production.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readFolder, writeFolder } from "../configuration/configuration-folder.ts";
import { readConfiguration, writeChanges } from "../dataverse/configuration-rows.ts";
import { readIdentity } from "../dataverse/identify.ts";
import { asRow, rowsAt, textAt } from "../dataverse/row.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import { readJson } from "../network.ts";
import { fingerprint, planPromotion, sentenceOf, testAccountsIn, type Change, type Plan } from "../plans/plan-promotion.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";

export const promoteVerb: Verb = {
  name: "promote",
  argument: { name: "step", about: "export, diff, plan or apply.", isRequired: true },
  summary: "Carry configuration between environments as files in git: export, diff, plan, apply. A plan is applied exactly or not at all.",
  options: [{ flags: "--folder <folder>", about: "Where the configuration's files are.", fallback: "configuration" }, { flags: "--plan <file>", about: "Where the plan is written, or read.", fallback: "plan.json" }],
  run: promote,
};

const STEPS: Readonly<Record<string, (context: Context, where: Where) => Promise<Report>>> = { export: exportFiles, diff, plan: makePlan, apply };
interface Where { readonly dataverse: Dataverse; readonly folder: string; readonly planFile: string }

async function promote(context: Context, values: Values, step = ""): Promise<Report> {
  const run = STEPS[step];
  if (run === undefined) throw new Stop("usage", {}, `promote ${step}: use export, diff, plan or apply.`);
  return run(context, { dataverse: await context.connect(), folder: resolve(context.workingFolder, textOf(values, "folder") ?? "configuration"), planFile: resolve(context.workingFolder, textOf(values, "plan") ?? "plan.json") });
}

async function exportFiles(context: Context, { dataverse, folder }: Where): Promise<Report> {
  const { rows } = await readConfiguration(dataverse);
  const tables = writeFolder(folder, rows);
  context.screen.show(`✓ ${rows.length} row(s) of ${tables.length} table(s) in ${folder}. Commit them.`);
  return { folder, tables, rows: rows.length };
}

async function planFor({ dataverse, folder }: Where): Promise<{ readonly plan: Plan; readonly isProduction: boolean }> {
  const { rows: files, names } = readFolder(folder);
  const [{ rows }, { organizationId, environmentType }] = await Promise.all([readConfiguration(dataverse), readIdentity(dataverse)]);
  // Names that differ here are put in place before anything is compared.
  const mapped = files.map((row) => { const values = Object.fromEntries(Object.entries(row.values).map(([name, value]) => [name, name.startsWith("_") && typeof value === "string" ? names[value] ?? value : value])); return { ...row, values, key: row.key.split(" · ").map((part) => names[part] ?? part).join(" · ") }; });
  return { plan: planPromotion({ files: mapped, environment: rows, organizationId }), isProduction: environmentType === "production" };
}

function show(context: Context, changes: readonly Change[]): void {
  for (const change of changes) context.screen.show(sentenceOf(change));
  if (changes.length === 0) context.screen.show("✓ The environment is as the files say.");
}

async function diff(context: Context, where: Where): Promise<Report> {
  const { plan } = await planFor(where);
  show(context, plan.changes);
  return { changes: plan.changes };
}

async function makePlan(context: Context, where: Where): Promise<Report> {
  const { plan, isProduction } = await planFor(where);
  refuseTest(plan, isProduction);
  show(context, plan.changes);
  writeFileSync(where.planFile, `${JSON.stringify(plan, undefined, 2)}\n`);
  context.screen.show(`✓ plan written: ${where.planFile}. Look at it, then: promote apply --plan ${where.planFile}`);
  return { plan: where.planFile, changes: plan.changes };
}

function refuseTest(plan: Plan, isProduction: boolean): void {
  const [merchantId] = isProduction ? testAccountsIn(plan) : [];
  if (merchantId !== undefined) throw new Stop("test_credentials_in_production", { merchantId });
}

async function apply(context: Context, { dataverse, folder, planFile }: Where): Promise<Report> {
  const plan = readPlan(planFile);
  const [{ rows, ids }, { organizationId, environmentType }] = await Promise.all([readConfiguration(dataverse), readIdentity(dataverse)]);
  if (plan.organizationId !== organizationId) throw new Stop("wrong_organization", { expected: plan.organizationId, found: organizationId });
  refuseTest(plan, environmentType === "production");
  if (fingerprint(rows) !== plan.before) throw new Stop("plan_out_of_date", { what: `${rows.length} configuration row(s) are not what they were` });
  const todo = plan.changes.filter((change) => change.kind !== "extra");
  show(context, plan.changes);
  if (todo.length > 0) await context.screen.confirm(`Apply ${todo.length} change(s) to ${dataverse.url}?`);
  await applyWhole(dataverse, todo, { ids, names: readFolder(folder).names });
  context.screen.show(`✓ ${todo.length} change(s) applied.`);
  return { applied: todo.length };
}

async function applyWhole(dataverse: Dataverse, changes: readonly Change[], input: Parameters<typeof writeChanges>[2]): Promise<void> {
  try {
    await writeChanges(dataverse, changes, input);
  } catch (error) {
    if (error instanceof Stop && error.code === "dataverse_refused") throw new Stop("plan_broken", { what: error.title.replace(/^Dataverse refused: /, "") });
    throw error;
  }
}

function readPlan(file: string): Plan {
  let text: string;
  try { text = readFileSync(file, "utf8"); } catch { throw new Stop("configuration_invalid", { folder: file }, "There is no such plan."); }
  const json = asRow(readJson(text));
  if (textAt(json, "organizationId") === "" || textAt(json, "before") === "" || !Array.isArray(json["changes"])) throw new Stop("configuration_invalid", { folder: file }, "It is not a plan.");
  return { organizationId: textAt(json, "organizationId"), before: textAt(json, "before"), changes: rowsAt(json, "changes") as unknown as readonly Change[] };
}
