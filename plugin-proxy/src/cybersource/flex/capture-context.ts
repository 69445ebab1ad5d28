// What a capture context says, once its signature is proved: library address and hash, its end, and the key of its transient tokens.
// Flex Microform integration guide; contexts live fifteen minutes.
import type { CaptureContext, TransientToken } from "../../ports/gateway.ts";
import { at, isRecord, listAt, textAt } from "../json-shape.ts";
import { peek, verifyJws } from "./jws.ts";

export const toSessionRequest = (targetOrigins: readonly string[]): Record<string, unknown> => ({
  clientVersion: "v2", targetOrigins, allowedCardNetworks: ["VISA", "MASTERCARD", "AMEX", "DISCOVER", "DINERSCLUB", "JCB"], allowedPaymentTypes: ["CARD"],
});

/** The library must come from a listed host with a hash; anything else is not loaded into our page. */
export function readCaptureContext(jws: string, publicKey: Record<string, unknown>, flexHosts: readonly string[]): CaptureContext | undefined {
  const verified = verifyJws(jws, publicKey);
  if (verified === undefined) return undefined;
  const data = at(listAt(verified.payload, "ctx")[0], "data");
  const libraryUrl = textAt(data, "clientLibrary");
  const integrity = textAt(data, "clientLibraryIntegrity");
  const jwk = at(verified.payload, "flx", "jwk");
  const exp = Number(verified.payload["exp"]);
  if (libraryUrl === undefined || integrity === undefined || !isRecord(jwk) || !Number.isFinite(exp)) return undefined;
  if (!/^sha(256|384|512)-/.test(integrity) || !flexHosts.includes(originOf(libraryUrl) ?? "")) return undefined;
  return { captureContext: jws, libraryUrl, integrity, expiresAt: exp * 1000, tokenKey: JSON.stringify(jwk) };
}

function originOf(url: string): string | undefined {
  try { return new URL(url).origin; } catch { return undefined; }
}

/** A transient token is good only with the key of its own context. */
export function readTransientToken(query: { readonly jwt: string; readonly tokenKey: string; readonly at: number }): TransientToken | { readonly problem: "token_of_other_context" | "token_expired" | "not_a_token" } {
  const peeked = peek(query.jwt);
  if (peeked === undefined || textAt(peeked.payload, "type")?.startsWith("mf-") !== true) return { problem: "not_a_token" };
  const jwk = JSON.parse(query.tokenKey) as Record<string, unknown>;
  const verified = peeked.header["kid"] === jwk["kid"] ? verifyJws(query.jwt, jwk) : undefined;
  if (verified === undefined) return { problem: "token_of_other_context" };
  const exp = Number(verified.payload["exp"]) * 1000;
  if (!(exp > query.at)) return { problem: "token_expired" };
  const number = at(verified.payload, "content", "paymentInformation", "card", "number");
  const lastFour = /(\d{4})$/.exec(textAt(number, "maskedValue") ?? "")?.[1];
  const jti = textAt(verified.payload, "jti");
  if (lastFour === undefined || jti === undefined) return { problem: "not_a_token" };
  const types = listAt(number, "detectedCardTypes");
  const card = at(verified.payload, "content", "paymentInformation", "card");
  const [month, year] = [textAt(card, "expirationMonth", "value"), textAt(card, "expirationYear", "value")];
  return {
    jti, expiresAt: exp, lastFour, typeCode: typeof types[0] === "string" ? types[0] : undefined,
    expirationMonth: month === undefined ? undefined : Number(month), expirationYear: year === undefined ? undefined : Number(year),
  };
}
