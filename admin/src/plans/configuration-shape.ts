// What promote carries: configuration that belongs to the business, named by words that are the same everywhere (names, codes), never by ids.
// Tables that an environment does not have yet are left out; credentials are no part of it.
import { merchantAccountTable, refundLimitTable } from "@cybs/schema";

export interface ConfigurationTable {
  readonly table: string;
  readonly entitySet: string;
  readonly primaryId: string;
  /** Columns that together name a row, in words. */
  readonly key: readonly string[];
  /** Lookup column → how its target is named. */
  readonly lookups: Readonly<Record<string, { readonly nav: string; readonly entitySet: string; readonly primaryId: string; readonly name: string }>>;
}
const unit = { entitySet: "businessunits", primaryId: "businessunitid", name: "name" };
const currency = { entitySet: "transactioncurrencies", primaryId: "transactioncurrencyid", name: "isocurrencycode" };
const user = { entitySet: "systemusers", primaryId: "systemuserid", name: "domainname" };

const M = merchantAccountTable;
const L = refundLimitTable;
/** In the order in which they can be written. A table of a later version joins here with one entry. */
export const CONFIGURATION: readonly ConfigurationTable[] = [
  {
    table: M.logicalName, entitySet: M.entitySetName, primaryId: M.primaryId, key: [M.lookupValues.businessUnitId, M.lookupValues.transactionCurrencyId, M.columns.environment],
    lookups: { [M.lookupValues.businessUnitId]: { nav: M.navigation.businessUnitId, ...unit }, [M.lookupValues.transactionCurrencyId]: { nav: M.navigation.transactionCurrencyId, ...currency } },
  },
  {
    table: L.logicalName, entitySet: L.entitySetName, primaryId: L.primaryId, key: [L.columns.name],
    lookups: { [L.lookupValues.businessUnitId]: { nav: L.navigation.businessUnitId, ...unit }, [L.lookupValues.systemUserId]: { nav: L.navigation.systemUserId, ...user }, [L.lookupValues.transactionCurrencyId]: { nav: L.navigation.transactionCurrencyId, ...currency } },
  },
];

/** One row in words: lookups are the target's names. */
export interface ConfigurationRow { readonly table: string; readonly key: string; readonly values: Readonly<Record<string, string | number | boolean | null>> }

const CARRIED = /^cybs_|^_cybs_\w+_value$|^_transactioncurrencyid_value$/;

/** The columns that are configuration: ours, without ids, computed amounts and annotations. */
export function toConfigurationRow(shape: ConfigurationTable, row: Readonly<Record<string, unknown>>, nameOf: (lookup: string, id: string) => string): ConfigurationRow {
  const values: Record<string, string | number | boolean | null> = {};
  for (const name of Object.keys(row).filter((one) => CARRIED.test(one) && !one.includes("@") && one !== shape.primaryId && !one.endsWith("_base")).sort()) {
    const value = row[name];
    if (name.startsWith("_")) { if (shape.lookups[name] !== undefined) values[name] = typeof value === "string" ? nameOf(name, value) : null; continue; }
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") values[name] = value;
  }
  return { table: shape.table, key: keyOf(shape, values), values };
}

export const keyOf = (shape: ConfigurationTable, values: ConfigurationRow["values"]): string => shape.key.map((column) => String(values[column] ?? "")).join(" · ");
export const shapeOf = (table: string): ConfigurationTable | undefined => CONFIGURATION.find((one) => one.table === table);
