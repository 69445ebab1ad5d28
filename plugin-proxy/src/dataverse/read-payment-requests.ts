// Which rows made and changed a payment, as its transaction rows show: asked only when the ledger does not know a payment that Dataverse has.
import type { Dataverse } from "../ports/dataverse.ts";
import { partOf, refusedPart, unavailable } from "./read-request.ts";
import { paymentTransactionsPath, toPaymentRequests } from "./rows/payment-transaction.ts";
import type { Transport } from "./transport.ts";

export const readPaymentRequests = (transport: Transport): Dataverse["readPaymentRequests"] => async ({ organizationId, paymentId }) => {
  const answer = await transport.batch(organizationId, [{ kind: "read", path: paymentTransactionsPath(paymentId) }]);
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  if (part?.status !== 200) return refusedPart("transactions of a payment", part);
  const requests = toPaymentRequests(part.body);
  return requests === undefined ? unavailable("transactions of a payment are not of the shape asked for") : { kind: "read", requests };
};
