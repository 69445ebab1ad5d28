// The business clock of the sandbox: real time plus an offset that tests move. One object, shared by every stand-in of a process.
// `wire` is real time itself (signatures, tokens, service protection); a simulation hands in a time of its own.
export interface BusinessClock {
  now(): Date;
  /** Milliseconds of real time. */
  wire(): number;
  readonly offsetMs: number;
  /** Moves forward by an ISO 8601 duration ("P1DT2H", "PT20M") and waits until every listener has taken it in. */
  advance(isoDuration: string): Promise<void>;
  onMove(listener: (offsetMs: number) => void | Promise<void>): void;
}

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds; throws for anything else. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  if (match === null || text.length < 3) throw new Error(`not a duration: ${text}`);
  const [days, hours, minutes, seconds] = match.slice(1).map((part: string | undefined) => Number(part ?? 0));
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
}

export function createClock(offsetMs = 0, wire: () => number = Date.now): BusinessClock {
  const listeners: ((offsetMs: number) => void | Promise<void>)[] = [];
  let offset = offsetMs;
  return {
    now: () => new Date(wire() + offset),
    wire,
    get offsetMs() { return offset; },
    advance: async (isoDuration) => {
      offset += durationMs(isoDuration);
      for (const listener of listeners) await listener(offset);
    },
    onMove: (listener) => { listeners.push(listener); },
  };
}
