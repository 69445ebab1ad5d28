// Rows that follow the ledger: allocations, credit memos, what is noted on payments and saved cards. Written over by their keys, so that
// repeating is harmless.
import { creditMemoTable, paymentAllocationTable, paymentMethodTable, paymentTable, paymentTransactionTable, refundRequestTable, salesOrderTable } from "@cybs/schema";
import type { StandingRow } from "../../domain/notify/rows.ts";
import { toColumn } from "./money-columns.ts";
import { REASON } from "./refund-request.ts";
import { invoice } from "./standard-tables.ts";
import type { Change } from "../write-batch.ts";
import { bind, bindCurrency, bindCustomer, bindOwner, dateValue, textValue, type Row } from "./write-values.ts";

/** An upsert for rows of ours; an update only where the row is made elsewhere. */
export function toStandingChange(row: StandingRow): Change {
  const update = { "If-Match": "*" };
  switch (row.table) {
    case "allocation": return { method: "PATCH", path: `${paymentAllocationTable.entitySetName}(${row.id})`, body: allocation(row) };
    case "credit_memo": return { method: "PATCH", path: `${creditMemoTable.entitySetName}(${row.id})`, body: creditMemo(row) };
    case "transaction_note": return {
      method: "PATCH", path: `${paymentTransactionTable.entitySetName}(${row.effectId})`, headers: update,
      body: { [paymentTransactionTable.columns.reason]: textValue(row.reason, paymentTransactionTable.maxLengths.reason), [paymentTransactionTable.columns.agentText]: textValue(row.agentText, paymentTransactionTable.maxLengths.agentText) },
    };
    case "payment_note": return { method: "PATCH", path: `${paymentTable.entitySetName}(${row.paymentId})`, body: { [paymentTable.columns.expiryWarnedOn]: dateValue(row.expiryWarnedOn) }, headers: update };
    case "saved_card": return { method: "PATCH", path: `${paymentMethodTable.entitySetName}(${row.paymentMethodId})`, body: savedCard(row), headers: update };
  }
}

function allocation(row: Extract<StandingRow, { table: "allocation" }>): Row {
  const { columns, navigation, choices } = paymentAllocationTable;
  return {
    [columns.amount]: toColumn(row.amount), [columns.refundedAmount]: toColumn(row.refunded), [columns.state]: row.state === "applied" ? choices.state.applied : choices.state.reversed,
    [columns.revision]: row.revision, ...bind(navigation.paymentId, paymentTable.entitySetName, row.paymentId), ...bind(navigation.invoiceId, invoice.entitySetName, row.invoiceId),
    ...bind(navigation.salesOrderId, salesOrderTable.entitySetName, row.salesOrderId), ...bindCurrency(row.currencyId), ...bindOwner(row.owner),
  };
}

function creditMemo(row: Extract<StandingRow, { table: "credit_memo" }>): Row {
  const { columns, navigation, choices } = creditMemoTable;
  const { memo } = row;
  return {
    [columns.amount]: toColumn(memo.amount), [columns.state]: choices.state[memo.state], [columns.issuedOn]: dateValue(memo.issuedOn),
    ...(memo.reasonCode === undefined ? {} : { [columns.reasonCode]: REASON[memo.reasonCode] }),
    ...bind(navigation.paymentId, paymentTable.entitySetName, row.paymentId), ...bind(navigation.paymentTransactionId, paymentTransactionTable.entitySetName, row.transactionId),
    ...bind(navigation.refundRequestId, refundRequestTable.entitySetName, memo.refundRequestId), ...bind(navigation.invoiceId, invoice.entitySetName, memo.invoiceId),
    ...bind(navigation.salesOrderId, salesOrderTable.entitySetName, memo.salesOrderId),
    ...bindCustomer({ account: navigation.customerIdAccount, contact: navigation.customerIdContact }, row.customer), ...bindCurrency(row.currencyId), ...bindOwner(row.owner),
  };
}

function savedCard(row: Extract<StandingRow, { table: "saved_card" }>): Row {
  const { columns, choices, maxLengths } = paymentMethodTable;
  return {
    ...(row.isDefault === undefined ? {} : { [columns.isDefault]: row.isDefault }),
    ...(row.nickname === undefined ? {} : { [columns.nickname]: textValue(row.nickname, maxLengths.nickname) }),
    ...(row.state === undefined ? {} : { [columns.state]: choices.state[row.state] }),
    ...(row.details === undefined ? {} : {
      [columns.name]: textValue(`${row.details.brand} •••• ${row.details.lastFour ?? "????"}`, maxLengths.name), [columns.lastFour]: row.details.lastFour ?? null,
      [columns.expiryMonth]: row.details.expirationMonth ?? null, [columns.expiryYear]: row.details.expirationYear ?? null,
    }),
    ...(row.mergeState === undefined ? {} : { [columns.mergeState]: row.mergeState === "none" ? choices.mergeState.none : choices.mergeState.toConfirm }),
  };
}
