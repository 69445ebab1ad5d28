// The HTTP side: token endpoint, Web API, $batch, sandbox endpoints. Nothing here knows a table.
import { answerControl, json, type Control } from "../kit/control.ts";
import type { Call, Reply } from "../kit/faults.ts";
import { answerEntra, isEntra } from "./entra/answer.ts";
import { registryOf, type Application } from "./entra/registry.ts";
import { DataverseError, noSegment, uriTooLong } from "./errors.ts";
import { importSolution } from "./import/import-solution.ts";
import type { Organization } from "./organization.ts";
import { answerMonitor, isMonitor } from "./jobs/background.ts";
import { answerSearch, isSearch } from "./search/answer.ts";
import { parseQuery } from "./query/options.ts";
import { authenticate } from "./security/authenticate.ts";
import { withRequest } from "./security/bypass.ts";
import { beginRequest, TooMany, type Begun } from "./security/service-protection.ts";
import { relayClient } from "./seed.ts";
import { isReference } from "./store/rows.ts";
import { turn } from "./switches.ts";
import { handleBatch } from "./web-api/batch.ts";
import { handle } from "./web-api/handle.ts";
import { errorReply, type ApiContext } from "./web-api/request.ts";
import { hasSynchronousSteps, runSynchronousSteps } from "./webhooks/deliver.ts";

const flat = (headers: Call["headers"]): Record<string, string> => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value ?? ""]));

export function createAnswer(organization: Organization, control: Control): (call: Call) => Promise<Reply> {
  return async (call) => {
    const rows = /^\/_sandbox\/rows\/(\w+)$/.exec(call.url)?.[1];
    const sandbox = await answerControl(control, rows === undefined ? call : { ...call, url: `/_sandbox/rows?table=${rows}` });
    if (sandbox !== undefined) return sandbox;
    const reply = isEntra(call.url) ? answerEntra(organization, call) : await answerApi(organization, call);
    return { ...reply, headers: { date: organization.clock.now().toUTCString(), ...reply.headers } };
  };
}

async function answerApi(organization: Organization, call: Call): Promise<Reply> {
  while (organization.busy !== undefined) await organization.busy;
  if (isSearch(call.url) || isMonitor(call.url)) return beside(organization, call);
  const match = /^\/+api\/data\/v9\.\d\/([^?]*)(?:\?(.*))?$/s.exec(call.url.replace(/\?$/, ""));
  if (match === null) return errorReply(noSegment(call.url), false);
  if (call.url.length > organization.switches.urlCharactersMax) return errorReply(uriTooLong(), false);
  let begun: Begun | undefined;
  try {
    const caller = withRequest(organization, authenticate(organization, call.headers), call.headers, call.url);
    begun = beginRequest(organization, caller.callerId);
    const work = (): Reply => answerCall({ organization, caller }, call, { path: decodePath(match[1] ?? ""), rawQuery: match[2] ?? "" });
    const reply = hasSynchronousSteps(organization) ? await withSteps(organization, work) : work();
    return { ...reply, headers: { ...reply.headers, ...begun.headers } };
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return refusal(organization, error);
  } finally {
    begun?.end();
  }
}

/** Services beside the Web API, for the same users. */
function beside(organization: Organization, call: Call): Reply {
  try {
    const caller = authenticate(organization, call.headers);
    return isSearch(call.url) ? answerSearch(organization, caller, call) : answerMonitor(organization, caller, call);
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return refusal(organization, error);
  }
}

function answerCall(context: ApiContext, call: Call, at: { readonly path: string; readonly rawQuery: string }): Reply {
  const headers = flat(call.headers);
  const body = call.body.toString("utf8");
  if (at.path === "$batch") return handleBatch(context, { contentType: headers["content-type"] ?? "", headers, body });
  return handle(context, { method: call.method, path: at.path, query: parseQuery(at.rawQuery), rawQuery: at.rawQuery, headers, body, bytes: call.body, contentIds: new Map() });
}

/** Synchronous steps run before the write is final: when one fails, it is taken back. Nobody else gets a word in meanwhile. */
async function withSteps(organization: Organization, work: () => Reply): Promise<Reply> {
  let free = (): void => undefined;
  organization.busy = new Promise((resolve) => { free = resolve; });
  const { result, undo } = organization.store.recording(work);
  try {
    await runSynchronousSteps(organization);
    return result;
  } catch (error) {
    undo();
    throw error;
  } finally {
    organization.busy = undefined;
    free();
  }
}

function refusal(organization: Organization, error: DataverseError): Reply {
  const reply = errorReply(error, false);
  if (error instanceof TooMany) return { ...reply, headers: { ...reply.headers, "retry-after": String(error.retryAfterSeconds) } };
  return error.status === 401 && organization.switches.unauthorizedSaysWhere ? { ...reply, headers: { ...reply.headers, "www-authenticate": `Bearer authorization_uri=${organization.baseUrl}/${relayClient.tenantId}/oauth2/authorize, resource_id=${organization.baseUrl}/` } } : reply;
}

/** Decoded once here; a key may hold what a URL cannot. */
function decodePath(path: string): string {
  try { return decodeURIComponent(path); } catch { throw new DataverseError(400, "0x80060888", "The request URI is not valid."); }
}

/** What only the sandbox has: import without a sign-in, the files of imported solutions, limits, rows as they lie. */
export function sandboxEndpoints(organization: Organization): NonNullable<Control["more"]> {
  return {
    "POST import": (call) => {
      try {
        return json(200, importSolution(organization, call.body, { publishesWorkflows: true }));
      } catch (error) {
        if (error instanceof DataverseError) return errorReply(error, false);
        throw error;
      }
    },
    "GET solution-files": (call) => {
      const path = new URL(call.url, "http://localhost").searchParams.get("path");
      if (path === null) return json(200, { solutions: organization.solutions.map((one) => ({ uniqueName: one.uniqueName, files: one.files.map((file) => file.path) })) });
      const file = organization.solutions.flatMap((one) => one.files).find((one) => one.path === path);
      return file === undefined ? json(404, { message: "no such file" }) : { status: 200, headers: { "content-type": "application/octet-stream" }, body: Buffer.from(file.bytes) };
    },
    "POST applications": (call) => { const application = JSON.parse(call.body.toString("utf8")) as Application; registryOf(organization).applications.set(application.clientId, application); return json(200, {}); },
    "GET switches": () => json(200, organization.switches),
    "POST switches": (call) => json(200, turn(organization.switches, JSON.parse(call.body.toString("utf8")) as Record<string, unknown>)),
    "POST limits": (call) => { Object.assign(organization.limits, JSON.parse(call.body.toString("utf8"))); organization.traffic.clear(); return json(200, organization.limits); },
    "GET rows": (call) => {
      const table = new URL(call.url, "http://localhost").searchParams.get("table") ?? "";
      return json(200, [...organization.store.all(table)].map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isReference(value) ? value.id : value]))));
    },
    "GET privileges": (call) => {
      const userId = new URL(call.url, "http://localhost").searchParams.get("user") ?? "";
      const names = [...organization.assignments.get(userId) ?? []].flatMap((id) => [...organization.roles.get(id)?.privileges ?? []]);
      const isSystem = [...organization.assignments.get(userId) ?? []].some((id) => organization.roles.get(id)?.name === "System Administrator");
      return json(200, { isSystem, privileges: Object.fromEntries(names) });
    },
  };
}
