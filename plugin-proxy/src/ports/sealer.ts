// Encrypts what must not lie readable in the ledger (transient tokens, cardholder's details); AES-256-GCM under the configuration's key.
export interface Sealer extends Sealing {
  /** A fresh key of 256 bits, as text. */
  newKey(): string;
  /** Seals under a key of its own instead of the configuration's. */
  under(key: string): Sealing;
}
export interface Sealing {
  /** `context` binds the box to its row: a box moved to another row does not open. */
  seal(plain: string, context: string): Uint8Array;
  /** Undefined when the box was made under another key, for another row, or was changed. */
  open(box: Uint8Array, context: string): string | undefined;
}

/** SHA-256, lower-case hex, and a comparison that takes the same time whatever differs. */
export interface Hasher {
  readonly sha256Hex: (text: string) => string;
  readonly isEqual: (left: string, right: string) => boolean;
}
