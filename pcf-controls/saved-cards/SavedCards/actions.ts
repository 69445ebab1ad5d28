// What the list of saved cards does: reads, asks before it removes, makes one request at a time, shows the cards as they are afterwards.
import { operatorDecisionTable, paymentRequestTable, paymentTransactionTable } from "@cybs/schema";
import { createStore, createWords, isPrivilegeError, mayCreate, watchOutcome, type Host, type Outcome, type Store, type Watch, type Words } from "@cybs/controls-shared";
import { confirmMerge, createCardRequest, readCards, readCustomer } from "./rows";
import { initialState, isBusy, type Card, type CardAction, type CardsState } from "./state";

const READ_MS = 1_500;

export class CardsActions {
  readonly store: Store<CardsState> = createStore(initialState);
  readonly words: Words;
  readonly #host: () => Host;
  readonly #cardId: string | undefined;
  #customerId: string | undefined;
  #watch: Watch | undefined;
  #reader: ReturnType<typeof setTimeout> | undefined;

  constructor(host: () => Host, cardId: string | undefined) {
    this.#host = host;
    this.#cardId = cardId;
    this.words = createWords(host);
  }

  async start(): Promise<void> {
    if (this.#cardId === undefined) { this.store.set({ phase: "stopped", stopKey: "NotSaved" }); return; }
    try {
      const customer = await readCustomer(this.#host().webAPI, this.#cardId);
      this.#customerId = customer.id;
      this.store.set({ customerName: customer.name, mayChange: mayCreate(this.#host(), paymentRequestTable.logicalName), mayConfirm: mayCreate(this.#host(), operatorDecisionTable.logicalName) });
      await this.#read();
    } catch (error) {
      this.store.set({ phase: "stopped", stopKey: isPrivilegeError(error) ? "NoRead" : "ReadFailed" });
    }
  }

  async #read(): Promise<void> {
    if (this.#customerId === undefined) { this.store.set({ phase: "ready", cards: [] }); return; }
    this.store.set({ cards: await readCards(this.#host().webAPI, this.#customerId, new Date()), phase: "ready" });
  }

  /** Rename, remove and confirm ask first; making a card the default does not. */
  begin(card: Card, action: CardAction): void {
    if (isBusy(this.store.get())) return;
    this.store.set({ done: undefined, typed: action === "rename" ? card.nickname : "", work: { cardId: card.id, action, step: "asking" } });
    if (action === "default") void this.send();
  }
  cancel(): void { this.store.set({ work: undefined }); }
  edit(typed: string): void { this.store.set({ typed }); }

  async send(): Promise<void> {
    const { work, typed } = this.store.get();
    if (work?.step !== "asking" && work?.step !== "refused") return;
    const { cardId, action } = work;
    this.store.set({ work: { cardId, action, step: "sending" } });
    try {
      if (action === "confirm") { await this.#confirm(cardId, typed.trim()); return; }
      const id = await createCardRequest(this.#host().webAPI, { cardId, action, newName: typed.trim(), now: new Date() });
      this.store.set({ work: { cardId, action, step: "waiting" } });
      this.#watch?.stop();
      this.#watch = watchOutcome(() => this.#host().webAPI, { column: paymentTransactionTable.lookupValues.paymentRequestId, id, currency: "USD" }, (outcome) => { void this.#tell(cardId, action, outcome); });
    } catch (error) {
      this.store.set({ work: { cardId, action, step: "refused", text: this.words.t(!isPrivilegeError(error) ? "SendUnknown" : action === "confirm" ? "NoConfirm" : "NoPrivilege") } });
    }
  }

  /** A decision has no transaction of its own: the card's row tells that it counted. */
  async #confirm(cardId: string, note: string): Promise<void> {
    const { webAPI } = this.#host();
    if (!await confirmMerge(webAPI, { cardId, note })) { this.store.set({ work: { cardId, action: "confirm", step: "refused", text: this.words.t("NeverPaidWith") } }); return; }
    this.store.set({ work: { cardId, action: "confirm", step: "waiting" } });
    this.#awaitConfirmed(cardId);
  }

  #awaitConfirmed(cardId: string): void {
    clearTimeout(this.#reader);
    this.#reader = setTimeout(() => {
      void this.#read().catch(() => undefined).then(() => {
        if (this.store.get().cards.some((card) => card.id === cardId && card.needsMergeConsent)) this.#awaitConfirmed(cardId);
        else this.store.set({ work: undefined, done: "confirm" });
      });
    }, READ_MS);
  }

  async #tell(cardId: string, action: CardAction, outcome: Outcome): Promise<void> {
    if (!outcome.isFinal) return;
    const told = outcome.effects[0]?.agentText;
    if (outcome.kind !== "approved") { this.store.set({ work: { cardId, action, step: "refused", text: told === undefined ? this.words.t("O_NotDone") : this.words.said(told) } }); return; }
    await this.#read().catch(() => undefined);
    this.store.set({ work: undefined, done: action });
    // The card's own row follows the outcome by a moment.
    clearTimeout(this.#reader);
    this.#reader = setTimeout(() => { void this.#read().catch(() => undefined); }, READ_MS);
  }

  destroy(): void { this.#watch?.stop(); clearTimeout(this.#reader); }
}
