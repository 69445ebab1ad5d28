// Brands by number range and the Luhn check (ISO/IEC 7812). Codes are Cybersource's card type codes.
export interface Brand {
  readonly name: string;
  readonly brandedName: string;
  readonly code: string;
}
const BRANDS: readonly (readonly [RegExp, Brand])[] = [
  [/^4/, { name: "visa", brandedName: "Visa", code: "001" }],
  [/^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, { name: "mastercard", brandedName: "Mastercard", code: "002" }],
  [/^3[47]/, { name: "amex", brandedName: "American Express", code: "003" }],
  [/^6(011|4[4-9]|5)/, { name: "discover", brandedName: "Discover", code: "004" }],
  [/^3(0[0-5]|[68])/, { name: "dinersclub", brandedName: "Diners Club", code: "005" }],
  [/^35/, { name: "jcb", brandedName: "JCB", code: "007" }],
];
export const brandOf = (number: string): Brand | undefined => BRANDS.find(([range]) => range.test(number))?.[1];

export function isLuhnValid(number: string): boolean {
  const sum = Array.from(number).reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return number.length >= 12 && sum % 10 === 0;
}
