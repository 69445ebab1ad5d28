// place-control: puts Payment status on a form of the customer's own, or takes it off again. The form's text is only added to; what it was
// before is written to a file first. The form's table is published, nothing else.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { textAt, type Row } from "../dataverse/row.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import { addControl, removeControl, type FormInput } from "../plans/plan-form.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";

export const placeControlVerb: Verb = {
  name: "place-control",
  summary: "Put Payment status on an Order or Invoice form of yours by adding a section, or take it off again.",
  options: [
    { flags: "--form <name>", about: "Name or id of the form." },
    { flags: "--table <name>", about: "salesorder or invoice, when both have a form of that name." },
    { flags: "--remove", about: "Take off what place-control has put there." },
  ],
  run: placeControl,
};

const MAIN = 2;

async function placeControl(context: Context, values: Values): Promise<Report> {
  const name = textOf(values, "form");
  if (name === undefined) throw new Stop("answer_needed", { question: "Which form", option: "--form" });
  const dataverse = await context.connect();
  const form = await findForm(dataverse, name, textOf(values, "table"));
  const table = textAt(form, "objecttypecode") === "invoice" ? "invoice" : "salesorder";
  const formId = textAt(form, "formid");
  const input: FormInput = { xml: textAt(form, "formxml"), formId, table };
  const isRemoval = values["remove"] === true;
  const plan = isRemoval ? removeControl(input) : addControl(input);
  if (plan.kind === "no_place") throw new Stop("form_not_found", { name, forms: "a form that has a tab" });
  if (plan.kind === "unchanged") {
    context.screen.show(`✓ ${textAt(form, "name")} (${table}): ${isRemoval ? "there is nothing of ours on it" : "the control is on it already"}. Nothing was changed.`);
    return { form: formId, table, changed: false };
  }
  const backup = keepBackup(context, input);
  await context.screen.confirm(`${isRemoval ? "Take Payment status off" : "Add Payment status to"} the form ${textAt(form, "name")} of ${table}?`);
  await dataverse.update("systemforms", formId, { formxml: plan.xml });
  await dataverse.act("PublishXml", { ParameterXml: `<importexportxml><entities><entity>${table}</entity></entities></importexportxml>` });
  context.screen.show(`✓ ${textAt(form, "name")} (${table}): ${isRemoval ? "taken off" : "Payment status added"} and published. The form as it was: ${backup}`);
  return { form: formId, table, changed: true, backup };
}

async function findForm(dataverse: Dataverse, name: string, table: string | undefined): Promise<Row> {
  const tables = ["salesorder", "invoice"].filter((one) => table === undefined || one === table);
  const rows = (await dataverse.list(`systemforms?$select=formid,name,objecttypecode,formxml,type&$filter=(${tables.map((one) => `objecttypecode eq '${one}'`).join(" or ")}) and type eq ${MAIN}`));
  const found = rows.filter((row) => textAt(row, "name") === name || textAt(row, "formid") === name.toLowerCase());
  const [form] = found;
  if (form === undefined || found.length > 1) throw new Stop("form_not_found", { name, forms: rows.map((row) => `${textAt(row, "name")} (${textAt(row, "objecttypecode")}, ${textAt(row, "formid")})`).join(", ") || "there is none" });
  return form;
}

function keepBackup(context: Context, input: FormInput): string {
  const folder = join(context.workingFolder, "form-backups");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${input.table}-${input.formId}-${new Date(context.clock.now()).toISOString().replace(/[:.]/g, "-")}.xml`);
  writeFileSync(file, input.xml);
  return file;
}
