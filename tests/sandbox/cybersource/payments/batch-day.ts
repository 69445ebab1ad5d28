// Batches close once a day at the merchant's cut-off in the merchant's time zone; what is in a closed batch can no longer be voided.
import { remembering } from "../../kit/remember.ts";
import type { State, Transaction } from "../state.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_MAX = 500;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  formats.set(timeZone, made);
  return made;
}

/** Date and time of day of a minute in a zone, as "Europe/Berlin 29671234": each payment is asked for its own again and again. */
const wallClock = remembering(MINUTES_MAX, (text) => {
  const [timeZone = "", minute = ""] = text.split(" ");
  const parts = Object.fromEntries(formatFor(timeZone).formatToParts(Number(minute) * MINUTE_MS).map(({ type, value }) => [type, value]));
  return { day: `${parts["year"] ?? ""}-${parts["month"] ?? ""}-${parts["day"] ?? ""}`, time: `${parts["hour"] ?? ""}:${parts["minute"] ?? ""}` };
});

/** The business date (YYYY-MM-DD) whose batch takes what happens at this instant: from the cut-off on it is the next day's. */
export function batchDay(state: State, at: Date): string {
  const { batchCutOff, batchTimeZone } = state.settings;
  const { day, time } = wallClock(`${batchTimeZone} ${Math.floor(at.getTime() / MINUTE_MS)}`);
  return time >= batchCutOff ? new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10) : day;
}

/** What is in a closed batch is with the processor and can no longer be voided. */
export const isBatched = (state: State, transaction: Transaction): boolean => transaction.isSettled || batchDay(state, state.clock.now()) > batchDay(state, transaction.at);
