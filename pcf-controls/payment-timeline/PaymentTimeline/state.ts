// What happened to a payment, as one list: who asked, who decided, what Cybersource answered, and each step of the relay. Pure.
import type { Tone } from "@cybs/controls-shared";

export type EventKind = "request" | "refundRequest" | "approval" | "decision" | "operatorDecision" | "transaction" | "allocation" | "creditMemo" | "step";
export interface TimelineEvent {
  readonly id: string;
  readonly kind: EventKind;
  readonly at: string;
  /** A person's name; of a step where it comes from. */
  readonly who: string;
  /** Key of the words, and what they are about; of a step its word and its kind. */
  readonly what: string;
  readonly name: string;
  readonly tone: Tone;
  readonly amount: bigint | undefined;
  readonly text: string | undefined;
  /** References for whoever asks the bank: column → value. */
  readonly details: Readonly<Record<string, string>>;
}
export interface TimelineState { readonly phase: "loading" | "stopped" | "ready"; readonly stopKey: string; readonly currency: string; readonly paymentName: string; readonly events: readonly TimelineEvent[]; readonly hasOlder: boolean; readonly newestFirst: boolean; readonly hasEveryStep: boolean }
export const initialState: TimelineState = { phase: "loading", stopKey: "ReadFailed", currency: "USD", paymentName: "", events: [], hasOlder: false, newestFirst: true, hasEveryStep: false };

/** Rows keep their second only: what the relay writes comes after the steps of that second, what people write before them. */
const WRITTEN_AFTER: readonly EventKind[] = ["transaction", "allocation", "creditMemo"];
const momentOf = ({ at, kind }: TimelineEvent): number => { const moment = Date.parse(at); return Number.isNaN(moment) ? 0 : moment + (WRITTEN_AFTER.includes(kind) ? 999 : 0); };

export function sorted(events: readonly TimelineEvent[], newestFirst: boolean): readonly TimelineEvent[] {
  const sign = newestFirst ? -1 : 1;
  return [...events].sort((left, right) => sign * (momentOf(left) - momentOf(right) || (left.id < right.id ? -1 : 1)));
}

export const isStep = (event: TimelineEvent): boolean => event.kind === "step";

/** What people asked, decided and got; with every step between, when they want it. */
export const shownEvents = ({ events, hasEveryStep, newestFirst }: TimelineState): readonly TimelineEvent[] => sorted(hasEveryStep ? events : events.filter((event) => !isStep(event)), newestFirst);
