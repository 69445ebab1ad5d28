// A merchant of the Cybersource stand-in without sockets: for tests that ask ten thousand times, or play a month.
import { createHash, createHmac } from "node:crypto";
import { openCybersource, type OpenCybersource, type OpenCybersourceOptions } from "../sandbox/cybersource/open.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import type { Json } from "./merchant.ts";

export interface Told { readonly status: number; readonly text: string; readonly body: Json; readonly headers: Readonly<Record<string, string>> }
export interface OpenMerchant {
  readonly open: OpenCybersource;
  /** A call, signed with the shared secret. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Told>;
  control(path: string, body?: unknown): Promise<unknown>;
}

const HOST = "cybersource.example";
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64");

function parse(text: string): Json {
  try { return JSON.parse(text) as Json; } catch { return {}; }
}

export async function openMerchant(options: Partial<OpenCybersourceOptions> = {}): Promise<OpenMerchant> {
  const clock = options.clock ?? createClock();
  const open = await openCybersource({ clock, seed: 11, say: () => undefined, ...options });
  const { id, keyId, sharedSecret } = open.merchant;
  let count = 0;
  const sign = (method: string, path: string, text: string): string => {
    const iat = Math.floor(clock.wire() / 1000);
    count += 1;
    const claims = { ...(text === "" ? {} : { digest: sha256(text), digestAlgorithm: "SHA-256" }), iat, exp: iat + 120, "request-host": HOST, "request-method": method.toLowerCase(), "request-resource-path": path, iss: id, jti: `call ${count}`, "v-c-jwt-version": "2", "v-c-merchant-id": id };
    const head = `${encode({ alg: "HS256", kid: keyId, typ: "JWT" })}.${encode(claims)}`;
    return `${head}.${createHmac("sha256", Buffer.from(sharedSecret, "base64")).update(head).digest("base64url")}`;
  };
  return {
    open,
    call: async (method, path, body, headers = {}) => {
      const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
      const reply = await open.answer({ method, url: path, headers: { host: HOST, authorization: `Bearer ${sign(method, path, text)}`, "content-type": "application/json", ...headers }, body: Buffer.from(text) });
      return { status: reply.status, text: String(reply.body ?? ""), body: parse(String(reply.body ?? "")), headers: reply.headers ?? {} };
    },
    control: async (path, body) => {
      const reply = await open.answer({ method: body === undefined ? "GET" : "POST", url: `/_sandbox/${path}`, headers: {}, body: Buffer.from(body === undefined ? "" : JSON.stringify(body)) });
      return JSON.parse(String(reply.body)) as unknown;
    },
  };
}
