// A merchant account's row becomes policies: every choice of every policy, the cautious side where nothing was chosen.
import { describe, expect, test } from "@jest/globals";
import { merchantAccountTable as table } from "@cybs/schema";
import { toMerchantAccounts } from "../../plugin-proxy/src/dataverse/rows/merchant-account.ts";
import { merchantAccountRow } from "./fixtures.ts";

const { columns, choices } = table;
const read = (more: Readonly<Record<string, unknown>> = {}) => toMerchantAccounts({ value: [{ ...merchantAccountRow, ...more }] });

test("what was never chosen is the cautious side, or left to the rule that asks", () => {
  expect(read()).toMatchObject([{ softDeclinePolicy: "ask", partialPolicy: "reverse", creditPolicy: "off", reauthorizePolicy: "ask", invoicePaidPolicy: undefined, releasePolicy: undefined, receiptPolicy: undefined }]);
});

describe("a choice is read as its word", () => {
  test.each([
    [columns.invoicePaidPolicy, choices.invoicePaidPolicy.whenFullyAllocated, { invoicePaidPolicy: "when_fully_allocated" }],
    [columns.invoicePaidPolicy, choices.invoicePaidPolicy.never, { invoicePaidPolicy: "never" }],
    [columns.invoicePaidPolicy, choices.invoicePaidPolicy.alsoPartial, { invoicePaidPolicy: "also_partial" }],
    [columns.releasePolicy, choices.releasePolicy.reverseBeforeExpiry, { releasePolicy: "reverse" }],
    [columns.releasePolicy, choices.releasePolicy.task, { releasePolicy: "task" }],
    [columns.receiptPolicy, choices.receiptPolicy.none, { receiptPolicy: "none" }],
    [columns.receiptPolicy, choices.receiptPolicy.eMailDraft, { receiptPolicy: "email_draft" }],
    [columns.creditPolicy, choices.creditPolicy.allowed, { creditPolicy: "allowed" }],
    [columns.reauthorizePolicy, choices.reauthorizePolicy.authorizeAgainWithConsent, { reauthorizePolicy: "with_consent" }],
  ])("%s = %i", (column, value, expected) => { expect(read({ [column]: value })).toMatchObject([expected]); });
});

test("a money-in policy with a number nobody knows takes the account out", () => {
  expect(read({ [columns.softDeclinePolicy]: 727000099 })).toEqual([]);
});
