// Later rows of a payment that a lost ledger finished: they are final, so no sweep shows them, and a ledger that went back to a backup would give
// back once more what was given back since. Dataverse still shows what they came to.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { CommandTable } from "../domain/payment/command.ts";
import { mainEffect } from "../domain/payment/intent.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { FlowDeps } from "./deps.ts";

export interface LostRow { readonly table: CommandTable; readonly paymentRequestId: PaymentRequestId }

/** Rows that may have moved money and that are not on the payment in this ledger; "unavailable" while Dataverse does not say. */
export async function findLostRows(deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly paymentId: string; readonly except: PaymentRequestId }): Promise<readonly LostRow[] | "unavailable"> {
  const { organizationId, paymentId, except } = input;
  const shown = await deps.dataverse.readPaymentRequests({ organizationId, paymentId });
  if (shown.kind === "unavailable") return "unavailable";
  const later = shown.requests.filter((row) => !row.isFounding && !row.isNothing && row.paymentRequestId !== except);
  if (later.length === 0) return [];
  return deps.ledger.alone((ledger) => withoutKnown(ledger, organizationId, later));
}

/** Those of `rows` that this ledger has not put on their payment. One that ended by itself (its row is gone, or broke a rule) is known, too: it moved nothing. */
export async function withoutKnown(ledger: LedgerTransaction, organizationId: OrganizationId, rows: readonly LostRow[]): Promise<readonly LostRow[]> {
  const lost: LostRow[] = [];
  for (const row of rows) {
    if (await ledger.founderOf(organizationId, { commandId: row.paymentRequestId }) !== undefined) continue;
    const own = (await ledger.loadWithClaims(organizationId, row.paymentRequestId))?.intent;
    if (own === undefined || mainEffect(own).state === "claiming") lost.push(row);
  }
  return lost;
}
