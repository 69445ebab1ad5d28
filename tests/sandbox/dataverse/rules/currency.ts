// Currencies: who names none gets his own, then the organization's. The rate is taken over when money or the currency changes; every money
// column has its value in the base currency beside it. Source: learn.microsoft.com/power-apps/developer/data-platform/transaction-currency-currency-entity
import { DataverseError } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import { referenceId, type Row, type Value } from "../store/rows.ts";
import type { Change, RuleContext } from "./change.ts";

export const asNumber = (value: Value): number => (typeof value === "number" ? value : 0);
/** Rounded half up, as decimals are, not as their binary neighbours. */
export const roundTo = (value: number, digits: number): number => Math.sign(value) * Number(`${Math.round(Number(`${Math.abs(value)}e${digits}`)) || 0}e-${digits}`);
export const toMoney = (value: number): number => (Math.abs(value) < 1e15 ? Number(value.toFixed(4)) : value);

const idOf = (value: Value): string | undefined => referenceId(value);

function defaultCurrency({ organization, caller }: RuleContext): string | undefined {
  const own = idOf(organization.store.get("usersettings", caller.userId)?.["transactioncurrencyid"]);
  return own ?? idOf(organization.store.get("organization", organization.id)?.["basecurrencyid"]);
}

/** A currency has none itself, and who has no currency of his own uses the organization's. */
const NO_DEFAULT = new Set(["transactioncurrency", "usersettings", "organization", "businessunit", "team"]);
const isMoney = (table: Table, name: string): boolean => table.columns.get(name)?.type === "Money";

const hasMoney = (table: Table, row: Row): boolean => [...table.columns.values()].some((column) => column.type === "Money" && column.baseOf === undefined && (row[column.name] ?? null) !== null);

/** Gives the row its currency and rate. A currency cannot be taken away while there is money. */
export function settleCurrency(context: RuleContext, { table, before, row, changed }: Change): void {
  if (!table.columns.has("transactioncurrencyid") || NO_DEFAULT.has(table.name)) return;
  if (changed?.includes("transactioncurrencyid") === true && row["transactioncurrencyid"] === null && hasMoney(table, row)) throw new DataverseError(400, "0x80048cfb", "The currency cannot be null.");
  const id = idOf(row["transactioncurrencyid"]) ?? defaultCurrency(context);
  if (id === undefined) return;
  row["transactioncurrencyid"] = { id, table: "transactioncurrency" };
  const isFresh = before === undefined || changed === undefined || changed.some((name) => name === "transactioncurrencyid" || isMoney(table, name));
  if (isFresh || (row["exchangerate"] ?? null) === null) row["exchangerate"] = context.organization.store.get("transactioncurrency", id)?.["exchangerate"] ?? 1;
  if (context.organization.switches.moneyRoundsToCurrency) roundAll(context, table, row, id);
}

function roundAll({ organization }: RuleContext, table: Table, row: Row, currencyId: string): void {
  const digits = asNumber(organization.store.get("transactioncurrency", currencyId)?.["currencyprecision"]);
  for (const column of table.columns.values()) {
    const value = row[column.name];
    if (column.type === "Money" && column.baseOf === undefined && typeof value === "number") row[column.name] = roundTo(value, digits);
  }
}

/** Writes every `x_base`: the amount divided by the rate, rounded to the base currency's digits. */
export function settleBase({ organization }: RuleContext, table: Table, row: Row): void {
  const rate = asNumber(row["exchangerate"]) || 1;
  const baseId = idOf(organization.store.get("organization", organization.id)?.["basecurrencyid"]);
  const digits = asNumber(organization.store.get("transactioncurrency", baseId ?? "")?.["currencyprecision"] ?? 2);
  for (const column of table.columns.values()) {
    if (column.baseOf === undefined) continue;
    const value = row[column.baseOf];
    row[column.name] = typeof value === "number" ? roundTo(value / rate, digits) : null;
  }
}

const BASE_RATE = "The exchange rate of the base currency cannot be modified.";

/** The base currency keeps its rate and stays active; ISO codes are unique. */
export function guardCurrency({ organization }: RuleContext, { table, before, row, changed }: Change): void {
  if (table.name !== "transactioncurrency") return;
  const isBase = before !== undefined && idOf(organization.store.get("organization", organization.id)?.["basecurrencyid"]) === row[table.id];
  if (isBase && changed?.includes("exchangerate") === true && row["exchangerate"] !== 1) throw new DataverseError(400, "0x80048cf5", BASE_RATE);
  if (isBase && changed?.includes("statecode") === true && row["statecode"] === 1) throw new DataverseError(400, "0x80048cf4", "The base currency cannot be deactivated.");
  const isTaken = [...organization.store.all(table.name)].some((other) => other[table.id] !== row[table.id] && other["isocurrencycode"] === row["isocurrencycode"]);
  if (isTaken) throw new DataverseError(400, "0x80048cf3", "Cannot insert duplicate currency record. Currency with the same currency code already exist in the system.");
}
