// The REST API: authentication first, then the service by the first part of the path. The only place that knows which services there are.
import type { Call, Reply } from "../kit/faults.ts";
import { closeReply, openCall } from "./authentication/message-encryption.ts";
import { verifyCall } from "./authentication/verify.ts";
import { answerDecisions } from "./decisions/answer.ts";
import { authenticationFailed, badRequest, edgeNotFound, notFound } from "./errors.ts";
import { openSession, publicKey, type FlexKeys, type Library } from "./flex/sessions.ts";
import { tokenDetails } from "./flex/token-details.ts";
import { answerPayments } from "./payments/answer.ts";
import { completeLate } from "./payments/late.ts";
import { answerTransactionSearch } from "./payments/search.ts";
import { answerReports } from "./reporting/answer.ts";
import { parseBody, path as at, text } from "./shape.ts";
import type { State } from "./state.ts";
import { manageTokens } from "./tokens/answer.ts";
import { answerWebhooks } from "./webhooks/answer.ts";

export interface ApiDeps {
  readonly state: State;
  readonly keys: FlexKeys;
  readonly library: Library;
  readonly say: (text: string) => void;
}
/** The call as it was signed, and whether its body came encrypted. */
interface Opened extends ApiDeps { readonly isEncrypted: boolean }
type Service = (deps: Opened, call: Call, path: string) => Reply | Promise<Reply>;

/** With a body that must be an object. */
const withBody = (answer: (state: State, path: string, body: Record<string, unknown>, method: string) => Reply | Promise<Reply>): Service => ({ state }, call, path) => {
  const body = parseBody(call.body);
  return body === undefined ? badRequest(state, "INVALID_DATA") : answer(state, path, body, call.method);
};
const posts = (service: Service): Service => (deps, call, path) => (call.method === "POST" ? service(deps, call, path) : notFound());

/**
 * By the first two parts of the path. What comes with later features goes here too, each in a folder of its own beside this file:
 * recurring billing (/rbs/v1), invoicing (/invoicing/v2), payer authentication (/risk/v1/authentication…).
 */
const SERVICES: Readonly<Record<string, Service>> = {
  "pts/v2": (deps, call, path) => (call.method === "POST" || call.method === "PATCH" ? withBody(answerPayments)(deps, call, path) : notFound()),
  "tss/v2": ({ state }, call, path) => answerTransactionSearch(state, call, path),
  "tms/v1": ({ state, isEncrypted }, call) => manageTokens(state, call, isEncrypted), "tms/v2": ({ state, isEncrypted }, call) => manageTokens(state, call, isEncrypted), "tms/v3": ({ state, isEncrypted }, call) => manageTokens(state, call, isEncrypted),
  "microform/v2": posts(({ state, keys, library }, call, path) => (path === "/microform/v2/sessions" ? openSession(state, keys, library, call.body) : notFound())),
  "flex/v2": ({ state }, call, path) => tokenDetails(state, call, path), "up/v1": ({ state }, call, path) => tokenDetails(state, call, path),
  "risk/v1": posts(withBody(answerDecisions)),
  "reporting/v3": ({ state }, call, path) => answerReports(state, call, path),
  "kms/egress": ({ state }, call, path) => answerWebhooks(state, call, path), "nrtf/v1": ({ state }, call, path) => answerWebhooks(state, call, path),
  "notification-subscriptions/v1": ({ state }, call, path) => answerWebhooks(state, call, path), "notification-subscriptions/v2": ({ state }, call, path) => answerWebhooks(state, call, path),
};

export async function answerApi(deps: ApiDeps, call: Call): Promise<Reply> {
  const { state } = deps;
  const path = (call.url.split("?")[0] ?? "").replace(/\/$/, "");
  if (call.method === "GET" && path.startsWith("/flex/v2/public-keys/")) return publicKey(deps.keys, path.slice("/flex/v2/public-keys/".length));
  const wrong = verifyCall(state, call);
  const clear = wrong === undefined ? await openCall(state, call) : call;
  note(state, { call: clear ?? call, path, isEncrypted: clear !== call });
  if (wrong !== undefined) {
    deps.say(`Cybersource: ${call.method} ${path}: ${wrong}`);
    return authenticationFailed();
  }
  return clear === undefined ? badRequest(state, "INVALID_DATA", ["encryptedRequest"]) : closeReply(state, call, await answerAuthentic({ ...deps, isEncrypted: clear !== call }, clear, path));
}

/** Recorded answers carry a correlation id, an answer time and no permission to cache. */
async function answerAuthentic(deps: Opened, call: Call, path: string): Promise<Reply> {
  completeLate(deps.state);
  const [service = "", version = ""] = path.split("/").filter(Boolean);
  const found = Object.hasOwn(SERVICES, `${service}/${version}`) ? SERVICES[`${service}/${version}`] : undefined;
  const reply = found === undefined ? edgeNotFound() : refusesAccept(deps.state, call, service) ? edgeNotFound() : await once(deps.state, call, path, () => found(deps, call, path));
  return { ...reply, headers: { "v-c-correlation-id": deps.state.random.uuid(), "x-response-time": "9ms", "x-opnet-transaction-trace": deps.state.random.uuid(), "cache-control": "no-cache, no-store, must-revalidate", "strict-transport-security": "max-age=31536000", ...reply.headers } };
}

const refusesAccept = (state: State, call: Call, service: string): boolean => state.settings.strictAccept && (service === "pts" || service === "risk") && call.headers.accept === "application/json";

/** Where it is honoured, a write that was seen under its id gets the first answer again. */
async function once(state: State, call: Call, path: string, answer: () => Reply | Promise<Reply>): Promise<Reply> {
  const id = call.headers["v-c-idempotency-id"];
  if (!state.settings.honoursIdempotencyId || typeof id !== "string" || call.method === "GET") return answer();
  const key = `${path} ${id}`;
  const reply = state.idempotent.get(key) ?? await answer();
  state.idempotent.set(key, reply);
  return reply;
}

/** For tests' questions ("how many calls, with which references, lines and purchase level?"); never a card. */
function note(state: State, { call, path, isEncrypted }: { readonly call: Call; readonly path: string; readonly isEncrypted: boolean }): void {
  const body = parseBody(call.body);
  state.calls.push({ method: call.method, path, code: text(at(body, "clientReferenceInformation", "code")), transactionId: text(at(body, "clientReferenceInformation", "transactionId")), lines: at(body, "orderInformation", "lineItems"), purchaseLevel: text(at(body, "processingInformation", "purchaseLevel")), isEncrypted, at: new Date(state.clock.wire()).toISOString() });
  if (state.calls.length > 50_000) state.calls.splice(0, 25_000);
}
