// Shipping addresses of a customer (/tms/v2/customers/{id}/shipping-addresses): the first is the default, which cannot go while there are others.
import type { Call, Reply } from "../../kit/faults.ts";
import { isRecord, parseBody } from "../shape.ts";
import type { Customer, ShippingAddress, State } from "../state.ts";
import { addAddress, addressesOf } from "./create.ts";
import { conflict, invalid, listed, noContent, saysDefault, tagged, unknown, whyNot, wrongMethod, type Body } from "./replies.ts";

function addressBody(state: State, one: ShippingAddress): Body {
  const customer = `/tms/v2/customers/${one.customerId}`;
  return { _links: { self: { href: `${customer}/shipping-addresses/${one.id}` }, customer: { href: customer } }, id: one.id, default: one.isDefault, shipTo: one.shipTo, metadata: { creator: state.merchant.id } };
}

export function manageAddresses(state: State, call: Call, customer: Customer): Reply {
  if (call.method === "GET") return listed(call, "shippingAddresses", addressesOf(state, customer.id).map((one) => addressBody(state, one)));
  if (call.method !== "POST") return wrongMethod();
  const body = parseBody(call.body);
  if (body === undefined || !isRecord(body["shipTo"])) return invalid();
  const one = addAddress(state, { customerId: customer.id, shipTo: body["shipTo"], isDefault: saysDefault(body) });
  return tagged(201, addressBody(state, one), one.etag);
}

export function manageAddress(state: State, call: Call, one: ShippingAddress | undefined): Reply {
  const wrong = whyNot(call, one);
  if (wrong !== undefined || one === undefined) return wrong ?? unknown();
  const siblings = addressesOf(state, one.customerId).filter((other) => other.id !== one.id);
  if (call.method === "GET") return tagged(200, addressBody(state, one), one.etag);
  if (call.method === "DELETE") {
    if (one.isDefault && siblings.length > 0) return conflict("Action cannot be performed as the ShippingAddress is the customers default");
    one.isDeleted = true;
    return noContent();
  }
  if (call.method !== "PATCH") return wrongMethod();
  const body = parseBody(call.body);
  if (body === undefined) return invalid();
  if (saysDefault(body)) for (const other of siblings) other.isDefault = false;
  one.isDefault = saysDefault(body) || one.isDefault;
  if (isRecord(body["shipTo"])) one.shipTo = { ...one.shipTo, ...body["shipTo"] };
  one.etag += 1;
  return tagged(200, addressBody(state, one), one.etag);
}
