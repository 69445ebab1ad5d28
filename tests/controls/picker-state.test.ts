// The card picker's rules: what the button does, and the first thing that stands in its way.
import { describe, expect, test } from "@jest/globals";
import { mergeHolders } from "../../pcf-controls/card-picker/CardPicker/prefill.ts";
import { canPay, checkInput, cleanText, firstChoice, initialState, isExpiryGood, NO_HOLDER, openAmount, requiredFields, type OrderFacts, type PickerState, type SavedCard } from "../../pcf-controls/card-picker/CardPicker/state.ts";

const order: OrderFacts = { table: "salesorder", id: "o", number: "ORD-1", customerName: "Fabrikam", customerId: "c", total: 124_000n, paid: 20_000n, inProgress: 4_000n, currency: "USD", currencyId: "u", isClosed: false };
const holder = { firstname: "Ana", lastname: "Lund", line1: "1 Market St", city: "San Francisco", stateorprovince: "CA", postalcode: "94105", country: "US", emailaddress: "ana@example.com" };
const card = (id: string, more: Partial<SavedCard> = {}): SavedCard => ({ id, brand: "Visa", lastFour: "1111", expiry: "12/31", isDefault: false, isUsable: true, isExpired: false, ...more });
const ready: PickerState = { ...initialState, phase: "ready", order, amountText: "1,000.00", holder, expiryMonth: "12", expiryYear: "31", entry: { status: "ready" } };
const now = new Date("2026-11-24T12:00:00Z");
const check = (change: Partial<PickerState>): string => { const result = checkInput({ ...ready, ...change }, now, "en-US"); return result.ok ? "ok" : `${result.key}:${result.field}`; };

describe("the first thing that is missing is named, with its input", () => {
  test.each<[string, Partial<PickerState>, string]>([
    ["everything is there", {}, "ok"],
    ["no amount", { amountText: "" }, "AmountWrong:amount"],
    ["zero", { amountText: "0.00" }, "AmountWrong:amount"],
    ["a cent more than is open", { amountText: "1,000.01" }, "AmountAboveOpen:amount"],
    ["an expired card", { expiryYear: "25" }, "ExpiryWrong:expiry"],
    ["no street", { holder: { ...holder, line1: " " } }, "FieldMissing:line1"],
    ["no state in the United States", { holder: { ...holder, stateorprovince: "" } }, "FieldMissing:stateorprovince"],
    ["no state in Germany", { holder: { ...holder, stateorprovince: "", postalcode: "", country: "DE" } }, "ok"],
    ["an address for receipts that is none", { holder: { ...holder, emailaddress: "ana" } }, "EmailWrong:emailaddress"],
    ["a saved card needs no cardholder", { choice: "card-1", holder: NO_HOLDER, expiryMonth: "" }, "ok"],
  ])("%s", (_name, change, expected) => { expect(check(change)).toBe(expected); });
});

test("what is open is the total less what is paid and what is in progress, never below zero", () => {
  expect(openAmount(order)).toBe(100_000n);
  expect(openAmount({ ...order, paid: 200_000n })).toBe(0n);
});

test("the default card comes first, then any that can be used, then a new one", () => {
  expect(firstChoice([card("a"), card("b", { isDefault: true })])).toBe("b");
  expect(firstChoice([card("a", { isUsable: false, isDefault: true }), card("b")])).toBe("b");
  expect(firstChoice([card("a", { isUsable: false })])).toBe("new");
});

test("a new card waits for card entry; a saved card can be sent without it", () => {
  const failed: PickerState = { ...ready, entry: { status: "failed", message: "blocked" } };
  expect([canPay(ready), canPay(failed), canPay({ ...failed, choice: "card-1" }), canPay({ ...ready, phase: "sending" })]).toEqual([true, false, true, false]);
});

test.each([["12", "31", true], ["1", "27", true], ["11", "26", true], ["10", "26", false], ["13", "30", false], ["00", "30", false], ["12", "2031", false], ["12", "60", false]])("expiry %s/%s good: %p", (month, year, expected) => {
  expect(isExpiryGood(month, year, now)).toBe(expected);
});

test("characters that break a call are no part of an address", () => { expect(cleanText(" 1 <b>Market</b>\u0000\n St ")).toBe("1 b Market /b St"); });
test("only countries with address verification by state ask for one", () => { expect(requiredFields("US")).toContain("stateorprovince"); expect(requiredFields("DE")).not.toContain("stateorprovince"); });

test("an address is taken whole from one source", () => {
  const merged = mergeHolders([{ ...NO_HOLDER, firstname: "Ana", lastname: "Lund" }, { ...NO_HOLDER, line1: "2 Side St", city: "Graz", country: "AT", emailaddress: "a@b.at" }, holder]);
  expect(merged).toEqual({ ...NO_HOLDER, firstname: "Ana", lastname: "Lund", line1: "2 Side St", city: "Graz", country: "AT", emailaddress: "a@b.at" });
});
