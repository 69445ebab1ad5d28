// What is sent of a billing address, country by country; nothing a person typed may stop a payment or break a signature.
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { billToFor, linesFor, missingFields } from "../../plugin-proxy/src/domain/payment/address-policy.ts";
import { usd } from "./calls.ts";

describe("The state", () => {
  test.each(["BO", "GT", "PR", "DO", "CR", "SV"])("is left out for %s", (country) => { expect(billToFor({ country, stateOrProvince: "XX" }).stateOrProvince).toBeUndefined(); });
  test.each([["US", "ca", "CA"], ["US", "US-CA", "CA"], ["MX", "MEX", "MEX"], ["CL", "RM", "RM"], ["PE", "Lima Province", undefined], ["CO", "Antioquia", undefined], ["DE", "Bayern", "Bayern"]])("for %s, %s becomes %s", (country, text, sent) => {
    expect(billToFor({ country, stateOrProvince: text }).stateOrProvince).toBe(sent);
  });
  test("is cut to twenty characters where any text goes", () => { expect(billToFor({ country: "GB", stateOrProvince: "a".repeat(30) }).stateOrProvince).toHaveLength(20); });
});

test.each([["US", ["stateOrProvince", "postalCode"]], ["CA", ["stateOrProvince", "postalCode"]], ["IE", []], ["HK", []]])("in %s a form asks for %j beyond the usual", (country, more) => {
  expect(missingFields({ firstName: "A", lastName: "Bo", line1: "1", city: "C", country, email: "a@b.c" })).toEqual(more);
});

test("a short last name is completed, a missing one is taken from the rest", () => {
  expect(billToFor({ firstName: "Nancy" }).lastName).toBe("Nancy");
  expect(billToFor({ company: "Fabrikam" })).toMatchObject({ firstName: "Fabrikam", lastName: "Fabrikam" });
});

test("a telephone number keeps its digits, however it was written", () => { expect(billToFor({ telephone: "+1 (415) 555 - 0100 ext" }).telephone).toBe("+14155550100"); });
test("a country that is no ISO code is left out", () => { expect(billToFor({ country: "Germany" }).country).toBeUndefined(); });

test("whatever is typed, what is sent has no control character and fits", () => {
  const LIMITS: Readonly<Record<string, number>> = { firstName: 60, lastName: 60, company: 60, line1: 60, line2: 60, city: 50, stateOrProvince: 20, postalCode: 10, country: 2, email: 255, telephone: 15 };
  const address = fc.record(Object.fromEntries(Object.keys(LIMITS).map((name) => [name, fc.option(fc.string({ unit: "binary", maxLength: 300 }), { nil: undefined })])));
  fc.assert(fc.property(address, (typed) => {
    for (const [name, text] of Object.entries(billToFor(typed) as Record<string, string | undefined>)) {
      if (text === undefined) continue;
      expect(text).not.toMatch(/[\p{Cc}<>]/u);
      expect(text.trim()).not.toBe("");
      expect(Array.from(text).length).toBeLessThanOrEqual(LIMITS[name] ?? 0);
    }
  }));
});

test("lines of another currency, of no whole quantity, or too many, are left out", () => {
  const line = { name: "Thing", quantity: 1, unitPrice: usd(100n) };
  expect(linesFor([line], usd(100n))).toHaveLength(1);
  expect(linesFor([{ ...line, unitPrice: { minor: 100n, currency: "EUR" } }], usd(100n))).toEqual([]);
  expect(linesFor([{ ...line, tax: { minor: 0n, currency: "EUR" } }], usd(100n))).toEqual([]);
  expect(linesFor([{ ...line, quantity: 0.5 }], usd(50n))).toEqual([]);
  expect(linesFor(Array.from({ length: 99 }, () => line), usd(9_900n))).toEqual([]);
});
