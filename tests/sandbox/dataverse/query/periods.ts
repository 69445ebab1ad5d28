// Stretches of time that queries name relative to now: last week, next three months, this fiscal period. Days are the user's (here UTC),
// weeks begin on Sunday, a fiscal year on 1 January with quarters as periods (an organization's default).
// Source: learn.microsoft.com/power-apps/developer/data-platform/fetchxml/reference/operators (date and time)
export type Span = readonly [from: number, before: number];
type Unit = "year" | "quarter" | "month" | "week" | "day" | "hour" | "minute";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MS: Readonly<Partial<Record<Unit, number>>> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS, week: 7 * DAY_MS };

export const startOfDay = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

function startOf(unit: Unit, at: number): number {
  const date = new Date(at);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  switch (unit) {
    case "year": return Date.UTC(year, 0);
    case "quarter": return Date.UTC(year, month - month % 3);
    case "month": return Date.UTC(year, month);
    case "week": return startOfDay(at) - date.getUTCDay() * DAY_MS;
    default: return startOfDay(at);
  }
}

function shift(unit: Unit, at: number, count: number): number {
  const ms = MS[unit];
  if (ms !== undefined) return at + count * ms;
  const date = new Date(at);
  const months = count * (unit === "year" ? 12 : unit === "quarter" ? 3 : 1);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds());
}

/** A whole calendar unit: 0 is this one, -1 the last, 1 the next. */
const calendar = (unit: Unit, offset: number) => (now: number): Span => {
  const start = shift(unit, startOf(unit, now), offset);
  return [start, shift(unit, start, 1)];
};
/** The last so many units: from the beginning of that day until now. Hours count from the very minute. */
const last = (unit: Unit) => (now: number, count: number): Span => [unit === "hour" ? shift(unit, now, -count) : startOfDay(shift(unit, now, -count)), now + 1];
const next = (unit: Unit) => (now: number, count: number): Span => [now, unit === "hour" ? shift(unit, now, count) + 1 : startOfDay(shift(unit, now, count)) + DAY_MS];
const older = (unit: Unit) => (now: number, count: number): Span => [-Infinity, shift(unit, now, -count)];

const QUARTERS = 4;
const fiscalPeriod = (period: number, year: number): Span => [Date.UTC(year, (period - 1) * 3), Date.UTC(year, period * 3)];

type Period = (now: number, first: number, second: number) => Span;
/** Names as the Web API's functions have them, without their namespace. */
export const PERIODS: Readonly<Record<string, Period>> = {
  Today: calendar("day", 0), Yesterday: calendar("day", -1), Tomorrow: calendar("day", 1),
  ThisWeek: calendar("week", 0), LastWeek: calendar("week", -1), NextWeek: calendar("week", 1),
  ThisMonth: calendar("month", 0), LastMonth: calendar("month", -1), NextMonth: calendar("month", 1),
  ThisYear: calendar("year", 0), LastYear: calendar("year", -1), NextYear: calendar("year", 1),
  ThisFiscalYear: calendar("year", 0), LastFiscalYear: calendar("year", -1), NextFiscalYear: calendar("year", 1),
  ThisFiscalPeriod: calendar("quarter", 0), LastFiscalPeriod: calendar("quarter", -1), NextFiscalPeriod: calendar("quarter", 1),
  Last7Days: (now) => last("day")(now, 7), Next7Days: (now) => next("day")(now, 7),
  LastXHours: last("hour"), LastXDays: last("day"), LastXWeeks: last("week"), LastXMonths: last("month"), LastXYears: last("year"),
  NextXHours: next("hour"), NextXDays: next("day"), NextXWeeks: next("week"), NextXMonths: next("month"), NextXYears: next("year"),
  LastXFiscalYears: (now, count) => [shift("year", startOf("year", now), -count), startOf("year", now)], NextXFiscalYears: (now, count) => [shift("year", startOf("year", now), 1), shift("year", startOf("year", now), 1 + count)],
  LastXFiscalPeriods: (now, count) => [shift("quarter", startOf("quarter", now), -count), startOf("quarter", now)], NextXFiscalPeriods: (now, count) => [shift("quarter", startOf("quarter", now), 1), shift("quarter", startOf("quarter", now), 1 + count)],
  OlderThanXMinutes: older("minute"), OlderThanXHours: older("hour"), OlderThanXDays: older("day"), OlderThanXWeeks: older("week"), OlderThanXMonths: older("month"), OlderThanXYears: older("year"),
  InFiscalYear: (_now, year) => [Date.UTC(year, 0), Date.UTC(year + 1, 0)], InFiscalPeriodAndYear: (_now, period, year) => fiscalPeriod(period, year),
  InOrBeforeFiscalPeriodAndYear: (_now, period, year) => [-Infinity, fiscalPeriod(period, year)[1]], InOrAfterFiscalPeriodAndYear: (_now, period, year) => [fiscalPeriod(period, year)[0], Infinity],
};

/** In this fiscal period of any year. */
export const isInFiscalPeriod = (at: number, period: number): boolean => period >= 1 && period <= QUARTERS && Math.floor(new Date(at).getUTCMonth() / 3) + 1 === period;
