// How far reports were read, in memory. Held to the SQL by tests/ledger.
import { isMoneyOut, isUndo } from "../../domain/payment/effect.ts";
import type { ReportsLedger } from "../../ports/reports-ledger.ts";
import { keyOf, type MemoryTables } from "./memory-tables.ts";

export function reportsOver(tables: MemoryTables): ReportsLedger {
  return {
    readingOf: async ({ organizationId, merchantId, beginAt }) => {
      const key = keyOf(organizationId, merchantId);
      const reading = tables.readings.get(key) ?? { readFrom: beginAt, readUntil: beginAt };
      tables.readings.set(key, reading);
      return reading;
    },
    saveReading: async ({ organizationId, merchantId, readFrom, readUntil }) => {
      const standing = tables.readings.get(keyOf(organizationId, merchantId));
      if (standing !== undefined && standing.readUntil < readUntil) tables.readings.set(keyOf(organizationId, merchantId), { readFrom, readUntil });
    },
    paymentsInDoubt: async ({ organizationId, after, limit }) => tables.intents.values()
      .filter((intent) => intent.organizationId === organizationId && intent.paymentRequestId > after)
      .filter((intent) => intent.effects.some((effect) => effect.state === "unknown" && !isUndo(effect) && (effect.kind === "capture" || isMoneyOut(effect))))
      .map((intent) => intent.paymentRequestId).sort().slice(0, limit),
  };
}
