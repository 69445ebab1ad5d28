// Money between minor units and Dataverse's decimal columns. JSON numbers of up to 15 significant digits survive every parser exactly;
// longer amounts are refused before anything is sent.
import { parseMoney, toDecimalText, type Money } from "../../domain/money.ts";

const DIGITS_MAX = 15;

/** Can it be written exactly? */
export const isWritable = (money: Money): boolean => (money.minor < 0n ? -money.minor : money.minor).toString().length <= DIGITS_MAX;

/** The JSON number; `isWritable` was asked before. */
export const toColumn = (money: Money | undefined): number | null => (money === undefined ? null : Number(toDecimalText(money)));

/** The amount, or undefined when it is missing or does not fit the currency. */
export function fromColumn(text: string | undefined, currency: string | undefined): Money | undefined {
  if (text === undefined || currency === undefined) return undefined;
  const parsed = parseMoney(text, currency);
  return parsed.ok ? parsed.value : undefined;
}
