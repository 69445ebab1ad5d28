// Instrument identifiers (/tms/v1/instrumentidentifiers): one a card number, whoever pays with it. A number that is known answers 200 with the same
// id; one that instruments point at cannot be deleted. Enrolment asks the network for a token of its own.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { isLuhnValid } from "../flex/card-number.ts";
import { isRecord, parseBody, path, text } from "../shape.ts";
import type { Identifier, State } from "../state.ts";
import { announce } from "../webhooks/events.ts";
import { identifierBody, instrumentBody } from "./bodies.ts";
import { identifierFor } from "./create.ts";
import { conflict, invalid, listed, noContent, noResource, tagged, unknown, whyNot, wrongMethod, type Body } from "./replies.ts";
import { provision } from "./tokenized-cards.ts";

function create(state: State, call: Call): Reply {
  if (call.method !== "POST") return wrongMethod();
  const body = parseBody(call.body);
  const number = text(path(body, "card", "number"));
  if (number === undefined || !/^\d{12,19}$/.test(number) || !isLuhnValid(number)) return invalid();
  const { identifier, isNew } = identifierFor(state, number);
  const processing = path(body, "processingInformation");
  if (isRecord(processing)) identifier.processingInformation = processing;
  return isNew ? tagged(201, identifierBody(identifier), identifier.etag) : json(200, identifierBody(identifier), { etag: `"${identifier.etag}"`, "content-type": "application/json;charset=utf-8" });
}

const usersOf = (state: State, one: Identifier): Body[] => [...state.instruments.values()].filter((instrument) => instrument.identifierId === one.id && !instrument.isDeleted).map((instrument) => instrumentBody(state, instrument));

export function manageIdentifiers(state: State, call: Call, [id, verb, ...more]: readonly string[]): Reply {
  if (id === undefined) return create(state, call);
  const one = state.identifiers.get(id);
  const wrong = whyNot(call, one);
  if (wrong !== undefined || one === undefined) return wrong ?? unknown();
  if (more.length > 0) return noResource();
  if (verb === "paymentinstruments") return call.method === "GET" ? listed(call, "paymentInstruments", usersOf(state, one)) : wrongMethod();
  if (verb === "enrollment") return call.method === "POST" ? enroll(state, call, one) : wrongMethod();
  if (verb !== undefined) return noResource();
  switch (call.method) {
    case "GET": return tagged(200, identifierBody(one), one.etag);
    case "DELETE":
      if (usersOf(state, one).length > 0) return conflict("Action cannot be performed as the token is linked to a Payment Instrument");
      one.isDeleted = true;
      state.identifierIds.delete(one.number);
      return noContent();
    case "PATCH": return change(call, one);
    default: return wrongMethod();
  }
}

/** The network transaction id of later merchant-initiated payments can be changed; the number cannot. */
function change(call: Call, one: Identifier): Reply {
  const body = parseBody(call.body);
  if (body === undefined || path(body, "card", "number") !== undefined) return invalid();
  const processing = body["processingInformation"];
  if (isRecord(processing)) one.processingInformation = processing;
  one.etag += 1;
  return tagged(200, identifierBody(one), one.etag);
}

/** 204; the network token is provisioned, and a webhook says so. */
function enroll(state: State, call: Call, one: Identifier): Reply {
  const body = parseBody(call.body);
  const card = path(body, "card");
  if (!isRecord(card)) return invalid();
  const token = provision(state, { number: one.number, expirationMonth: text(card["expirationMonth"]) ?? "12", expirationYear: text(card["expirationYear"]) ?? "2031", source: "ONFILE" });
  one.tokenizedCardId = token.id;
  announce(state, "tokenManagement", "tms.networktoken.provisioned", () => ({ id: token.id, type: "tokenizedCard", _links: { instrumentIdentifiers: [{ href: `/tms/v1/instrumentidentifiers/${one.id}` }] } }));
  return noContent();
}
