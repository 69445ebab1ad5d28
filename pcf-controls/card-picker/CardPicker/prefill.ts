// What the cardholder's details start from: what was typed already, then the order, the customer's last card, the customer. First word wins.
import { readCustomerHolder, readLastHolder } from "./rows";
import { NO_HOLDER, type Cardholder, type PickerState } from "./state";

interface Sources { readonly typed: Cardholder | undefined; readonly order: Cardholder; readonly customerTable: string; readonly customerId: string | undefined }

const ADDRESS = ["line1", "city", "stateorprovince", "postalcode", "country"] as const;

/** An address is taken whole from one source: half of one and half of another is nobody's. */
export function mergeHolders(sources: readonly Cardholder[]): Cardholder {
  const address = sources.find((source) => source.line1 !== "") ?? NO_HOLDER;
  const named = sources.find((source) => source.lastname !== "") ?? sources.find((source) => source.firstname !== "") ?? NO_HOLDER;
  return { ...NO_HOLDER, ...Object.fromEntries(ADDRESS.map((name) => [name, address[name]])), firstname: named.firstname, lastname: named.lastname, emailaddress: sources.find((source) => source.emailaddress !== "")?.emailaddress ?? "" };
}

const isComplete = (holder: Cardholder): boolean => holder.line1 !== "" && holder.lastname !== "" && holder.emailaddress !== "";

/** Reads only what is still missing; a source that this user may not read is no obstacle. */
export async function prefill(api: ComponentFramework.WebApi, of: Sources): Promise<Cardholder> {
  const near = mergeHolders([...(of.typed === undefined ? [] : [of.typed]), of.order]);
  const { customerId } = of;
  if (isComplete(near) || customerId === undefined) return near;
  const further = await Promise.all([readLastHolder(api, customerId).catch(() => NO_HOLDER), readCustomerHolder(api, of.customerTable, customerId).catch(() => NO_HOLDER)]);
  return mergeHolders([near, ...further]);
}

type Typed = Pick<PickerState, "choice" | "amountText" | "channel" | "saveCard" | "merchantMayCharge" | "holder">;
const typedBefore = new Map<string, Typed>();

/** A remount of the control (tab switch, refresh of the form) finds what was typed; nothing is stored beyond the page. Card fields are never kept. */
export const remember = (requestId: string, { choice, amountText, channel, saveCard, merchantMayCharge, holder }: PickerState): void => { typedBefore.set(requestId, { choice, amountText, channel, saveCard, merchantMayCharge, holder }); };
export const recall = (requestId: string): Typed | undefined => typedBefore.get(requestId);
