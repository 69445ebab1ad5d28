// Expiry as people type or paste it: every usual way ends in two digits of the month and two of the year.
import { describe, expect, test } from "@jest/globals";
import { leaveMonth, typeMonth, typeYear, type Expiry } from "../../pcf-controls/card-picker/CardPicker/expiry.ts";

const NOTHING: Expiry = { expiryMonth: "", expiryYear: "" };

/** Key by key, going on in the year's box as soon as the month's is done. */
function typed(keys: string): string {
  let now = NOTHING;
  let isInYear = false;
  for (const key of keys) {
    if (isInYear) { now = typeYear(now, now.expiryYear + key); continue; }
    const { isYearNext, ...expiry } = typeMonth(now, now.expiryMonth + key);
    now = expiry;
    isInYear = isYearNext;
  }
  return `${leaveMonth(now.expiryMonth)}/${now.expiryYear}`;
}

describe("typed on in the month's box", () => {
  test.each([["12/31", "12/31"], ["1231", "12/31"], ["1/31", "01/31"], ["12/2031", "12/31"], ["122031", "12/31"], ["5-31", "05/31"], ["531", "05/31"], ["12.31", "12/31"], ["12x", "12/"], ["5", "05/"]])("%s is %s", (keys, expected) => {
    expect(typed(keys)).toBe(expected);
  });
});

describe("pasted", () => {
  test.each([["12/31", "12", "31"], [" 12 / 2031 ", "12", "31"], ["1231", "12", "31"], ["122031", "12", "31"], ["01-27", "01", "27"]])("%p into the month's box is %s and %s", (text, month, year) => {
    expect(typeMonth(NOTHING, text)).toMatchObject({ expiryMonth: month, expiryYear: year, isYearNext: true });
  });
  test("into the year's box it fills both", () => { expect(typeYear(NOTHING, "03/29")).toEqual({ expiryMonth: "03", expiryYear: "29" }); });
});

test("a month alone leaves the year and the cursor where they are", () => {
  expect(typeMonth({ expiryMonth: "", expiryYear: "31" }, "12")).toEqual({ expiryMonth: "12", expiryYear: "31", isYearNext: false });
  expect(typeMonth({ expiryMonth: "1", expiryYear: "31" }, "1/")).toEqual({ expiryMonth: "01", expiryYear: "31", isYearNext: true });
});

test.each([["2", "2"], ["20", "20"], ["203", "203"], ["2031", "31"], ["314", "31"], ["3a1", "31"]])("a year typed as %s stands as %s", (text, year) => { expect(typeYear(NOTHING, text).expiryYear).toBe(year); });
test.each([["1", "01"], ["9", "09"], ["0", "0"], ["12", "12"], ["", ""]])("a month of %p is left as %p", (month, left) => { expect(leaveMonth(month)).toBe(left); });
