// POST /flex/v2/tokens on the browser side: the hosted fields hand the number over, and get a transient token that the context's key signs.
import type { Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { parseBody, text } from "../shape.ts";
import type { State } from "../state.ts";
import { brandOf, isLuhnValid } from "./card-number.ts";
import { signJws } from "./sign-jws.ts";

const LIFE_SECONDS = 900;
const refuse = (status: number, reason: string, details: readonly { location: string; message: string }[] = []): Reply => json(status, { responseStatus: { status, reason, details } });

/** 201 with the bare JWT, or the reason that the library turns into a MicroformError. */
export function tokenize(state: State, body: Buffer): Reply {
  const request = parseBody(body);
  const context = state.contexts.get(text(request?.["data"]) ?? "");
  if (request === undefined || context === undefined) return refuse(404, "CREATE_TOKEN_CAPTURE_CONTEXT_NOT_FOUND");
  if (context.expiresAtMs < state.clock.wire()) return refuse(400, "CREATE_TOKEN_CAPTURE_CONTEXT_NOT_FOUND");
  const number = (text(request["number"]) ?? "").replace(/\s/g, "");
  const expirationMonth = text(request["expirationMonth"]) ?? "";
  const expirationYear = text(request["expirationYear"]) ?? "";
  const wrong = [
    ...(isLuhnValid(number) && /^\d{12,19}$/.test(number) ? [] : [{ location: "number", message: "Validation error" }]),
    ...(/^(0[1-9]|1[0-2])$/.test(expirationMonth) ? [] : [{ location: "expirationMonth", message: "Validation error" }]),
    ...(/^20\d\d$/.test(expirationYear) ? [] : [{ location: "expirationYear", message: "Validation error" }]),
  ];
  if (wrong.length > 0) return refuse(400, "CREATE_TOKEN_VALIDATION_SERVERSIDE", wrong);
  const now = Math.floor(state.clock.wire() / 1000);
  const exp = now + LIFE_SECONDS;
  const jti = `${state.random.hex(52).toUpperCase()}${exp.toString(16).toUpperCase()}${state.random.hex(4).toUpperCase()}`;
  const brand = brandOf(number);
  const card = { type: brand?.code ?? "001", prefix: number.slice(0, 6), suffix: number.slice(-4), expirationMonth, expirationYear };
  const claims = {
    type: "mf-2.0.0",
    content: { paymentInformation: { card: { number: { maskedValue: `${"X".repeat(number.length - 4)}${card.suffix}`, bin: card.prefix, detectedCardTypes: [card.type] }, expirationMonth: { value: expirationMonth }, expirationYear: { value: expirationYear }, securityCode: {} } } },
    iss: "Flex/08", iat: now, exp, jti,
  };
  const jwt = signJws({ keyId: context.keyId, claims, privateKey: context.privateKey });
  state.transientTokens.set(jti, { jti, jwt, number, securityCode: text(request["securityCode"]) ?? "", card, expiresAtMs: exp * 1000 });
  return { status: 201, headers: { "content-type": "application/jwt" }, body: jwt };
}
