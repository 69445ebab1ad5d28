// What the bulk run does: reads the selected payments, writes exactly the plan that was looked at, and shows one result a row.
import { bulkRunTable, paymentRequestTable, paymentTransactionTable, refundRequestTable } from "@cybs/schema";
import { createStore, createWords, isPrivilegeError, mayCreate, readPayment, toDecimalText, watchOutcome, type Host, type Outcome, type Store, type Watch, type Words } from "@cybs/controls-shared";
import { commonCurrency, hashOf, inCurrency, parseSelection, previewOf, toPlanText } from "./plan";
import { createLine, createRun } from "./rows";
import { chosenLines, initialState, isLineDone, sumOf, type BulkState, type RunLine } from "./state";

/** Reads that run beside each other; the browser holds back more anyway. */
const READS_AT_ONCE = 6;
const { paymentRequestId, refundRequestId } = paymentTransactionTable.lookupValues;

export class BulkActions {
  readonly store: Store<BulkState> = createStore(initialState);
  readonly words: Words;
  readonly #host: () => Host;
  readonly #selection: string | null;
  readonly #watches: Watch[] = [];
  #isGone = false;
  #isRunning = false;

  constructor(host: () => Host, selection: string | null) {
    this.#host = host;
    this.#selection = selection;
    this.words = createWords(host);
  }

  async start(): Promise<void> {
    const selection = parseSelection(this.#selection);
    if (selection === undefined || selection.paymentIds.length === 0) { this.store.set({ phase: "stopped", stopKey: "NoSelection" }); return; }
    // Reps and refund agents both make runs; what a run does is a right of its own.
    const lineTable = selection.action === "capture" ? paymentRequestTable : refundRequestTable;
    if (![bulkRunTable, lineTable].every(({ logicalName }) => mayCreate(this.#host(), logicalName))) { this.store.set({ phase: "stopped", stopKey: "NoPrivilege" }); return; }
    this.store.set({ phase: "loading", action: selection.action, readSoFar: 0, toRead: selection.paymentIds.length });
    try {
      const now = new Date().toISOString();
      const previews = (await this.#readAll(selection.paymentIds)).map((payment) => previewOf(payment, selection.action, now));
      const currency = commonCurrency(previews);
      const lines = inCurrency(previews, currency).map((line): RunLine => ({ ...line, isChosen: line.outKey === undefined }));
      this.store.set({ phase: "preview", currency: currency ?? "USD", lines });
    } catch (error) {
      this.store.set({ phase: "stopped", stopKey: isPrivilegeError(error) ? "NoPrivilege" : "ReadFailed" });
    }
  }

  async #readAll(ids: readonly string[]): Promise<Awaited<ReturnType<typeof readPayment>>[]> {
    const found: Awaited<ReturnType<typeof readPayment>>[] = [];
    for (let at = 0; at < ids.length; at += READS_AT_ONCE) {
      found.push(...await Promise.all(ids.slice(at, at + READS_AT_ONCE).map((id) => readPayment(this.#host().webAPI, id))));
      this.store.set({ readSoFar: found.length });
    }
    return found;
  }

  choose(id: string, isChosen: boolean): void { this.store.set({ errorKey: undefined, lines: this.store.get().lines.map((line) => (line.payment.id === id ? { ...line, isChosen } : line)) }); }
  chooseReason(reason: number): void { this.store.set({ reason, errorKey: undefined }); }

  async run(): Promise<void> {
    const state = this.store.get();
    const lines = chosenLines(state);
    if (this.#isRunning || state.phase !== "preview") return;
    if (lines.length === 0) { this.store.set({ errorKey: "NothingChosen" }); return; }
    if (state.action === "refund" && state.reason < 0) { this.store.set({ errorKey: "ReasonMissing" }); setTimeout(() => { document.getElementById("cybs-bulk-reason")?.focus(); }, 0); return; }
    this.#isRunning = true;
    const plan = toPlanText(lines.map(({ payment, amount }) => ({ paymentId: payment.id, revision: payment.revision, amount, currency: payment.currency })));
    try {
      const planHash = await hashOf(plan);
      this.store.set({ phase: "running", lines, planHash, errorKey: undefined });
      const run = await createRun(this.#host().webAPI, { action: state.action, plan, planHash, lineCount: lines.length, amount: toDecimalText(sumOf(lines), state.currency), reason: state.reason, currencyId: lines[0]?.payment.currencyId });
      this.store.set({ runName: run.name });
      await this.#createLines(run.id, lines);
    } catch (error) {
      this.store.set({ phase: "stopped", stopKey: isPrivilegeError(error) ? "NoPrivilege" : "SendUnknown" });
    }
  }

  /** One row after the other: a run that is closed half-way has made only whole lines. */
  async #createLines(runId: string, lines: readonly RunLine[]): Promise<void> {
    const { action, reason } = this.store.get();
    for (const [index, { payment, amount }] of lines.entries()) {
      if (this.#isGone) return;
      try {
        const id = await createLine(this.#host().webAPI, { action, payment, amount, runId, line: index + 1, reason, now: new Date() });
        this.#change(payment.id, { requestId: id });
        this.#watches.push(watchOutcome(() => this.#host().webAPI, { column: action === "capture" ? paymentRequestId : refundRequestId, id, currency: payment.currency }, (outcome) => { this.#tell(payment.id, outcome); }));
      } catch (error) {
        this.#change(payment.id, { failedKey: isPrivilegeError(error) ? "NoPrivilege" : "SendUnknown" });
      }
    }
    this.#endWhenDone();
  }

  #tell(paymentId: string, outcome: Outcome): void { this.#change(paymentId, { outcome }); this.#endWhenDone(); }
  #change(paymentId: string, change: Partial<RunLine>): void { this.store.set({ lines: this.store.get().lines.map((line) => (line.payment.id === paymentId ? { ...line, ...change } : line)) }); }
  #endWhenDone(): void { if (this.store.get().lines.every(isLineDone)) this.store.set({ phase: "done" }); }
  destroy(): void { this.#isGone = true; for (const watch of this.#watches) watch.stop(); }
}
