// The paths of token management (/tms): customers with their instruments and addresses, instruments of nobody, identifiers, network tokens.
// A profile that is not the merchant's is 424, a merchant without the service 403. Source: token management service guide.
import type { Call, Reply } from "../../kit/faults.ts";
import { tokenError } from "../errors.ts";
import type { State } from "../state.ts";
import { createCustomer, manageCustomer } from "./customers.ts";
import { manageIdentifiers } from "./instrument-identifiers.ts";
import { manageInstrument, manageInstruments } from "./payment-instruments.ts";
import { gone, noResource, unknown } from "./replies.ts";
import { manageAddress, manageAddresses } from "./shipping-addresses.ts";
import { tokenize } from "./tokenize.ts";
import { manageTokenizedCards, paymentCredentials } from "./tokenized-cards.ts";

export function manageTokens(state: State, call: Call, isEncrypted: boolean): Reply | Promise<Reply> {
  const profile = call.headers["profile-id"];
  if (!state.settings.hasTokenManagement) return tokenError(403, "403ForbiddenResponse", "Request not permitted");
  if (typeof profile === "string" && profile.toLowerCase() !== state.settings.profileId.toLowerCase()) return tokenError(424, "notFound", "Profile not found");
  const [, version, resource, ...rest] = (call.url.split("?")[0] ?? "").split("/").filter(Boolean);
  switch (`${version ?? ""} ${resource ?? ""}`) {
    case "v1 instrumentidentifiers": return manageIdentifiers(state, call, rest);
    case "v1 paymentinstruments": return rest[0] === undefined ? manageInstruments(state, call, undefined) : manageInstrument(state, call, state.instruments.get(rest[0]));
    case "v2 customers": return rest[0] === undefined ? createCustomer(state, call) : belowCustomer(state, call, rest[0], rest.slice(1));
    case "v2 tokenized-cards": return manageTokenizedCards(state, call, rest);
    case "v2 tokens": case "v3 tokens": return rest[0] !== undefined && rest[1] === "payment-credentials" ? paymentCredentials(state, call, rest[0]) : noResource();
    case "v2 tokenize": return tokenize(state, call, isEncrypted);
    default: return noResource();
  }
}

function belowCustomer(state: State, call: Call, customerId: string, [collection, id]: readonly string[]): Reply {
  const customer = state.customers.get(customerId);
  if (customer === undefined) return unknown();
  if (collection === undefined) return manageCustomer(state, call, customer);
  if (customer.isDeleted) return gone();
  const own = <T extends { readonly customerId?: string | undefined }>(one: T | undefined): T | undefined => (one?.customerId === customerId ? one : undefined);
  if (collection === "payment-instruments") return id === undefined ? manageInstruments(state, call, customer) : manageInstrument(state, call, own(state.instruments.get(id)));
  if (collection === "shipping-addresses") return id === undefined ? manageAddresses(state, call, customer) : manageAddress(state, call, own(state.addresses.get(id)));
  return noResource();
}
