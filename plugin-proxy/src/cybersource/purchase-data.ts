// What level II and III data take of a text. Nothing of it ever stops a capture: numbers and names are cut, a code is whole or left out.
// Lengths by processor: developer.cybersource.com/docs/cybs/en-us/api-fields/reference, the page of each field.

/** The shortest that any processor takes of an order's number; all zeros or nines are none (payments guide). */
const ORDER_NUMBER_MAX = 17;
/** Visa Platform Connect; others take 23. */
const INVOICE_NUMBER_MAX = 15;
/** Some take three characters of a Mastercard's line and shorten it themselves. */
const UNIT_MAX = 12;
/** All but two processors, which take 15 and 35. */
const COMMODITY_CODE_MAX = 12;

/** Letters lose their accents; what is not ASCII even then is left out. */
const plain = (text: string): string => text.normalize("NFKD").replace(/[^ -~]/g, "").replace(/ +/g, " ").trim();

function numberFor(text: string, length: number): string | undefined {
  const number = text.replace(/[^ -~]/g, "").trim().slice(0, length).trim();
  return /^(?:0*|9+)$/.test(number) ? undefined : number;
}

export const orderNumberFor = (text: string): string | undefined => numberFor(text, ORDER_NUMBER_MAX);
export const invoiceNumberFor = (text: string | undefined): string | undefined => (text === undefined ? undefined : numberFor(text, INVOICE_NUMBER_MAX));

/** The unit's name; all zeros are refused (item_#_unitOfMeasure). */
export function unitFor(name: string | undefined): string | undefined {
  const unit = plain(name ?? "").slice(0, UNIT_MAX).trim();
  return /^0*$/.test(unit) ? undefined : unit;
}

/** Letters and digits only (item_#_commodityCode): 43.21.15-03 is 43211503. A part of a code is another code, so a longer one is left out. */
export function commodityCodeFor(text: string | undefined): string | undefined {
  const code = (text ?? "").replace(/[ ./-]/g, "");
  return /^[A-Za-z0-9]+$/.test(code) && code.length <= COMMODITY_CODE_MAX && !/^0+$/.test(code) ? code : undefined;
}
