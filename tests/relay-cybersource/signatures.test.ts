// The three ways to sign, checked against what Cybersource documents: exact bytes, host with its port, at most 120 seconds.
import { expect, test } from "@jest/globals";
import { createHash, createHmac, generateKeyPairSync, verify } from "node:crypto";
import type { SignInput } from "../../plugin-proxy/src/cybersource/authentication/credential.ts";
import { signHttp } from "../../plugin-proxy/src/cybersource/authentication/sign-http.ts";
import { signJwt } from "../../plugin-proxy/src/cybersource/authentication/sign-jwt.ts";

const secret = Buffer.from("thirty-two bytes of a test secret").toString("base64");
const body = "{\"name\":\"Zoë\"}";
const input: SignInput = { method: "POST", host: "apitest.cybersource.com", path: "/pts/v2/payments?x=1", body, at: 1_700_000_000_500, lifeMs: 120_000, jti: "j-1" };
const digest = createHash("sha256").update(body).digest("base64");
const shared = { merchantId: "testrest", keyId: "k-1", sharedSecret: secret } as const;
const partsOf = (authorization: string): readonly string[] => authorization.replace("Bearer ", "").split(".");
const decoded = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
const claims = {
  digest, digestAlgorithm: "SHA-256", iat: 1_700_000_000, exp: 1_700_000_120, "request-host": "apitest.cybersource.com", "request-method": "post", "request-resource-path": "/pts/v2/payments",
  iss: "testrest", jti: "j-1", "v-c-jwt-version": "2", "v-c-merchant-id": "testrest",
};

test("JWT with the shared secret: HS256 over the decoded secret, every claim as documented", () => {
  const { headers, expiresAt } = signJwt({ ...shared, scheme: "jwt" }, input);
  const [head, payload, signature] = partsOf(headers["authorization"] ?? "");
  expect(decoded(head)).toStrictEqual({ alg: "HS256", kid: "k-1", typ: "JWT" });
  expect(decoded(payload)).toStrictEqual(claims);
  expect(signature).toBe(createHmac("sha256", Buffer.from(secret, "base64")).update(`${head}.${payload}`).digest("base64url"));
  expect(expiresAt).toBe(1_700_000_120_000);
});

test("JWT with the key of a P12 file: RS256, the same claims", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const { headers } = signJwt({ merchantId: "testrest", scheme: "jwt_certificate", keyId: "serial-1", privateKey }, input);
  const [head, payload, signature] = partsOf(headers["authorization"] ?? "");
  expect(decoded(head)).toStrictEqual({ alg: "RS256", kid: "serial-1", typ: "JWT" });
  expect(decoded(payload)).toStrictEqual(claims);
  expect(verify("sha256", Buffer.from(`${head}.${payload}`), publicKey, Buffer.from(signature ?? "", "base64url"))).toBe(true);
});

test("a life longer than Cybersource allows is cut to 120 seconds", () => { expect(signJwt({ ...shared, scheme: "jwt" }, { ...input, lifeMs: 600_000 }).expiresAt).toBe(1_700_000_120_000); });

test("a read has no digest claims", () => {
  const payload = decoded(partsOf(signJwt({ ...shared, scheme: "jwt" }, { ...input, method: "GET", body: undefined }).headers["authorization"] ?? "")[1]);
  expect(payload).not.toHaveProperty("digest");
  expect(payload).toMatchObject({ "request-method": "get" });
});

test("HTTP Signature: request-target without parentheses, path with its query, the date that is sent", () => {
  const { headers } = signHttp({ ...shared, scheme: "http_signature" }, input);
  const date = "Tue, 14 Nov 2023 22:13:20 GMT";
  const text = [`host: apitest.cybersource.com`, `date: ${date}`, "request-target: post /pts/v2/payments?x=1", `digest: SHA-256=${digest}`, "v-c-merchant-id: testrest"].join("\n");
  const signature = createHmac("sha256", Buffer.from(secret, "base64")).update(text).digest("base64");
  expect(headers).toStrictEqual({ date, digest: `SHA-256=${digest}`, "v-c-merchant-id": "testrest", signature: `keyid="k-1", algorithm="HmacSHA256", headers="host date request-target digest v-c-merchant-id", signature="${signature}"` });
});
