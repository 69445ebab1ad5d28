// HTTP Signature: a legacy switch, to be retired by Cybersource in March 2027. The signed string names `request-target` without parentheses.
// With a meta key the signed line names the portfolio, the header the transacting merchant (Cybersource's own Node SDK).
// Its life is not documented; the gateway is commonly said to accept a date within five minutes, so the fence is wider (20 minutes).
import { createHash, createHmac } from "node:crypto";
import type { SharedSecretCredential, SignInput, Signature } from "./credential.ts";

const ASSUMED_LIFE_MS = 17 * 60_000;

export function signHttp(credential: SharedSecretCredential, input: SignInput): Signature {
  const date = new Date(input.at).toUTCString();
  const digest = input.body === undefined ? undefined : `SHA-256=${createHash("sha256").update(input.body).digest("base64")}`;
  const lines: readonly (readonly [string, string])[] = [
    ["host", input.host], ["date", date], ["request-target", `${input.method.toLowerCase()} ${input.path}`],
    ...(digest === undefined ? [] : [["digest", digest] as const]), ["v-c-merchant-id", credential.portfolioId ?? credential.merchantId],
  ];
  const signature = createHmac("sha256", Buffer.from(credential.sharedSecret, "base64")).update(lines.map(([name, value]) => `${name}: ${value}`).join("\n")).digest("base64");
  return {
    headers: {
      date, "v-c-merchant-id": credential.merchantId, ...(digest === undefined ? {} : { digest }),
      signature: `keyid="${credential.keyId}", algorithm="HmacSHA256", headers="${lines.map(([name]) => name).join(" ")}", signature="${signature}"`,
    },
    expiresAt: input.at + ASSUMED_LIFE_MS,
  };
}
