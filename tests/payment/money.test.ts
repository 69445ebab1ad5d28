// Money: exact at the edges, closed inside. Laws over all amounts; a table where currencies differ.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { add, exponentOf, parseMoney, subtract, toDecimalText } from "../../plugin-proxy/src/domain/money.ts";

const currencies = fc.constantFrom("USD", "EUR", "JPY", "KWD", "CLF", "ISK");
const minors = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n });

describe("decimal text", () => {
  test.each([
    ["1240", "USD", 124_000n], ["1240.00", "USD", 124_000n], ["1240.0000", "USD", 124_000n], ["0.01", "USD", 1n], ["-5.5", "USD", -550n],
    ["68000", "JPY", 68_000n], ["68000.0000", "JPY", 68_000n], ["1.234", "KWD", 1_234n],
  ] as const)("%s %s is %s minor units", (text, currency, minor) => {
    expect(parseMoney(text, currency)).toEqual({ ok: true, value: { minor, currency } });
  });

  test.each([["10.005", "USD", "too_precise"], ["10.50", "JPY", "too_precise"], ["1e3", "USD", "not_an_amount"], ["1,000", "USD", "not_an_amount"], ["", "USD", "not_an_amount"], ["1", "usd", "not_an_amount"], ["9999999999999999", "USD", "not_an_amount"]] as const)(
    "%s %s is refused as %s, never rounded", (text, currency, error) => { expect(parseMoney(text, currency)).toEqual({ ok: false, error }); });

  test("what is written is read back as the same amount", () => {
    fc.assert(fc.property(minors, currencies, (minor, currency) => {
      expect(parseMoney(toDecimalText({ minor, currency }), currency)).toEqual({ ok: true, value: { minor, currency } });
    }));
  });

  test("it always has the currency's digits", () => {
    fc.assert(fc.property(minors, currencies, (minor, currency) => {
      expect((toDecimalText({ minor, currency }).split(".")[1] ?? "").length).toBe(exponentOf(currency));
    }));
  });

  test("a merchant's own exponent comes first", () => {
    expect(toDecimalText({ minor: 1_000n, currency: "ISK" }, { ISK: 2 })).toBe("10.00");
  });
});

describe("sums", () => {
  test("what is added can be taken away again", () => {
    fc.assert(fc.property(minors, minors, (left, right) => {
      const sum = add({ minor: left, currency: "USD" }, { minor: right, currency: "USD" });
      expect(subtract(sum, { minor: right, currency: "USD" })).toEqual({ minor: left, currency: "USD" });
    }));
  });

  test("two currencies are a bug", () => {
    expect(() => add({ minor: 1n, currency: "USD" }, { minor: 1n, currency: "EUR" })).toThrow("two currencies");
  });
});
