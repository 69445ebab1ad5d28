// What the refund panel does: reads, creates the request once, watches its outcome; for an existing request lets a second person decide.
import { paymentDecisionTable, paymentTransactionTable, refundApprovalTable, refundRequestTable } from "@cybs/schema";
import { createStore, createWords, isPrivilegeError, mayCreate, mostToGiveBack, plainId, readPayment, toDecimalText, toTypedText, watchOutcome, writeDecision, type Host, type Store, type Watch, type Words } from "@cybs/controls-shared";
import type { Approval } from "./approvals";
import { createCredit, readCredit } from "./credit";
import { createApproval, createRefund, readAllowance, readAsked, readPayments } from "./rows";
import { checkCredit, checkInput, firstChoice, initialState, paymentOf, type Place, type RefundState } from "./state";

export interface RefundPlace extends Place { readonly requestId?: string | undefined }
/** Approvals come from somebody else's screen: the row is read again while it waits. */
const DECISION_MS = 4_000;

export class RefundActions {
  readonly store: Store<RefundState>;
  readonly words: Words;
  readonly #host: () => Host;
  #place: RefundPlace;
  #watch: Watch | undefined;
  #decisions: ReturnType<typeof setInterval> | undefined;
  #isSending = false;
  readonly #clock: () => Date;

  constructor(host: () => Host, place: RefundPlace, clock: () => Date = () => new Date()) {
    this.#host = host;
    this.#place = place;
    this.#clock = clock;
    this.words = createWords(host);
    this.store = createStore({ ...initialState, now: clock().toISOString() });
  }

  async start(): Promise<void> {
    this.store.set({ phase: "loading", stop: undefined, now: this.#clock().toISOString() });
    try {
      if (this.#place.requestId === undefined) await this.#prepare(); else await this.#show(this.#place.requestId);
    } catch (error) {
      this.#stop(isPrivilegeError(error) ? "NoPrivilege" : "ReadFailed", !isPrivilegeError(error));
    }
  }

  /** A new request: what can be given back, and to which card. */
  async #prepare(): Promise<void> {
    const host = this.#host();
    if (!mayCreate(host, refundRequestTable.logicalName)) { this.#stop("NoPrivilege", false); return; }
    const payments = await readPayments(host.webAPI, this.#place);
    const { now } = this.store.get();
    const chosen = firstChoice(payments, now);
    const payment = payments[chosen];
    const credit = await readCredit(host.webAPI, this.#place).catch(() => undefined);
    this.store.set({ credit });
    if (payment === undefined) { if (credit === undefined) this.#stop("NoPayment", false); else this.beginCredit(); return; }
    const allowance = await readAllowance(host.webAPI, host.userSettings.userId, payment, this.#clock().getTime()).catch(() => undefined);
    this.store.set({ payments, chosen, allowance, phase: "ready" });
    this.choose(chosen);
  }

  /** A request that exists: for its author how it goes on, for others the decision. */
  async #show(requestId: string): Promise<void> {
    const host = this.#host();
    const asked = await readAsked(host.webAPI, requestId);
    const payment = asked.paymentId === undefined ? asked.credit : await readPayment(host.webAPI, asked.paymentId);
    if (payment === undefined) { this.#stop("NoPayment", false); return; }
    // Whoever had a hand in it cannot agree to it: the author, who stands behind him, who changed it, who owns it. The relay judges by the same.
    const isOwn = asked.hands.includes(plainId(host.userSettings.userId));
    this.store.set({ phase: "sent", payments: [payment], chosen: 0, asked, isOwn, mayApprove: mayCreate(host, refundApprovalTable.logicalName), mayWithdraw: mayCreate(host, paymentDecisionTable.logicalName) });
    this.#follow(requestId, payment.currency);
  }

  #stop(key: string, canRetry: boolean): void { this.store.set({ phase: "stopped", stop: { key, canRetry } }); }

  edit(change: Partial<Pick<RefundState, "amountText" | "reason" | "note">>): void { this.store.set({ ...change, errorKey: undefined, errorField: undefined }); }

  choose(chosen: number): void {
    const payment = this.store.get().payments[chosen];
    if (payment === undefined) return;
    this.store.set({ chosen, amountText: toTypedText(mostToGiveBack(payment, this.store.get().now), payment.currency, this.words.locale), errorKey: undefined, errorField: undefined });
  }

  /** No payment fits: a credit of its own. */
  beginCredit(): void { this.store.set({ phase: "credit", amountText: "", errorKey: undefined, errorField: undefined }); }
  chooseCard(creditCard: number): void { this.store.set({ creditCard }); }

  async sendCredit(): Promise<void> {
    const state = this.store.get();
    const { credit } = state;
    const cardId = credit?.cards[state.creditCard]?.id;
    if (this.#isSending || state.phase !== "credit" || credit === undefined || cardId === undefined) return;
    const check = checkCredit(state, this.words.locale);
    if (!check.ok) { this.#refuse(check.key, check.field); return; }
    this.#isSending = true;
    try {
      const id = await createCredit(this.#host().webAPI, { credit, cardId, amount: check.amount, reason: state.reason, note: state.note.trim() });
      this.#place = { ...this.#place, requestId: id };
      await this.#show(id);
    } catch (error) {
      if (isPrivilegeError(error)) this.store.set({ errorKey: "NoPrivilege" }); else this.#stop("SendUnknown", true);
    } finally {
      this.#isSending = false;
    }
  }

  /** Click and Enter end here; the second one finds the first under way. */
  async send(): Promise<void> {
    this.store.set({ now: this.#clock().toISOString() });
    const state = this.store.get();
    const payment = paymentOf(state);
    if (this.#isSending || state.phase !== "ready" || payment === undefined) return;
    const check = checkInput(state, this.words.locale);
    if (!check.ok) { this.#refuse(check.key, check.field); return; }
    this.#isSending = true;
    this.store.set({ phase: "sending", errorKey: undefined, errorField: undefined });
    try {
      const { slices } = check.plan;
      const id = await createRefund(this.#host().webAPI, { payment, place: this.#place, amount: check.amount, reason: state.reason, note: state.note.trim(), isVoid: slices.some((slice) => slice.path === "void") });
      this.#place = { ...this.#place, requestId: id };
      await this.#afterSending(id);
    } catch (error) {
      // The row may exist although its answer did not arrive: a second one must not be made from here.
      if (isPrivilegeError(error)) { this.store.set({ phase: "ready", errorKey: "NoPrivilege" }); } else this.#stop("SendUnknown", true);
    } finally {
      this.#isSending = false;
    }
  }

  async #afterSending(id: string): Promise<void> {
    const asked = await readAsked(this.#host().webAPI, id);
    this.store.set({ phase: "sent", asked, isOwn: true, mayApprove: false, mayWithdraw: mayCreate(this.#host(), paymentDecisionTable.logicalName) });
    this.#follow(id, paymentOf(this.store.get())?.currency ?? "USD");
  }

  #refuse(errorKey: string, errorField: "amount" | "reason"): void {
    this.store.set({ errorKey, errorField });
    setTimeout(() => { document.getElementById(`cybs-refund-${errorField}`)?.focus(); }, 0);
  }

  #follow(id: string, currency: string): void {
    this.#watch?.stop();
    clearInterval(this.#decisions);
    this.#watch = watchOutcome(() => this.#host().webAPI, { column: paymentTransactionTable.lookupValues.refundRequestId, id, currency }, (outcome) => { this.store.set({ outcome }); if (outcome.isFinal) clearInterval(this.#decisions); });
    this.#decisions = setInterval(() => { void readAsked(this.#host().webAPI, id).then((asked) => { this.store.set({ asked }); }, () => undefined); }, DECISION_MS);
  }

  async decide(isApproved: boolean): Promise<void> {
    const state = this.store.get();
    const payment = paymentOf(state);
    if (state.asked === undefined || payment === undefined || state.deciding === "sending" || state.deciding === "sent") return;
    this.store.set({ deciding: "sending" });
    try {
      await createApproval(this.#host().webAPI, { asked: state.asked, payment, isApproved, note: state.note.trim() });
      const own: Approval = { by: this.#host().userSettings.userName, byId: plainId(this.#host().userSettings.userId), isOnBehalf: false, decision: isApproved ? "approved" : "rejected", paymentId: state.asked.paymentId, amount: state.asked.amount, reason: state.asked.reason };
      this.store.set({ deciding: "sent", asked: { ...state.asked, approvals: [own, ...state.asked.approvals] } });
    } catch {
      this.store.set({ deciding: "refused" });
    }
  }

  /** Not wanted any more, or changed so that nobody can agree: what it reserved becomes free. */
  async end(): Promise<void> {
    const { ending, outcome } = this.store.get();
    const payment = paymentOf(this.store.get());
    const waiting = outcome?.effects.find((effect) => !effect.isFinal);
    if (waiting?.amount === undefined || payment === undefined || ending === "sending" || ending === "sent") return;
    this.store.set({ ending: "sending" });
    try {
      await writeDecision(this.#host().webAPI, { kind: "withdraw_refund", transactionId: waiting.id, paymentId: payment.id === "" ? undefined : payment.id, amount: toDecimalText(waiting.amount, payment.currency), currencyId: payment.currencyId });
      this.store.set({ ending: "sent" });
    } catch {
      this.store.set({ ending: "refused" });
    }
  }

  destroy(): void { this.#watch?.stop(); clearInterval(this.#decisions); }
}
