// The merchant account's calendar: when the batch closes that a capture belongs to (a time of day in a named zone), and when today began. Pure.
const DAY_MS = 86_400_000;

/** Milliseconds that the zone's clock is ahead of UTC at an instant. */
function offsetMs(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }).formatToParts(instant);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - Math.floor(instant / 1_000) * 1_000;
}

/** The first cut-off after an instant; an account that names none closes at 00:00 UTC. Undefined when it is named wrongly. */
export function nextCutOff(after: string, cutOff = "00:00", timeZone = "UTC"): string | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(cutOff);
  const start = Date.parse(after);
  if (match === null || Number.isNaN(start)) return undefined;
  try {
    const local = new Date(start + offsetMs(start, timeZone));
    const atDay = (days: number): number => {
      const wall = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate(), Number(match[1]), Number(match[2])) + days * DAY_MS;
      // The offset at the cut-off itself, which summer time may have moved since.
      return wall - offsetMs(wall - offsetMs(wall, timeZone), timeZone);
    };
    const found = [0, 1].map(atDay).find((instant) => instant > start);
    return found === undefined ? undefined : new Date(found).toISOString();
  } catch {
    return undefined; // a zone this browser does not know
  }
}

/** Midnight of the account's own day, as limits per day count; a zone that nobody knows counts as UTC, as with the relay. */
export function startOfDay(now: number, timeZone = "UTC"): number {
  try {
    const local = now + offsetMs(now, timeZone);
    const midnight = local - (local % DAY_MS);
    return midnight - offsetMs(midnight - offsetMs(now, timeZone), timeZone);
  } catch {
    return now - (now % DAY_MS);
  }
}
