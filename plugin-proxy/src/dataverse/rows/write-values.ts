// What rows are written with: binds by key, instants as ISO text, free text cut to its column.
import { toIsoText, type Instant } from "../../domain/time.ts";
import type { CustomerRef } from "../../domain/payment/command.ts";
import { account, contact, currency, systemUser, team } from "./standard-tables.ts";

export type Row = Readonly<Record<string, unknown>>;
export interface Owner {
  readonly id: string;
  readonly kind: "systemuser" | "team";
}

/** `navigation@odata.bind: /set(id)`; nothing when there is no id. Navigation names are case-sensitive. */
export const bind = (navigation: string, entitySetName: string, id: string | undefined): Row => (id === undefined ? {} : { [`${navigation}@odata.bind`]: `/${entitySetName}(${id})` });

export const bindCustomer = (names: { readonly account: string; readonly contact: string }, customer: CustomerRef): Row =>
  customer.kind === "account" ? bind(names.account, account.entitySetName, customer.id) : bind(names.contact, contact.entitySetName, customer.id);

export const bindOwner = (owner: Owner | undefined): Row => (owner === undefined ? {} : bind("ownerid", owner.kind === "team" ? team.entitySetName : systemUser.entitySetName, owner.id));

export const bindCurrency = (currencyId: string | undefined): Row => bind("transactioncurrencyid", currency.entitySetName, currencyId);

export const dateValue = (at: Instant | undefined): string | null => (at === undefined ? null : toIsoText(at));

/** Cut to the column's length by characters, never through the middle of one. */
export const textValue = (text: string | undefined, lengthMax: number): string | null => {
  if (text === undefined) return null;
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
};
