// What the capture panel does: reads the payment, creates one request, watches what becomes of it.
import { paymentRequestTable, paymentTable, paymentTransactionTable, refundRequestTable } from "@cybs/schema";
import { createStore, createWords, isPrivilegeError, mayCreate, readPayment, toTypedText, watchOutcome, type Host, type Store, type Watch, type Words } from "@cybs/controls-shared";
import { createRelease, createRequest, readGap } from "./rows";
import { checkInput, initialState, mostOf, type CaptureState, type Step } from "./state";

const { choices } = paymentTable;
const { paymentRequestId, refundRequestId } = paymentTransactionTable.lookupValues;

export class CaptureActions {
  readonly store: Store<CaptureState> = createStore(initialState);
  readonly words: Words;
  readonly #host: () => Host;
  readonly #paymentId: string | undefined;
  #watch: Watch | undefined;
  #isSending = false;

  constructor(host: () => Host, paymentId: string | undefined) {
    this.#host = host;
    this.#paymentId = paymentId;
    this.words = createWords(host);
  }

  async start(): Promise<void> {
    if (this.#paymentId === undefined) { this.#stop("NotSaved", false); return; }
    this.store.set({ phase: "loading", stop: undefined, outcome: undefined, now: new Date().toISOString() });
    try {
      const { webAPI } = this.#host();
      const payment = await readPayment(webAPI, this.#paymentId);
      const gap = await readGap(webAPI, payment).catch(() => 0n);
      this.store.set({ payment, gap, mayRequest: mayCreate(this.#host(), paymentRequestTable.logicalName), mayRelease: mayCreate(this.#host(), refundRequestTable.logicalName) });
      if (payment.isUnknown) this.#stop("No_Unknown", true);
      else if (payment.isInReview) this.#stop("No_Review", true);
      else if (payment.held === 0n) this.#stop(payment.status === choices.status.captured ? "No_AllCaptured" : "No_Nothing", true);
      else { this.store.set({ phase: "ready" }); this.choose("capture"); }
    } catch (error) {
      this.#stop(isPrivilegeError(error) ? "NoRead" : "ReadFailed", !isPrivilegeError(error));
    }
  }

  #stop(key: string, canRetry: boolean): void { this.store.set({ phase: "stopped", stop: { key, canRetry } }); }

  choose(step: Step): void {
    this.store.set({ step, errorKey: undefined });
    const state = this.store.get();
    if (state.payment !== undefined) this.store.set({ amountText: toTypedText(mostOf(state), state.payment.currency, this.words.locale) });
  }
  edit(amountText: string): void { this.store.set({ amountText, errorKey: undefined }); }

  async send(): Promise<void> {
    const state = this.store.get();
    const { payment } = state;
    if (this.#isSending || state.phase !== "ready" || payment === undefined) return;
    const check = checkInput(state, this.words.locale);
    if (!check.ok) { this.store.set({ errorKey: check.key }); setTimeout(() => { document.getElementById("cybs-capture-amount")?.focus(); }, 0); return; }
    this.#isSending = true;
    this.store.set({ phase: "sending", errorKey: undefined });
    try {
      const { webAPI } = this.#host();
      const isRelease = state.step === "release";
      const id = state.step === "release" ? await createRelease(webAPI, payment) : await createRequest(webAPI, { payment, action: state.step, amount: check.amount, now: new Date() });
      this.store.set({ phase: "sent" });
      this.#watch = watchOutcome(() => this.#host().webAPI, { column: isRelease ? refundRequestId : paymentRequestId, id, currency: payment.currency }, (outcome) => { this.store.set({ outcome }); });
    } catch (error) {
      if (isPrivilegeError(error)) this.store.set({ phase: "ready", errorKey: state.step === "release" ? "NoRelease" : "NoPrivilege" }); else this.#stop("SendUnknown", true);
    } finally {
      this.#isSending = false;
    }
  }

  destroy(): void { this.#watch?.stop(); }
}
