// Other people's edits and customers' keys, in memory. Held to the SQL by tests/ledger.
import type { CustomerKeys } from "../../ports/customer-keys.ts";
import { OWNED_TABLES, type OwnedRowsLedger } from "../../ports/owned-rows.ts";
import { keyOf, type MemoryTables } from "./memory-tables.ts";

export function ownedRowsOver(tables: MemoryTables): OwnedRowsLedger {
  return {
    positions: async (organizationId) => Object.fromEntries(OWNED_TABLES.flatMap((table) => { const position = tables.positions.get(keyOf(organizationId, table)); return position === undefined ? [] : [[table, position]]; })),
    keepPositions: async (organizationId, positions) => { for (const [table, position] of Object.entries(positions)) tables.positions.set(keyOf(organizationId, table), position); },
    noteRows: async ({ organizationId, paymentRequestId, rowIds }) => { for (const rowId of rowIds) tables.ownedRows.set(keyOf(organizationId, rowId), paymentRequestId); },
    unknownOf: async (organizationId, written) => written.filter(({ paymentId, paymentRequestId }) =>
      tables.payments.has(keyOf(organizationId, paymentId)) && !tables.commands.has(keyOf(organizationId, paymentRequestId)) && !tables.intents.has(keyOf(organizationId, paymentRequestId))),
    behindOf: async (organizationId, shown) => shown.flatMap(({ paymentId, revision }) => {
      const founder = tables.payments.get(keyOf(organizationId, paymentId));
      const intent = founder === undefined ? undefined : tables.intents.get(keyOf(organizationId, founder));
      return intent !== undefined && intent.revision < revision ? [{ paymentRequestId: intent.paymentRequestId, revision }] : [];
    }),
    paymentOfRow: async (organizationId, rowId) => tables.ownedRows.get(keyOf(organizationId, rowId))
      ?? tables.intents.values().find((intent) => intent.organizationId === organizationId && (intent.paymentId === rowId || intent.effects.some((effect) => effect.effectId === rowId)))?.paymentRequestId,
  };
}

export function customerKeysOver(tables: MemoryTables): CustomerKeys {
  const key = ({ organizationId, customerId }: Parameters<CustomerKeys["loadKey"]>[0]): string => keyOf(organizationId, customerId);
  return {
    loadKey: async (owner) => tables.customerKeys.get(key(owner)),
    putKey: async (owner, wrapped) => {
      const standing = tables.customerKeys.get(key(owner)) ?? wrapped;
      tables.customerKeys.set(key(owner), standing);
      return standing;
    },
    replaceKey: async (owner, { old, fresh }) => {
      if (Buffer.from(tables.customerKeys.get(key(owner)) ?? []).equals(Buffer.from(old))) tables.customerKeys.set(key(owner), fresh);
      return tables.customerKeys.get(key(owner));
    },
    throwKeyAway: async (owner, at) => {
      const had = tables.customerKeys.has(key(owner));
      tables.customerKeys.delete(key(owner));
      tables.erasures.set(key(owner), Math.floor(at));
      return had;
    },
    erasedAt: async (owner) => tables.erasures.get(key(owner)),
  };
}
