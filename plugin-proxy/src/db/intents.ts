// Intents and their effects as rows: columns for what the database enforces or queries, the rest as exact JSON.
import { fromExactJson, toExactJson } from "../domain/exact-json.ts";
import { asPaymentRequestId, type MerchantReference, type OrganizationId, type PaymentRequestId } from "../domain/ids.ts";
import { captureReservations, type CaptureReservation } from "../domain/payment/capture-reservations.ts";
import { needsAttention } from "../domain/payment/derive-status.ts";
import { deriveSums, exposureOf } from "../domain/payment/derive-sums.ts";
import { OPEN_STATES, type Effect } from "../domain/payment/effect.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { Row, Sql } from "./database.ts";

/** Locks the intent's row until the transaction ends. */
export async function loadIntent(sql: Sql, organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<Intent | undefined> {
  const locked = sql.query("intent-load", "select body, revision from intent where organization_id = $1 and payment_request_id = $2 for update", [organizationId, paymentRequestId]);
  // Asked for in the same breath, executed after the lock is ours.
  const owned = sql.query("effect-load", "select body from effect where organization_id = $1 and payment_request_id = $2 order by position", [organizationId, paymentRequestId]);
  const [{ rows: [row] }, { rows }] = await Promise.all([locked, owned]);
  return row === undefined ? undefined : toIntent(row, rows.map((effect) => String(effect["body"])));
}

/** From the row's `body` and `revision`, and the bodies of its effects in order. */
export function toIntent(row: Row, effects: readonly string[]): Intent {
  const intent = fromExactJson(String(row["body"])) as Omit<Intent, "effects" | "revision">;
  // Bodies written before payments could be changed have no commands.
  return { ...intent, commands: (intent as Partial<Intent>).commands ?? [], revision: Number(row["revision"]), effects: effects.map((effect) => fromExactJson(effect) as Effect) };
}

export async function findByReference(sql: Sql, organizationId: OrganizationId, reference: MerchantReference): Promise<PaymentRequestId | undefined> {
  const { rows: [row] } = await sql.query("intent-by-reference", "select effect.payment_request_id from attempt join effect using (effect_id) where attempt.merchant_reference = $2 and effect.organization_id = $1", [organizationId, reference]);
  return row === undefined ? undefined : asPaymentRequestId(String(row["payment_request_id"]));
}

function columnsOf(intent: Intent): readonly unknown[] {
  const sums = deriveSums(intent);
  const { command } = intent;
  const main = mainEffect(intent);
  const isOpen = command !== undefined && OPEN_STATES.includes(main.state);
  const body = toExactJson({ ...intent, effects: undefined, revision: undefined });
  return [
    intent.organizationId, intent.paymentRequestId, intent.paymentId, command?.document.kind ?? null, command?.document.id ?? null, exposureOf(intent),
    sums.authorized - sums.reversed, sums.captured, sums.refunded, isOpen, main.state === "unknown", needsAttention(intent), command?.author.fullName ?? "", intent.claimedAt, intent.revision, body,
  ];
}

/** The founding row of a payment, by one of its later rows or by the payment itself. */
export async function founderOf(sql: Sql, organizationId: OrganizationId, of: Parameters<LedgerTransaction["founderOf"]>[1]): Promise<PaymentRequestId | undefined> {
  const { rows: [row] } = "commandId" in of
    ? await sql.query("founder-of-command", "select payment_request_id from command where organization_id = $1 and command_id = $2", [organizationId, of.commandId])
    : await sql.query("founder-of-payment", "select payment_request_id from intent where organization_id = $1 and payment_id = $2", [organizationId, of.paymentId]);
  return row === undefined ? undefined : asPaymentRequestId(String(row["payment_request_id"]));
}

/** Only a claim that was never decided can go: its effect has no attempts and its row no command. */
export async function dropClaim(sql: Sql, intent: Intent): Promise<void> {
  await sql.write("claim-drop-effect", "delete from effect where organization_id = $1 and payment_request_id = $2 and state = 'claiming'", [intent.organizationId, intent.paymentRequestId], { mustMeet: true });
  await sql.write("claim-drop", "delete from intent where organization_id = $1 and payment_request_id = $2 and revision = $3", [intent.organizationId, intent.paymentRequestId, intent.revision], { mustMeet: true });
}

const COLUMNS = "organization_id, payment_request_id, payment_id, document_kind, document_id, exposure_minor, authorized_minor, captured_minor, refunded_minor, is_open, is_unknown, needs_attention, author_name, claimed_at, revision, body";

/** Intent and effects in one statement: both or neither, also without a transaction. */
export async function insertIntent(sql: Sql, intent: Intent): Promise<boolean> {
  const { effects } = intent;
  const { count } = await sql.query("intent-insert",
    `with begun as (insert into intent (${COLUMNS}) select $1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16 where not exists (select 1 from command where organization_id = $1 and command_id = $2) on conflict do nothing returning organization_id, payment_request_id)
    insert into effect (effect_id, organization_id, payment_request_id, position, kind, state, undoes, target, body)
    select given.effect_id, begun.organization_id, begun.payment_request_id, given.position, given.kind, given.state, given.undoes, given.target, given.body
    from begun, unnest($17::text[], $18::integer[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[]) as given (effect_id, position, kind, state, undoes, target, body)`,
    [...columnsOf(intent), effects.map((effect) => effect.effectId), effects.map((_, position) => position), effects.map((effect) => effect.kind), effects.map((effect) => effect.state),
      effects.map((effect) => effect.undoes ?? null), effects.map((effect) => effect.targetRequestId ?? ""), effects.map(toExactJson)]);
  if (count === 0) return false;
  for (const effect of effects) await insertAttempts(sql, effect, 0);
  return true;
}

async function insertEffect(sql: Sql, intent: Intent, effect: Effect, position: number): Promise<void> {
  await sql.write("effect-insert", "insert into effect (effect_id, organization_id, payment_request_id, position, kind, state, undoes, target, body) values ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
    [effect.effectId, intent.organizationId, intent.paymentRequestId, position, effect.kind, effect.state, effect.undoes ?? null, effect.targetRequestId ?? "", toExactJson(effect)]);
  await insertAttempts(sql, effect, 0);
}

async function insertAttempts(sql: Sql, effect: Effect, from: number): Promise<void> {
  for (const attempt of effect.attempts.slice(from)) {
    await sql.write("attempt-insert", "insert into attempt (effect_id, attempt, merchant_reference, transaction_id) values ($1,$2,$3,$4)", [effect.effectId, attempt.attempt, attempt.merchantReference, attempt.transactionId]);
  }
}

export async function saveIntent(sql: Sql, before: Intent, after: Intent, isReserving: boolean): Promise<void> {
  await sql.write("intent-save",
    "update intent set payment_id = $3, document_kind = $4, document_id = $5, exposure_minor = $6, authorized_minor = $7, captured_minor = $8, refunded_minor = $9, is_open = $10, is_unknown = $11, needs_attention = $12, author_name = $13, claimed_at = $14, revision = $15, body = $16 where organization_id = $1 and payment_request_id = $2 and revision = $17", [...columnsOf(after), before.revision], { mustMeet: true });
  for (const [position, effect] of after.effects.entries()) {
    const old = before.effects[position];
    if (old === undefined) await insertEffect(sql, after, effect, position);
    else if (old !== effect) await updateEffect(sql, old, effect);
  }
  const known = new Set(before.commands.map((command) => command.commandId));
  for (const { commandId } of after.commands.filter((command) => !known.has(command.commandId))) {
    await sql.write("command-insert", "insert into command (organization_id, command_id, payment_request_id) values ($1,$2,$3)", [after.organizationId, commandId, after.paymentRequestId]);
  }
  await moveReservation(sql, before, after, isReserving);
  for (const moved of captureReservations(before, after)) await moveCapture(sql, after, moved, isReserving);
}

/** The compare-and-set: the row must still be in the state that was decided on. */
async function updateEffect(sql: Sql, old: Effect, effect: Effect): Promise<void> {
  await sql.write("effect-save", "update effect set kind = $2, state = $3, body = $4, undoes = $6, target = $7 where effect_id = $1 and state = $5", [effect.effectId, effect.kind, effect.state, toExactJson(effect), old.state, effect.undoes ?? null, effect.targetRequestId ?? ""], { mustMeet: true });
  await insertAttempts(sql, effect, old.attempts.length);
}

async function moveReservation(sql: Sql, before: Intent, after: Intent, isReserving: boolean): Promise<void> {
  const { command } = after;
  if (command === undefined) return;
  const delta = exposureOf(after) - (before.command === undefined ? 0n : exposureOf(before));
  if (delta === 0n) return;
  const limit = isReserving ? "document.limit_minor" : "greatest(document.limit_minor, document.taken_minor + $5)";
  await sql.write(isReserving ? "document-reserve" : "document-move",
    `insert into document (organization_id, kind, document_id, currency, taken_minor, limit_minor) values ($1,$2,$3,$4,$5,greatest($5::bigint, 0)) on conflict (organization_id, kind, document_id) do update set taken_minor = document.taken_minor + $5, limit_minor = ${limit}`,
    [after.organizationId, command.document.kind, command.document.id, command.amount.currency, delta]);
}

/** A wish to give back may not exceed what was captured; a refund that was found is a fact and raises it. */
async function moveCapture(sql: Sql, intent: Intent, moved: CaptureReservation, isReserving: boolean): Promise<void> {
  const limit = isReserving ? "$4" : "greatest($4::bigint, capture.given_back_minor + $5)";
  await sql.write(isReserving ? "capture-reserve" : "capture-move",
    `insert into capture (effect_id, organization_id, payment_request_id, captured_minor, given_back_minor) values ($1,$2,$3,$4,$5) on conflict (effect_id) do update set given_back_minor = capture.given_back_minor + $5, captured_minor = ${limit}`,
    [moved.effectId, intent.organizationId, intent.paymentRequestId, moved.capturedMinor, moved.deltaMinor]);
}
