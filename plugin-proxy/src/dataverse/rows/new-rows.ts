// Rows that the relay makes once: requests of business events, tasks, notifications, drafts. A create under a fixed key, so that a second one
// is told "duplicate" and nothing is made twice.
import { paymentMethodTable, paymentRequestTable, paymentTable, refundRequestTable, salesOrderTable } from "@cybs/schema";
import type { NewRow } from "../../domain/notify/rows.ts";
import type { CustomerRef, DocumentRef } from "../../domain/payment/command.ts";
import { toColumn } from "./money-columns.ts";
import { REASON } from "./refund-request.ts";
import { account, appNotification, contact, email, invoice, systemUser, task } from "./standard-tables.ts";
import { bind, bindCurrency, bindOwner, dateValue, textValue, type Row } from "./write-values.ts";

export interface Creation {
  readonly path: string;
  readonly body: Row;
}

const setOf = (document: DocumentRef): string => (document.kind === "salesorder" ? salesOrderTable.entitySetName : invoice.entitySetName);
const regarding = (document: DocumentRef, activity: "task" | "email"): Row => bind(`regardingobjectid_${document.kind}_${activity}`, setOf(document), document.id);

/** Where it is made, and of what. */
export function toCreation(row: NewRow): Creation {
  switch (row.table) {
    case "capture_request": case "increment_request": return { path: paymentRequestTable.entitySetName, body: changeRequest(row) };
    case "reauthorize_request": return { path: paymentRequestTable.entitySetName, body: reauthorizeRequest(row) };
    case "release_request": return { path: refundRequestTable.entitySetName, body: releaseRequest(row) };
    case "task": return {
      path: task.entitySetName, body: {
        [task.columns.id]: row.id, [task.columns.subject]: textValue(row.subject, task.lengths.subject), [task.columns.description]: textValue(row.description, task.lengths.description),
        [task.columns.end]: dateValue(row.dueAt), ...regarding(row.regarding, "task"), ...bindOwner(row.owner),
      },
    };
    case "app_notification": return { path: appNotification.entitySetName, body: notification(row) };
    case "email_draft": return {
      path: email.entitySetName, body: {
        [email.columns.id]: row.id, [email.columns.subject]: textValue(row.subject, email.lengths.subject), [email.columns.description]: row.html, [email.columns.isOutgoing]: true,
        ...regarding(row.regarding, "email"), ...bindOwner(row.owner),
        [email.parties]: [party("partyid_systemuser", systemUser.entitySetName, row.senderId, email.masks.sender), partyOf(row.recipient)],
      },
    };
  }
}

const party = (navigation: string, entitySetName: string, id: string, mask: number): Row => ({ ...bind(navigation, entitySetName, id), [email.partyMask]: mask });
const partyOf = (customer: CustomerRef): Row => party(`partyid_${customer.kind}`, customer.kind === "account" ? account.entitySetName : contact.entitySetName, customer.id, email.masks.to);

function changeRequest(row: Extract<NewRow, { table: "capture_request" | "increment_request" }>): Row {
  const { columns, navigation, choices, primaryId } = paymentRequestTable;
  return {
    [primaryId]: row.id, [columns.action]: row.table === "capture_request" ? choices.action.capture : choices.action.incrementalAuthorization, [columns.method]: choices.method.none, [columns.state]: choices.state.submitted, [columns.amount]: toColumn(row.amount),
    [columns.validUntil]: dateValue(row.validUntil), ...bind(navigation.paymentId, paymentTable.entitySetName, row.paymentId),
    ...bind(row.document.kind === "salesorder" ? navigation.salesOrderId : navigation.invoiceId, setOf(row.document), row.document.id), ...bindCurrency(row.currencyId), ...bindOwner(row.owner),
  };
}

/** Without the customer, on the card that he agreed to (domain/expiry/reauthorize.ts). */
function reauthorizeRequest(row: Extract<NewRow, { table: "reauthorize_request" }>): Row {
  const { columns, navigation, choices, primaryId } = paymentRequestTable;
  return {
    [primaryId]: row.id, [columns.action]: choices.action.reAuthorize, [columns.method]: choices.method.savedCard, [columns.channel]: choices.channel.customerAbsentAsAgreed, [columns.state]: choices.state.submitted,
    [columns.amount]: toColumn(row.amount), [columns.validUntil]: dateValue(row.validUntil), ...bind(navigation.paymentId, paymentTable.entitySetName, row.paymentId),
    ...bind(navigation.paymentMethodId, paymentMethodTable.entitySetName, row.paymentMethodId),
    ...bind(row.document.kind === "salesorder" ? navigation.salesOrderId : navigation.invoiceId, setOf(row.document), row.document.id), ...bindCurrency(row.currencyId), ...bindOwner(row.owner),
  };
}

function releaseRequest(row: Extract<NewRow, { table: "release_request" }>): Row {
  const { columns, navigation, choices, primaryId, maxLengths } = refundRequestTable;
  return {
    [primaryId]: row.id, [columns.action]: choices.action.authorizationReversal, [columns.amount]: toColumn(row.amount), [columns.reasonCode]: REASON[row.reasonCode],
    [columns.note]: textValue(row.note, maxLengths.note), [columns.validUntil]: dateValue(row.validUntil), ...bind(navigation.paymentId, paymentTable.entitySetName, row.paymentId),
    ...bind(row.document.kind === "salesorder" ? navigation.salesOrderId : navigation.invoiceId, setOf(row.document), row.document.id), ...bindCurrency(row.currencyId), ...bindOwner(row.owner),
  };
}

/** An action opens the row it is about; the URL stays inside the app. */
function notification(row: Extract<NewRow, { table: "app_notification" }>): Row {
  const actions = row.link === undefined ? [] : [{ title: row.link.label, data: { url: `?pagetype=entityrecord&etn=${row.link.table}&id=${row.link.id}`, navigationTarget: "newWindow" } }];
  return {
    [appNotification.columns.id]: row.id, [appNotification.columns.title]: textValue(row.title, appNotification.lengths.title), [appNotification.columns.body]: textValue(row.body, appNotification.lengths.body),
    [appNotification.columns.icon]: appNotification.icons[row.icon], [appNotification.columns.toast]: appNotification.timedToast,
    [appNotification.columns.data]: JSON.stringify({ actions }), ...bindOwner({ id: row.recipientId, kind: "systemuser" }),
  };
}
