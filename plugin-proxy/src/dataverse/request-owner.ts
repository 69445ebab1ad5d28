// Who owns the answer to a request that never became a payment (refused, expired, withdrawn, a card renamed): the owner of the request, who
// waits for it. Without this the row stays the relay's, and a person whose rights end at the business unit never sees why nothing happened.
import { paymentRequestTable, refundRequestTable } from "@cybs/schema";
import { z } from "zod";
import type { PaymentProjection } from "../domain/payment/project.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import { partOf } from "./read-request.ts";
import { guidColumn, textColumn } from "./rows/column-kinds.ts";
import { LOOKUP_TABLE } from "./rows/standard-tables.ts";
import type { Owner } from "./rows/write-values.ts";
import type { Transport } from "./transport.ts";

const OWNER = paymentRequestTable.lookupValues.ownerId;
const Request = z.object({ [OWNER]: guidColumn, [`${OWNER}${LOOKUP_TABLE}` as const]: textColumn });

/** Undefined when the request is gone or cannot be read. */
export async function requestOwnerOf(transport: Transport, projection: PaymentProjection): Promise<Owner | Unavailable | undefined> {
  const set = projection.table === "refundrequest" ? refundRequestTable.entitySetName : paymentRequestTable.entitySetName;
  const read = await transport.batch(projection.organizationId, [{ kind: "read", path: `${set}(${projection.paymentRequestId})?$select=${OWNER}` }]);
  if (read.kind === "unavailable") return read;
  const row = Request.safeParse(partOf(read.results[0])?.body).data;
  const id = row?.[OWNER];
  return id === undefined ? undefined : { id, kind: row?.[`${OWNER}${LOOKUP_TABLE}`] === "team" ? "team" : "systemuser" };
}
