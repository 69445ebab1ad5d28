// Which of a customer's cards are marked as his default: one at most should be.
import { paymentMethodTable as cards } from "@cybs/schema";
import { z } from "zod";
import type { Surroundings } from "../../ports/surroundings.ts";
import { partOf, refusedPart, unavailable } from "../read-request.ts";
import { collectionOf } from "../rows/column-kinds.ts";
import type { Transport } from "../transport.ts";

const Rows = collectionOf(z.object({ [cards.primaryId]: z.guid() }));

export const defaultCardsOf = (transport: Transport): Surroundings["defaultCardsOf"] => async ({ organizationId, customer }) => {
  const filter = `${cards.lookupValues.customerId} eq ${customer.id} and ${cards.columns.isDefault} eq true`;
  const answer = await transport.batch(organizationId, [{ kind: "read", path: `${cards.entitySetName}?$select=${cards.primaryId}&$filter=${filter}&$top=100` }]);
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  if (part?.status !== 200) return refusedPart("default cards", part);
  const rows = Rows.safeParse(part.body).data?.value;
  return rows === undefined ? unavailable("default cards are not of the shape asked for") : { kind: "read", paymentMethodIds: rows.map((row) => row[cards.primaryId].toLowerCase()) };
};
