// How far our tables in Dataverse were read for other people's edits, and which payment a row follows.
import { asPaymentRequestId } from "../domain/ids.ts";
import type { OwnedRowsLedger } from "../ports/owned-rows.ts";
import type { Sql } from "./database.ts";

export function ownedRowsOver(sql: Sql): OwnedRowsLedger {
  return {
    async positions(organizationId) {
      const { rows } = await sql.query("position-load", "select table_name, position from change_position where organization_id = $1", [organizationId]);
      return Object.fromEntries(rows.map((row) => [String(row["table_name"]), String(row["position"])]));
    },
    async keepPositions(organizationId, positions) {
      for (const [table, position] of Object.entries(positions)) await sql.write("position-keep", "insert into change_position (organization_id, table_name, position) values ($1,$2,$3) on conflict (organization_id, table_name) do update set position = $3", [organizationId, table, position]);
    },
    async noteRows({ organizationId, paymentRequestId, rowIds }) {
      await sql.write("owned-row-note", "insert into owned_row (organization_id, row_id, payment_request_id) select $1, row_id, $2 from unnest($3::text[]) as noted(row_id) on conflict do nothing", [organizationId, paymentRequestId, rowIds]);
    },
    async unknownOf(organizationId, written) {
      if (written.length === 0) return [];
      const { rows } = await sql.query("command-unknown",
        `select given.position from unnest($2::text[], $3::text[]) with ordinality as given (payment_id, command_id, position)
        where exists (select 1 from intent where organization_id = $1 and payment_id = given.payment_id)
          and not exists (select 1 from command where organization_id = $1 and command_id = given.command_id)
          and not exists (select 1 from intent where organization_id = $1 and payment_request_id = given.command_id)`,
        [organizationId, written.map((row) => row.paymentId), written.map((row) => row.paymentRequestId)]);
      const unknown = new Set(rows.map((row) => Number(row["position"])));
      return written.filter((_, index) => unknown.has(index + 1));
    },
    async behindOf(organizationId, shown) {
      if (shown.length === 0) return [];
      const { rows } = await sql.query("payment-behind",
        `select intent.payment_request_id, given.revision from unnest($2::text[], $3::int[]) as given (payment_id, revision)
        join intent on intent.organization_id = $1 and intent.payment_id = given.payment_id and intent.revision < given.revision`,
        [organizationId, shown.map((row) => row.paymentId), shown.map((row) => row.revision)]);
      return rows.map((row) => ({ paymentRequestId: asPaymentRequestId(String(row["payment_request_id"])), revision: Number(row["revision"]) }));
    },
    async paymentOfRow(organizationId, rowId) {
      const { rows: [row] } = await sql.query("owned-row-payment",
        `select payment_request_id from effect where effect_id = $2 and organization_id = $1
        union all select payment_request_id from intent where organization_id = $1 and payment_id = $2
        union all select payment_request_id from owned_row where organization_id = $1 and row_id = $2
        limit 1`, [organizationId, rowId]);
      return row === undefined ? undefined : asPaymentRequestId(String(row["payment_request_id"]));
    },
  };
}
