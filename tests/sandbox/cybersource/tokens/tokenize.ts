// POST /tms/v2/tokenize: several tokens at once; the one call here whose body must be encrypted. Source: token management service guide, tokenize.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { tokenError } from "../errors.ts";
import { isRecord, parseBody, path, text } from "../shape.ts";
import type { State } from "../state.ts";
import { addCustomer, addInstrument, identifierFor } from "./create.ts";
import { brandOf, isLuhnValid } from "../flex/card-number.ts";
import { invalid, wrongMethod, type Body } from "./replies.ts";

const made = (resource: string, id: string, httpStatus = 201): Body => ({ resource, httpStatus, id });

export function tokenize(state: State, call: Call, isEncrypted: boolean): Reply {
  if (call.method !== "POST") return wrongMethod();
  if (!isEncrypted) return tokenError(400, "invalidRequest", "Message-level encryption is required");
  const body = parseBody(call.body);
  const types = path(body, "processingInformation", "actionTokenTypes");
  const card = path(body, "tokenInformation", "instrumentIdentifier", "card") ?? path(body, "tokenInformation", "card");
  const number = isRecord(card) ? text(card["number"]) : undefined;
  if (body === undefined || !Array.isArray(types) || types.length === 0 || number === undefined || !isLuhnValid(number)) return invalid();
  const { identifier, isNew } = identifierFor(state, number);
  const customer = types.includes("customer") ? addCustomer(state, text(path(body, "tokenInformation", "customer", "buyerInformation", "merchantCustomerID")) ?? "") : undefined;
  const expiry = path(body, "tokenInformation", "paymentInstrument", "card");
  const instrument = types.includes("paymentInstrument") ? addInstrument(state, {
    customerId: customer?.id, identifierId: identifier.id, billTo: {}, isDefault: false,
    card: { type: brandOf(number)?.code ?? "001", prefix: number.slice(0, 6), suffix: number.slice(-4), expirationMonth: text(path(expiry, "expirationMonth")) ?? "12", expirationYear: text(path(expiry, "expirationYear")) ?? "2031" },
  }) : undefined;
  return json(200, { responses: [...(customer === undefined ? [] : [made("customer", customer.id)]), ...(instrument === undefined ? [] : [made("paymentInstrument", instrument.id)]), made("instrumentIdentifier", identifier.id, isNew ? 201 : 200)] });
}
