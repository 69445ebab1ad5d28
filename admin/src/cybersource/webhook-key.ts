// The key that signs Cybersource's notifications. Cybersource shows it once: it goes straight into a file that only its owner can read, and from
// there by reference into the relay's bindings. A new key takes the place of an older one at Cybersource.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rowAt, textAt } from "../dataverse/row.ts";
import type { Cybersource } from "./signed-call.ts";

const LIFE_DAYS = "365";

/** The key's id and a file: reference; or the sentence of why there is none. */
export async function createWebhookKey(cybersource: Cybersource, folder: string): Promise<{ readonly keyId: string; readonly key: string } | string> {
  const { merchantId } = cybersource;
  const answer = await cybersource.call("POST", "/kms/egress/v2/keys-sym", { clientRequestAction: "CREATE", keyInformation: { provider: "nrtd", tenant: merchantId, keyType: "sharedSecret", organizationId: merchantId, expiryDuration: LIFE_DAYS } }, { "v-c-sender-organization-id": merchantId, "v-c-permissions": "KeyManagement" });
  const made = rowAt(answer.body, "keyInformation");
  const keyId = textAt(made, "keyId");
  const value = textAt(made, "key");
  if (keyId === "" || value === "") return `Cybersource made no webhook key (HTTP ${answer.status})`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${merchantId.replace(/[^\w.-]/g, "_")}-webhook.key`);
  writeFileSync(file, value, { mode: 0o600 });
  return { keyId, key: `file:${file}` };
}
