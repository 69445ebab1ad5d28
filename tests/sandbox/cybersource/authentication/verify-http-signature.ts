// HTTP Signature in both spellings (`request-target` and `(request-target)`, `date` and `v-c-date`), with a key of the merchant or a meta key.
// With a meta key the signed line names the portfolio, the header the transacting merchant (Cybersource's own Node SDK).
// Source: developer.cybersource.com, HTTP Signature authentication.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Call } from "../../kit/faults.ts";
import type { State } from "../state.ts";

const sha256 = (body: Buffer): string => createHash("sha256").update(body).digest("base64");
const isSame = (left: Buffer, right: Buffer): boolean => left.length === right.length && timingSafeEqual(left, right);
const isTarget = (name: string): boolean => name === "request-target" || name === "(request-target)";

/** Undefined when the call is authentic, else why it is not. */
export function verifyHttpSignature(state: State, call: Call, text: string): string | undefined {
  const parts = Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
  const meta = state.keyStore.metaKeys.get(parts["keyid"] ?? "");
  if ((parts["keyid"] !== state.merchant.keyId && meta === undefined) || parts["algorithm"] !== "HmacSHA256") return "unknown key or algorithm";
  const names = (parts["headers"] ?? "").split(" ");
  const wrong = checkHeaders(state, call, names);
  if (wrong !== undefined) return wrong;
  const valueOf = (name: string): string => (isTarget(name) ? `${call.method.toLowerCase()} ${call.url}` : name === "v-c-merchant-id" && meta !== undefined ? meta.portfolioId : String(call.headers[name] ?? ""));
  const signed = createHmac("sha256", Buffer.from(meta?.sharedSecret ?? state.merchant.sharedSecret, "base64")).update(names.map((name) => `${name}: ${valueOf(name)}`).join("\n")).digest();
  return isSame(Buffer.from(parts["signature"] ?? "", "base64"), signed) ? undefined : "signature does not verify";
}

function checkHeaders(state: State, call: Call, names: readonly string[]): string | undefined {
  const hasBody = call.body.length > 0;
  const dated = names.find((name) => name === "date" || name === "v-c-date");
  if (!state.settings.acceptsOldTarget && names.includes("(request-target)")) return "the older spelling of the request target";
  if (dated === undefined || !names.some(isTarget) || !names.includes("host") || !names.includes("v-c-merchant-id") || (hasBody && !names.includes("digest"))) return "too few signed headers";
  const date = Date.parse(String(call.headers[dated] ?? ""));
  if (!(Math.abs(state.clock.wire() - date) <= state.settings.dateSkewSeconds * 1000)) return "date missing or off by too much";
  if (hasBody && call.headers["digest"] !== `SHA-256=${sha256(call.body)}`) return "digest of another body";
  return call.headers["v-c-merchant-id"] === state.merchant.id ? undefined : "wrong merchant";
}
