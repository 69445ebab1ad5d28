// Members that several calls share: address, lines, instrument. Members without a value are left out.
import type { BillTo, LineItem } from "../../domain/payment/command.ts";
import { billToFor } from "../../domain/payment/address-policy.ts";
import { toDecimalText } from "../../domain/money.ts";
import { commodityCodeFor, unitFor } from "../purchase-data.ts";
import type { Instrument } from "../../ports/gateway.ts";

export const PARTNER = "Cybersource Payments for Dynamics 365";

/** Members without a value are left out: the gateway refuses empty strings in places. */
export const filled = (record: Record<string, unknown>): Record<string, unknown> => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== ""));

export const filledOrNone = (record: Record<string, unknown>): Record<string, unknown> | undefined => {
  const members = filled(record);
  return Object.keys(members).length === 0 ? undefined : members;
};

/** A billing address, as it is sent. */
export function billToMembers(address: BillTo): Record<string, unknown> {
  const clean = billToFor(address);
  return filled({
    firstName: clean.firstName, lastName: clean.lastName, company: clean.company === undefined ? undefined : { name: clean.company }, address1: clean.line1, address2: clean.line2, locality: clean.city,
    administrativeArea: clean.stateOrProvince, postalCode: clean.postalCode, country: clean.country, email: clean.email, phoneNumber: clean.telephone,
  });
}

export const lineItem = (line: LineItem): Record<string, unknown> => filled({
  productSku: line.sku, productName: Array.from(line.name).slice(0, 255).join(""), commodityCode: commodityCodeFor(line.commodityCode), quantity: line.quantity, unitOfMeasure: unitFor(line.unit),
  unitPrice: toDecimalText(line.unitPrice), taxAmount: line.tax === undefined ? undefined : toDecimalText(line.tax),
});

/** A new card that is saved for a customer token management knows already joins that customer. */
export function instrumentMembers(of: Instrument, joins: string | undefined): Record<string, unknown> {
  if (of.kind === "transient_token") return { tokenInformation: { transientTokenJwt: of.jwt }, ...(joins === undefined ? {} : { paymentInformation: { customer: { id: joins } } }) };
  return { paymentInformation: filled({ paymentInstrument: { id: of.paymentInstrumentId }, customer: of.tmsCustomerId === undefined ? undefined : { id: of.tmsCustomerId } }) };
}
