// The keys of the sandbox's merchant beside its shared secret: a P12 file (made when it is first asked for), a meta key of its portfolio,
// and the public keys it wants answers encrypted for.
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { makeP12, type MadeP12 } from "./p12.ts";

export interface MetaKey { readonly portfolioId: string; readonly keyId: string; readonly sharedSecret: string }
export interface KeyStore {
  /** The merchant's P12 file; its password is the merchant id, as in Cybersource's own samples. */
  p12(): MadeP12;
  /** The public key behind a `kid` of the P12 file. */
  certificateKey(kid: string): KeyObject | undefined;
  /** Opens what was encrypted for Cybersource's certificate. */
  encryptionKey(): KeyObject;
  readonly metaKeys: Map<string, MetaKey>;
  readonly responseKeys: Map<string, KeyObject>;
}

export const P12_KEY_ID = "5000000000000000001";
export const ENCRYPTION_KEY_ID = "7700000000000000001";

export function createKeyStore(merchantId: string): KeyStore {
  let made: { readonly p12: MadeP12; readonly publicKey: KeyObject; readonly encryptionKey: KeyObject } | undefined;
  const get = (): NonNullable<typeof made> => {
    if (made === undefined) {
      const p12 = makeP12({ merchantId, keyId: P12_KEY_ID, password: merchantId, encryptionKeyId: ENCRYPTION_KEY_ID });
      made = { p12, publicKey: createPublicKey(p12.certificate), encryptionKey: createPrivateKey(p12.encryptionPrivateKey) };
    }
    return made;
  };
  return {
    p12: () => get().p12, certificateKey: (kid) => (kid === P12_KEY_ID ? get().publicKey : undefined), encryptionKey: () => get().encryptionKey,
    metaKeys: new Map(), responseKeys: new Map(),
  };
}
