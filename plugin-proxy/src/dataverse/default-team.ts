// Who owns a row when its document's owner cannot (disabled, or without privileges on our tables): the default team of the document's
// business unit (design D12). Asked for only after Dataverse has refused the owner.
import { z } from "zod";
import type { PaymentProjection } from "../domain/payment/project.ts";
import { partOf } from "./read-request.ts";
import { collectionOf, guidColumn } from "./rows/column-kinds.ts";
import { invoice, salesOrder, team } from "./rows/standard-tables.ts";
import type { Owner } from "./rows/write-values.ts";
import type { Transport } from "./transport.ts";

const Document = z.object({ [salesOrder.lookupValues.owningBusinessUnit]: guidColumn });
const Teams = collectionOf(z.object({ [team.columns.id]: z.guid() }));

/** The team, or undefined when the document or the team cannot be read. */
export async function defaultTeamOf(transport: Transport, projection: PaymentProjection): Promise<Owner | undefined> {
  const document = projection.payment?.document;
  if (document === undefined) return undefined;
  const set = document.kind === "salesorder" ? salesOrder.entitySetName : invoice.entitySetName;
  const read = await transport.batch(projection.organizationId, [{ kind: "read", path: `${set}(${document.id})?$select=${salesOrder.lookupValues.owningBusinessUnit}` }]);
  const unitId = read.kind === "unavailable" ? undefined : Document.safeParse(partOf(read.results[0])?.body).data?.[salesOrder.lookupValues.owningBusinessUnit];
  if (unitId === undefined) return undefined;
  const path = `${team.entitySetName}?$select=${team.columns.id}&$filter=${team.lookupValues.businessUnit} eq ${unitId} and ${team.columns.isDefault} eq true`;
  const teams = await transport.batch(projection.organizationId, [{ kind: "read", path }]);
  const found = teams.kind === "unavailable" ? undefined : Teams.safeParse(partOf(teams.results[0])?.body).data?.value[0];
  return found === undefined ? undefined : { id: found[team.columns.id].toLowerCase(), kind: "team" };
}
