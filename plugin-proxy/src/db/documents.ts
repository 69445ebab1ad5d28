// What payments take of a document. The document's row is the lock under which the open amount is worked out and reserved.
import { asPaymentRequestId, type OrganizationId, type PaymentRequestId } from "../domain/ids.ts";
import type { DocumentRef } from "../domain/payment/command.ts";
import type { DocumentClaim, LedgerTransaction } from "../ports/ledger.ts";
import type { Row, Sql } from "./database.ts";
import { toIntent } from "./intents.ts";

const CLAIMS_MAX = 500;

const toClaim = (row: Row): DocumentClaim => ({
  paymentRequestId: asPaymentRequestId(String(row["payment_request_id"])), paymentId: String(row["payment_id"]),
  exposureMinor: row["exposure_minor"] as bigint, authorizedMinor: row["authorized_minor"] as bigint, capturedMinor: row["captured_minor"] as bigint, refundedMinor: row["refunded_minor"] as bigint,
  isOpen: row["is_open"] === true, isUnknown: row["is_unknown"] === true, needsAttention: row["needs_attention"] === true, authorName: String(row["author_name"]), since: Number(row["claimed_at"]),
});

export async function documentClaims(sql: Sql, organizationId: OrganizationId, document: DocumentRef): Promise<readonly DocumentClaim[]> {
  const { rows } = await sql.query("document-claims", `select * from intent where organization_id = $1 and document_kind = $2 and document_id = $3 limit ${CLAIMS_MAX}`, [organizationId, document.kind, document.id]);
  return rows.map(toClaim);
}

const CLAIM = "payment_request_id, payment_id, exposure_minor, authorized_minor, captured_minor, refunded_minor, is_open, is_unknown, needs_attention, author_name, claimed_at";
const others = CLAIM.split(", ").map((column) => `other.${column}`).join(", ");

/** One statement: nothing moves between the intent, its effects and the others' claims. */
export async function loadWithClaims(sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId): ReturnType<LedgerTransaction["loadWithClaims"]> {
  const { rows } = await sql.query("intent-with-claims",
    `select ${CLAIM}, body, revision, (select array_agg(effect.body order by effect.position) from effect where effect.organization_id = $1 and effect.payment_request_id = $2) as effects from intent where organization_id = $1 and payment_request_id = $2
    union all
    (select ${others}, null, null, null from intent as own join intent as other using (organization_id, document_kind, document_id) where own.organization_id = $1 and own.payment_request_id = $2 and other.payment_request_id <> $2 limit ${CLAIMS_MAX})`,
    [organizationId, paymentRequestId]);
  const own = rows.find((row) => row["body"] !== null);
  if (own === undefined) return undefined;
  const intent = toIntent(own, (own["effects"] ?? []) as readonly string[]);
  return { intent, claims: intent.command === undefined ? [] : rows.map(toClaim) };
}

export async function lockDocument(sql: Sql, query: Parameters<LedgerTransaction["lockDocument"]>[0]): Promise<readonly DocumentClaim[]> {
  const { organizationId, document } = query;
  const locked = sql.query("document-lock",
    "insert into document (organization_id, kind, document_id, currency, limit_minor) values ($1,$2,$3,$4,$5) on conflict (organization_id, kind, document_id) do update set limit_minor = greatest($5::bigint, document.taken_minor)",
    [organizationId, document.kind, document.id, query.currency, query.limitMinor]);
  // Read behind the lock, without waiting for its answer first.
  const [, claims] = await Promise.all([locked, documentClaims(sql, organizationId, document)]);
  return claims.filter((claim) => claim.paymentRequestId !== query.except);
}
