// Money is a whole number of minor units and an ISO 4217 currency. Decimal text exists only at the edges.
// Exponents: ISO 4217 table A.1; everything not named has two digits. Dataverse's `currencyprecision` is a display
// setting and is never used (an environment may show JPY with two decimals).
import { err, ok, type Result } from "./result.ts";

export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
};

/** Digits after the decimal point of a currency, with a merchant's own exceptions first (some acquirers treat ISK as two). */
export const exponentOf = (currency: string, overrides: Readonly<Record<string, number>> = {}): number =>
  overrides[currency] ?? EXPONENTS[currency] ?? 2;

const DIGITS_MAX = 15;

/**
 * Reads decimal text ("1240", "1240.00", "1240.0000") exactly. Zeros beyond the currency's digits are allowed, because Dataverse
 * writes four; any other digit there is refused, never rounded (10.005 USD, 10.50 JPY).
 */
export function parseMoney(text: string, currency: string, overrides?: Readonly<Record<string, number>>): Result<Money, "not_an_amount" | "too_precise"> {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text);
  if (match === null || !/^[A-Z]{3}$/.test(currency)) return err("not_an_amount");
  const digits = exponentOf(currency, overrides);
  const fraction = (match[3] ?? "").padEnd(digits, "0");
  if (/[^0]/.test(fraction.slice(digits))) return err("too_precise");
  const whole = `${match[2] ?? ""}${fraction.slice(0, digits)}`;
  if (whole.replace(/^0+/, "").length > DIGITS_MAX) return err("not_an_amount");
  const minor = BigInt(whole);
  return ok({ minor: match[1] === "-" ? -minor : minor, currency });
}

/** Decimal text with exactly the currency's digits: what Cybersource reads ("1240.00", "1240" for JPY). */
export function toDecimalText(money: Money, overrides?: Readonly<Record<string, number>>): string {
  const digits = exponentOf(money.currency, overrides);
  const sign = money.minor < 0n ? "-" : "";
  const text = (money.minor < 0n ? -money.minor : money.minor).toString().padStart(digits + 1, "0");
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export const zero = (currency: string): Money => ({ minor: 0n, currency });

function assertSameCurrency(left: Money, right: Money): void {
  if (left.currency !== right.currency) throw new Error(`money of two currencies: ${left.currency} and ${right.currency}`);
}

/** Sum of two amounts of one currency; two currencies are a bug and throw. */
export function add(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return { minor: left.minor + right.minor, currency: left.currency };
}

/** Difference of two amounts of one currency; two currencies are a bug and throw. */
export function subtract(left: Money, right: Money): Money {
  assertSameCurrency(left, right);
  return { minor: left.minor - right.minor, currency: left.currency };
}

export const isSameMoney = (left: Money, right: Money): boolean => left.currency === right.currency && left.minor === right.minor;
export const isPositive = (money: Money): boolean => money.minor > 0n;
export const atLeastZero = (money: Money): Money => (money.minor < 0n ? zero(money.currency) : money);
