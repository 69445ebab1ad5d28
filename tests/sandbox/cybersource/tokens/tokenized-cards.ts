// Network tokens (/tms/v2/tokenized-cards) and the credentials to pay with one (/tms/v2/tokens/{id}/payment-credentials, an encrypted answer).
// The issuer's life cycle can be simulated, as Cybersource's test environment allows. Source: token management service guide, network tokens.
import type { Call, Reply } from "../../kit/faults.ts";
import { encryptedForMerchant } from "../authentication/message-encryption.ts";
import { tokenError } from "../errors.ts";
import { brandOf, isLuhnValid } from "../flex/card-number.ts";
import { isRecord, parseBody, path, text } from "../shape.ts";
import { newTokenId, type State, type TokenizedCard } from "../state.ts";
import { announce } from "../webhooks/events.ts";
import { invalid, noContent, noResource, tagged, unknown, whyNot, wrongMethod, type Body } from "./replies.ts";

const bodyOf = (one: TokenizedCard): Body => ({
  _links: { self: { href: `/tms/v2/tokenized-cards/${one.id}` } },
  tokenizedCard: {
    id: one.id, object: "tokenizedCard", source: one.source, state: one.state, enrollmentId: one.enrollmentId, tokenReferenceId: one.tokenReferenceId, number: `XXXXXXXXXXXX${one.tokenSuffix}`, expirationMonth: one.expirationMonth, expirationYear: one.expirationYear,
    type: one.type, card: { suffix: one.number.slice(-4), expirationMonth: one.expirationMonth, expirationYear: one.expirationYear, type: one.type }, metadata: { issuer: { name: "SANDBOX BANK" } },
  },
});

export interface ToProvision { readonly number: string; readonly expirationMonth: string; readonly expirationYear: string; readonly source: string }

/** A new network token of a card number. */
export function provision(state: State, { number, expirationMonth, expirationYear, source }: ToProvision): TokenizedCard {
  const one: TokenizedCard = {
    id: newTokenId(state), number, expirationMonth, expirationYear, source, type: brandOf(number)?.name ?? "visa", state: "ACTIVE", enrollmentId: state.random.hex(32), tokenReferenceId: state.random.hex(32), tokenSuffix: state.random.digits(4), etag: 1, isDeleted: false,
  };
  state.tokenizedCards.set(one.id, one);
  return one;
}

function create(state: State, call: Call): Reply {
  const body = parseBody(call.body);
  const card = path(body, "card");
  if (call.method !== "POST") return wrongMethod();
  const number = isRecord(card) ? text(card["number"]) : undefined;
  if (!isRecord(card) || number === undefined || !/^\d{12,19}$/.test(number)) return invalid();
  if (!isLuhnValid(number)) return tokenError(400, "invalidFields", "Invalid card number");
  const one = provision(state, { number, expirationMonth: text(card["expirationMonth"]) ?? "", expirationYear: text(card["expirationYear"]) ?? "", source: text(body?.["source"]) ?? "ONFILE" });
  return tagged(201, bodyOf(one), one.etag);
}

const STATES = ["ACTIVE", "SUSPENDED", "DELETED"] as const;

/** As the receivers of Cybersource's own plugins read it: the identifier, and one customer with one instrument, however many hold the card. */
function holdersOf(state: State, one: TokenizedCard): Record<string, unknown> {
  const identifier = [...state.identifiers.values()].find((other) => other.tokenizedCardId === one.id);
  const instrument = [...state.instruments.values()].find((other) => other.identifierId === identifier?.id && !other.isDeleted && other.customerId !== undefined);
  return {
    ...(identifier === undefined ? {} : { instrumentIdentifiers: [{ href: `/tms/v1/instrumentidentifiers/${identifier.id}` }] }),
    ...(instrument === undefined ? {} : { customers: [{ href: `/tms/v2/customers/${String(instrument.customerId)}` }], paymentInstruments: [{ href: `/tms/v2/customers/${String(instrument.customerId)}/payment-instruments/${instrument.id}` }] }),
  };
}

function simulate(state: State, call: Call, one: TokenizedCard): Reply {
  const body = parseBody(call.body);
  if (body === undefined) return invalid();
  const next = STATES.find((state) => state === body["state"]);
  const card = path(body, "card");
  if (next === undefined && !isRecord(card)) return invalid();
  one.state = next ?? one.state;
  if (isRecord(card)) { one.expirationMonth = text(card["expirationMonth"]) ?? one.expirationMonth; one.expirationYear = text(card["expirationYear"]) ?? one.expirationYear; }
  one.etag += 1;
  announce(state, "tokenManagement", "tms.networktoken.updated", () => ({ id: one.id, type: "tokenizedCard", state: one.state, _links: { self: { href: `/tms/v2/tokenized-cards/${one.id}` }, ...holdersOf(state, one) } }));
  return noContent();
}

export function manageTokenizedCards(state: State, call: Call, [id, verb]: readonly string[]): Reply {
  if (id === undefined) return create(state, call);
  const one = state.tokenizedCards.get(id);
  const wrong = whyNot(call, one);
  if (wrong !== undefined || one === undefined) return wrong ?? unknown();
  if (verb === undefined) return call.method === "GET" ? tagged(200, bodyOf(one), one.etag) : wrongMethod();
  if (call.method !== "POST") return wrongMethod();
  if (verb === "delete") { one.isDeleted = true; one.state = "DELETED"; return noContent(); }
  return verb === "issuer-life-cycle-event-simulations" ? simulate(state, call, one) : noResource();
}

/** A JWE for the merchant's own certificate: number, expiry and a cryptogram for one payment. */
export async function paymentCredentials(state: State, call: Call, id: string): Promise<Reply> {
  if (call.method !== "POST") return wrongMethod();
  const card = state.tokenizedCards.get(id);
  const identifier = state.identifiers.get(id);
  const number = card?.number ?? identifier?.number;
  if (number === undefined || card?.isDeleted === true || identifier?.isDeleted === true) return unknown();
  const said = { object: "tokenizedCard", tokenizedCard: { number, expirationMonth: card?.expirationMonth ?? "12", expirationYear: card?.expirationYear ?? "2031", cryptogram: Buffer.from(state.random.hex(40), "hex").toString("base64"), eci: "07" } };
  return { ...await encryptedForMerchant(state, said), status: 201 };
}
