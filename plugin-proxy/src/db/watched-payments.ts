// Payments that something may still happen to because of their document, and payments by any id that a person may hold in hand.
import { asOrganizationId, asPaymentRequestId, type OrganizationId, type PaymentRequestId } from "../domain/ids.ts";
import type { PaymentKey } from "../ports/surroundings-ledger.ts";
import type { Sql } from "./database.ts";

/** authorized_minor is what is held and captured: what is above the captured sum can still be captured or must be let go. */
export async function paymentsToWatch(sql: Sql, query: { readonly organizationId: OrganizationId; readonly after: string; readonly limit: number }): Promise<readonly PaymentRequestId[]> {
  const { rows } = await sql.query("watch-list",
    `select payment_request_id from intent where organization_id = $1 and payment_request_id > $2 and document_id is not null and (
      authorized_minor > captured_minor
      or captured_minor > (select coalesce(sum(allocation.amount_minor), 0) from allocation where allocation.organization_id = intent.organization_id and allocation.payment_request_id = intent.payment_request_id)
    ) order by payment_request_id limit $3`, [query.organizationId, query.after, query.limit]);
  return rows.map((row) => asPaymentRequestId(String(row["payment_request_id"])));
}

export async function findPayment(sql: Sql, id: string): Promise<PaymentKey | undefined> {
  const { rows: [row] } = await sql.query("payment-find",
    `select organization_id, payment_request_id from intent where payment_request_id = $1 or payment_id = $1
    union all select organization_id, payment_request_id from effect where effect_id = $1
    union all select effect.organization_id, effect.payment_request_id from attempt join effect on effect.effect_id = attempt.effect_id where attempt.merchant_reference = $1
    limit 1`, [id]);
  return row === undefined ? undefined : { organizationId: asOrganizationId(String(row["organization_id"])), paymentRequestId: asPaymentRequestId(String(row["payment_request_id"])) };
}
