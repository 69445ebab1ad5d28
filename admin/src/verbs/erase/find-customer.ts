// The one account or contact that an id or an exact name means.
import { textAt } from "../../dataverse/row.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import { Stop } from "../../stop.ts";

export interface Customer { readonly table: "account" | "contact"; readonly id: string; readonly name: string }

export async function findCustomer(dataverse: Dataverse, said: string): Promise<Customer> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(said);
  const quoted = said.replaceAll("'", "''");
  const [accounts, contacts] = await Promise.all([
    dataverse.list(`accounts?$select=accountid,name&$filter=${isId ? `accountid eq ${said}` : `name eq '${quoted}'`}`), dataverse.list(`contacts?$select=contactid,fullname&$filter=${isId ? `contactid eq ${said}` : `fullname eq '${quoted}'`}`),
  ]);
  const found: readonly Customer[] = [...accounts.map((row) => ({ table: "account" as const, id: textAt(row, "accountid"), name: textAt(row, "name") })), ...contacts.map((row) => ({ table: "contact" as const, id: textAt(row, "contactid"), name: textAt(row, "fullname") }))];
  const [customer] = found;
  if (customer === undefined) throw new Stop("customer_not_found", { customer: said });
  if (found.length > 1) throw new Stop("customer_ambiguous", { customer: said, ids: found.map((one) => `${one.table} ${one.id}`).join(", ") });
  return customer;
}
