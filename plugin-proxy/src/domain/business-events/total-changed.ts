// An open order whose total moved after it was authorized. More: increment where the processor can, else release and authorize again, and
// the gap in between is shown. Less: nothing now, less is captured later. A person presses the button; this says what it will do.
export interface TotalChange {
  readonly authorizedMinor: bigint;
  readonly totalMinor: bigint;
  readonly canIncrement: boolean;
  readonly hasSavedCard: boolean;
}
export type TotalChangeAdvice =
  | { readonly kind: "none" }
  | { readonly kind: "capture_less"; readonly minor: bigint }
  | { readonly kind: "increment" | "authorize_again" | "ask_for_card"; readonly minor: bigint };

/** What fits the change. `minor` is the difference, never below zero. */
export function adviseOnTotal(change: TotalChange): TotalChangeAdvice {
  const more = change.totalMinor - change.authorizedMinor;
  if (more === 0n || change.authorizedMinor === 0n) return { kind: "none" };
  if (more < 0n) return { kind: "capture_less", minor: -more };
  if (change.canIncrement) return { kind: "increment", minor: more };
  return { kind: change.hasSavedCard ? "authorize_again" : "ask_for_card", minor: more };
}
