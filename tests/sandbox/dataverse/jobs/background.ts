// Background operations: a custom API that is asked with `Prefer: respond-async` is accepted at once and runs later; a monitor tells how it
// stands, and cancels what has not begun. Source: learn.microsoft.com/power-apps/developer/data-platform/background-operations
import { methodNotAllowed, notFound } from "../errors.ts";
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { nowText, type Caller, type Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { preferences, type ApiContext, type ApiRequest } from "../web-api/request.ts";

const MONITOR = "/api/backgroundoperation/";
export const isMonitor = (url: string): boolean => url.startsWith(MONITOR);
export const wantsBackground = (request: ApiRequest): boolean => preferences(request.headers).has("respond-async");

const [READY, LOCKED, COMPLETED] = [0, 2, 3];
const [WAITING, IN_PROGRESS, SUCCEEDED, FAILED, CANCELED] = [0, 20, 30, 31, 32];

function set(organization: Organization, id: string, change: Row): void {
  const { store, model } = organization;
  store.put(model.table("backgroundoperation"), { ...store.get("backgroundoperation", id), ...change, modifiedon: nowText(organization), versionnumber: store.nextVersion() });
}

/** Accepts; `run` is the request as it would have been answered. The delay is that of other system jobs. */
export function runInBackground(context: ApiContext, name: string, run: () => Reply): Reply {
  const { organization, caller } = context;
  const id = organization.random.uuid();
  const delay = organization.switches.systemJobMs;
  const due = organization.clock.now().getTime() + delay;
  set(organization, id, { backgroundoperationid: id, name, displayname: name, backgroundoperationstatecode: READY, backgroundoperationstatuscode: WAITING, runas: caller.userId, createdon: nowText(organization), retrycount: 0, ownerid: { id: caller.userId, table: "systemuser" } });
  const work = (): void => {
    const row = organization.store.get("backgroundoperation", id);
    if (row?.["backgroundoperationstatecode"] !== READY || organization.clock.now().getTime() < due) return;
    set(organization, id, { backgroundoperationstatecode: LOCKED, backgroundoperationstatuscode: IN_PROGRESS, starttime: nowText(organization) });
    set(organization, id, { backgroundoperationstatecode: COMPLETED, endtime: nowText(organization), ...outcome(run) });
  };
  organization.clock.onMove(work);
  organization.outside.later(delay, work);
  return { status: 202, headers: { "odata-version": "4.0", "preference-applied": "respond-async", location: `${organization.baseUrl}${MONITOR}${id}`, "x-ms-dyn-backgroundoperationid": id } };
}

function outcome(run: () => Reply): Row {
  const reply = run();
  const body = reply.body === undefined || reply.body.length === 0 ? {} : JSON.parse(reply.body.toString()) as { readonly error?: { readonly code: string; readonly message: string } };
  if (reply.status < 400) return { backgroundoperationstatuscode: SUCCEEDED, outputparameters: JSON.stringify(body) };
  return { backgroundoperationstatuscode: FAILED, errorcode: Number(body.error?.code ?? 0) | 0, errormessage: body.error?.message ?? "" };
}

/** GET tells, DELETE cancels. Only who asked, or who may read all of them. */
export function answerMonitor(organization: Organization, caller: Caller, call: Call): Reply {
  const id = (call.url.split("?")[0] ?? "").slice(MONITOR.length).toLowerCase();
  const row = organization.store.get("backgroundoperation", id);
  if (row === undefined || (row["runas"] !== caller.userId && !caller.isSystem)) throw notFound("backgroundoperation", id);
  if (call.method === "DELETE") {
    if (row["backgroundoperationstatecode"] === READY) set(organization, id, { backgroundoperationstatecode: COMPLETED, backgroundoperationstatuscode: CANCELED, endtime: nowText(organization) });
  } else if (call.method !== "GET") throw methodNotAllowed();
  const now = organization.store.get("backgroundoperation", id) ?? row;
  const output = asText(now["outputparameters"]);
  return json(200, {
    ...(output === "" ? {} : JSON.parse(output) as Record<string, unknown>), backgroundOperationId: id, backgroundOperationStateCode: now["backgroundoperationstatecode"], backgroundOperationStatusCode: now["backgroundoperationstatuscode"],
    ...(now["backgroundoperationstatuscode"] === FAILED ? { backgroundOperationErrorCode: now["errorcode"], backgroundOperationErrorMessage: now["errormessage"] } : {}), location: `${organization.baseUrl}${MONITOR}${id}`,
  }, { "odata-version": "4.0" });
}
