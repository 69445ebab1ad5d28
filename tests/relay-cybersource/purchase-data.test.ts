// What level II and III data take of what is written on products, units and documents.
import { describe, expect, test } from "@jest/globals";
import { commodityCodeFor, invoiceNumberFor, unitFor } from "../../plugin-proxy/src/cybersource/purchase-data.ts";

describe("a commodity code", () => {
  test.each([
    ["31181500", "31181500"], ["31.18.15.00", "31181500"], [" 8413-70 ", "841370"], ["ab12", "ab12"], ["123456789012", "123456789012"],
  ])("%p goes as %s", (text, sent) => { expect(commodityCodeFor(text)).toBe(sent); });

  test.each([["longer than processors take: a part of a code is another code", "1234567890123"], ["with other signs", "31_18"], ["not in ASCII", "größe"], ["all zeros", "0000"], ["empty", " - "], ["missing", undefined]])("%s is left out", (_name, text) => {
    expect(commodityCodeFor(text)).toBeUndefined();
  });
});

describe("a unit of measure", () => {
  test.each([
    ["Set", "Set"], ["Primary Unit", "Primary Unit"], ["Stück", "Stuck"], ["m²", "m2"], ["Pallet of twelve", "Pallet of tw"], ["  Box  of 6", "Box of 6"], ["Dozen eggs  (free range)", "Dozen eggs ("],
  ])("%p goes as %p", (text, sent) => { expect(unitFor(text)).toBe(sent); });

  test.each([["個"], ["000"], [" "], [undefined]])("%p is left out", (text) => { expect(unitFor(text)).toBeUndefined(); });
});

test.each([["INV-1007", "INV-1007"], ["INV-01000-C7L8M2", "INV-01000-C7L8M"], ["Réf 12", "Rf 12"], ["0000", undefined], ["", undefined], [undefined, undefined]])("the invoice %p is named by %p: what any processor takes", (text, sent) => {
  expect(invoiceNumberFor(text)).toBe(sent);
});
