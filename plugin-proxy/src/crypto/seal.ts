// AES-256-GCM boxes for what must not lie readable in the ledger, and hashes for comparing secrets.
import { createCipheriv, createDecipheriv, createHash, createSecretKey, randomBytes, timingSafeEqual, type KeyObject } from "node:crypto";
import type { Hasher, Sealer, Sealing } from "../ports/sealer.ts";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keys are any text of the configuration; 256 bits are derived from each. The first one seals, each of them opens: while a key is
 * exchanged two are valid. They are asked for at each use. The context is authenticated, not stored. `random` is the source of nonces and keys.
 */
export function createSealer(keys: () => readonly [string, ...string[]], random: (count: number) => Buffer = randomBytes): Sealer {
  return {
    ...sealingWith(() => keys().map(secretOf), random),
    newKey: () => random(KEY_BYTES).toString("base64"),
    under: (key) => sealingWith(() => [createSecretKey(key, "base64")], random),
  };
}

const sealingWith = (secrets: () => readonly KeyObject[], random: (count: number) => Buffer): Sealing => ({
  seal: (plain, context) => {
    const [secret] = secrets();
    if (secret === undefined) throw new Error("There is no key to seal with.");
    const iv = random(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]);
  },
  open: (box, context) => {
    for (const secret of secrets()) {
      const plain = openWith(secret, Buffer.from(box), context);
      if (plain !== undefined) return plain;
    }
    return undefined;
  },
});

// As key objects: bytes are looked at much longer before they are taken for a key.
const secretOf = (key: string): KeyObject => createSecretKey(createHash("sha256").update(`seal\n${key}`).digest());

function openWith(secret: KeyObject, box: Buffer, context: string): string | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", secret, box.subarray(0, IV_BYTES)).setAAD(Buffer.from(context)).setAuthTag(box.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(box.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}

export const hasher: Hasher = {
  sha256Hex: (text) => createHash("sha256").update(text).digest("hex"),
  isEqual: (left, right) => {
    const [one, other] = [left, right].map((text) => createHash("sha256").update(text).digest());
    return one !== undefined && other !== undefined && timingSafeEqual(one, other);
  },
};
