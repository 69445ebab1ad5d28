// A payment that Dataverse shows and this ledger does not know (a new disk, a restored one): its founding row is adopted like any foreign claim,
// then every later row of it, so that what they may have moved is looked for before anything new is decided (recovery rules §6).
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { CommandTable } from "../domain/payment/command.ts";
import { mainEffect } from "../domain/payment/intent.ts";
import type { FlowDeps } from "./deps.ts";

type Execute = (deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly table: CommandTable }) => Promise<unknown>;

/** The founding row once the payment stands in the ledger; "unavailable" while it cannot be read or looked for; undefined when there is no such payment. */
export async function adoptPayment(deps: FlowDeps, execute: Execute, input: { readonly organizationId: OrganizationId; readonly paymentId: string }): Promise<PaymentRequestId | "unavailable" | undefined> {
  const { organizationId, paymentId } = input;
  const shown = await deps.dataverse.readPaymentRequests({ organizationId, paymentId });
  if (shown.kind === "unavailable") return "unavailable";
  const founding = shown.requests.find((request) => request.isFounding);
  if (founding === undefined) return undefined;
  deps.reporter.info("payment_adopted", { organizationId, paymentRequestId: founding.paymentRequestId });
  await execute(deps, { organizationId, paymentRequestId: founding.paymentRequestId, table: founding.table });
  for (const later of shown.requests.filter((request) => !request.isFounding && !request.isNothing)) {
    await execute(deps, { organizationId, paymentRequestId: later.paymentRequestId, table: later.table });
  }
  const intent = await deps.ledger.transaction((tx) => tx.loadIntent(organizationId, founding.paymentRequestId));
  return intent === undefined || mainEffect(intent).state === "claiming" ? "unavailable" : founding.paymentRequestId;
}
