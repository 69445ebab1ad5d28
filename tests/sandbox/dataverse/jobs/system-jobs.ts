// Asynchronous work: a row of asyncoperation that waits, runs and ends, on the business clock. Without a delay it is done before the answer
// goes out or soon after; with one it takes (virtual) minutes. Values: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/asyncoperation
import { DataverseError } from "../errors.ts";
import { nowText, type Organization } from "../organization.ts";
import { asText, type Reference, type Row } from "../store/rows.ts";

/** Types of jobs; those of solutions and indexes are [mem]. */
export const OPERATION_TYPES = { systemEvent: 1, duplicateRulePublish: 7, indexManagement: 18, solutionImport: 203, solutionUninstall: 205 } as const;
export const JOB = { waiting: { statecode: 0, statuscode: 0 }, running: { statecode: 2, statuscode: 20 }, succeeded: { statecode: 3, statuscode: 30 }, failed: { statecode: 3, statuscode: 31 }, canceled: { statecode: 3, statuscode: 32 } } as const;

export interface JobInput {
  readonly name: string;
  readonly operationType: number;
  readonly delayMs: number;
  readonly userId: string;
  readonly more?: Row;
  /** What the job does once it is due; throws to fail. */
  readonly work: () => void | Promise<void>;
}
type Work = Pick<JobInput, "work"> & { readonly deletesItself?: boolean };
interface Pending { readonly id: string; readonly dueAt: number; readonly input: Work }

const pendingOf = new WeakMap<Organization, Pending[]>();
/** Jobs that failed can be resumed by hand. */
const failedOf = new WeakMap<Organization, Map<string, Work>>();

/** Makes jobs run when their time comes: real time passing, or the business clock moving. Gives what stops them. */
export function attachJobs(organization: Organization): () => void {
  const pending: Pending[] = [];
  pendingOf.set(organization, pending);
  organization.clock.onMove(async () => { await runDue(organization); });
  return () => { pending.length = 0; };
}

/** The row of one job, as it stands. */
export function setJob(organization: Organization, id: string, change: Row): void {
  const { store, model } = organization;
  const row = store.get("asyncoperation", id);
  if (row !== undefined) store.put(model.table("asyncoperation"), { ...row, ...change, modifiedon: nowText(organization), versionnumber: store.nextVersion() });
}

export function addJob(organization: Organization, input: Omit<JobInput, "work" | "delayMs">): string {
  const { store, model, random } = organization;
  const id = random.uuid();
  const owner: Reference = { id: input.userId, table: "systemuser" };
  const at = nowText(organization);
  store.put(model.table("asyncoperation"), {
    asyncoperationid: id, name: input.name, operationtype: input.operationType, ...JOB.waiting, retrycount: 0, errorcode: null, message: null, friendlymessage: null, startedon: null, completedon: null, createdon: at, modifiedon: at,
    createdby: owner, modifiedby: owner, ownerid: owner, owninguser: owner, owningbusinessunit: store.get("systemuser", input.userId)?.["businessunitid"] ?? null, correlationid: random.uuid(), ...input.more, versionnumber: store.nextVersion(),
  });
  return id;
}

/** Enters a job. One without delay is run at once, so that its end is seen with the answer. */
export function enterJob(organization: Organization, input: JobInput): string {
  const id = addJob(organization, input);
  if (input.delayMs > 0) startLater(organization, id, input);
  else void runNow(organization, id, input);
  return id;
}

/** The job runs when its delay of business time is over … */
export function startLater(organization: Organization, id: string, input: Work & { readonly delayMs: number }): void {
  pendingOf.get(organization)?.push({ id, dueAt: organization.clock.now().getTime() + input.delayMs, input });
  organization.outside.later(input.delayMs, () => { void runDue(organization); });
}
/** … or now. */
export const runNow = (organization: Organization, id: string, input: Work): Promise<void> => runJob(organization, { id, dueAt: 0, input });

async function runDue(organization: Organization): Promise<void> {
  const pending = pendingOf.get(organization) ?? [];
  const now = organization.clock.now().getTime();
  const due = pending.filter((one) => one.dueAt <= now);
  pending.splice(0, pending.length, ...pending.filter((one) => one.dueAt > now));
  // Jobs begin in order and do not wait for each other: a webhook may take a minute.
  await Promise.all(due.map((job) => runJob(organization, job)));
}

async function runJob(organization: Organization, { id, input }: Pending): Promise<void> {
  const state = organization.store.get("asyncoperation", id);
  if (state === undefined || state["statuscode"] === JOB.canceled.statuscode) return;
  setJob(organization, id, { ...JOB.running, startedon: nowText(organization) });
  try {
    const result = input.work();
    if (result instanceof Promise) await result;
    if (input.deletesItself === true) organization.store.remove(organization.model.table("asyncoperation"), id);
    else finish(organization, id, JOB.succeeded);
  } catch (error) {
    const code = error instanceof DataverseError ? Number.parseInt(error.code, 16) | 0 : -2147220970;
    const message = error instanceof Error ? error.message : String(error);
    const failed = failedOf.get(organization) ?? new Map<string, Work>();
    failedOf.set(organization, failed.set(id, input));
    finish(organization, id, { ...JOB.failed, errorcode: code, message, friendlymessage: message });
  }
}

function finish(organization: Organization, id: string, change: Row): void {
  setJob(organization, id, { ...change, completedon: nowText(organization) });
}

/** A job that waits can be canceled, a failed one resumed; every other change of state is refused. */
export function guardJob(organization: Organization, before: Row, row: Row): void {
  const id = asText(row["asyncoperationid"]);
  const isCancel = row["statuscode"] === JOB.canceled.statuscode && before["statecode"] === JOB.waiting.statecode;
  const failed = failedOf.get(organization)?.get(id);
  const isResume = row["statecode"] === JOB.waiting.statecode && before["statuscode"] === JOB.failed.statuscode && failed !== undefined;
  if (!isCancel && !isResume) throw new DataverseError(400, "0x80044162", "The target state could not be set because the state transition is not valid.");
  const pending = pendingOf.get(organization) ?? [];
  if (isCancel) pending.splice(0, pending.length, ...pending.filter((job) => job.id !== id));
  if (isResume) organization.store.afterCommit(() => { void runNow(organization, id, failed); });
}
