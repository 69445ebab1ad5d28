// Does a text contain something that looks like a card number? Issuer range, length and check digit must all fit (ISO/IEC 7812).
// Used on free text and unknown members only. People write numbers in groups and put the expiry behind them, so every
// sequence of whole groups is tried; ids and hashes (UUID, long hex) are no groups of digits and are left out.
const INVISIBLE = /[\u00ad\u200b-\u200d\u2060\ufeff]/g;
const IDS = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b(?=[0-9]*[a-f])[0-9a-f]{32,}\b/gi;
const RUN = /\d(?:[\s\-._/*]{0,3}\d){12,}/g;
const FIRST_DIGITS = "23456";
const LENGTH_MIN = 13;
const LENGTH_MAX = 19;
// Visa, Mastercard, American Express, Discover, Diners, JCB, Maestro, UnionPay with their lengths.
const RANGES: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^4/, [13, 16, 19]], [/^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, [16]], [/^3[47]/, [15]], [/^6(011|4[4-9]|5)/, [16, 17, 18, 19]],
  [/^3(0[0-5]|[68])/, [14, 16, 17, 18, 19]], [/^35/, [16, 17, 18, 19]], [/^(50|5[6-9]|6[0-9])/, [13, 14, 15, 16, 17, 18, 19]], [/^62/, [16, 17, 18, 19]],
];

/** Linear in the text: each run of digits is walked once, each group starts at most 19 candidates. */
export function containsPan(text: string): boolean {
  const plain = text.normalize("NFKC").replace(INVISIBLE, "").replace(IDS, " ");
  for (const [run] of plain.matchAll(RUN)) {
    const groups = run.match(/\d+/g) ?? [];
    if (groups.some((group, start) => FIRST_DIGITS.includes(group[0] ?? "") && startsPan(groups, start))) return true;
  }
  return false;
}

function startsPan(groups: readonly string[], start: number): boolean {
  let number = "";
  for (let index = start; index < groups.length && number.length < LENGTH_MAX; index++) {
    number += groups[index] ?? "";
    if (number.length >= LENGTH_MIN && isPan(number)) return true;
  }
  return false;
}

const isPan = (number: string): boolean => RANGES.some(([range, lengths]) => range.test(number) && lengths.includes(number.length)) && isLuhnValid(number);

function isLuhnValid(number: string): boolean {
  let sum = 0;
  for (let index = 0; index < number.length; index++) {
    const value = Number(number[number.length - 1 - index]) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
