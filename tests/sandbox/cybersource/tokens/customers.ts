// Customers of token management (/tms/v2/customers): their default instrument and address, and what the merchant keeps about them.
import type { Call, Reply } from "../../kit/faults.ts";
import { isRecord, parseBody, path, text } from "../shape.ts";
import type { Customer, State } from "../state.ts";
import { instrumentBody } from "./bodies.ts";
import { addCustomer, addressesOf, instrumentsOf } from "./create.ts";
import { invalid, noContent, tagged, whyNot, wrongMethod, type Body } from "./replies.ts";

export function customerBody(state: State, customer: Customer): Body {
  const self = `/tms/v2/customers/${customer.id}`;
  const instrument = instrumentsOf(state, customer.id).find((one) => one.isDefault);
  const address = addressesOf(state, customer.id).find((one) => one.isDefault);
  return {
    _links: { self: { href: self }, paymentInstruments: { href: `${self}/payment-instruments` }, shippingAddresses: { href: `${self}/shipping-addresses` } }, id: customer.id, ...customer.details,
    buyerInformation: { ...(isRecord(customer.details["buyerInformation"]) ? customer.details["buyerInformation"] : {}), merchantCustomerID: customer.merchantCustomerID }, metadata: { creator: state.merchant.id },
    ...(instrument === undefined ? {} : { defaultPaymentInstrument: { id: instrument.id } }), ...(address === undefined ? {} : { defaultShippingAddress: { id: address.id } }),
    ...(instrument === undefined ? {} : { _embedded: { defaultPaymentInstrument: instrumentBody(state, instrument) } }),
  };
}

const KEPT = ["buyerInformation", "clientReferenceInformation", "merchantDefinedInformation", "objectInformation"];
const detailsOf = (body: Body): Body => Object.fromEntries(KEPT.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));

/** POST /tms/v2/customers */
export function createCustomer(state: State, call: Call): Reply {
  const body = parseBody(call.body);
  if (call.method !== "POST") return wrongMethod();
  if (body === undefined) return invalid();
  const customer = addCustomer(state, text(path(body, "buyerInformation", "merchantCustomerID")) ?? "", detailsOf(body));
  return tagged(201, customerBody(state, customer), customer.etag);
}

export function manageCustomer(state: State, call: Call, customer: Customer): Reply {
  const wrong = whyNot(call, customer);
  if (wrong !== undefined) return wrong;
  switch (call.method) {
    case "GET": return tagged(200, customerBody(state, customer), customer.etag);
    case "PATCH": return change(state, call, customer);
    case "DELETE":
      customer.isDeleted = true;
      for (const one of [...instrumentsOf(state, customer.id), ...addressesOf(state, customer.id)]) one.isDeleted = true;
      return noContent();
    default: return wrongMethod();
  }
}

function change(state: State, call: Call, customer: Customer): Reply {
  const body = parseBody(call.body);
  if (body === undefined) return invalid();
  const choices = [["defaultPaymentInstrument", instrumentsOf(state, customer.id)], ["defaultShippingAddress", addressesOf(state, customer.id)]] as const;
  for (const [name, own] of choices) {
    const chosen = text(path(body, name, "id"));
    if (chosen === undefined) continue;
    if (!own.some((one) => one.id === chosen)) return invalid();
    for (const one of own) one.isDefault = one.id === chosen;
  }
  customer.merchantCustomerID = text(path(body, "buyerInformation", "merchantCustomerID")) ?? customer.merchantCustomerID;
  customer.details = { ...customer.details, ...detailsOf(body) };
  customer.etag += 1;
  return tagged(200, customerBody(state, customer), customer.etag);
}
