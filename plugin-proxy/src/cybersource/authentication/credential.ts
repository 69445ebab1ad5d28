// What signs a merchant's calls, and what encrypts them. Secrets come from the configuration by reference, never kept in a global.
import type { KeyObject } from "node:crypto";

export type Credential = SharedSecretCredential | CertificateCredential;

interface Named {
  /** The transacting merchant. */
  readonly merchantId: string;
  readonly keyId: string;
  /** Meta key: the portfolio that owns the key and signs for the merchant. */
  readonly portfolioId?: string | undefined;
  /** Message-level encryption; only together with JWT. */
  readonly encryption?: Encryption | undefined;
}
export interface SharedSecretCredential extends Named {
  readonly scheme: "jwt" | "http_signature";
  /** Base64, as the Business Center shows it; decoded before use. */
  readonly sharedSecret: string;
}
/** The key of a P12 file; `keyId` is the serialNumber attribute of the certificate's subject. */
export interface CertificateCredential extends Named {
  readonly scheme: "jwt_certificate";
  readonly privateKey: KeyObject;
}
export interface Encryption {
  /** Serial of Cybersource's certificate (alias CyberSource_SJC_US), and its public key. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** Given: answers are asked for encrypted, for this key of ours. */
  readonly response?: { readonly keyId: string; readonly privateKey: KeyObject } | undefined;
}
export interface SignInput {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly body: string | undefined;
  /** Wire clock, milliseconds. */
  readonly at: number;
  readonly lifeMs: number;
  readonly jti: string;
  /** The key that the answer shall be encrypted for. */
  readonly responseKeyId?: string | undefined;
}
export interface Signature {
  readonly headers: Readonly<Record<string, string>>;
  /** Wire clock: the gateway accepts these bytes until here. */
  readonly expiresAt: number;
}
