// What the capture panel knows and shows: one value, replaced as a whole. Pure.
import { parseTyped, type Outcome, type PaymentFacts } from "@cybs/controls-shared";

export type Step = "capture" | "increase" | "release";
export interface CaptureState {
  readonly phase: "loading" | "stopped" | "ready" | "sending" | "sent";
  readonly stop?: { readonly key: string; readonly canRetry: boolean } | undefined;
  readonly payment?: PaymentFacts | undefined;
  /** What the document owes beyond everything held and captured on it. */
  readonly gap: bigint;
  readonly step: Step;
  readonly amountText: string;
  readonly errorKey?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly mayRequest: boolean;
  readonly mayRelease: boolean;
  readonly now: string;
}

export const initialState: CaptureState = { phase: "loading", gap: 0n, step: "capture", amountText: "", mayRequest: false, mayRelease: false, now: "" };

export const isExpired = (payment: PaymentFacts, now: string): boolean => payment.expiresOn !== undefined && Date.parse(payment.expiresOn) <= Date.parse(now);
/** Warned as long before as the relay warns. */
const WARN_MS = 48 * 3_600_000;
export const isExpiring = (payment: PaymentFacts, now: string): boolean => payment.expiresOn !== undefined && !isExpired(payment, now) && Date.parse(payment.expiresOn) - Date.parse(now) < WARN_MS;

/** The most that a step can move: what is held, or what the document grew by. */
export const mostOf = (state: CaptureState): bigint => (state.payment === undefined ? 0n : state.step === "increase" ? state.gap : state.payment.held);

export type Check = { readonly ok: true; readonly amount: bigint } | { readonly ok: false; readonly key: string };

/** What stands between the button and the request. */
export function checkInput(state: CaptureState, locale: string): Check {
  const { payment } = state;
  if (payment === undefined) return { ok: false, key: "ReadFailed" };
  if (state.step === "release") return { ok: true, amount: payment.held };
  const amount = parseTyped(state.amountText, payment.currency, locale);
  if (amount === undefined || amount === 0n) return { ok: false, key: "AmountWrong" };
  return amount > mostOf(state) ? { ok: false, key: state.step === "capture" ? "AboveHeld" : "AboveGap" } : { ok: true, amount };
}

/** What is released by this capture, when the account captures an authorization only once. */
export const releasedBy = (state: CaptureState, amount: bigint): bigint => (state.payment === undefined || state.step !== "capture" || state.payment.canCaptureOften || amount >= state.payment.held ? 0n : state.payment.held - amount);
