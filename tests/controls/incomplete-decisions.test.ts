// What an operator is offered for a payment that needs somebody: never a decision that could not count.
import { paymentTable, paymentTransactionTable } from "@cybs/schema";
import { expect, test } from "@jest/globals";
import { decisionsFor, isNoteGood, type Incomplete } from "../../pcf-controls/incomplete-payments/IncompletePayments/state.ts";

const { status } = paymentTable.choices;
const { type } = paymentTransactionTable.choices;
const row = (change: Partial<Incomplete>): Incomplete => ({
  id: "p", hasPayment: true, name: "P-1", status: status.unknown, statusName: "Unknown", documentName: "", customerName: "", card: "", currency: "USD", currencyId: undefined, transactionId: "t", transactionType: type.authorization, amount: 100n,
  foundId: undefined, why: undefined, reason: undefined, since: "", nextText: undefined, nextOn: undefined, ...change,
});

test.each<[string, Partial<Incomplete>, readonly string[]]>([
  ["an authorization of which nothing was found", {}, ["ask", "absent", "reverse"]],
  ["one that was found and differs", { foundId: "7000000000000000000001" }, ["ask", "accept", "absent", "reverse"]],
  ["a capture", { transactionType: type.capture }, ["ask", "absent", "void"]],
  ["a refund", { transactionType: type.refund }, ["ask", "absent", "void"]],
  ["a sale", { transactionType: type.sale }, ["ask", "absent", "reverse", "void"]],
  ["a review", { status: status.inReview }, ["ask"]],
  ["a payment without an open step", { transactionId: undefined }, ["ask"]],
])("%s", (_name, change, expected) => { expect(decisionsFor(row(change))).toEqual(expected); });

test.each([["", false], ["ok", false], ["  no  ", false], ["Seen in Business Center.", true]])("a reason of %p is good: %p", (note, isGood) => { expect(isNoteGood(note)).toBe(isGood); });
