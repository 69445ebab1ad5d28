// AES-256-GCM boxes for what must not lie readable in the ledger, and hashes for comparing secrets.
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Hasher, Sealer } from "../ports/sealer.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keys are any text of the configuration; 256 bits are derived from each. The first one seals, each of them opens: while a key is
 * exchanged two are valid. They are asked for at each use. The context is authenticated, not stored. `random` is the source of nonces.
 */
export function createSealer(keys: () => readonly [string, ...string[]], random: (count: number) => Buffer = randomBytes): Sealer {
  return {
    seal: (plain, context) => {
      const secret = secretOf(keys()[0]);
      const iv = random(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]);
    },
    open: (box, context) => {
      for (const key of keys()) {
        const plain = openWith(secretOf(key), Buffer.from(box), context);
        if (plain !== undefined) return plain;
      }
      return undefined;
    },
  };
}

const secretOf = (key: string): Buffer => createHash("sha256").update(`seal\n${key}`).digest();

function openWith(secret: Buffer, box: Buffer, context: string): string | undefined {
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
