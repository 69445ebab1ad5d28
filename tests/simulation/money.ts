// Amounts as Cybersource's stand-in keeps them (ten-thousandths), as Dataverse does (numbers), and in minor units, where sums are made.
const DIGITS: Readonly<Record<string, number>> = { USD: 2, EUR: 2, GBP: 2, JPY: 0, KWD: 3 };
export const digitsOf = (currency: string): number => DIGITS[currency] ?? 2;
export const minorOfTenThousandths = (value: bigint, currency: string): bigint => value / 10n ** BigInt(4 - digitsOf(currency));
export const tenThousandthsOfMinor = (minor: bigint, currency: string): bigint => minor * 10n ** BigInt(4 - digitsOf(currency));
export const minorOfNumber = (value: unknown, currency: string): bigint => BigInt(Math.round(Number(value ?? 0) * 10 ** digitsOf(currency)));
