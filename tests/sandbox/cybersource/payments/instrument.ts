// Which card a payment names: typed numbers, a transient token of a capture context, or a token of token management.
import { badRequest } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import type { ResolvedCard, State } from "../state.ts";
import { isRecord, path, text } from "../shape.ts";
import { brandOf } from "../flex/card-number.ts";
import { instrumentsOf } from "../tokens/create.ts";

const refuse = (state: State, field: string, reason = "INVALID_DATA"): { refusal: Reply } => ({ refusal: badRequest(state, reason, [field]) });

/** The card, or the 400 that names the field. */
export function resolveCard(state: State, body: Record<string, unknown>): ResolvedCard | { readonly refusal: Reply } {
  const jwt = text(path(body, "tokenInformation", "transientTokenJwt"));
  if (jwt !== undefined) return fromTransientToken(state, jtiOf(jwt), jwt);
  const tokenId = text(path(body, "tokenInformation", "jti"));
  if (tokenId !== undefined) return fromTransientToken(state, tokenId);
  const instrumentId = text(path(body, "paymentInformation", "paymentInstrument", "id"));
  const customerId = text(path(body, "paymentInformation", "customer", "id"));
  if (instrumentId !== undefined || customerId !== undefined) return fromToken(state, instrumentId, customerId);
  const card = path(body, "paymentInformation", "card");
  const identifierId = text(path(body, "paymentInformation", "instrumentIdentifier", "id"));
  if (identifierId !== undefined) return fromIdentifier(state, identifierId, card);
  if (!isRecord(card)) return refuse(state, "paymentInformation.card.number", "MISSING_FIELD");
  return fromNumber(state, card);
}

function jtiOf(jwt: string): string {
  try {
    return String(path(JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8")), "jti"));
  } catch {
    return "";
  }
}

/** By its text, which must be the very one that was signed here, or by its id alone. */
function fromTransientToken(state: State, jti: string, jwt?: string): ResolvedCard | { readonly refusal: Reply } {
  const token = state.transientTokens.get(jti);
  // The text of this refusal is not documented; the field is our best reading.
  if (token === undefined || token.expiresAtMs < state.clock.wire() || (jwt !== undefined && jwt !== token.jwt)) return refuse(state, jwt === undefined ? "tokenInformation.jti" : state.settings.transientTokenField);
  return { card: token.card, number: token.number, securityCode: token.securityCode };
}

function fromToken(state: State, instrumentId: string | undefined, customerId: string | undefined): ResolvedCard | { readonly refusal: Reply } {
  const instrument = instrumentId === undefined ? instrumentsOf(state, customerId ?? "").find((one) => one.isDefault) : state.instruments.get(instrumentId);
  if (instrument === undefined || instrument.isDeleted || instrument.state === "CLOSED") return refuse(state, instrumentId === undefined ? "paymentInformation.customer.id" : "paymentInformation.paymentInstrument.id");
  if (customerId !== undefined && instrument.customerId !== customerId) return refuse(state, "paymentInformation.customer.id");
  return { card: instrument.card, number: state.identifiers.get(instrument.identifierId)?.number, instrumentId: instrument.id, customerId: instrument.customerId };
}

/** An instrument identifier is a number only: the expiry comes with the payment. */
function fromIdentifier(state: State, identifierId: string, card: unknown): ResolvedCard | { readonly refusal: Reply } {
  const identifier = state.identifiers.get(identifierId);
  if (identifier === undefined || identifier.isDeleted) return refuse(state, "paymentInformation.instrumentIdentifier.id");
  return fromNumber(state, { ...(isRecord(card) ? card : {}), number: identifier.number });
}

function fromNumber(state: State, card: Record<string, unknown>): ResolvedCard | { readonly refusal: Reply } {
  const number = text(card["number"]) ?? "";
  const expirationMonth = text(card["expirationMonth"]) ?? "";
  const expirationYear = text(card["expirationYear"]) ?? "";
  if (!/^\d{12,19}$/.test(number)) return refuse(state, "paymentInformation.card.number", number === "" ? "MISSING_FIELD" : "INVALID_DATA");
  if (!/^(0?[1-9]|1[0-2])$/.test(expirationMonth)) return refuse(state, "paymentInformation.card.expirationMonth");
  if (!/^\d{4}$/.test(expirationYear)) return refuse(state, "paymentInformation.card.expirationYear");
  return { number, securityCode: text(card["securityCode"]), card: { type: brandOf(number)?.code ?? "001", prefix: number.slice(0, 6), suffix: number.slice(-4), expirationMonth, expirationYear } };
}
