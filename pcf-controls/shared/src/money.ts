// Amounts in the browser: bigint minor units, decimal text only where it is read or shown. Dataverse gives money as a number with at most
// four decimals; its shortest text is exact for every amount an order can have. Exponents: ISO 4217, the relay's table in domain/money.ts.
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
};

export const digitsOf = (currency: string): number => EXPONENTS[currency] ?? 2;

/** Decimal text with a point, as the Web API writes it, or undefined when it is not an amount of this currency. */
export function parseAmount(text: string, currency: string): bigint | undefined {
  const match = /^(\d{1,12})(?:\.(\d{0,4}))?$/.exec(text);
  if (match === null) return undefined;
  const digits = digitsOf(currency);
  const fraction = (match[2] ?? "").padEnd(digits, "0");
  if (/[^0]/.test(fraction.slice(digits))) return undefined;
  return BigInt(`${match[1] ?? ""}${fraction.slice(0, digits)}`);
}

interface Separators { readonly group: string; readonly decimal: string }
function separatorsOf(locale: string): Separators {
  const parts = new Intl.NumberFormat(locale, { minimumFractionDigits: 1 }).formatToParts(1_234_567.5);
  const find = (type: string, fallback: string): string => parts.find((part) => part.type === type)?.value ?? fallback;
  return { group: find("group", ","), decimal: find("decimal", ".") };
}

/** What a person typed in the user's own format. Groups must stand where groups stand: "1,24" is not 124 and is refused where the comma groups. */
export function parseTyped(text: string, currency: string, locale: string): bigint | undefined {
  const { group, decimal } = separatorsOf(locale);
  const parts = text.trim().split(decimal);
  const [whole = "", fraction] = parts;
  if (parts.length > 2 || fraction === "") return undefined;
  const isSpace = /\s/.test(group);
  const digits = isSpace ? whole.replace(/\s/g, "") : whole.split(group).join("");
  if (!/^\d{1,12}$/.test(digits)) return undefined;
  // Spanish and others leave four digits ungrouped; people group them all the same.
  const grouped = /^[1-9]\d{3}$/.test(digits) ? `${digits.slice(0, 1)}${group}${digits.slice(1)}` : new Intl.NumberFormat(locale).format(BigInt(digits));
  const isAsGrouped = isSpace ? grouped.replace(/\s/g, " ") === whole.replace(/\s/g, " ") : grouped === whole;
  if (digits !== whole && !isAsGrouped) return undefined;
  return parseAmount(fraction === undefined ? digits : `${digits}.${fraction}`, currency);
}

export function toDecimalText(minor: bigint, currency: string): string {
  const digits = digitsOf(currency);
  const text = minor.toString().padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** For an input: no currency, the user's own separators. */
export function toTypedText(minor: bigint, currency: string, locale: string): string {
  const [whole = "0", fraction] = toDecimalText(minor, currency).split(".");
  const grouped = new Intl.NumberFormat(locale).format(BigInt(whole));
  return fraction === undefined ? grouped : `${grouped}${separatorsOf(locale).decimal}${fraction}`;
}

/** For people: "$1,240.00" in the user's own format. */
export function formatAmount(minor: bigint, currency: string, locale: string): string {
  const digits = digitsOf(currency);
  const sign = minor < 0n ? "-" : "";
  const parts = new Intl.NumberFormat(locale, { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).formatToParts(0);
  const [whole = "0", fraction = ""] = toDecimalText(minor < 0n ? -minor : minor, currency).split(".");
  const grouped = new Intl.NumberFormat(locale).format(BigInt(whole));
  return sign + parts.map((part) => (part.type === "integer" ? grouped : part.type === "fraction" ? fraction : part.value)).join("");
}
