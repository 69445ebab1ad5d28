// What the list of incomplete payments does: reads again while it is looked at, keeps what is being typed, writes a decision once.
import { operatorDecisionTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { createStore, createWords, isPrivilegeError, mayCreate, type Host, type Store, type Words } from "@cybs/controls-shared";
import { createDecision, readIncomplete, ROWS_STEP } from "./rows";
import { initialState, isNoteGood, type Decision, type Incomplete, type IncompleteState } from "./state";

const POLL_MS = 5_000;

export class IncompleteActions {
  readonly store: Store<IncompleteState> = createStore(initialState);
  readonly words: Words;
  readonly #host: () => Host;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isGone = false;
  #most = ROWS_STEP;

  /** The form's own row plays no part: the list is of all payments this person may read. */
  constructor(host: () => Host) {
    this.#host = host;
    this.words = createWords(host);
  }

  async start(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      const most = this.#most;
      const { rows, hasMore } = await readIncomplete(this.#host().webAPI, new Date(), most);
      this.store.set({ phase: "ready", rows, hasMore, isReadingMore: most < this.#most, readOn: new Date().toISOString(), mayDecide: mayCreate(this.#host(), operatorDecisionTable.logicalName) });
    } catch (error) {
      this.store.set({ isReadingMore: false });
      if (this.store.get().phase !== "ready") this.store.set({ phase: "stopped", stopKey: isPrivilegeError(error) ? "NoRead" : "ReadFailed" });
    }
    clearTimeout(this.#timer);
    if (!this.#isGone) this.#timer = setTimeout(() => { void this.start(); }, POLL_MS);
  }

  /** The next ones, below those that are shown. */
  async more(): Promise<void> {
    this.#most += ROWS_STEP;
    this.store.set({ isReadingMore: true });
    await this.start();
  }

  begin(row: Incomplete, decision: Decision): void { this.store.set({ deciding: { paymentId: row.id, decision, note: "", step: "writing" } }); }
  cancel(): void { this.store.set({ deciding: undefined }); }
  edit(note: string): void { const { deciding } = this.store.get(); if (deciding !== undefined) this.store.set({ deciding: { ...deciding, note, step: "writing", errorKey: undefined } }); }

  async send(row: Incomplete): Promise<void> {
    const { deciding } = this.store.get();
    if (deciding === undefined || deciding.step === "sending") return;
    if (!isNoteGood(deciding.note)) { this.store.set({ deciding: { ...deciding, errorKey: "NoteMissing" } }); setTimeout(() => { document.getElementById("cybs-incomplete-note")?.focus(); }, 0); return; }
    this.store.set({ deciding: { ...deciding, step: "sending", errorKey: undefined } });
    try {
      await createDecision(this.#host().webAPI, { row, decision: deciding.decision, note: deciding.note });
      this.store.set({ deciding: undefined, decided: { ...this.store.get().decided, [row.id]: deciding.decision } });
    } catch (error) {
      this.store.set({ deciding: { ...deciding, step: "refused", errorKey: isPrivilegeError(error) ? "NoPrivilege" : "SendUnknown" } });
    }
  }

  open(row: Incomplete): void { void this.#host().navigation.openForm({ entityName: row.hasPayment ? paymentTable.logicalName : paymentTransactionTable.logicalName, entityId: row.id }); }
  destroy(): void { this.#isGone = true; clearTimeout(this.#timer); }
}
