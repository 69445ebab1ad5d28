// JWT v2, with the shared secret (HS256, the default) or the key of a P12 file (RS256). Claims as documented at developer.cybersource.com
// (JSON Web Token authentication): at most 120 seconds of life, digest of the exact bytes, host with its port, path without the query.
import { createHmac, createSecretKey, hash, sign } from "node:crypto";
import type { Credential, SignInput, Signature } from "./credential.ts";

const LIFE_SECONDS_MAX = 120;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function signJwt(credential: Credential, input: SignInput): Signature {
  const iat = Math.floor(input.at / 1000);
  const exp = iat + Math.min(LIFE_SECONDS_MAX, Math.max(1, Math.floor(input.lifeMs / 1000)));
  const head = encode({ alg: credential.scheme === "jwt_certificate" ? "RS256" : "HS256", kid: credential.keyId, typ: "JWT" });
  const claims = encode({
    ...(input.body === undefined ? {} : { digest: hash("sha256", input.body, "base64"), digestAlgorithm: "SHA-256" }),
    iat, exp, "request-host": input.host, "request-method": input.method.toLowerCase(), "request-resource-path": input.path.split("?")[0],
    iss: credential.portfolioId ?? credential.merchantId, jti: input.jti, "v-c-jwt-version": "2", "v-c-merchant-id": credential.merchantId,
    ...(input.responseKeyId === undefined ? {} : { "v-c-response-mle-kid": input.responseKeyId }),
  });
  const signature = signatureOf(credential, `${head}.${claims}`);
  return { headers: { authorization: `Bearer ${head}.${claims}.${signature}` }, expiresAt: exp * 1000 };
}

// As a key object: bytes are looked at much longer by createHmac before it takes them for a key.
const signatureOf = (credential: Credential, text: string): string => (credential.scheme === "jwt_certificate"
  ? sign("sha256", Buffer.from(text), credential.privateKey).toString("base64url")
  : createHmac("sha256", createSecretKey(credential.sharedSecret, "base64")).update(text).digest("base64url"));
