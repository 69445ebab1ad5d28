// The durable writes of a payment: what is intended before it is sent, what came of it after. One transaction for each step.
import pg from "pg";
import type { Command, Outcome } from "./dataverse.ts";
import { seal } from "./ids.ts";
import { settings } from "./settings.ts";

export const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 10 });

export interface Key { readonly organizationId: string; readonly paymentRequestId: string }
export interface Ids { readonly paymentId: string; readonly effectId: string; readonly reference: string; readonly transactionId: string }

async function transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const value = await work(client);
    await client.query("COMMIT");
    return value;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const noteEvent = (client: pg.PoolClient, key: Key, event: { readonly kind: string; readonly effectId: string; readonly body?: unknown }): Promise<unknown> =>
  client.query("INSERT INTO event (organization_id, payment_request_id, kind, effect_id, happened_at, body) VALUES ($1, $2, $3, $4, now(), $5)", [key.organizationId, key.paymentRequestId, event.kind, event.effectId, JSON.stringify(event.body ?? {})]);

/** Work for the poke, leased to this process at once. False: nobody knows the row, or it is being done. */
export async function takeJob(key: Key): Promise<boolean> {
  const session = await pool.query("SELECT 1 FROM session WHERE organization_id = $1 AND payment_request_id = $2 LIMIT 1", [key.organizationId, key.paymentRequestId]);
  if (session.rowCount === 0) return false;
  const job = await pool.query("INSERT INTO job (kind, organization_id, payment_request_id, due_at, leased_until) VALUES ('advance', $1, $2, now(), now() + interval '15 seconds') ON CONFLICT DO NOTHING", [key.organizationId, key.paymentRequestId]);
  return job.rowCount === 1;
}

/** False: it was begun before. */
export const begin = (key: Key, ids: Ids): Promise<boolean> => transaction(async (client) => {
  const { rowCount } = await client.query("INSERT INTO payment (organization_id, payment_request_id, payment_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", [key.organizationId, key.paymentRequestId, ids.paymentId]);
  if (rowCount === 0) return false;
  await client.query("INSERT INTO effect (effect_id, organization_id, payment_request_id, kind, state) VALUES ($1, $2, $3, 'undetermined', 'claiming')", [ids.effectId, key.organizationId, key.paymentRequestId]);
  return true;
});

/** Freezes the command and reserves its amount under the document's lock; the reason when a rule forbids it. */
export const plan = (key: Key, ids: Ids, command: Command): Promise<string | undefined> => transaction(async (client) => {
  const { organizationId, paymentRequestId } = key;
  await client.query("SELECT 1 FROM payment WHERE organization_id = $1 AND payment_request_id = $2 FOR UPDATE", [organizationId, paymentRequestId]);
  await client.query("INSERT INTO organization (organization_id) VALUES ($1) ON CONFLICT DO NOTHING", [organizationId]);
  const paused = await client.query("SELECT 1 FROM account_pause WHERE organization_id = $1 AND merchant_id = $2 AND paused_until > now()", [organizationId, command.merchantId]);
  const declines = await client.query<{ number: string }>("SELECT count(*) AS number FROM decline WHERE organization_id = $1 AND user_id = $2 AND happened_at > now() - interval '1 hour'", [organizationId, command.userId]);
  const blocked = await client.query("SELECT 1 FROM blocked_instrument WHERE organization_id = $1 AND merchant_id = $2 AND payment_instrument_id = $3", [organizationId, command.merchantId, command.paymentInstrumentId]);
  await client.query("INSERT INTO document (organization_id, document_id, limit_minor) VALUES ($1, $2, $3) ON CONFLICT (organization_id, document_id) DO UPDATE SET limit_minor = greatest($3, document.taken_minor)", [organizationId, command.orderId, command.totalMinor]);
  const taken = await client.query<{ minor: string }>("SELECT coalesce(sum(taken_minor), 0) AS minor FROM payment WHERE organization_id = $1 AND document_id = $2", [organizationId, command.orderId]);
  const isOver = command.amountMinor > Math.min(command.openMinor, command.totalMinor - Number(taken.rows[0]?.minor));
  const reason = paused.rowCount !== 0 ? "account_paused" : Number(declines.rows[0]?.number) >= 10 ? "too_many_declines" : blocked.rowCount !== 0 ? "instrument_blocked" : isOver ? "amount_above_open" : undefined;
  const { billTo, lines, ...frozen } = command;
  await client.query("UPDATE payment SET command = $3, document_id = $4, taken_minor = $5, is_open = $6, author_name = $7, revision = revision + 1 WHERE organization_id = $1 AND payment_request_id = $2",
    [organizationId, paymentRequestId, JSON.stringify(frozen), command.orderId, reason === undefined ? command.amountMinor : 0, reason === undefined, command.userName]);
  await client.query("UPDATE effect SET kind = $2, state = $3 WHERE effect_id = $1 AND state = 'claiming'", [ids.effectId, command.isSale ? "sale" : "authorization", reason === undefined ? "planned" : "refused"]);
  await noteEvent(client, key, { kind: reason ?? "read_ok", effectId: ids.effectId });
  if (reason !== undefined) return reason;
  await client.query("INSERT INTO attempt (effect_id, attempt, merchant_reference, transaction_id) VALUES ($1, 1, $2, $3)", [ids.effectId, ids.reference, ids.transactionId]);
  await client.query("INSERT INTO detail (organization_id, payment_request_id, sealed) VALUES ($1, $2, $3)", [organizationId, paymentRequestId, seal({ billTo, lines })]);
  await client.query("UPDATE document SET taken_minor = taken_minor + $3 WHERE organization_id = $1 AND document_id = $2", [organizationId, command.orderId, command.amountMinor]);
  return undefined;
});

/** The compare-and-set before the bytes: who loses it does not send. */
export const markSent = (key: Key, ids: Ids): Promise<boolean> => transaction(async (client) => {
  const { rowCount } = await client.query("UPDATE effect SET state = 'sent', sent_at = now() WHERE effect_id = $1 AND state = 'planned'", [ids.effectId]);
  if (rowCount === 0) return false;
  await client.query("UPDATE payment SET revision = revision + 1 WHERE organization_id = $1 AND payment_request_id = $2", [key.organizationId, key.paymentRequestId]);
  await noteEvent(client, key, { kind: "send", effectId: ids.effectId });
  return true;
});

/** What came back, and the job to show it in Dataverse. Returns the payment's revision. */
export const recordOutcome = (key: Key, ids: Ids, command: Command, outcome: Outcome): Promise<number> => transaction(async (client) => {
  const { organizationId, paymentRequestId } = key;
  await client.query("UPDATE effect SET state = $2, request_id = $3, facts = $4 WHERE effect_id = $1 AND state = 'sent'", [ids.effectId, outcome.status, outcome.requestId ?? null, JSON.stringify(outcome)]);
  const captured = outcome.status === "approved" && command.isSale ? command.amountMinor : 0;
  const { rows } = await client.query<{ revision: number }>("UPDATE payment SET is_open = $3, captured_minor = $4, taken_minor = $5, revision = revision + 1 WHERE organization_id = $1 AND payment_request_id = $2 RETURNING revision",
    [organizationId, paymentRequestId, outcome.status === "unknown", captured, outcome.status === "declined" ? 0 : command.amountMinor]);
  if (outcome.status === "declined") {
    await client.query("UPDATE document SET taken_minor = taken_minor - $3 WHERE organization_id = $1 AND document_id = $2", [organizationId, command.orderId, command.amountMinor]);
    await client.query("INSERT INTO decline (organization_id, user_id, happened_at) VALUES ($1, $2, now())", [organizationId, command.userId]);
  }
  await noteEvent(client, key, { kind: outcome.status, effectId: ids.effectId, body: outcome });
  await client.query("INSERT INTO job (kind, organization_id, payment_request_id, due_at, leased_until) VALUES ('project', $1, $2, now(), now() + interval '15 seconds') ON CONFLICT DO NOTHING", [organizationId, paymentRequestId]);
  if (outcome.status !== "unknown") await client.query("DELETE FROM detail WHERE organization_id = $1 AND payment_request_id = $2", [organizationId, paymentRequestId]);
  await client.query("DELETE FROM job WHERE kind = 'advance' AND organization_id = $1 AND payment_request_id = $2", [organizationId, paymentRequestId]);
  return rows[0]?.revision ?? 0;
});

export async function capturedOf(organizationId: string, documentId: string): Promise<number> {
  const { rows } = await pool.query<{ minor: string }>("SELECT coalesce(sum(captured_minor), 0) AS minor FROM payment WHERE organization_id = $1 AND document_id = $2", [organizationId, documentId]);
  return Number(rows[0]?.minor);
}

export const markProjected = (key: Key, revision: number): Promise<void> => transaction(async (client) => {
  await client.query("UPDATE payment SET projected_revision = greatest(projected_revision, $3) WHERE organization_id = $1 AND payment_request_id = $2", [key.organizationId, key.paymentRequestId, revision]);
  await client.query("DELETE FROM job WHERE kind = 'project' AND organization_id = $1 AND payment_request_id = $2", [key.organizationId, key.paymentRequestId]);
});
