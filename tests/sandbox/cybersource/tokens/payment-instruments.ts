// Payment instruments: a card with its expiry and billing address, of a customer (/tms/v2/customers/{id}/payment-instruments) or of nobody
// (/tms/v1/paymentinstruments). The number cannot be changed, expiry and address can; the default cannot go while there are others.
import type { Call, Reply } from "../../kit/faults.ts";
import { brandOf } from "../flex/card-number.ts";
import { isRecord, parseBody, path, text } from "../shape.ts";
import type { Customer, Instrument, State } from "../state.ts";
import { instrumentBody } from "./bodies.ts";
import { addInstrument, dropIdentifierIfUnused, instrumentsOf } from "./create.ts";
import { conflict, invalid, listed, noContent, saysDefault, tagged, unknown, whyNot, wrongMethod, type Body } from "./replies.ts";

/** POST: needs an identifier that is there, and a card's expiry. */
function createInstrument(state: State, body: Body | undefined, customer: Customer | undefined): Reply {
  const identifierId = text(path(body, "instrumentIdentifier", "id"));
  const card = path(body, "card");
  if (body === undefined || identifierId === undefined || !isRecord(card)) return invalid();
  const identifier = state.identifiers.get(identifierId);
  if (identifier === undefined || identifier.isDeleted) return unknown();
  const [expirationMonth, expirationYear] = [text(card["expirationMonth"]) ?? "", text(card["expirationYear"]) ?? ""];
  if (!/^(0?[1-9]|1[0-2])$/.test(expirationMonth) || !/^\d{4}$/.test(expirationYear)) return invalid();
  const { number } = identifier;
  const billTo = path(body, "billTo");
  const one = addInstrument(state, {
    customerId: customer?.id, identifierId, billTo: isRecord(billTo) ? billTo : {}, isDefault: saysDefault(body),
    card: { type: brandOf(number)?.code ?? text(card["type"]) ?? "001", prefix: number.slice(0, 6), suffix: number.slice(-4), expirationMonth, expirationYear },
  });
  return tagged(201, instrumentBody(state, one), one.etag);
}

/** The collection of a customer, or the one of nobody (which cannot be listed). */
export function manageInstruments(state: State, call: Call, customer: Customer | undefined): Reply {
  if (call.method === "POST") return createInstrument(state, parseBody(call.body), customer);
  return call.method === "GET" && customer !== undefined ? listed(call, "paymentInstruments", instrumentsOf(state, customer.id).map((one) => instrumentBody(state, one))) : wrongMethod();
}

export function manageInstrument(state: State, call: Call, one: Instrument | undefined): Reply {
  const wrong = whyNot(call, one);
  if (wrong !== undefined || one === undefined) return wrong ?? unknown();
  const siblings = one.customerId === undefined ? [] : instrumentsOf(state, one.customerId).filter((other) => other.id !== one.id);
  switch (call.method) {
    case "GET": return tagged(200, instrumentBody(state, one), one.etag);
    case "DELETE":
      if (one.isDefault && siblings.length > 0) return conflict("Action cannot be performed as the PaymentInstrument is the customers default");
      one.isDeleted = true;
      dropIdentifierIfUnused(state, one.identifierId);
      return noContent();
    case "PATCH": return change(state, call, one, siblings);
    default: return wrongMethod();
  }
}

function change(state: State, call: Call, one: Instrument, siblings: readonly Instrument[]): Reply {
  const body = parseBody(call.body);
  if (body === undefined || path(body, "card", "number") !== undefined) return invalid();
  if (saysDefault(body)) for (const other of siblings) other.isDefault = false;
  one.isDefault = saysDefault(body) || one.isDefault;
  const card = path(body, "card");
  if (isRecord(card)) one.card = { ...one.card, expirationMonth: text(card["expirationMonth"]) ?? one.card.expirationMonth, expirationYear: text(card["expirationYear"]) ?? one.card.expirationYear };
  const billTo = path(body, "billTo");
  if (isRecord(billTo)) one.billTo = { ...one.billTo, ...billTo };
  if (body["state"] === "CLOSED" || body["state"] === "ACTIVE") one.state = body["state"];
  one.etag += 1;
  return tagged(200, instrumentBody(state, one), one.etag);
}
