// What Cybersource accepts of a billing address, per country: some want the state as an ISO code, some refuse it altogether, most need none.
// Lengths are Cybersource's field limits. Nothing is invented: what does not fit is cut or left out, and never blocks the payment.
import type { BillTo, LineItem } from "./command.ts";
import { add, type Money } from "../money.ts";

/** administrativeArea must be left out for these (plugin change logs name them one by one). */
const NO_STATE = new Set(["BO", "GT", "PR", "DO", "CR", "SV"]);
const NEEDS_STATE_AND_POSTAL_CODE = new Set(["US", "CA"]);
/** These take a subdivision only as its ISO 3166-2 code ("CA", "MEX", "15"); a name there is refused, so it is left out. */
const WANTS_STATE_CODE = new Set(["US", "CA", "CL", "PA", "EC", "CO", "PE", "MX"]);
const LIMITS = { firstName: 60, lastName: 60, company: 60, line1: 60, line2: 60, city: 50, stateOrProvince: 20, postalCode: 10, country: 2, email: 255, telephone: 15 } as const;

/** Printable ASCII with single spaces inside: most texts are this, and nothing has to be done to them. */
const TIDY = /^[!-;=?-~]+(?: [!-;=?-~]+)*$/;

/** Control characters break signatures and calls; the rest of Unicode is Cybersource's business. */
const clean = (text: string, length: number): string | undefined => {
  if (text === "") return undefined;
  if (text.length <= length && TIDY.test(text)) return text;
  const tidy = text.replace(/[\p{Cc}<>]/gu, " ").replace(/\s+/g, " ").trim();
  const cut = Array.from(tidy).slice(0, length).join("").trim();
  return cut === "" ? undefined : cut;
};

function stateFor(country: string, text: string | undefined): string | undefined {
  if (text === undefined || NO_STATE.has(country)) return undefined;
  if (!WANTS_STATE_CODE.has(country)) return text;
  const code = text.toUpperCase().replace(new RegExp(`^${country}-`), "");
  return /^[A-Z0-9]{1,3}$/.test(code) ? code : undefined;
}

/** The address as it is sent: cleaned, cut, with a state only where the country takes one. A name of one or two letters is completed from the other. */
export function billToFor(billTo: BillTo): BillTo {
  const fields = Object.fromEntries(Object.entries(LIMITS).map(([name, length]) => [name, clean(billTo[name as keyof BillTo] ?? "", length)])) as BillTo;
  const country = fields.country !== undefined && /^[A-Z]{2}$/.test(fields.country) ? fields.country : undefined;
  const state = country === undefined ? undefined : stateFor(country, fields.stateOrProvince);
  const lastName = (fields.lastName ?? "").length > 1 ? fields.lastName : fields.lastName ?? fields.firstName ?? fields.company;
  return { ...fields, country, stateOrProvince: state, lastName, firstName: fields.firstName ?? lastName, telephone: clean((billTo.telephone ?? "").replace(/[^\d+]/g, ""), LIMITS.telephone) };
}

/** What a form must ask for before a payment from this country can pass address verification. */
export function missingFields(billTo: BillTo): readonly (keyof BillTo)[] {
  const always: readonly (keyof BillTo)[] = ["firstName", "lastName", "line1", "city", "country", "email"];
  const more: readonly (keyof BillTo)[] = NEEDS_STATE_AND_POSTAL_CODE.has(billTo.country ?? "") ? ["stateOrProvince", "postalCode"] : [];
  return [...always, ...more].filter((name) => clean(billTo[name] ?? "", 500) === undefined);
}

const LINES_MAX = 98;

/** Lines whose sum is the amount, or none: a sum that is off by a cent would make the gateway refuse the whole payment. */
export function linesFor(lines: readonly LineItem[], amount: Money): readonly LineItem[] {
  if (lines.length === 0 || lines.length > LINES_MAX) return [];
  if (lines.some((line) => line.unitPrice.currency !== amount.currency || (line.tax !== undefined && line.tax.currency !== amount.currency) || line.quantity <= 0 || !Number.isInteger(line.quantity))) return [];
  const zero: Money = { minor: 0n, currency: amount.currency };
  const sum = lines.reduce((total, line) => add(add(total, { ...line.unitPrice, minor: line.unitPrice.minor * BigInt(line.quantity) }), line.tax ?? zero), zero);
  return sum.minor === amount.minor ? lines : [];
}

/**
 * The lines of a partial capture: each line's share of the amount, in whole minor units that add up to it exactly (largest remainders get the
 * odd cents). None where the lines are not of the amount's currency or are too many.
 */
export function shareOfLines(lines: readonly LineItem[], amount: Money): readonly LineItem[] {
  const priced = lines.map((line) => ({ line, tax: line.tax?.minor ?? 0n, gross: line.unitPrice.minor * BigInt(Math.round(line.quantity * 1_000)) / 1_000n + (line.tax?.minor ?? 0n) }));
  const total = priced.reduce((sum, { gross }) => sum + gross, 0n);
  if (lines.length === 0 || lines.length > LINES_MAX || total <= 0n || amount.minor > total || lines.some((line) => line.unitPrice.currency !== amount.currency) || priced.some(({ gross }) => gross < 0n)) return [];
  const shares = priced.map((one) => ({ ...one, share: (one.gross * amount.minor) / total, rest: (one.gross * amount.minor) % total }));
  let left = amount.minor - shares.reduce((sum, { share }) => sum + share, 0n);
  const favoured = new Set([...shares].sort((one, other) => (one.rest > other.rest ? -1 : one.rest < other.rest ? 1 : 0)).filter(() => left-- > 0n));
  return shares.flatMap((one) => {
    const gross = one.share + (favoured.has(one) ? 1n : 0n);
    const tax = one.gross === 0n ? 0n : (one.tax * gross) / one.gross;
    return gross === 0n ? [] : [{ ...one.line, quantity: 1, unitPrice: { ...amount, minor: gross - tax }, ...(one.line.tax === undefined ? {} : { tax: { ...amount, minor: tax } }) }];
  });
}
