// What the relay says on rows, in the reader's language. A row has one text and many readers, so it is English, and translated where it is shown.
// What has no translation is shown as it stands.
import { GERMAN, GERMAN_DEEDS, GERMAN_OF_DEEDS } from "./said.de.ts";

export function saidIn(locale: string, text: string): string {
  return locale.startsWith("de") ? GERMAN[text] ?? ofDeed(locale, text) ?? text : text;
}

function ofDeed(locale: string, text: string): string | undefined {
  for (const [pattern, german] of GERMAN_OF_DEEDS) {
    const found = pattern.exec(text);
    if (found !== null) return german.replace("{0}", deedIn(locale, found[1] ?? "")).replace("{1}", found[2] ?? "");
  }
  return undefined;
}

/** "sale of 6031.00 USD"; the digits after the point are the currency's own and stay. */
function deedIn(locale: string, deed: string): string {
  const [, kind = "", amount, currency = ""] = /^(.*?)(?: of (-?\d+(?:\.\d+)?) ([A-Z]{3}))?$/.exec(deed) ?? [];
  const word = GERMAN_DEEDS[kind] ?? kind;
  if (amount === undefined) return word;
  const digits = (amount.split(".")[1] ?? "").length;
  return `${word} über ${new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(Number(amount))} ${currency}`;
}
