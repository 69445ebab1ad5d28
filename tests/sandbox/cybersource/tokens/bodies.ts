// Instruments and identifiers as token management shows them; each names the other. A number is shown masked only.
import type { Identifier, Instrument, State } from "../state.ts";
import type { Body } from "./replies.ts";

export const identifierBody = (one: Identifier): Body => ({
  _links: { self: { href: `/tms/v1/instrumentidentifiers/${one.id}` }, paymentInstruments: { href: `/tms/v1/instrumentidentifiers/${one.id}/paymentinstruments` } }, id: one.id, object: "instrumentIdentifier", state: "ACTIVE",
  card: { number: `${one.number.slice(0, 6)}${"X".repeat(Math.max(0, one.number.length - 10))}${one.number.slice(-4)}` }, ...(one.processingInformation === undefined ? {} : { processingInformation: one.processingInformation }),
  ...(one.tokenizedCardId === undefined ? {} : { tokenizedCard: { id: one.tokenizedCardId, state: "ACTIVE" } }), metadata: { creator: one.creator },
});

export function instrumentBody(state: State, one: Instrument): Body {
  const { card, customerId } = one;
  const identifier = state.identifiers.get(one.identifierId);
  const customer = customerId === undefined ? undefined : `/tms/v2/customers/${customerId}`;
  return {
    _links: { self: { href: customer === undefined ? `/tms/v1/paymentinstruments/${one.id}` : `${customer}/payment-instruments/${one.id}` }, ...(customer === undefined ? {} : { customer: { href: customer } }) }, id: one.id, object: "paymentInstrument",
    ...(customer === undefined ? {} : { default: one.isDefault }), state: one.state, card: { expirationMonth: card.expirationMonth, expirationYear: card.expirationYear, type: card.type }, billTo: one.billTo, instrumentIdentifier: { id: one.identifierId }, metadata: { creator: state.merchant.id },
    ...(identifier === undefined ? {} : { _embedded: { instrumentIdentifier: identifierBody(identifier) } }),
  };
}
