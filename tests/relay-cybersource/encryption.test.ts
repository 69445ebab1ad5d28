// Message-level encryption: what travels is a JWE for Cybersource's certificate and is what is signed; what comes back is opened, or unknown.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { compactDecrypt, CompactEncrypt, decodeProtectedHeader } from "jose";
import { expect, test } from "@jest/globals";
import { decryptAnswer, encryptBody, takesEncryption } from "../../plugin-proxy/src/cybersource/authentication/encrypt-message.ts";
import { signHttp } from "../../plugin-proxy/src/cybersource/authentication/sign-http.ts";
import { signJwt } from "../../plugin-proxy/src/cybersource/authentication/sign-jwt.ts";

const theirs = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ours = generateKeyPairSync("rsa", { modulusLength: 2048 });
const encryption = { keyId: "77001", publicKey: theirs.publicKey, response: { keyId: "ours-1", privateKey: ours.privateKey } };
const body = JSON.stringify({ clientReferenceInformation: { code: "Zoë" } });
const encryptFor = (key: ReturnType<typeof createPublicKey>, text: string, alg = "RSA-OAEP-256") => new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ alg, enc: "A256GCM", kid: "ours-1" }).encrypt(key);

test("a body becomes a JWE that only the certificate's owner can read", async () => {
  const sent = JSON.parse(await encryptBody(encryption, body, 1_700_000_000_500)) as { encryptedRequest: string };
  expect(Object.keys(sent)).toEqual(["encryptedRequest"]);
  expect(decodeProtectedHeader(sent.encryptedRequest)).toEqual({ alg: "RSA-OAEP-256", enc: "A256GCM", cty: "JWT", kid: "77001", iat: 1_700_000_000 });
  expect(new TextDecoder().decode((await compactDecrypt(sent.encryptedRequest, theirs.privateKey)).plaintext)).toBe(body);
});

test("an encrypted answer is opened; a plain one is left as it is", async () => {
  const answer = JSON.stringify({ encryptedResponse: await encryptFor(ours.publicKey, "{\"id\":\"1\"}") });
  expect(await decryptAnswer(encryption, answer)).toBe("{\"id\":\"1\"}");
  expect(await decryptAnswer(encryption, "{\"status\":\"AUTHORIZED\"}")).toBe("{\"status\":\"AUTHORIZED\"}");
  expect(await decryptAnswer(encryption, "<html>")).toBe("<html>");
});

test("an answer for another key is not guessed at", async () => {
  const answer = JSON.stringify({ encryptedResponse: await encryptFor(theirs.publicKey, "{\"id\":\"1\"}") });
  await expect(decryptAnswer(encryption, answer)).rejects.toThrow();
  await expect(decryptAnswer({ keyId: "77001", publicKey: theirs.publicKey }, answer)).rejects.toThrow("no key is configured");
});

test.each([
  ["/pts/v2/payments", true], ["/pts/v2/payments/7/reversals", true], ["/tss/v2/searches", true], ["/tss/v2/transactions/7", true],
  ["/microform/v2/sessions", false], ["/flex/v2/public-keys/1", false], ["/risk/v1/decisions/7/actions", false],
])("%s is encrypted: %s", (path, expected) => { expect(takesEncryption(path)).toBe(expected); });

test("the wish for an encrypted answer is a claim, and a meta key's owner issues the token", () => {
  const input = { method: "POST", host: "apitest.cybersource.com", path: "/pts/v2/payments", body, at: 1_700_000_000_500, lifeMs: 120_000, jti: "j-1", responseKeyId: "ours-1" };
  const credential = { merchantId: "child", portfolioId: "portfolio", keyId: "k-1", sharedSecret: "c2VjcmV0" } as const;
  const [, payload] = (signJwt({ ...credential, scheme: "jwt" }, input).headers["authorization"] ?? "").split(".");
  expect(JSON.parse(Buffer.from(payload ?? "", "base64url").toString("utf8"))).toMatchObject({ iss: "portfolio", "v-c-merchant-id": "child", "v-c-response-mle-kid": "ours-1" });
  expect(signHttp({ ...credential, scheme: "http_signature" }, input).headers["v-c-merchant-id"]).toBe("child");
});
