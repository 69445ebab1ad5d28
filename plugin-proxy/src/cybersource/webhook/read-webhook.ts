// One delivery: verify, open, read. The signature may be over what travelled or over what was inside it.
import type { WebhookReading } from "../../ports/webhook.ts";
import { parseJson } from "../json-shape.ts";
import { decryptEvent, findJwe, type DecryptionKey } from "./decrypt-event.ts";
import { readEvent } from "./read-event.ts";
import { verifySignature, type SigningKey } from "./verify-signature.ts";

export interface WebhookKeys {
  readonly signing: readonly SigningKey[];
  readonly decryption: readonly DecryptionKey[];
}
export interface Delivery {
  readonly raw: Buffer;
  readonly signature: string | undefined;
  readonly eventType: string | undefined;
  readonly merchantId: string | undefined;
}

/** `now` is wire time. Nothing is believed before a signature holds. */
export async function readWebhook(delivery: Delivery, keys: WebhookKeys, clock: { readonly now: number; readonly toleranceMs: number }): Promise<WebhookReading> {
  const check = (raw: Buffer) => verifySignature({ header: delivery.signature, raw, keys: keys.signing, ...clock });
  const text = delivery.raw.toString("utf8");
  const body = parseJson(text);
  const jwe = findJwe(text, body);
  const outer = check(delivery.raw);
  // A stranger without a known key id is not worth an RSA operation.
  if (outer.kind === "wrong" && (jwe === undefined || outer.why !== "no_match")) return { kind: "signature_wrong", why: outer.why };
  const clear = jwe === undefined ? text : await decryptEvent(jwe, keys.decryption);
  const verdict = outer.kind === "signed" || clear === undefined ? outer : check(Buffer.from(clear));
  if (verdict.kind === "wrong") return { kind: "signature_wrong", why: verdict.why };
  if (clear === undefined) return { kind: "not_understood", why: "no key opens it" };
  const event = readEvent(jwe === undefined ? body : parseJson(clear), delivery) ?? readEvent(body, delivery);
  return event === undefined ? { kind: "not_understood", why: "no event type" } : { kind: "event", event, form: verdict.form };
}
