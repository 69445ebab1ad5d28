// Amounts in sentences, written as the language of the sentence writes them: the Web API gives a decimal with at most four places.
import { isGermanUser } from "./words.ts";

export const formattedAmount = (amount: number, currency: string): string => new Intl.NumberFormat(isGermanUser() ? "de-DE" : undefined, { style: "currency", currency }).format(amount);

/** Sum of decimals without their rounding errors: in ten-thousandths, the column's own precision. */
const UNITS = 10_000;
export const sumOf = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + Math.round(amount * UNITS), 0) / UNITS;
