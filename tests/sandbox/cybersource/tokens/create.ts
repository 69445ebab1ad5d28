// Makes tokens, by a call of token management or beside a payment (TOKEN_CREATE). The number itself is in this stand-in's memory only.
import { path, text, isRecord } from "../shape.ts";
import { newTokenId, type Card, type Customer, type Identifier, type Instrument, type ResolvedCard, type ShippingAddress, type State } from "../state.ts";

export interface CreatedTokens {
  readonly tokenInformation: Record<string, unknown>;
  readonly paymentInformation: Record<string, unknown>;
}

/** What is not deleted, of one customer. */
export const instrumentsOf = (state: State, customerId: string): readonly Instrument[] =>
  (state.customers.get(customerId)?.instrumentIds ?? []).map((id) => state.instruments.get(id)).filter((one): one is Instrument => one?.isDeleted === false);
export const addressesOf = (state: State, customerId: string): readonly ShippingAddress[] =>
  (state.customers.get(customerId)?.addressIds ?? []).map((id) => state.addresses.get(id)).filter((one): one is ShippingAddress => one?.isDeleted === false);

/** A number that was tokenised before keeps its identifier. */
export function identifierFor(state: State, number: string): { readonly identifier: Identifier; readonly isNew: boolean } {
  const known = state.identifiers.get(state.identifierIds.get(number) ?? "");
  if (known !== undefined) return { identifier: known, isNew: false };
  const identifier: Identifier = { id: newTokenId(state), number, creator: state.merchant.id, etag: 1, isDeleted: false };
  state.identifiers.set(identifier.id, identifier);
  state.identifierIds.set(number, identifier.id);
  return { identifier, isNew: true };
}

/** The last instrument of a number takes its identifier along (token management guide, deleting a payment instrument). */
export function dropIdentifierIfUnused(state: State, identifierId: string): void {
  const identifier = state.identifiers.get(identifierId);
  if (identifier === undefined || [...state.instruments.values()].some((one) => one.identifierId === identifierId && !one.isDeleted)) return;
  identifier.isDeleted = true;
  state.identifierIds.delete(identifier.number);
}

export interface NewInstrument { readonly customerId: string | undefined; readonly identifierId: string; readonly card: Card; readonly billTo: Record<string, unknown>; readonly isDefault: boolean }

/** A customer's first one is his default. */
export function addInstrument(state: State, input: NewInstrument): Instrument {
  const siblings = input.customerId === undefined ? [] : instrumentsOf(state, input.customerId);
  const isDefault = input.customerId !== undefined && (input.isDefault || siblings.length === 0);
  if (isDefault) for (const one of siblings) one.isDefault = false;
  const one: Instrument = { ...input, id: newTokenId(state), isDefault, state: "ACTIVE", etag: 1, isDeleted: false };
  state.instruments.set(one.id, one);
  if (input.customerId !== undefined) state.customers.get(input.customerId)?.instrumentIds.push(one.id);
  return one;
}

export function addAddress(state: State, input: { readonly customerId: string; readonly shipTo: Record<string, unknown>; readonly isDefault: boolean }): ShippingAddress {
  const siblings = addressesOf(state, input.customerId);
  const isDefault = input.isDefault || siblings.length === 0;
  if (isDefault) for (const one of siblings) one.isDefault = false;
  const one: ShippingAddress = { ...input, id: newTokenId(state), isDefault, etag: 1, isDeleted: false };
  state.addresses.set(one.id, one);
  state.customers.get(input.customerId)?.addressIds.push(one.id);
  return one;
}

export function addCustomer(state: State, merchantCustomerID: string, details: Record<string, unknown> = {}): Customer {
  const one: Customer = { id: newTokenId(state), merchantCustomerID, details, instrumentIds: [], addressIds: [], etag: 1, isDeleted: false };
  state.customers.set(one.id, one);
  return one;
}

/** Which tokens a payment wants; without a list, what the vault makes by default. */
function wantedTypes(body: Record<string, unknown>): (type: string) => boolean {
  const types = path(body, "processingInformation", "actionTokenTypes");
  return Array.isArray(types) && types.length > 0 ? (type) => types.includes(type) : (type) => type !== "shippingAddress";
}

export function createTokens(state: State, card: ResolvedCard, body: Record<string, unknown>): CreatedTokens {
  const wants = wantedTypes(body);
  const asked = text(path(body, "paymentInformation", "customer", "id"));
  const known = asked === undefined ? undefined : state.customers.get(asked);
  const customer = wants("customer") || known !== undefined ? known ?? addCustomer(state, text(path(body, "buyerInformation", "merchantCustomerID")) ?? "") : undefined;
  const { identifier, isNew } = identifierFor(state, card.number ?? card.card.prefix + card.card.suffix);
  const billTo = path(body, "orderInformation", "billTo");
  const shipTo = path(body, "orderInformation", "shipTo");
  const instrument = wants("paymentInstrument") ? addInstrument(state, { customerId: customer?.id, identifierId: identifier.id, card: card.card, billTo: isRecord(billTo) ? billTo : {}, isDefault: false }) : undefined;
  const address = wants("shippingAddress") && customer !== undefined && isRecord(shipTo) ? addAddress(state, { customerId: customer.id, shipTo, isDefault: false }) : undefined;
  const ids = {
    ...(customer === undefined ? {} : { customer: { id: customer.id } }), ...(instrument === undefined ? {} : { paymentInstrument: { id: instrument.id } }), ...(address === undefined ? {} : { shippingAddress: { id: address.id } }),
    instrumentIdentifier: { id: identifier.id, state: "ACTIVE" },
  };
  return { tokenInformation: { ...ids, instrumentidentifierNew: isNew }, paymentInformation: ids };
}
