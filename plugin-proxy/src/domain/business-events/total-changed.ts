// An open order whose total moved after it was authorized. More: increment where the processor can; else the gap is told to a person, who
// authorizes it, or reverses and authorizes again. Less: nothing now, less is captured later.
export interface TotalChange {
  readonly authorizedMinor: bigint;
  readonly totalMinor: bigint;
  readonly canIncrement: boolean;
}
export type TotalChangeAdvice = { readonly kind: "none" } | { readonly kind: "capture_less" | "increment" | "gap"; readonly minor: bigint };

/** What fits the change. `minor` is the difference, never below zero. */
export function adviseOnTotal(change: TotalChange): TotalChangeAdvice {
  const more = change.totalMinor - change.authorizedMinor;
  if (more === 0n || change.authorizedMinor === 0n) return { kind: "none" };
  if (more < 0n) return { kind: "capture_less", minor: -more };
  return { kind: change.canIncrement ? "increment" : "gap", minor: more };
}
