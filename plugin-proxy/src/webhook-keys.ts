// The keys that Cybersource's notifications to one organization are signed and encrypted with, opened once at start and after each exchange.
// Several are valid at once, so that a new key can be made at Cybersource before the old one is taken away.
import { createPrivateKey, type KeyObject } from "node:crypto";
import type { RawBinding } from "./settings.ts";

export interface WebhookKeys {
  readonly signing: readonly { readonly keyId: string; readonly key: string }[];
  readonly decryption: readonly { readonly keyId?: string | undefined; readonly privateKey: KeyObject }[];
}

/** `secret` gives the value behind a reference. Adds a sentence to `mistakes` for each key that cannot be used; quotes none. */
export function openWebhookKeys(binding: Pick<RawBinding, "organizationId" | "webhookKeys" | "webhookDecryptionKeys">, secret: (reference: string) => string, mistakes: string[]): WebhookKeys {
  const say = (what: string): void => { mistakes.push(`BINDINGS_FILE, organization ${binding.organizationId}: ${what}.`); };
  const open = <T>(run: () => T, otherwise: string): readonly T[] => { try { return [run()]; } catch { say(otherwise); return []; } };
  return {
    signing: binding.webhookKeys.flatMap(({ keyId, key }) => open(() => ({ keyId, key: base64(secret(key)) }), `the webhook key ${keyId} is not base64, or cannot be read`)),
    decryption: binding.webhookDecryptionKeys.flatMap(({ keyId, privateKey }, index) => open(() => ({ keyId, privateKey: createPrivateKey(secret(privateKey)) }), `webhookDecryptionKeys ${index} is not a private key in PEM form`)),
  };
}

function base64(text: string): string {
  if (Buffer.from(text, "base64").length < 16 || !/^[A-Za-z0-9+/]+=*$/.test(text)) throw new Error("not a key");
  return text;
}
