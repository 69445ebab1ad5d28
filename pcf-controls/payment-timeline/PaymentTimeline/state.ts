// What happened to a payment, as one list: who asked, who decided, what Cybersource answered. Pure.
import type { Tone } from "@cybs/controls-shared";

export type EventKind = "request" | "refundRequest" | "approval" | "decision" | "operatorDecision" | "transaction" | "allocation" | "creditMemo";
export interface TimelineEvent {
  readonly id: string;
  readonly kind: EventKind;
  readonly at: string;
  readonly who: string;
  /** Key of the words, and what they are about. */
  readonly what: string;
  readonly name: string;
  readonly tone: Tone;
  readonly amount: bigint | undefined;
  readonly text: string | undefined;
  /** References for whoever asks the bank: column → value. */
  readonly details: Readonly<Record<string, string>>;
}
export interface TimelineState { readonly phase: "loading" | "stopped" | "ready"; readonly stopKey: string; readonly currency: string; readonly paymentName: string; readonly events: readonly TimelineEvent[]; readonly newestFirst: boolean }
export const initialState: TimelineState = { phase: "loading", stopKey: "ReadFailed", currency: "USD", paymentName: "", events: [], newestFirst: true };

export const sorted = (events: readonly TimelineEvent[], newestFirst: boolean): readonly TimelineEvent[] => [...events].sort((left, right) => (newestFirst ? -1 : 1) * (left.at < right.at ? -1 : left.at > right.at ? 1 : left.id < right.id ? -1 : 1));
