// The gateway port over Cybersource's REST API. Signing and sending are two steps, so that the ledger can store when the signature dies
// before the bytes leave. Reads may be repeated within a small budget; money calls are sent once.
import { randomUUID } from "node:crypto";
import type { CaptureContext, ChangeCall, Gateway, GatewayAnswer, GatewayCall, LookAnswer, MerchantBinding, MintAnswer, PayCall, SignedCall } from "../ports/gateway.ts";
import type { Credential, Encryption, SignInput, Signature } from "./authentication/credential.ts";
import { decryptAnswer, encryptBody, takesEncryption } from "./authentication/encrypt-message.ts";
import { signHttp } from "./authentication/sign-http.ts";
import { signJwt } from "./authentication/sign-jwt.ts";
import { readCaptureContext, readTransientToken, toSessionRequest } from "./flex/capture-context.ts";
import { peek } from "./flex/jws.ts";
import { parseJson } from "./json-shape.ts";
import { READ_DEADLINE_MS, readPatiently } from "./read-patiently.ts";
import { cardPath, toCard } from "./operations/card.ts";
import { toChangeAnswer, toChangeRequest, type ChangeRequest } from "./operations/change.ts";
import { PAGE_SIZE, summariesOf, toSearchRequest } from "./operations/look.ts";
import { REPORT_WORDS_DEFAULT, type ReportWords } from "./operations/report.ts";
import { toPayAnswer, toPayRequest } from "./operations/pay.ts";
import { toUndoAnswer, toUndoRequest } from "./operations/undo.ts";
import { createPipeline } from "./pipeline.ts";
import { readDay } from "./read-day.ts";
import { readFound, type Detail } from "./read-found.ts";
import { createTransport, type Replied, type Transport, type WireReply, type WireRequest } from "./transport.ts";

export interface GatewayOptions {
  /** Undefined when the configuration binds no such merchant to the organization. */
  readonly credentials: (binding: MerchantBinding) => Credential | undefined;
  /** "apitest.cybersource.com", with a port where it is not 443. */
  readonly host: string;
  /** Origins the Flex library may come from. */
  readonly flexHosts: readonly string[];
  readonly wireClock: () => number;
  readonly signatureLifeMs: number;
  readonly deadlineMs: number;
  readonly ca?: string | undefined;
  /** The wire; connections of its own when not given. */
  readonly transport?: Transport | undefined;
  /** Waits before a read is repeated. */
  readonly sleep?: ((ms: number) => Promise<void>) | undefined;
  /** Ids of signed messages, each used once. */
  readonly randomId?: (() => string) | undefined;
  /** What the day's reports call settled, rejected, won. */
  readonly reportWords?: ReportWords | undefined;
  /** The trace that a call belongs to (W3C traceparent). */
  readonly traceparent?: (() => string | undefined) | undefined;
}

interface Context extends GatewayOptions {
  readonly transport: Transport;
  readonly randomId: () => string;
  readonly publicKeys: Map<string, Record<string, unknown>>;
}

export function createGateway(options: GatewayOptions): Gateway & { close(): Promise<void> } {
  const transport = options.transport ?? createTransport({ deadlineMs: options.deadlineMs, ca: options.ca });
  const context: Context = { ...options, transport: createPipeline(transport), randomId: options.randomId ?? randomUUID, publicKeys: new Map() };
  return {
    sign: (call) => signCall(context, call),
    look: (query) => look(context, query),
    readReport: ({ binding, day }) => readDay((path) => read(context, binding, "GET", path), { binding, day, words: context.reportWords ?? REPORT_WORDS_DEFAULT }),
    readCard: async ({ binding, ...card }) => toCard(await read(context, binding, "GET", cardPath(card))),
    forgetCard: forgetCard(context),
    mintCaptureContext: (query) => mint(context, query),
    verifyTransientToken: readTransientToken,
    close: () => context.transport.close(),
  };
}

const sign = (credential: Credential, input: SignInput): Signature => (credential.scheme === "http_signature" ? signHttp(credential, input) : signJwt(credential, input));

interface Prepared {
  readonly request: WireRequest;
  readonly expiresAt: number;
  readonly encryption: Encryption | undefined;
}

interface Asked { readonly method: "GET" | "POST" | "PATCH" | "DELETE"; readonly path: string; readonly body?: Record<string, unknown> | undefined }

async function prepare(context: Context, binding: MerchantBinding, { method, path, body }: Asked): Promise<Prepared | undefined> {
  const credential = context.credentials(binding);
  if (credential === undefined) return undefined;
  const at = context.wireClock();
  const encryption = credential.scheme !== "http_signature" && takesEncryption(path) ? credential.encryption : undefined;
  const clear = body === undefined ? undefined : JSON.stringify(body);
  const text = clear === undefined || encryption === undefined ? clear : await encryptBody(encryption, clear, at);
  const signed = sign(credential, { method, host: context.host, path, body: text, at, lifeMs: context.signatureLifeMs, jti: context.randomId(), responseKeyId: encryption?.response?.keyId });
  // Some gateways answer 404 to a plain application/json.
  const traceparent = context.traceparent?.();
  const headers = { ...(traceparent === undefined ? {} : { traceparent }), host: context.host, accept: "application/hal+json;charset=utf-8", ...(text === undefined ? {} : { "content-type": "application/json;charset=utf-8" }), ...signed.headers };
  return { request: { method, origin: `https://${context.host}`, path, headers, body: text }, expiresAt: signed.expiresAt, encryption };
}

/** Sends once; an encrypted answer is opened. Throws when it cannot be: then nobody knows what it says. */
async function exchange(context: Context, prepared: Prepared): Promise<WireReply> {
  const reply = await context.transport.send(prepared.request);
  if (prepared.encryption === undefined || reply.kind !== "replied") return reply;
  return { ...reply, text: await decryptAnswer(prepared.encryption, reply.text) };
}

const isPay = (call: GatewayCall): call is PayCall => call.kind === "authorization" || call.kind === "sale";
const isChange = (call: GatewayCall): call is ChangeCall => call.kind === "capture" || call.kind === "incremental_authorization" || call.kind === "refund" || call.kind === "credit";
function requestOf(call: GatewayCall): ChangeRequest {
  if (isPay(call)) return { method: "POST", path: "/pts/v2/payments", body: toPayRequest(call) };
  return isChange(call) ? toChangeRequest(call) : { method: "POST", ...toUndoRequest(call) };
}
function answerOf(call: GatewayCall, reply: WireReply): GatewayAnswer {
  if (isPay(call)) return toPayAnswer(call, reply);
  return isChange(call) ? toChangeAnswer(call, reply) : toUndoAnswer(call, reply);
}

const unsendable = (context: Context, cause: string): SignedCall => ({ signatureExpiresAt: context.wireClock(), send: async () => ({ kind: "not_sent", cause }) });

function prepareCall(context: Context, call: GatewayCall): Promise<Prepared | undefined> {
  const { method, path, body } = requestOf(call);
  return prepare(context, call.binding, { method, path, body });
}

async function signCall(context: Context, call: GatewayCall): Promise<SignedCall> {
  let prepared: Prepared | undefined;
  try {
    prepared = await prepareCall(context, call);
  } catch (error) {
    return unsendable(context, `signing failed: ${error instanceof Error ? error.name : "unexpected"}`);
  }
  return prepared === undefined ? unsendable(context, "no credentials") : sendOnce(context, call, prepared);
}

function sendOnce(context: Context, call: GatewayCall, prepared: Prepared): SignedCall {
  let isSpent = false;
  return {
    signatureExpiresAt: prepared.expiresAt,
    send: async () => {
      // The first send may have left: a second one is a bug of the caller, and its outcome is not known.
      if (isSpent) return { kind: "unknown", cause: "sent before", event: "no_answer", isAlarming: true };
      isSpent = true;
      // A process that slept between the commit and this line must not send late.
      if (context.wireClock() >= prepared.expiresAt) return { kind: "not_sent", cause: "signature expired before it was sent" };
      try {
        return answerOf(call, await exchange(context, prepared));
      } catch (error) {
        return { kind: "unknown", cause: error instanceof Error ? error.message : "unexpected", event: "unreadable", isAlarming: true };
      }
    },
  };
}

/** Reads are repeated when they did not come through; undefined when they still did not. A 429 that lasts is returned. */
const read = (context: Context, binding: MerchantBinding, method: "GET" | "POST" | "DELETE", path: string, body?: Record<string, unknown>): Promise<Replied | undefined> =>
  readPatiently({ now: context.wireClock, sleep: context.sleep, who: `${binding.merchantId} ${path}` }, async () => {
    const prepared = await prepare(context, binding, { method, path, body });
    return prepared === undefined ? "unsendable" : exchange(context, { ...prepared, request: { ...prepared.request, deadlineMs: READ_DEADLINE_MS } }).catch(() => undefined);
  });

/** TMS answers 204, or 404 and 410 for what is gone; 409 while it is the default of a customer with other cards. */
const forgetCard = (context: Context): Gateway["forgetCard"] => async ({ binding, tmsCustomerId, paymentInstrumentId }) => {
  const reply = await read(context, binding, "DELETE", cardPath({ tmsCustomerId, paymentInstrumentId }));
  if (reply === undefined) return { kind: "unavailable", cause: "no answer" };
  if (reply.status === 429) return { kind: "unavailable", cause: "answered 429" };
  if (reply.status < 300 || reply.status === 404 || reply.status === 410) return { kind: "forgotten" };
  if (reply.status === 401 || reply.status === 403) return { kind: "unavailable", cause: `answered ${reply.status}` };
  return { kind: "refused", reason: reply.status === 409 ? "card_is_default" : "card_not_removed" };
};

const PAGES_MAX = 10;

async function look(context: Context, query: Parameters<Gateway["look"]>[0]): Promise<LookAnswer> {
  const shown = new Set<string>();
  for (let page = 0; query.merchantReferences.length > 0 && page < PAGES_MAX; page++) {
    const reply = await read(context, query.binding, "POST", "/tss/v2/searches", toSearchRequest(query.merchantReferences, query.binding.merchantId, query.around, page * PAGE_SIZE));
    const body = reply?.status === 201 || reply?.status === 200 ? parseJson(reply.text) : undefined;
    if (body === undefined) return { kind: "unavailable", cause: `search answered ${reply?.status ?? "nothing"}`, ...(reply === undefined ? {} : { isRefused: true }) };
    const summaries = summariesOf(body);
    for (const summary of summaries) if (typeof summary["id"] === "string") shown.add(summary["id"]);
    if (summaries.length < PAGE_SIZE) break;
  }
  return readFound((id) => readDetail(context, query.binding, id), { shown, known: query.requestIds });
}

async function readDetail(context: Context, binding: MerchantBinding, id: string): Promise<Detail> {
  const reply = await read(context, binding, "GET", `/tss/v2/transactions/${id}`);
  if (reply?.status === 404) return undefined;
  // Only "not found" says something about the transaction: a refused signature, a gateway's error or half an answer do not.
  return reply?.status === 200 ? parseJson(reply.text) ?? "unavailable" : "unavailable";
}

async function mint(context: Context, query: Parameters<Gateway["mintCaptureContext"]>[0]): Promise<MintAnswer> {
  const reply = await read(context, query.binding, "POST", "/microform/v2/sessions", toSessionRequest(query.targetOrigins));
  if (reply === undefined) return { kind: "unavailable", cause: "no answer" };
  if (reply.status !== 201) return { kind: "refused", cause: `HTTP ${reply.status}` };
  const minted = await verifyContext(context, query.binding, reply.text);
  return minted === undefined ? { kind: "refused", cause: "capture context does not verify" } : { kind: "minted", context: minted };
}

/** With the kept key first; when that does not verify, once more with a key asked for anew (a key may be replaced under its id). */
async function verifyContext(context: Context, binding: MerchantBinding, jws: string): Promise<CaptureContext | undefined> {
  const kid = peek(jws)?.header["kid"];
  if (typeof kid !== "string") return undefined;
  const kept = context.publicKeys.get(kid);
  const verified = kept === undefined ? undefined : readCaptureContext(jws, kept, context.flexHosts);
  if (verified !== undefined) return verified;
  const key = await fetchPublicKey(context, binding, kid);
  return key === undefined ? undefined : readCaptureContext(jws, key, context.flexHosts);
}

/** Cybersource's public key by id; a gateway has one host, so the id is the whole key of the cache. */
async function fetchPublicKey(context: Context, binding: MerchantBinding, kid: string): Promise<Record<string, unknown> | undefined> {
  const reply = await read(context, binding, "GET", `/flex/v2/public-keys/${encodeURIComponent(kid)}`);
  const key = reply?.status === 200 ? parseJson(reply.text) : undefined;
  if (key !== undefined) context.publicKeys.set(kid, key);
  return key;
}
