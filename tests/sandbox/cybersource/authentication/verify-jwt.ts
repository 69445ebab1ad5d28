// JWT v2 with a shared secret (HS256), a meta key or a P12 key (RS256), and JWT v1 with the certificate in its header.
// Source: developer.cybersource.com, JSON Web Token authentication. Checked against real time, never against the business clock.
import { createHash, createHmac, createPublicKey, createSecretKey, timingSafeEqual, verify, X509Certificate } from "node:crypto";
import type { Call } from "../../kit/faults.ts";
import { remembering } from "../../kit/remember.ts";
import type { State } from "../state.ts";

const LIFE_SECONDS_MAX = 120;
type Json = Record<string, unknown>;

const sha256 = (body: Buffer): string => createHash("sha256").update(body).digest("base64");
const withoutQuery = (url: string): string => url.split("?")[0] ?? url;
const isSame = (left: Buffer, right: Buffer): boolean => left.length === right.length && timingSafeEqual(left, right);
// As a key object: bytes are looked at much longer before they are taken for a key.
const KEYS_MAX = 100;
const keyOf = remembering(KEYS_MAX, (secret) => createSecretKey(secret, "base64"));
const isHmac = (secret: string, text: string, signature: Buffer): boolean => isSame(signature, createHmac("sha256", keyOf(secret)).update(text).digest());

/** The members of a part, empty when it is not one. */
export function parsePart(part: string | undefined): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? value as Json : {};
  } catch {
    return {};
  }
}

/** Undefined when the token is authentic, else why it is not. */
export function verifyJwt(state: State, call: Call, token: string): string | undefined {
  const [head, payload, signature, ...more] = token.split(".");
  if (head === undefined || payload === undefined || signature === undefined || more.length > 0) return "not a JWT";
  const header = parsePart(head);
  const claims = parsePart(payload);
  const signed = { text: `${head}.${payload}`, signature: Buffer.from(signature, "base64url") };
  if (header["x5c"] !== undefined) return verifyVersion1(state, call, { header, claims, ...signed });
  const issuer = issuerOf(state, header, signed);
  if (typeof issuer !== "object") return issuer;
  const exp = Number(claims["exp"]);
  return checkTime(state, Number(claims["iat"]), exp) ?? checkClaims(state, call, claims, issuer.id) ?? checkReplay(state, claims["jti"], exp);
}

interface Signed { readonly text: string; readonly signature: Buffer }

/** Who owns the key that signed, or what is wrong with it. */
function issuerOf(state: State, header: Json, { text, signature }: Signed): { readonly id: string } | string {
  const kid = typeof header["kid"] === "string" ? header["kid"] : "";
  const meta = state.keyStore.metaKeys.get(kid);
  if (header["alg"] === "HS256" && (kid === state.merchant.keyId || meta !== undefined)) {
    return isHmac(meta?.sharedSecret ?? state.merchant.sharedSecret, text, signature) ? { id: meta?.portfolioId ?? state.merchant.id } : "signature does not verify";
  }
  const key = header["alg"] === "RS256" ? state.keyStore.certificateKey(kid) : undefined;
  if (key === undefined) return "unknown key or algorithm";
  return verify("sha256", Buffer.from(text), key, signature) ? { id: state.merchant.id } : "signature does not verify";
}

function checkTime(state: State, iat: number, exp: number): string | undefined {
  const now = state.clock.wire() / 1000;
  return exp > now && exp - iat <= LIFE_SECONDS_MAX && iat <= now + state.settings.dateSkewSeconds ? undefined : "expired, not yet valid, or valid for too long";
}

function checkClaims(state: State, call: Call, claims: Json, issuer: string): string | undefined {
  if (claims["iss"] !== issuer || claims["v-c-merchant-id"] !== state.merchant.id || claims["v-c-jwt-version"] !== "2") return "wrong merchant or version";
  if (claims["request-host"] !== call.headers.host) return "wrong host";
  if (String(claims["request-method"]).toUpperCase() !== call.method) return "wrong method";
  const { resourcePath } = state.settings;
  const paths = [...(resourcePath === "without_query" ? [] : [call.url]), ...(resourcePath === "with_query" ? [] : [withoutQuery(call.url)])];
  if (!paths.some((path) => path === claims["request-resource-path"])) return "wrong path";
  return call.body.length > 0 && claims["digest"] !== sha256(call.body) ? "digest of another body" : undefined;
}

function checkReplay(state: State, claimed: unknown, exp: number): string | undefined {
  const jti = typeof claimed === "string" ? claimed : "";
  if (jti === "") return "no jti";
  // Ids stand in the order of their arrival and so about in that of their end: the first that still lives ends the clearing.
  for (const [seen, until] of state.seenJwtIds) {
    if (until >= state.clock.wire() / 1000) break;
    state.seenJwtIds.delete(seen);
  }
  if (state.seenJwtIds.has(jti)) return "replayed";
  state.seenJwtIds.set(jti, exp);
  return undefined;
}

/** The older form: the certificate travels in the header, the issue time is an HTTP date, and host and path are not signed. */
function verifyVersion1(state: State, call: Call, { header, claims, text, signature }: Signed & { readonly header: Json; readonly claims: Json }): string | undefined {
  const [encoded] = Array.isArray(header["x5c"]) ? header["x5c"] as unknown[] : [];
  if (header["alg"] !== "RS256" || typeof encoded !== "string" || header["v-c-merchant-id"] !== state.merchant.id) return "unknown key or algorithm";
  const registered = new X509Certificate(state.keyStore.p12().certificate);
  if (!isSame(Buffer.from(encoded, "base64"), registered.raw)) return "certificate of another merchant";
  if (!verify("sha256", Buffer.from(text), createPublicKey(state.keyStore.p12().certificate), signature)) return "signature does not verify";
  if (!(Math.abs(state.clock.wire() - Date.parse(String(claims["iat"]))) <= state.settings.dateSkewSeconds * 1000)) return "date missing or off by too much";
  return call.body.length > 0 && claims["digest"] !== sha256(call.body) ? "digest of another body" : undefined;
}
