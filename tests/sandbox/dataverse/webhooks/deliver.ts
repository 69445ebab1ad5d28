// Registered steps fire after a write: a POST to the service endpoint, once more only for 502, 503 and 504. Asynchronous ones leave an
// asyncoperation row; a synchronous one that fails takes the write back. Source: learn.microsoft.com/power-apps/developer/data-platform/use-webhooks.
import { DataverseError } from "../errors.ts";
import { addJob, OPERATION_TYPES, runNow, startLater } from "../jobs/system-jobs.ts";
import type { Committed, Organization } from "../organization.ts";
import { stableId } from "../seed.ts";
import { asText, referenceId, type Row } from "../store/rows.ts";
import { payloadOf, serializePayload } from "./payload.ts";

const ASYNC_DELAY_MS = 20;
const MESSAGES = ["Create", "Update", "Delete"] as const;

interface Delivery { readonly step: Row; readonly endpoint: Row; readonly change: Committed }
const waiting = new WeakMap<Organization, Delivery[]>();

/** Messages, and which tables they can be registered for. Called again when tables come. */
export function registerMessages(organization: Organization): void {
  const { store, model } = organization;
  for (const name of MESSAGES) {
    const sdkmessageid = stableId(`message ${name}`);
    if (store.get("sdkmessage", sdkmessageid) === undefined) store.put(model.table("sdkmessage"), { sdkmessageid, name, versionnumber: store.nextVersion() });
    for (const table of model.tables.keys()) {
      const sdkmessagefilterid = stableId(`filter ${name} ${table}`);
      if (store.get("sdkmessagefilter", sdkmessagefilterid) !== undefined) continue;
      store.put(model.table("sdkmessagefilter"), { sdkmessagefilterid, name: "", primaryobjecttypecode: table, sdkmessageid: { id: sdkmessageid, table: "sdkmessage" }, versionnumber: store.nextVersion() });
    }
  }
}

/** Makes the organization fire its steps. */
export function attachWebhooks(organization: Organization): void {
  waiting.set(organization, []);
  organization.listeners.push((change) => {
    for (const step of stepsFor(organization, change)) {
      const endpoint = organization.store.get("serviceendpoint", referenceId(step["eventhandler"]) ?? "");
      if (endpoint === undefined) continue;
      if (step["mode"] === 0) waiting.get(organization)?.push({ step, endpoint, change });
      else deliverLater(organization, { step, endpoint, change });
    }
  });
}

/** True while a step is registered that runs inside the caller's transaction. */
export const hasSynchronousSteps = (organization: Organization): boolean => [...organization.store.all("sdkmessageprocessingstep")].some((step) => step["mode"] === 0 && step["statecode"] !== 1);

/** Runs the synchronous steps that the last request caused; throws when one fails. */
export async function runSynchronousSteps(organization: Organization): Promise<void> {
  for (const delivery of waiting.get(organization)?.splice(0) ?? []) {
    const status = await attempt(organization, delivery);
    if (status < 200 || status > 299) throw new DataverseError(400, "0x80040265", `The webhook call failed because the http request payload has invalid. ServiceEndpoint: ${asText(delivery.endpoint["name"])}, StatusCode: ${status}.`);
  }
}

function stepsFor(organization: Organization, change: Committed): readonly Row[] {
  return [...organization.store.all("sdkmessageprocessingstep")].filter((step) => {
    const message = organization.store.get("sdkmessage", referenceId(step["sdkmessageid"]) ?? "")?.["name"];
    const table = organization.store.get("sdkmessagefilter", referenceId(step["sdkmessagefilterid"]) ?? "")?.["primaryobjecttypecode"];
    const attributes = typeof step["filteringattributes"] === "string" && step["filteringattributes"] !== "" ? step["filteringattributes"].split(",") : undefined;
    if (isBypassed(change, step)) return false;
    const touches = change.message !== "Update" || attributes === undefined || attributes.some((name) => change.changed.includes(name.trim()));
    return step["statecode"] !== 1 && message === change.message && table === change.table && touches;
  }).sort((left, right) => Number(left["stage"] ?? 40) - Number(right["stage"] ?? 40) || Number(left["rank"] ?? 1) - Number(right["rank"] ?? 1));
}

/** The caller asked, with the privilege to, that custom steps stay out of it. */
function isBypassed(change: Committed, step: Row): boolean {
  const { bypass } = change;
  if (bypass === undefined) return false;
  return bypass.stepIds.includes(asText(step["sdkmessageprocessingstepid"])) || (step["mode"] === 0 ? bypass.synchronous : bypass.asynchronous);
}

const HTTP_HEADER = 5;
const WEBHOOK_KEY = 4;

/** The key that the endpoint was registered with: a header, a query value, or `code`. */
function authenticationOf(endpoint: Row): { readonly headers: Record<string, string>; readonly query: readonly (readonly [string, string])[] } {
  const value = asText(endpoint["authvalue"] ?? "");
  const settings = [...value.matchAll(/name="([^"]+)"\s+value="([^"]*)"/g)].map((match) => [match[1] ?? "", match[2] ?? ""] as const);
  if (endpoint["authtype"] === WEBHOOK_KEY) return { headers: {}, query: [["code", value]] };
  return endpoint["authtype"] === HTTP_HEADER ? { headers: Object.fromEntries(settings), query: [] } : { headers: {}, query: settings };
}

/** The endpoint's address with its key, or nothing when it is not one. */
function addressOf(endpoint: Row, query: readonly (readonly [string, string])[]): string | undefined {
  const address = asText(endpoint["url"]);
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  for (const [name, value] of query) url.searchParams.set(name, value);
  return url.href;
}

async function attempt(organization: Organization, { step, endpoint, change }: Delivery): Promise<number> {
  const payload = payloadOf(organization, change, step);
  const { body, isStripped } = serializePayload(payload);
  const authentication = authenticationOf(endpoint);
  const url = addressOf(endpoint, authentication.query);
  const post = async (): Promise<number> => (url === undefined ? 0 : organization.outside.post(url, {
    body, timeoutMs: organization.switches.webhookTimeoutMs,
    headers: {
      "content-type": "application/json", "x-ms-dynamics-organization": new URL(organization.baseUrl).host, "x-ms-dynamics-entity-name": change.table, "x-ms-dynamics-request-name": change.message,
      "x-ms-correlation-request-id": String(payload["CorrelationId"]), ...(isStripped ? { "x-ms-dynamics-msg-size-exceeded": "True" } : {}), ...authentication.headers,
    },
  }));
  const status = await post();
  return status === 502 || status === 503 || status === 504 ? post() : status;
}

/** An asynchronous step is a system job: it waits, runs, and ends succeeded or failed; one that deletes itself is gone when it succeeded. */
function deliverLater(organization: Organization, delivery: Delivery): void {
  const { step } = delivery;
  const id = addJob(organization, jobOf(organization, delivery));
  const run = async (): Promise<void> => {
    const status = await attempt(organization, delivery);
    if (status < 200 || status > 299) throw new DataverseError(400, "0x80050211", status === 0 ? "The webhook call failed because of an unhandled or connection error, or its time ran out." : `The webhook call failed. StatusCode: ${status}.`);
  };
  const delayMs = organization.switches.asyncStepMs;
  const job = { ...jobOf(organization, delivery), delayMs, work: run, deletesItself: step["asyncautodelete"] === true };
  if (delayMs > 0) startLater(organization, id, job);
  else organization.outside.later(ASYNC_DELAY_MS, () => { void runNow(organization, id, job); });
}

const jobOf = (organization: Organization, { step, change }: Delivery): Parameters<typeof addJob>[1] => ({
  name: asText(step["name"] ?? ""), operationType: OPERATION_TYPES.systemEvent, userId: change.userId,
  more: { owningextensionid: { id: asText(step["sdkmessageprocessingstepid"]), table: "sdkmessageprocessingstep" }, messagename: change.message, primaryentitytype: change.table, regardingobjectid: { id: asText(change.row[organization.model.table(change.table).id]), table: change.table } },
});
