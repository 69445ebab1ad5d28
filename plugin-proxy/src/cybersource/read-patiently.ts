// A read is repeated within a budget, after a pause that grows: three at once in the same instant only spend what Cybersource allows. What it says
// of waiting is kept to where that fits; else the caller comes back by its own schedule.
import { spread } from "../domain/spread.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import { retryAfterMs } from "./classify-refusal.ts";
import type { Replied, WireReply } from "./transport.ts";

/** A person may wait for it, and a hand does: shorter than the deadline of a money call, whose silence costs more. */
export const READ_DEADLINE_MS = 20 * SECOND_MS;
const TRIES_MAX = 3;
const PAUSE_MS = SECOND_MS / 4;
const PAUSE_MS_MAX = 2 * SECOND_MS;

interface Patience {
  readonly now: () => Instant;
  readonly sleep: ((ms: number) => Promise<void>) | undefined;
  /** Spreads what waits. */
  readonly who: string;
}

/** `ask` sends once. The last reply but for 5xx; undefined when there was none. */
export async function readPatiently({ now, sleep = processSleep, who }: Patience, ask: () => Promise<WireReply | "unsendable" | undefined>): Promise<Replied | undefined> {
  const until = now() + READ_DEADLINE_MS;
  for (let tries = 1; ; tries++) {
    const reply = await ask();
    if (reply === "unsendable") return undefined;
    const replied = reply?.kind === "replied" ? reply : undefined;
    const isLimited = replied?.status === 429;
    if (replied !== undefined && replied.status < 500 && !isLimited) return replied;
    const saidMs = isLimited ? retryAfterMs(replied) : undefined;
    const pauseMs = spread(saidMs ?? PAUSE_MS * 2 ** (tries - 1), `${who} ${tries}`);
    if (tries >= TRIES_MAX || pauseMs > PAUSE_MS_MAX || now() + pauseMs >= until) return isLimited ? replied : undefined;
    await sleep(pauseMs);
  }
}

const processSleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
