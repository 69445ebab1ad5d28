// What a merchant's server may see of a transient token: GET /up/v1/payment-details/{jwt} and GET /flex/v2/payment-details/{jti}, masked; and
// GET /flex/v2/payment-credentials/{reference}, whose answer only the merchant's own key opens.
// Source: Flex Microform integration guide, retrieving transient token payment details.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { encryptedForMerchant } from "../authentication/message-encryption.ts";
import { notFound } from "../errors.ts";
import { path as at } from "../shape.ts";
import type { State } from "../state.ts";

function jtiOf(jwt: string): string {
  try {
    return String(at(JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8")), "jti"));
  } catch {
    return "";
  }
}

export function tokenDetails(state: State, call: Call, path: string): Reply | Promise<Reply> {
  const [service, , resource, id = ""] = path.split("/").filter(Boolean);
  if (call.method !== "GET" || (resource !== "payment-details" && resource !== "payment-credentials")) return notFound();
  const token = state.transientTokens.get(service === "up" ? jtiOf(id) : id);
  if (token === undefined || token.expiresAtMs < state.clock.wire()) return notFound();
  const { card, number } = token;
  if (resource === "payment-credentials") return encryptedForMerchant(state, { paymentInformation: { card: { number, expirationMonth: card.expirationMonth, expirationYear: card.expirationYear } } });
  return json(200, { paymentInformation: { card: { number: `${card.prefix}XXXXXX${card.suffix}`, expirationMonth: card.expirationMonth, expirationYear: card.expirationYear, type: card.type } } });
}
