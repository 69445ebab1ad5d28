// Intents in memory under the constraints of the schema: one open effect a payment, one open undo a target, ids used once for ever,
// a document never overdrawn, and every save a compare-and-set.
import type { DocumentRef } from "../../domain/payment/command.ts";
import { needsAttention } from "../../domain/payment/derive-status.ts";
import { deriveSums, exposureOf } from "../../domain/payment/derive-sums.ts";
import { isOpen, OPEN_STATES, type Effect } from "../../domain/payment/effect.ts";
import { mainEffect, type Intent } from "../../domain/payment/intent.ts";
import type { OrganizationId, PaymentRequestId } from "../../domain/ids.ts";
import { captureReservations } from "../../domain/payment/capture-reservations.ts";
import { LedgerConflict, type DocumentClaim, type LedgerTransaction } from "../../ports/ledger.ts";
import { keyOf, type MemoryTables } from "./memory-tables.ts";
import type { UndoMap } from "./undo-map.ts";

const CLAIMS_MAX = 500;
const intentKey = (intent: Pick<Intent, "organizationId" | "paymentRequestId">): string => keyOf(intent.organizationId, intent.paymentRequestId);
const documentKey = (organizationId: OrganizationId, document: DocumentRef): string => keyOf(organizationId, document.kind, document.id);

function takeOnce(taken: UndoMap<true>, id: string, constraint: string): void {
  if (taken.has(id)) throw new LedgerConflict(constraint);
  taken.set(id, true);
}

/** The partial unique indexes of the schema. */
function checkOpenEffects(effects: readonly Effect[]): void {
  const open = effects.filter(isOpen);
  if (open.filter((effect) => effect.undoes === undefined && effect.state !== "claiming").length > 1) throw new LedgerConflict("one_open_effect");
  const targets = open.filter((effect) => effect.undoes !== undefined && effect.state !== "claiming").map((effect) => keyOf(effect.undoes ?? "", effect.targetRequestId ?? ""));
  if (new Set(targets).size < targets.length) throw new LedgerConflict("one_open_undo");
}

function takeIds(tables: MemoryTables, before: Effect | undefined, effect: Effect): void {
  if (before === undefined) takeOnce(tables.effectIds, effect.effectId, "effect_pkey");
  for (const attempt of effect.attempts.slice(before?.attempts.length ?? 0)) {
    takeOnce(tables.merchantReferences, attempt.merchantReference, "attempt_merchant_reference_key");
    takeOnce(tables.transactionIds, attempt.transactionId, "attempt_transaction_id_key");
  }
}

function indexDocument(tables: MemoryTables, intent: Intent): void {
  if (intent.command === undefined) return;
  const key = documentKey(intent.organizationId, intent.command.document);
  const known = tables.byDocument.get(key) ?? [];
  if (!known.includes(intentKey(intent))) tables.byDocument.set(key, [...known, intentKey(intent)]);
}

export function insertIntent(tables: MemoryTables, intent: Intent): boolean {
  const key = intentKey(intent);
  if (tables.intents.has(key) || tables.commands.has(key)) return false;
  for (const effect of intent.effects) takeIds(tables, undefined, effect);
  checkOpenEffects(intent.effects);
  tables.intents.set(key, intent);
  tables.payments.set(keyOf(intent.organizationId, intent.paymentId), intent.paymentRequestId);
  indexDocument(tables, intent);
  return true;
}

export const founderOf = (tables: MemoryTables, organizationId: OrganizationId, of: Parameters<LedgerTransaction["founderOf"]>[1]): PaymentRequestId | undefined =>
  ("commandId" in of ? tables.commands.get(keyOf(organizationId, of.commandId)) : tables.payments.get(keyOf(organizationId, of.paymentId)));

export function dropClaim(tables: MemoryTables, intent: Intent): void {
  const stored = tables.intents.get(intentKey(intent));
  if (stored?.revision !== intent.revision || stored.effects.length !== 1 || stored.effects[0]?.state !== "claiming") throw new LedgerConflict(`claim ${intent.paymentRequestId} is no longer there`);
  tables.intents.delete(intentKey(intent));
  tables.payments.delete(keyOf(intent.organizationId, intent.paymentId));
  for (const effect of stored.effects) tables.effectIds.delete(effect.effectId);
}

export function saveIntent(tables: MemoryTables, before: Intent, after: Intent, isReserving: boolean): void {
  const stored = tables.intents.get(intentKey(after));
  if (stored?.revision !== before.revision) throw new LedgerConflict(`intent ${after.paymentRequestId} is no longer at revision ${before.revision}`);
  for (const [position, effect] of after.effects.entries()) {
    const old = before.effects[position];
    if (old === effect) continue;
    if (old !== undefined && stored.effects[position]?.state !== old.state) throw new LedgerConflict(`effect ${effect.effectId} is no longer ${old.state}`);
    takeIds(tables, old, effect);
  }
  checkOpenEffects(after.effects);
  tables.intents.set(intentKey(after), after);
  indexDocument(tables, after);
  const known = new Set(before.commands.map((command) => command.commandId));
  for (const { commandId } of after.commands.filter((command) => !known.has(command.commandId))) {
    const commandKey = keyOf(after.organizationId, commandId);
    if (tables.commands.has(commandKey)) throw new LedgerConflict("command_pkey");
    tables.commands.set(commandKey, after.paymentRequestId);
  }
  moveReservation(tables, { before, after, isReserving });
  for (const { effectId, capturedMinor, deltaMinor } of captureReservations(before, after)) {
    const givenBackMinor = (tables.captures.get(effectId)?.givenBackMinor ?? 0n) + deltaMinor;
    if (isReserving && givenBackMinor > capturedMinor) throw new LedgerConflict("capture_not_overdrawn");
    tables.captures.set(effectId, { givenBackMinor, capturedMinor: givenBackMinor > capturedMinor ? givenBackMinor : capturedMinor });
  }
}

function moveReservation(tables: MemoryTables, move: { readonly before: Intent; readonly after: Intent; readonly isReserving: boolean }): void {
  const { before, after } = move;
  if (after.command === undefined) return;
  const delta = exposureOf(after) - (before.command === undefined ? 0n : exposureOf(before));
  if (delta === 0n) return;
  const key = documentKey(after.organizationId, after.command.document);
  const document = tables.documents.get(key) ?? { limitMinor: delta > 0n ? delta : 0n, takenMinor: 0n };
  const takenMinor = document.takenMinor + delta;
  if (move.isReserving && takenMinor > document.limitMinor) throw new LedgerConflict("document_not_overdrawn");
  tables.documents.set(key, { takenMinor, limitMinor: takenMinor > document.limitMinor ? takenMinor : document.limitMinor });
}

function toClaim(intent: Intent): DocumentClaim {
  const sums = deriveSums(intent);
  const main = mainEffect(intent);
  return {
    paymentRequestId: intent.paymentRequestId, paymentId: intent.paymentId, exposureMinor: exposureOf(intent), authorizedMinor: sums.authorized - sums.reversed, capturedMinor: sums.captured, refundedMinor: sums.refunded,
    isOpen: OPEN_STATES.includes(main.state), isUnknown: main.state === "unknown", needsAttention: needsAttention(intent), authorName: intent.command?.author.fullName ?? "", since: intent.claimedAt,
  };
}

export function documentClaims(tables: MemoryTables, organizationId: OrganizationId, document: DocumentRef): readonly DocumentClaim[] {
  const keys = tables.byDocument.get(documentKey(organizationId, document)) ?? [];
  return keys.slice(0, CLAIMS_MAX).flatMap((key) => { const intent = tables.intents.get(key); return intent === undefined ? [] : [toClaim(intent)]; });
}

export function lockDocument(tables: MemoryTables, query: Parameters<LedgerTransaction["lockDocument"]>[0]): readonly DocumentClaim[] {
  const key = documentKey(query.organizationId, query.document);
  const takenMinor = tables.documents.get(key)?.takenMinor ?? 0n;
  tables.documents.set(key, { takenMinor, limitMinor: query.limitMinor > takenMinor ? query.limitMinor : takenMinor });
  return documentClaims(tables, query.organizationId, query.document).filter((claim) => claim.paymentRequestId !== query.except);
}
