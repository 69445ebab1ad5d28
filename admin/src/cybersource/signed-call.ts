// One call to Cybersource with a merchant's own credentials, signed by the very code with which the relay signs. Trouble is a value; what an
// answer means is decided by the caller.
import { randomUUID } from "node:crypto";
import { createPrivateKey } from "node:crypto";
import type { Credential } from "@cybs/relay/cybersource/authentication/credential";
import { signHttp } from "@cybs/relay/cybersource/authentication/sign-http";
import { signJwt } from "@cybs/relay/cybersource/authentication/sign-jwt";
import { openMerchantKeys } from "@cybs/relay/merchant-keys";
import type { MerchantSettings } from "../configuration/environment-file.ts";
import type { Secrets } from "../configuration/secrets.ts";
import { asRow, type Row } from "../dataverse/row.ts";
import { readJson, type HttpRequest, type Network } from "../network.ts";
import { Stop } from "../stop.ts";
import type { Clock } from "../clock.ts";

export interface CybersourceAnswer { readonly status: number; readonly body: Row; /** When the answer is a list. */ readonly rows: readonly Row[]; readonly headers: Readonly<Record<string, string>>; /** Our clock minus Cybersource's, in milliseconds. */ readonly aheadMs: number | undefined }
export interface Cybersource {
  readonly host: string;
  readonly merchantId: string;
  call(method: HttpRequest["method"], path: string, body?: Row, more?: Readonly<Record<string, string>>): Promise<CybersourceAnswer>;
}
export interface CybersourceDeps { readonly network: Network; readonly secrets: Secrets; readonly clock: Clock; readonly host: string }

const LIFE_MS = 120_000;

/** Opens the merchant's keys; stops in the relay's own words when they are not whole. */
export async function openCybersource(deps: CybersourceDeps, merchant: MerchantSettings): Promise<Cybersource> {
  const credential = await openCredential(deps.secrets, merchant);
  return {
    host: deps.host, merchantId: merchant.merchantId,
    async call(method, path, body, more = {}) {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const at = deps.clock.now();
      const input = { method, host: deps.host, path, body: text, at, lifeMs: LIFE_MS, jti: randomUUID() };
      const { headers } = credential.scheme === "http_signature" ? signHttp({ ...credential, scheme: "http_signature" }, input) : signJwt(credential, input);
      const answer = await deps.network.send({ method, url: `https://${deps.host}${path}`, body: text, headers: { ...headers, ...more, accept: "application/json", ...(text === undefined ? {} : { "content-type": "application/json" }) } });
      if (answer.kind === "no_answer") throw new Stop("cybersource_unreachable", { host: deps.host }, `(${answer.cause})`);
      const theirs = Date.parse(answer.headers["date"] ?? "");
      const json = readJson(answer.text);
      return { status: answer.status, body: asRow(json), rows: Array.isArray(json) ? json.map(asRow) : [], headers: answer.headers, aheadMs: Number.isNaN(theirs) ? undefined : Math.round(at - theirs) };
    },
  };
}

async function openCredential(secrets: Secrets, merchant: MerchantSettings): Promise<Credential> {
  const read = async (reference: string | undefined): Promise<string | undefined> => (reference === undefined ? undefined : secrets.read(reference));
  const [sharedSecret, p12Password] = await Promise.all([read(merchant.sharedSecret), read(merchant.p12Password)]);
  const mistakes: string[] = [];
  const { merchantId, environment, authentication, keyId, p12File, portfolioId } = merchant;
  const keys = openMerchantKeys({ merchantId, environment, authentication, keyId, sharedSecret, p12File, p12Password, portfolioId, messageEncryption: "off" }, (value) => value, mistakes);
  if (mistakes.length > 0) throw new Stop("credentials_refused", { merchantId, host: "Cybersource" }, mistakes.map((one) => one.replace("BINDINGS_FILE, ", "")).join(" "));
  const named = { merchantId, keyId: keys.keyId, portfolioId };
  if (keys.scheme === "jwt_certificate") return { ...named, scheme: keys.scheme, privateKey: keys.privateKey ?? createPrivateKey("") };
  return { ...named, scheme: keys.scheme, sharedSecret: keys.sharedSecret ?? "" };
}
