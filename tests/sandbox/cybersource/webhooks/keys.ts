// Egress keys (/kms/egress/v2): a shared secret that signs notifications, made by Cybersource and shown once; a certificate that encrypts them,
// handed in by the merchant. A new key overrides the old one. Source: webhooks implementation guide, "create a digital signature key".
import { createPublicKey } from "node:crypto";
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { badRequest } from "../errors.ts";
import { path, text } from "../shape.ts";
import type { State } from "../state.ts";

const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;
const offsetUtc = (at: Date): string => at.toISOString().replace(/\.\d{3}Z$/, "+0000");

function checked(state: State, call: Call, body: Record<string, unknown>, expected: { readonly action: string; readonly keyType: string }): { readonly days: number } | Reply {
  const info = (name: string): unknown => path(body, "keyInformation", name);
  const days = Number(info("expiryDuration") ?? 365);
  const wrong = [
    ...(body["clientRequestAction"] === expected.action ? [] : ["clientRequestAction"]), ...(info("provider") === "nrtd" ? [] : ["keyInformation.provider"]),
    ...(info("organizationId") === state.merchant.id ? [] : ["keyInformation.organizationId"]), ...(info("tenant") === state.merchant.id ? [] : ["keyInformation.tenant"]),
    ...(info("keyType") === expected.keyType ? [] : ["keyInformation.keyType"]), ...(Number.isInteger(days) && days > 0 && days <= 3_650 ? [] : ["keyInformation.expiryDuration"]),
    ...(text(call.headers["v-c-sender-organization-id"]) === undefined ? ["v-c-sender-organization-id"] : []), ...(text(call.headers["v-c-permissions"]) === undefined ? ["v-c-permissions"] : []),
  ];
  return wrong.length === 0 ? { days } : badRequest(state, "INVALID_DATA", wrong);
}

/** POST /kms/egress/v2/keys-sym: makes a secret. */
export function createSharedSecret(state: State, call: Call, body: Record<string, unknown>): Reply {
  const found = checked(state, call, body, { action: "CREATE", keyType: "sharedSecret" });
  if ("status" in found) return found;
  const now = state.clock.now();
  const key = { keyId: state.random.uuid(), keyType: "sharedSecret", material: Buffer.from(state.random.hex(SECRET_BYTES * 2), "hex").toString("base64"), expiresAtMs: now.getTime() + found.days * DAY_MS } as const;
  state.webhooks.keys.push(key);
  return json(201, {
    submitTimeUtc: offsetUtc(now), status: "SUCCESS",
    keyInformation: { provider: "nrtd", tenant: state.merchant.id, organizationId: state.merchant.id, keyId: key.keyId, key: key.material, keyType: "sharedSecret", status: "Active", expirationDate: offsetUtc(new Date(key.expiresAtMs)) },
  });
}

/** The one line of base64 that the guide asks for, or a whole PEM: certificate or public key. */
function pemOf(pub: unknown): string | undefined {
  if (typeof pub !== "string" || pub === "") return undefined;
  const lines = pub.replace(/-----[A-Z ]+-----/g, "").replace(/\s/g, "").replace(/.{64}/g, "$&\n");
  for (const label of ["CERTIFICATE", "PUBLIC KEY"]) {
    const pem = `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
    try {
      if (createPublicKey(pem).asymmetricKeyType === "rsa") return pem;
    } catch { /* not this kind */ }
  }
  return undefined;
}

/** POST /kms/egress/v2/keys-asym: takes the certificate that notifications are encrypted for. */
export function storeCertificate(state: State, call: Call, body: Record<string, unknown>): Reply {
  const found = checked(state, call, body, { action: "STORE", keyType: "publickey" });
  if ("status" in found) return found;
  const pem = pemOf(path(body, "keyInformation", "pub"));
  if (pem === undefined) return badRequest(state, "INVALID_DATA", ["keyInformation.pub"]);
  const now = state.clock.now();
  const keyId = state.random.uuid();
  state.webhooks.keys.push({ keyId, keyType: "publickey", material: pem, expiresAtMs: now.getTime() + found.days * DAY_MS });
  return json(201, { submitTimeUtc: offsetUtc(now), status: "SUCCESS", keyInformation: { provider: "nrtd", tenant: state.merchant.id, organizationId: state.merchant.id, keyId, keyType: "publickey", status: "Active", expirationDate: offsetUtc(new Date(now.getTime() + found.days * DAY_MS)) } });
}
