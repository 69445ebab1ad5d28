// Virtual time. Whatever waits (a wire, a ledger transaction, a timer, a person) is an event with an instant; the scheduler takes the earliest,
// runs it, and lets everything that follows from it run dry before it takes the next. Nothing else moves anything, so a seed is a history.
import type { Timers } from "../../plugin-proxy/src/ports/clocks.ts";
import type { Random } from "../sandbox/kit/random.ts";

/** Something that can die with everything it waits for: a replica between its start and its crash. */
export interface Life {
  readonly name: string;
  isDead: boolean;
  /** A process that is paused (swapped out, stopped by its host) gets nothing done before. */
  pausedUntil: number;
}

export interface Scheduler {
  readonly random: Random;
  readonly trace: string[];
  readonly steps: number;
  now(): number;
  /** Instant of the next event, if any. */
  next(): number | undefined;
  at(delayMs: number, label: string, run: () => void | Promise<void>, life?: Life): () => void;
  /** Runs the next event. False when there is none. */
  step(): Promise<boolean>;
  timers(life: Life): Timers;
  sleep(ms: number): Promise<void>;
  note(line: string): void;
}

interface Entry { at: number; readonly order: number; readonly label: string; readonly run: () => void | Promise<void>; readonly life: Life | undefined; isOff: boolean }

const isBefore = (left: Entry, right: Entry): boolean => left.at < right.at || (left.at === right.at && left.order < right.order);

/** A binary heap: the earliest first, of equal ones the first that was entered. */
class Queue {
  readonly #entries: Entry[] = [];
  get first(): Entry | undefined { return this.#entries[0]; }

  push(entry: Entry): void {
    const list = this.#entries;
    let index = list.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = list[parent];
      if (above === undefined || isBefore(above, entry)) break;
      list[index] = above;
      index = parent;
    }
    list[index] = entry;
  }

  pop(): Entry | undefined {
    const list = this.#entries;
    const [first] = list;
    const last = list.pop();
    if (last === undefined || list.length === 0) return first;
    let index = 0;
    for (;;) {
      const left = list[2 * index + 1];
      const right = list[2 * index + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(last, child)) break;
      list[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    list[index] = last;
    return first;
  }
}

// What follows from a step is done in promises alone, and Node runs its queue of ticks only when no promise is left to run: what waits then, waits
// for an event of ours. Twice, for what a tick itself has caused. Now and then the event loop turns, so that the process hears signals and timers.
const turn = globalThis.setImmediate;
const LOOP_TURNS_AFTER = 256;
const ticked = (): Promise<void> => new Promise((resolve) => { process.nextTick(resolve); });
const drained = async (steps: number): Promise<void> => {
  if (steps % LOOP_TURNS_AFTER === 0) { await new Promise<void>((resolve) => { turn(resolve); }); return; }
  await ticked();
  await ticked();
};

export function createScheduler(input: { readonly startAt: number; readonly random: Random }): Scheduler {
  const queue = new Queue();
  const trace: string[] = [];
  let now = input.startAt;
  let order = 0;
  let steps = 0;

  const at: Scheduler["at"] = (delayMs, label, run, life) => {
    const entry: Entry = { at: now + Math.max(0, Math.ceil(delayMs)), order: order++, label, run, life, isOff: false };
    queue.push(entry);
    return () => { entry.isOff = true; };
  };
  const skip = (): void => { while (queue.first !== undefined && (queue.first.isOff || queue.first.life?.isDead === true)) queue.pop(); };

  const step = async (): Promise<boolean> => {
    skip();
    const entry = queue.pop();
    if (entry === undefined) return false;
    now = Math.max(now, entry.at);
    if (entry.life !== undefined && entry.life.pausedUntil > now) {
      entry.at = entry.life.pausedUntil;
      queue.push(entry);
      return true;
    }
    steps += 1;
    if (entry.label !== "") trace.push(`${now - input.startAt} ${entry.life?.name ?? "-"} ${entry.label}`);
    await entry.run();
    await drained(steps);
    return true;
  };

  const timers = (life: Life): Timers => ({
    after: (ms, work) => at(ms, "", work, life),
    every: (ms, work) => {
      let stop: () => void;
      const again = (): void => { stop = at(ms, "", () => { again(); work(); }, life); };
      again();
      return () => { stop(); };
    },
  });
  return {
    random: input.random, trace, get steps() { return steps; }, now: () => now, next: () => { skip(); return queue.first?.at; }, at, step, timers,
    sleep: (ms) => new Promise((resolve) => { at(ms, "", resolve); }),
    note: (line) => { trace.push(`${now - input.startAt} ${line}`); },
  };
}
