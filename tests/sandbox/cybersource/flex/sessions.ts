// Microform sessions: a capture context is a JWS signed by Cybersource; its `flx.jwk` is the key that this context's transient tokens are
// signed with. Target origins: https, or http for localhost; no wildcard; nine at most; fifteen minutes (Flex Microform integration guide).
import { createHash, type KeyObject } from "node:crypto";
import type { Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { badRequest } from "../errors.ts";
import { parseBody, path } from "../shape.ts";
import type { State } from "../state.ts";
import { generateFlexKeys, signJws, type FlexKeyPair } from "./sign-jws.ts";

export interface FlexKeys {
  readonly generate: () => Promise<FlexKeyPair>;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: Record<string, unknown>;
}

/** Cybersource's own signing key, served at /flex/v2/public-keys/{kid}. */
export async function createFlexKeys(generate: () => Promise<FlexKeyPair> = generateFlexKeys): Promise<FlexKeys> {
  const pair = await generate();
  const jwk = pair.publicKey.export({ format: "jwk" });
  return { generate, kid: "3g", privateKey: pair.privateKey, publicJwk: { kty: "RSA", use: "enc", kid: "3g", n: jwk.n, e: jwk.e } };
}

function isTargetOrigin(origin: unknown): origin is string {
  if (typeof origin !== "string" || origin.includes("*")) return false;
  try {
    const url = new URL(origin);
    return url.origin === origin && (url.protocol === "https:" || (url.protocol === "http:" && (url.hostname === "localhost" || url.hostname === "127.0.0.1")));
  } catch {
    return false;
  }
}

export interface Library {
  readonly url: string;
  readonly source: string;
}
export const integrityOf = (source: string): string => `sha256-${createHash("sha256").update(source).digest("base64")}`;

/** POST /microform/v2/sessions: 201 with the bare JWS. */
export async function openSession(state: State, keys: FlexKeys, library: Library, body: Buffer): Promise<Reply> {
  const request = parseBody(body);
  const origins = path(request, "targetOrigins");
  if (request === undefined || !Array.isArray(origins) || origins.length === 0 || origins.length > 9 || !origins.every(isTargetOrigin)) return badRequest(state, "INVALID_DATA", ["targetOrigins"]);
  if (request["clientVersion"] !== "v2" && request["clientVersion"] !== "v2.0") return badRequest(state, "INVALID_DATA", ["clientVersion"]);
  const pair = await keys.generate();
  const jti = state.random.uuid();
  const keyId = state.random.hex(20);
  const now = Math.floor(state.clock.wire() / 1000);
  const expiresAt = now + state.settings.contextLifeSeconds;
  const exported = pair.publicKey.export({ format: "jwk" });
  state.contexts.set(jti, { jti, keyId, privateKey: pair.privateKey, targetOrigins: origins, expiresAtMs: expiresAt * 1000 });
  const origin = new URL(library.url).origin;
  const claims = {
    flx: { path: "/flex/v2/tokens", data: jti, origin, jwk: { kty: "RSA", e: exported.e, use: "enc", n: exported.n, kid: keyId } },
    ctx: [{ type: "mf-2.0.0", data: { clientLibrary: library.url, clientLibraryIntegrity: integrityOf(library.source), allowedCardNetworks: request["allowedCardNetworks"] ?? ["VISA", "MASTERCARD", "AMEX"], allowedPaymentTypes: ["CARD"], targetOrigins: origins, mfOrigin: origin } }],
    iss: "Flex API", iat: now, exp: expiresAt, jti: state.random.hex(16),
  };
  return { status: 201, headers: { "content-type": "application/jwt" }, body: signJws({ keyId: keys.kid, claims, privateKey: keys.privateKey }) };
}

export const publicKey = (keys: FlexKeys, kid: string): Reply => (kid === keys.kid ? json(200, keys.publicJwk) : json(404, { message: "The requested resource does not exist" }));
