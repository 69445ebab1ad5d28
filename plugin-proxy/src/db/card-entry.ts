// Card-entry sessions, transient tokens and cardholder's details. Secrets are boxes; this file cannot open them.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { Session, StoredToken } from "../ports/ledger.ts";
import type { Sql } from "./database.ts";

export async function insertSession(sql: Sql, session: Session): Promise<"inserted" | "nonce_spent"> {
  const { count } = await sql.query("session-insert", "insert into session (session_id, organization_id, payment_request_id, nonce_hash, minted_at, body) values ($1,$2,$3,$4,$5,$6) on conflict do nothing",
    [session.sessionId, session.organizationId, session.paymentRequestId, session.nonceHash, session.mintedAt, JSON.stringify(session)]);
  return count === 1 ? "inserted" : "nonce_spent";
}

const toSession = (row: Readonly<Record<string, unknown>> | undefined): Session | undefined => (row === undefined ? undefined : JSON.parse(String(row["body"])) as Session);

export const loadSession = async (sql: Sql, sessionId: string): Promise<Session | undefined> =>
  toSession((await sql.query("session-load", "select body from session where session_id = $1", [sessionId])).rows[0]);

export const latestSession = async (sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<Session | undefined> =>
  toSession((await sql.query("session-latest", "select body from session where organization_id = $1 and payment_request_id = $2 order by minted_at desc limit 1", [organizationId, paymentRequestId])).rows[0]);

export async function putTransientToken(sql: Sql, token: StoredToken): Promise<"stored" | "same" | "replayed"> {
  const { count } = await sql.query("token-insert",
    "insert into transient_token (organization_id, jti, payment_request_id, session_id, body_hash, sealed, expires_at, last_four, type_code, expiration_month, expiration_year) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) on conflict do nothing",
    [token.organizationId, token.jti, token.paymentRequestId, token.sessionId, token.bodyHash, token.sealed, token.expiresAt, token.lastFour, token.typeCode ?? null, token.expirationMonth ?? null, token.expirationYear ?? null]);
  if (count === 1) return "stored";
  const { rows: [row] } = await sql.query("token-known", "select session_id, body_hash from transient_token where organization_id = $1 and jti = $2", [token.organizationId, token.jti]);
  return row?.["session_id"] === token.sessionId && row["body_hash"] === token.bodyHash ? "same" : "replayed";
}

export async function loadTransientToken(sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<StoredToken | undefined> {
  const { rows: [row] } = await sql.query("token-load", "select * from transient_token where organization_id = $1 and payment_request_id = $2 and sealed is not null order by expires_at desc limit 1", [organizationId, paymentRequestId]);
  if (row === undefined) return undefined;
  return {
    organizationId, paymentRequestId, sessionId: String(row["session_id"]), jti: String(row["jti"]), bodyHash: String(row["body_hash"]), sealed: row["sealed"] as Uint8Array,
    expiresAt: Number(row["expires_at"]), lastFour: String(row["last_four"]), typeCode: textOf(row["type_code"]),
    expirationMonth: numberOf(row["expiration_month"]), expirationYear: numberOf(row["expiration_year"]),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

/** The box goes, the jti stays: the token cannot come back. */
export async function discardTransientToken(sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<void> {
  await sql.write("token-discard", "update transient_token set sealed = null where organization_id = $1 and payment_request_id = $2 and sealed is not null", [organizationId, paymentRequestId]);
}

export async function putDetail(sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId, sealed: Uint8Array): Promise<void> {
  await sql.write("detail-put", "insert into detail (organization_id, payment_request_id, sealed) values ($1,$2,$3) on conflict (organization_id, payment_request_id) do update set sealed = $3", [organizationId, paymentRequestId, sealed]);
}

export async function loadDetail(sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<Uint8Array | undefined> {
  const { rows: [row] } = await sql.query("detail-load", "select sealed from detail where organization_id = $1 and payment_request_id = $2", [organizationId, paymentRequestId]);
  return row?.["sealed"] as Uint8Array | undefined;
}

export async function discardDetail(sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<void> {
  await sql.write("detail-discard", "delete from detail where organization_id = $1 and payment_request_id = $2", [organizationId, paymentRequestId]);
}
