// Amounts in sentences: the Web API gives a decimal with at most four places, and beside it the text as the organization formats it.
export const formattedAmount = (amount: number, currency: string): string => new Intl.NumberFormat(undefined, { style: "currency", currency }).format(amount);

/** Sum of decimals without their rounding errors: in ten-thousandths, the column's own precision. */
const UNITS = 10_000;
export const sumOf = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + Math.round(amount * UNITS), 0) / UNITS;
