// A merchant of the Cybersource stand-in: starts it over TLS and signs calls the way the documentation says, with nothing of the product.
import { createHash, createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCybersource, type CybersourceSandbox } from "../sandbox/cybersource/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock, type BusinessClock } from "../sandbox/kit/clock.ts";

export type Json = Record<string, unknown>;
export interface Answered { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string; readonly body: Json }
export interface Merchant {
  readonly sandbox: CybersourceSandbox;
  readonly caFile: string;
  readonly clock: BusinessClock;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered>;
  /** Sends exactly these headers and bytes; signs nothing. */
  raw(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answered>;
  claims(method: string, path: string, body: string): Json;
  jwt(claims: Json, header?: Json): string;
  control(path: string, body?: unknown): Promise<unknown>;
  ledger(): Promise<readonly Json[]>;
  close(): Promise<void>;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function parse(text: string): Json {
  try { return JSON.parse(text) as Json; } catch { return {}; }
}

export async function startMerchant(options: { readonly dataDir?: string } = {}): Promise<Merchant> {
  const dir = mkdtempSync(join(tmpdir(), "cybs-stand-in-"));
  const tls = await issueCertificates(dir);
  const clock = createClock();
  const sandbox = await startCybersource({ port: 0, browserPort: 0, tls, clock, seed: 11, say: () => undefined, ...options });
  const { id, keyId, sharedSecret } = sandbox.merchant;
  const agent = new https.Agent({ keepAlive: true, ca: readFileSync(tls.caFile) });
  const host = new URL(sandbox.url).host;

  const raw: Merchant["raw"] = (method, path, headers, body = "") => new Promise((resolve, reject) => {
    const request = https.request(`${sandbox.url}${path}`, { method, agent, headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => { const text = Buffer.concat(chunks).toString("utf8"); resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) }); });
    });
    request.on("error", reject);
    request.end(body);
  });
  const claims: Merchant["claims"] = (method, path, body) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      ...(body === "" ? {} : { digest: createHash("sha256").update(body).digest("base64"), digestAlgorithm: "SHA-256" }), iat: now, exp: now + 120, "request-host": host, "request-method": method.toLowerCase(),
      "request-resource-path": path, iss: id, jti: randomUUID(), "v-c-jwt-version": "2", "v-c-merchant-id": id,
    };
  };
  const jwt: Merchant["jwt"] = (payload, header = { alg: "HS256", kid: keyId, typ: "JWT" }) => {
    const head = `${encode(header)}.${encode(payload)}`;
    return `${head}.${createHmac("sha256", Buffer.from(sharedSecret, "base64")).update(head).digest("base64url")}`;
  };
  const control: Merchant["control"] = async (path, body) => (await fetch(`${sandbox.browserUrl}/_sandbox/${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })).json();
  return {
    sandbox, caFile: tls.caFile, clock, raw, claims, jwt, control,
    call: (method, path, body, headers = {}) => {
      const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
      return raw(method, path, { host, authorization: `Bearer ${jwt(claims(method, path, text))}`, "content-type": "application/json", ...headers }, text);
    },
    ledger: async () => await control("ledger") as readonly Json[],
    close: async () => { agent.destroy(); await sandbox.close(); rmSync(dir, { recursive: true }); },
  };
}

let count = 0;
/** A payment with a typed card, as the documentation's first sample has it. */
export const payment = (totalAmount = "102.21", more: { capture?: boolean; card?: Json; lastName?: string; code?: string; transactionId?: string; actionList?: string[]; paymentInformation?: Json } = {}): Json => ({
  clientReferenceInformation: { code: more.code ?? `M-${++count}`, ...(more.transactionId === undefined ? {} : { transactionId: more.transactionId }) },
  processingInformation: { capture: more.capture ?? false, ...(more.actionList === undefined ? {} : { actionList: more.actionList }) },
  paymentInformation: more.paymentInformation ?? { card: { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031", securityCode: "123", ...more.card } },
  orderInformation: { amountDetails: { totalAmount, currency: "USD" }, billTo: { firstName: "John", lastName: more.lastName ?? "Doe", address1: "1 Market St", locality: "san francisco", administrativeArea: "CA", postalCode: "94105", country: "US", email: "test@example.com" } },
});
export const amount = (totalAmount: string): Json => ({ clientReferenceInformation: { code: `M-${++count}` }, orderInformation: { amountDetails: { totalAmount, currency: "USD" } } });
export const reversal = (totalAmount: string, more: Json = {}): Json => ({ clientReferenceInformation: { code: `M-${++count}`, ...more }, reversalInformation: { amountDetails: { totalAmount, currency: "USD" }, reason: "test" } });
export const voiding = (more: Json = {}): Json => ({ clientReferenceInformation: { code: `M-${++count}`, ...more } });
