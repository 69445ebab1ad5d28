// How far Cybersource's reports were read, and the payments that wait for one.
import { asPaymentRequestId } from "../domain/ids.ts";
import type { ReportsLedger } from "../ports/reports-ledger.ts";
import type { Sql } from "./database.ts";

export function reportsOver(sql: Sql): ReportsLedger {
  return {
    async readingOf({ organizationId, merchantId, beginAt }) {
      await sql.query("reading-begin", "insert into report_reading (organization_id, merchant_id, read_from, read_until) values ($1,$2,$3,$3) on conflict do nothing", [organizationId, merchantId, beginAt]);
      const { rows: [row] } = await sql.query("reading-load", "select read_from, read_until from report_reading where organization_id = $1 and merchant_id = $2", [organizationId, merchantId]);
      return { readFrom: Number(row?.["read_from"] ?? beginAt), readUntil: Number(row?.["read_until"] ?? beginAt) };
    },
    async saveReading({ organizationId, merchantId, readFrom, readUntil }) {
      await sql.write("reading-save", "update report_reading set read_from = $3, read_until = $4 where organization_id = $1 and merchant_id = $2 and read_until < $4", [organizationId, merchantId, readFrom, readUntil]);
    },
    async paymentsInDoubt({ organizationId, after, limit }) {
      const { rows } = await sql.query("in-doubt-list",
        "select payment_request_id from effect where organization_id = $1 and payment_request_id > $2 and undoes is null and state = 'unknown' and kind in ('capture', 'refund', 'credit') order by payment_request_id limit $3", [organizationId, after, limit]);
      return rows.map((row) => asPaymentRequestId(String(row["payment_request_id"])));
    },
  };
}
