// Cybersource's notifications, as setup subscribes to them: keys in the relay's bindings, and subscriptions that name the relay.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { signedCall, type Stage } from "./stage.ts";

/** Before the relay is started: it reads its keys then. `products`: what to be told of, by product. */
export async function subscribe(stage: Stage, products: Readonly<Record<string, readonly string[]>>): Promise<void> {
  const { id } = stage.cybersource.merchant;
  const call = async (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await signedCall(stage.cybersource, stage.caFile, { method: "POST", path, body, headers });
    if (answer.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    return answer.body["keyInformation"] as { readonly keyId: string; readonly key: string };
  };
  const owner = { provider: "nrtd", tenant: id, organizationId: id, expiryDuration: "365" };
  const permission = { "v-c-sender-organization-id": id, "v-c-permissions": "KeyManagement" };
  const { keyId, key } = await call("/kms/egress/v2/keys-sym", { clientRequestAction: "CREATE", keyInformation: { ...owner, keyType: "sharedSecret" } }, permission);
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  const stored = await call("/kms/egress/v2/keys-asym", { clientRequestAction: "STORE", keyInformation: { ...owner, keyType: "publickey", pub: pair.publicKey.replace(/-----[A-Z ]+-----|\s/g, "") } }, permission);
  const file = stage.env["BINDINGS_FILE"] ?? "";
  const bindings = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>[];
  writeFileSync(file, JSON.stringify(bindings.map((binding) => ({ ...binding, webhookKeys: [{ keyId, key }], webhookDecryptionKeys: [{ keyId: stored.keyId, privateKey: pair.privateKey }] }))));
  const webhookUrl = `${stage.relayUrl}/webhooks/cybersource/${stage.dataverse.organizationId}`;
  for (const [productId, eventTypes] of Object.entries(products)) {
    await call("/notification-subscriptions/v2/webhooks", { name: productId, description: productId, organizationId: id, products: [{ productId, eventTypes }], webhookUrl, notificationScope: "SELF", securityPolicy: { securityType: "KEY" } });
  }
}
