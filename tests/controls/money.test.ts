// The browser's money: what is typed is either exactly an amount of the currency or refused, in every format.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { exponentOf } from "../../plugin-proxy/src/domain/money.ts";
import { digitsOf, formatAmount, parseAmount, parseTyped, toCountryCode, toDecimalText, toStateCode, toTypedText } from "../../pcf-controls/shared/src/index.ts";

describe("amounts are exact", () => {
  const currency = fc.constantFrom("USD", "EUR", "JPY", "KWD", "UGX");
  const locale = fc.constantFrom("en-US", "de-DE", "fr-FR", "de-CH", "hi-IN", "pt-PT");
  const minor = fc.bigInt({ min: 0n, max: 99_999_999_999n });

  test("decimal text leads back to the same minor units", () => {
    fc.assert(fc.property(minor, currency, (amount, code) => { expect(parseAmount(toDecimalText(amount, code), code)).toBe(amount); }));
  });
  test("what an input shows is read as what it shows, in every format", () => {
    fc.assert(fc.property(minor, currency, locale, (amount, code, format) => { expect(parseTyped(toTypedText(amount, code, format), code, format)).toBe(amount); }));
  });
  test("the shown amount has the currency's own number of digits", () => {
    fc.assert(fc.property(minor, currency, (amount, code) => { expect(formatAmount(amount, code, "en-US").split(".")[1]?.length ?? 0).toBe(digitsOf(code)); }));
  });

  test("every currency has the digits that the relay gives it", () => {
    for (const code of [...Intl.supportedValuesOf("currency"), "CLF", "UYW"]) expect([code, digitsOf(code)]).toEqual([code, exponentOf(code)]);
  });

  test.each([
    ["0,123", "USD", "en-US", undefined],     ["1.234,56", "EUR", "es-ES", 123_456n], ["1234,56", "EUR", "es-ES", 123_456n], ["1.23,56", "EUR", "es-ES", undefined], ["1.234", "EUR", "es-ES", 123_400n],
    ["1,240.00", "USD", "en-US", 124_000n], ["1240", "USD", "en-US", 124_000n], ["1.240,5", "EUR", "de-DE", 124_050n], ["1,24", "USD", "en-US", undefined], ["1.24", "EUR", "de-DE", undefined],
    ["12,50", "EUR", "de-DE", 1_250n], ["10.005", "USD", "en-US", undefined], ["10.50", "JPY", "en-US", undefined], ["10.00", "JPY", "en-US", 10n], ["1.234", "KWD", "en-US", 1_234n],
    ["-5", "USD", "en-US", undefined], ["1e3", "USD", "en-US", undefined], ["", "USD", "en-US", undefined], ["5.", "USD", "en-US", undefined], ["1,2345.00", "USD", "en-US", undefined],
  ])("%p %s in %s is %p", (text, code, format, expected) => { expect(parseTyped(text, code, format)).toBe(expected); });
});

describe("addresses as people write them", () => {
  test.each([["USA", "US"], ["United States", "US"], ["us", "US"], ["Deutschland", "DE"], ["Germany", "DE"], ["UK", "GB"], ["Atlantis", ""], ["", ""]])("country %p is %p", (text, code) => { expect(toCountryCode(text, "de-DE")).toBe(code); });
  test.each([["California", "US", "CA"], ["ca", "US", "CA"], ["Quebec", "CA", "QC"], ["Bayern", "US", ""], ["Bayern", "DE", "Bayern"], ["A very long name of a province", "FR", "A very long name of "]])("state %p in %s is %p", (text, country, code) => { expect(toStateCode(text, country)).toBe(code); });
});
