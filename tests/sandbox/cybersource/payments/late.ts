// An authorization can still be on its way when the client has given up: a timeout reversal then finds nothing, and it completes afterwards.
// Nothing in the documentation excludes it (strictness lateAuthorization).
import type { State } from "../state.ts";

const LATE_MS = 20 * 60_000;

export function holdBack(state: State, transactionId: string, complete: () => void): void {
  state.late.set(transactionId, { dueMs: state.clock.now().getTime() + LATE_MS, complete });
}

function finish(state: State, transactionId: string): void {
  const found = state.late.get(transactionId);
  state.late.delete(transactionId);
  found?.complete();
}

/** What is due by the clock. */
export function completeLate(state: State): void {
  const now = state.clock.now().getTime();
  for (const [transactionId, one] of state.late) if (one.dueMs <= now) finish(state, transactionId);
}

/** Its undo was refused just now. */
export const completeAfterRefusal = finish;
