// What the card picker does: reads, opens card entry, submits once, asks for the outcome until it is known or the window is gone.
import type { PageMessage } from "@cybs/contract";
import { paymentRequestTable } from "@cybs/schema";
import { createStore, formatAmount, isPrivilegeError, parseTyped, recordOf, themeOf, timeOf, toDecimalText, toTypedText, writeDecision, type Store } from "@cybs/controls-shared";
import { createFrame, isInForeignPage, makeNonce, type Frame } from "./frame";
import { changeOf, openInSession, readUnfinished, stillKnown } from "./order-now";
import { prefill, recall, remember } from "./prefill";
import { createDraft, readCards, readDraft, readOrder, readOrganizationId, readResult, readVariables, submit, withdraw, writeNonceHash } from "./rows";
import { agreedText, amountToOffer, checkInput, firstChoice, initialState, isNewCard, openAmount, waitsForDecision, type OrderFacts, type PickerState, type Stop } from "./state";
import { FOREIGN_MS_MAX, POLL_MS, READY_MS_MAX, REOPENINGS_MAX, SLOW_TRIES, SPENT, STALE, TOKEN_MS_MAX, VALID_MS } from "./timing";
import { PickerWords, type Context } from "./words";

export class Picker extends PickerWords {
  readonly store: Store<PickerState> = createStore(initialState);
  readonly #context: () => Context;
  #frame: Frame | undefined;
  #frameWindow: Window | undefined;
  #requestId = "";
  #organizationId = "";
  #relayUrl = "";
  #isGone = false;
  #isSubmitting = false;
  #isCardSession = false;
  #reopenings = 0;
  #theme = "";
  #readyTimer: ReturnType<typeof setTimeout> | undefined;
  #onToken: ((stored: boolean, message?: string) => void) | undefined;

  constructor(context: () => Context) {
    super(context);
    this.#context = context;
  }

  async start(): Promise<void> {
    const record = recordOf(this.#context());
    if (record?.table !== paymentRequestTable.logicalName) { this.#stop("NoRecord", "none"); return; }
    if (this.#requestId === "") this.#requestId = record.id;
    this.store.set({ phase: "loading", stop: undefined, error: undefined, errorField: undefined });
    try {
      await this.#load();
    } catch (error) {
      if (isPrivilegeError(error)) this.#stop("NoPrivilege", "none"); else this.#stop("ReadFailed", "retry");
    }
  }

  async #load(): Promise<void> {
    const api = this.#context().webAPI;
    const { draft: states } = paymentRequestTable.choices.state;
    const draft = await readDraft(api, this.#requestId);
    const [{ order, holder, customerTable }, variables, organizationId] = await Promise.all([readOrder(api, draft.document), readVariables(api), readOrganizationId(api)]);
    const cards = order.customerId === undefined ? [] : await readCards(api, order.customerId, order.currencyId);
    const before = recall(this.#requestId);
    this.#organizationId = organizationId;
    this.store.set({
      order, cards, consentTextVersion: variables.consentTextVersion, choice: firstChoice(cards), channel: draft.typed?.channel ?? 0,
      holder: await prefill(api, { typed: draft.typed?.holder, order: holder, customerTable, customerId: order.customerId }), mayDecide: this.mayDecide(), ...before,
      amountText: amountToOffer(order, { typed: before?.amountText, onRow: draft.typed?.amountNumber }, this.locale),
    });
    if (draft.state === paymentRequestTable.choices.state.withdrawn) { this.#stop("Withdrawn", "again"); return; }
    if (draft.state !== states) { this.store.set({ phase: "asking" }); void this.#ask(this.#requestId); return; }
    if (!this.mayTake()) { this.#stop("NoPrivilege", "none"); return; }
    if (order.isClosed || order.isTotalUnfit === true) { this.#stop(order.isClosed ? "Closed" : "TotalUnfit", "none"); return; }
    if (openAmount(order) === 0n) { await this.#stopAtNothingOpen(order, "NothingOpen"); return; }
    if (variables.relayUrl === undefined) { this.#stop("NoRelay", "none"); return; }
    this.#relayUrl = variables.relayUrl;
    this.#mountFrame();
  }

  #stop(key: string, way: Stop["way"]): void { this.store.set({ phase: "stopped", stop: { message: this.t(key), way } }); }

  /** Nothing is open: paid, or taken by a payment that has no answer yet. One that waits for a decision is shown with its buttons. */
  async #stopAtNothingOpen(document: OrderFacts, key: "NothingOpen" | "PaidMeanwhile"): Promise<void> {
    const other = await readUnfinished(this.#context().webAPI, document).catch(() => undefined);
    if (other === undefined) { this.#stop(key, "none"); return; }
    if (other.waitsForDecision && other.requestId !== undefined) {
      this.#requestId = other.requestId;
      this.store.set({ phase: "asking" });
      void this.#ask(other.requestId);
      return;
    }
    const words = this.t(other.isUnknown ? "UnknownBefore" : "PaymentInProgress", other.who ?? this.t("AColleague"), timeOf(other.since, this.locale));
    this.store.set({ phase: "stopped", stop: { message: words, way: "retry" } });
  }

  /** A frame of its own for every try; the listener stands before the frame can speak. */
  #mountFrame(): void {
    const { origin } = new URL(this.#relayUrl);
    this.#closeFrame();
    const fail = (key: string): void => { this.store.set({ entry: { status: "failed", message: this.t(key), frameSource: `frame-src ${origin}` } }); };
    const silent = (): void => { if (isInForeignPage()) this.#refuseForeignPage(); else fail("Silent"); };
    this.#frame = createFrame(origin, {
      onReady: () => { clearTimeout(this.#readyTimer); void this.#openSession(); },
      onMessage: (message) => { this.#receive(message); },
      onBlocked: () => { clearTimeout(this.#readyTimer); fail("Blocked"); },
    });
    this.#readyTimer = setTimeout(silent, isInForeignPage() ? FOREIGN_MS_MAX + READY_MS_MAX / 2 : READY_MS_MAX);
    this.store.set({ phase: "ready", entry: { status: "opening" }, frameUrl: `${this.#relayUrl}/card-entry/${this.#organizationId}`, frameKey: this.store.get().frameKey + 1 });
  }

  #closeFrame(): void { clearTimeout(this.#readyTimer); this.#frame?.close(); this.#frame = undefined; this.#frameWindow = undefined; }

  /** The frame's window is known: only what it says is listened to. */
  attach(frameWindow: Window): void { this.#frameWindow = frameWindow; this.#frame?.attach(frameWindow); }
  frameLoaded(): void {
    if (this.#frameWindow === undefined) return;
    this.#frame?.loaded();
    if (!isInForeignPage() || this.store.get().entry.status !== "opening") return;
    setTimeout(() => { if (!this.#isGone && this.#frame?.hasSpoken() === false) this.#refuseForeignPage(); }, FOREIGN_MS_MAX);
  }
  /** A saved card needs no card entry; a new one is typed in a tab of its own. */
  #refuseForeignPage(): void { clearTimeout(this.#readyTimer); this.store.set({ phase: "ready", entry: { status: "failed", message: this.t("ForeignFrame"), tabUrl: this.tabUrl } }); }
  retryEntry(): void { this.#reopenings = 0; this.#mountFrame(); }

  /** A fresh nonce for every session: its hash stands on the row before the page is told. */
  async #openSession(): Promise<void> {
    const state = this.store.get();
    const currency = state.order?.currency ?? "USD";
    const { nonce, hash } = await makeNonce();
    this.#isCardSession = isNewCard(state);
    this.store.set({ entry: { status: "opening" } });
    try {
      await writeNonceHash(this.#context().webAPI, this.#requestId, hash, { amount: parseTyped(state.amountText, currency, this.locale) ?? undefined, channel: state.channel, holder: state.holder }, currency);
    } catch (error) {
      // Who may read this draft but not write it did not make it: Write reaches as far as one's own rows.
      if (isPrivilegeError(error)) this.#stop("NotYours", "again"); else this.#stop("ReadFailed", "retry");
      return;
    }
    this.#frame?.open({ nonce, organizationId: this.#organizationId, paymentRequestId: this.#requestId, locale: this.locale, theme: themeOf(this.#context()), card: this.#isCardSession });
  }

  /** What a person types or chooses; remembered for a remount of the control. */
  edit(change: Partial<PickerState>): void {
    this.store.set({ ...change, error: undefined, errorField: undefined });
    remember(this.#requestId, this.store.get());
  }

  choose(choice: string): void {
    this.edit({ choice });
    if (choice === "new" && !this.#isCardSession && this.store.get().entry.status === "ready") void this.#openSession();
  }

  themeChanged(): void {
    const theme = themeOf(this.#context());
    const key = JSON.stringify(theme);
    if (this.#theme !== "" && this.#theme !== key) this.#frame?.theme(theme);
    this.#theme = key;
  }

  #receive(message: PageMessage): void {
    if (message.kind === "session") {
      this.#reopenings = 0;
      if (message.paymentInProgress !== undefined) { this.#stopFor(message.paymentInProgress); return; }
      const known = openInSession(this.store.get(), message.openAmount, this.locale);
      this.store.set({ ...known, entry: { status: "ready" }, action: message.action });
      if (known.order !== undefined && openAmount(known.order) === 0n && this.store.get().phase === "ready") { void this.#stopAtNothingOpen(known.order, "NothingOpen"); return; }
      if (isNewCard(this.store.get()) && !this.#isCardSession) void this.#openSession();
    } else if (message.kind === "tokenStored") this.#onToken?.(true);
    else if (message.kind === "problem") this.#problem(message);
  }

  #stopFor(other: { readonly who: string; readonly since: string }): void { this.store.set({ phase: "stopped", stop: { message: this.t("PaymentInProgress", other.who, timeOf(other.since, this.locale)), way: "retry" } }); }

  #problem(message: Extract<PageMessage, { kind: "problem" }>): void {
    if (this.#onToken !== undefined) {
      this.#onToken(false, message.title);
      if (STALE.has(message.code)) void this.#openSession();
      return;
    }
    if (this.store.get().phase !== "ready") return; // Sent already: the rows tell the rest.
    if (message.paymentInProgress !== undefined) { this.#stopFor(message.paymentInProgress); return; }
    if (STALE.has(message.code) && this.#reopenings < REOPENINGS_MAX) {
      this.#reopenings++;
      if (message.code === "session_expired" && isNewCard(this.store.get())) this.store.set({ note: this.t("EntryExpired") });
      void this.#openSession();
      return;
    }
    if (message.code === "chain_not_allowed") { this.#refuseForeignPage(); return; }
    if (message.isRetryable) { this.store.set(message.field === undefined ? { entry: { status: "failed", message: message.title } } : { error: message.title }); return; }
    this.store.set({ phase: "stopped", stop: { message: message.title, way: SPENT.has(message.code) || STALE.has(message.code) ? "again" : "none" } });
  }

  /** Click and Enter end here; the second one of them finds the first under way. */
  async pay(): Promise<void> {
    const state = this.store.get();
    if (this.#isSubmitting || state.phase !== "ready" || state.order === undefined) return;
    const check = checkInput(state, new Date(), this.locale);
    if (!check.ok) { this.#refuse(check.key === "FieldMissing" ? this.t(check.key, ...check.values.map((key) => this.t(key))) : this.t(check.key, ...check.values), check.field); return; }
    this.#isSubmitting = true;
    const validUntil = new Date(Date.now() + VALID_MS).toISOString();
    this.store.set({ phase: "sending", error: undefined, errorField: undefined, note: undefined, validUntil });
    try {
      if (await this.#hasOrderChanged(state.order, check.amount)) return;
      const refusal = isNewCard(state) ? await this.#tokenize(state) : undefined;
      if (refusal !== undefined) { this.store.set({ phase: "ready", error: refusal }); return; }
      await submit(this.#context().webAPI, {
        requestId: this.#requestId, amount: toDecimalText(check.amount, state.order.currency), channel: paymentRequestTable.choices.channel.onThePhone + state.channel, cardId: isNewCard(state) ? undefined : state.choice, saveCard: state.saveCard && isNewCard(state),
        consentTextVersion: agreedText(state), holder: state.holder, validUntil,
      });
      this.#frame?.submitted();
      this.store.set({ phase: "asking", isSlow: false });
      void this.#ask(this.#requestId);
    } catch (error) {
      await this.#afterFailedSubmit(error);
    } finally {
      this.#isSubmitting = false;
    }
  }

  /** The order is read once more before anything is sent. What changed is said, and the new amount stands in the field. */
  async #hasOrderChanged(before: OrderFacts, amount: bigint): Promise<boolean> {
    const order = stillKnown(before, (await readOrder(this.#context().webAPI, before)).order);
    const change = changeOf(before, order, amount);
    if (change === undefined) return false;
    this.store.set({ order });
    if (change === "closed") { this.#stop("Closed", "none"); return true; }
    if (change === "nothing_open") { await this.#stopAtNothingOpen(order, "PaidMeanwhile"); return true; }
    const show = (minor: bigint): string => formatAmount(minor, order.currency, this.locale);
    this.edit({ amountText: toTypedText(openAmount(order), order.currency, this.locale) });
    this.store.set({ phase: "ready" });
    this.#refuse(this.t("OrderChanged", show(openAmount(order)), show(openAmount(before))), "amount");
    return true;
  }

  #refuse(error: string, field: string): void {
    this.store.set({ error, errorField: field });
    setTimeout(() => { document.getElementById(`cybs-${field}`)?.focus(); }, 0);
  }

  /** The update may have arrived although its answer did not: the row itself says whether anything was sent. */
  async #afterFailedSubmit(error: unknown): Promise<void> {
    const row = await readDraft(this.#context().webAPI, this.#requestId).catch(() => undefined);
    if (row?.state === paymentRequestTable.choices.state.submitted) { this.#frame?.submitted(); this.store.set({ phase: "asking" }); void this.#ask(this.#requestId); return; }
    if (row === undefined && !isPrivilegeError(error)) { this.#stop("SubmitUnknown", "retry"); return; }
    this.store.set({ phase: "ready", error: this.t(isPrivilegeError(error) ? "NoPrivilege" : "NotSent") });
  }

  #tokenize(state: PickerState): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => { this.#onToken?.(false, this.t("Unreachable")); }, TOKEN_MS_MAX);
      this.#onToken = (stored, message) => { clearTimeout(timer); this.#onToken = undefined; resolve(stored ? undefined : message ?? this.t("Unreachable")); };
      this.#frame?.tokenize(state.expiryMonth.padStart(2, "0"), `20${state.expiryYear}`);
    });
  }

  #isWatched(requestId: string): boolean { return !this.#isGone && requestId === this.#requestId; }

  async #ask(requestId: string): Promise<void> {
    for (let tries = 0; this.#isWatched(requestId); tries++) {
      await new Promise((resolve) => { setTimeout(resolve, POLL_MS[Math.min(tries, POLL_MS.length - 1)]); });
      const result = await readResult(this.#context().webAPI, requestId, this.store.get().order?.currency ?? "USD").catch(() => undefined);
      if (!this.#isWatched(requestId)) return;
      if (result === undefined) { if (tries === SLOW_TRIES) this.store.set({ isSlow: true }); continue; }
      const { order } = this.store.get();
      // What the header says is true again: paid, held and open as they are with this answer.
      const now = order === undefined ? undefined : await readOrder(this.#context().webAPI, order).then((read) => read.order, () => order);
      if (!this.#isWatched(requestId)) return;
      this.store.set({ phase: "result", result, order: now, isDeciding: this.store.get().isDeciding && waitsForDecision(result) });
      if (result.isFinal) return;
    }
  }

  /** Another card, or the same again: a request is sent once, so this is a new one, with what was typed. */
  async again(): Promise<void> {
    const { order } = this.store.get();
    if (order === undefined || this.#isSubmitting) return;
    this.store.set({ phase: "loading", stop: undefined, result: undefined, error: undefined });
    try {
      const typed = this.store.get();
      this.#requestId = await createDraft(this.#context().webAPI, order, openAmount(order), typed.channel);
      remember(this.#requestId, { ...typed, choice: "new", expiryMonth: "", expiryYear: "" });
      await this.start();
    } catch (error) {
      if (isPrivilegeError(error)) this.#stop("NoPrivilege", "none"); else this.#stop("ReadFailed", "again");
    }
  }

  async decide(kind: "accept" | "release"): Promise<void> {
    const { result, order } = this.store.get();
    if (result?.amount === undefined || order === undefined) return;
    this.store.set({ isDeciding: true, error: undefined });
    try {
      await writeDecision(this.#context().webAPI, { kind: kind === "accept" && result.kind === "partial" ? "accept_part" : kind, transactionId: result.transactionId, paymentId: result.paymentId, amount: toDecimalText(result.amount, order.currency), currencyId: order.currencyId });
    } catch {
      this.store.set({ isDeciding: false, error: this.t("DecisionRefused") });
    }
  }

  /** Not wanted after all: the draft is withdrawn, so that no tab that still shows it can send it. */
  async cancel(): Promise<void> {
    if (this.#isSubmitting || this.store.get().phase !== "ready") return;
    this.#closeFrame();
    await withdraw(this.#context().webAPI, this.#requestId).catch(() => undefined);
    this.#stop("Withdrawn", "again");
  }

  /** Where this same request opens outside a foreign frame. */
  get tabUrl(): string { return `${location.origin}/main.aspx?etn=${paymentRequestTable.logicalName}&id=${this.#requestId}&pagetype=entityrecord&formid=${paymentRequestTable.forms.takePayment}`; }
  destroy(): void { this.#isGone = true; this.#closeFrame(); }
}
