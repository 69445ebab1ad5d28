// Reads answers leniently: an unknown word or a missing member is never an exception (a decline must not hide behind a parse error).
import { parseMoney, type Money } from "../domain/money.ts";

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
/** A whole number beyond what numbers hold exactly is not what was written. */
export const textOf = (value: unknown): string | undefined =>
  (typeof value === "string" && value !== "" ? value : typeof value === "number" && (Number.isSafeInteger(value) || !Number.isInteger(value)) ? String(value) : undefined);

export const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((current, name) => (isRecord(current) ? current[name] : undefined), value);
export const textAt = (value: unknown, ...path: readonly string[]): string | undefined => textOf(at(value, ...path));
export const listAt = (value: unknown, ...path: readonly string[]): readonly unknown[] => { const found = at(value, ...path); return Array.isArray(found) ? found : []; };

export function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What an answer says of an amount, with the currency that stands beside it (`currency` where none does): nothing, an amount, or what nobody can read. */
export function saidMoney(value: unknown, amountPath: readonly string[], currency: string): Money | "unreadable" | undefined {
  const [said, beside] = [at(value, ...amountPath), at(value, ...amountPath.slice(0, -1), "currency")];
  if (said === undefined || said === null || said === "") return undefined;
  return moneyAt(value, amountPath, beside === undefined || beside === null || beside === "" ? currency : textOf(beside)) ?? "unreadable";
}

/** Currency is echoed in lower case by some services. */
export function moneyAt(value: unknown, amountPath: readonly string[], currency: string | undefined): Money | undefined {
  const text = textAt(value, ...amountPath);
  if (text === undefined || currency === undefined) return undefined;
  const parsed = parseMoney(text, currency.toUpperCase());
  return parsed.ok ? parsed.value : undefined;
}
