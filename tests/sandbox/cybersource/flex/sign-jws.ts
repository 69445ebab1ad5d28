// JWS with RS256 (RFC 7515, RFC 7518 §3.3), signed in this thread: a signature of the thread pool would be ready after some real time, and a simulation
// has none.
import { generateKeyPair, sign, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

export interface FlexKeyPair { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

const MODULUS_BITS = 2048;
const generate = promisify(generateKeyPair);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A new pair each time, as Cybersource does it; a simulation hands in pairs that it has made before. */
export const generateFlexKeys = (): Promise<FlexKeyPair> => generate("rsa", { modulusLength: MODULUS_BITS });

/** Header and claims in compact form. */
export function signJws(input: { readonly keyId: string; readonly claims: Readonly<Record<string, unknown>>; readonly privateKey: KeyObject }): string {
  const text = `${encode({ kid: input.keyId, alg: "RS256" })}.${encode(input.claims)}`;
  return `${text}.${sign("sha256", Buffer.from(text), input.privateKey).toString("base64url")}`;
}
