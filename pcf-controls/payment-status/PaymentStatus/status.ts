// What was paid on an order, an invoice or one payment: read again and again until the control is destroyed; decisions and the way to other panels.
import { paymentDecisionTable, paymentRequestTable, paymentTable, refundRequestTable } from "@cybs/schema";
import { createStore, isPrivilegeError, mayCreate, openFormDialog, toDecimalText, writeDecision, type Host, type RecordReference, type Store } from "@cybs/controls-shared";
import { readStatus } from "./rows";
import { EMPTY, type Line, type StatusState } from "./state";

export interface Status {
  readonly store: Store<StatusState>;
  start(): void;
  stop(): void;
  reload(): void;
  decide(line: Line, kind: "accept" | "release"): Promise<void>;
  mayDecide(): boolean;
  mayRequest(): boolean;
  mayGiveBack(): boolean;
  openCapture(paymentId: string, title: string): Promise<void>;
  openGiveBack(title: string): Promise<void>;
  openOrder(orderId: string): void;
}

const POLL_MS = 5_000;
const IDLE_MS = 30_000;
const IN_PROGRESS = 0;
const UNKNOWN = 6;

const DOCUMENT_COLUMN: Readonly<Record<string, string>> = { salesorder: refundRequestTable.columns.salesOrderId, invoice: refundRequestTable.columns.invoiceId, [paymentTable.logicalName]: refundRequestTable.columns.paymentId };

export function createStatus(context: () => Host, document: RecordReference | undefined): Status {
  const store = createStore<StatusState>(document === undefined ? { ...EMPTY, phase: "unsaved" } : EMPTY);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  const turn = async (): Promise<void> => {
    if (document === undefined || isStopped) return;
    clearTimeout(timer);
    const next = await readStatus(context().webAPI, document).catch((error: unknown): StatusState => ({ ...store.get(), phase: isPrivilegeError(error) ? "forbidden" : store.get().phase === "ready" ? "ready" : "failed" }));
    store.set({ ...next, deciding: next.isWaiting ? store.get().deciding : "no" });
    const isMoving = next.lines.some((line) => line.status === IN_PROGRESS || line.status === UNKNOWN);
    timer = setTimeout(() => { void turn(); }, isMoving || next.lines.length === 0 ? POLL_MS : IDLE_MS);
  };
  const decide = async (line: Line, kind: "accept" | "release"): Promise<void> => {
    const { currency, currencyId } = store.get();
    if (line.amount === undefined) return;
    store.set({ deciding: "sent" });
    await writeDecision(context().webAPI, { kind: kind === "accept" && line.isPart === true ? "accept_part" : kind, transactionId: line.id, paymentId: line.paymentId, amount: toDecimalText(line.amount, currency), currencyId }).catch(() => { store.set({ deciding: "refused" }); });
  };
  const openGiveBack = async (title: string): Promise<void> => {
    if (document === undefined) return;
    const column = DOCUMENT_COLUMN[document.table] ?? refundRequestTable.columns.paymentId;
    await openFormDialog(context(), { table: refundRequestTable.logicalName, formId: refundRequestTable.forms.giveBack, title, values: { [column]: document.id, [`${column}name`]: store.get().name, [`${column}type`]: document.table } });
    await turn();
  };
  return {
    store, start: () => { void turn(); }, stop: () => { isStopped = true; clearTimeout(timer); }, reload: () => { void turn(); }, decide, openGiveBack,
    mayDecide: () => mayCreate(context(), paymentDecisionTable.logicalName), mayRequest: () => mayCreate(context(), paymentRequestTable.logicalName), mayGiveBack: () => mayCreate(context(), refundRequestTable.logicalName),
    openOrder: (entityId) => { void context().navigation.openForm({ entityName: "salesorder", entityId }); },
    openCapture: async (id, title) => { await openFormDialog(context(), { table: paymentTable.logicalName, id, formId: paymentTable.forms.capture, title }); await turn(); },
  };
}
