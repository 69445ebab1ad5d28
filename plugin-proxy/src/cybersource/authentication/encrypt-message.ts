// Message-level encryption: the body travels as a JWE for Cybersource's certificate, and its digest is taken over what travels.
// Source: Cybersource developer guide, "Message-level encryption" (RSA-OAEP-256, A256GCM, cty JWT, kid, iat). Card entry sessions, public
// keys and case decisions do not take it.
import { compactDecrypt, CompactEncrypt } from "jose";
import { parseJson } from "../json-shape.ts";
import type { Encryption } from "./credential.ts";

const ENCRYPTED_PATHS = /^\/(pts\/v2|tss\/v2)\//;
export const takesEncryption = (path: string): boolean => ENCRYPTED_PATHS.test(path);

/** The body that travels. `at` is wire time in milliseconds. */
export async function encryptBody(encryption: Encryption, body: string, at: number): Promise<string> {
  const header = { alg: "RSA-OAEP-256", enc: "A256GCM", cty: "JWT", kid: encryption.keyId, iat: Math.floor(at / 1000) };
  return JSON.stringify({ encryptedRequest: await new CompactEncrypt(new TextEncoder().encode(body)).setProtectedHeader(header).encrypt(encryption.publicKey) });
}

/** The answer in clear. An answer that is not encrypted is returned as it is; one that cannot be decrypted throws: its content is not known. */
export async function decryptAnswer(encryption: Encryption, text: string): Promise<string> {
  const encrypted = parseJson(text)?.["encryptedResponse"];
  if (typeof encrypted !== "string") return text;
  if (encryption.response === undefined) throw new Error("the answer is encrypted and no key is configured for it");
  const { plaintext } = await compactDecrypt(encrypted, encryption.response.privateKey, { keyManagementAlgorithms: ["RSA-OAEP-256", "RSA-OAEP"], contentEncryptionAlgorithms: ["A256GCM"] });
  return new TextDecoder().decode(plaintext);
}
