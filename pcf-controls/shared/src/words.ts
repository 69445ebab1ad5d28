// What every control says: texts from its resx in the user's language, amounts and times in the user's format.
import { formatAmount } from "./money.ts";
import { dateTimeOf, localeOf, timeOf } from "./locale.ts";
import { saidIn } from "./said.ts";

export type Host = Pick<ComponentFramework.Context<unknown>, "webAPI" | "utils" | "navigation" | "resources" | "userSettings">;

export interface Words {
  /** The text of a key, with {0}, {1} … replaced. */
  t(key: string, ...values: readonly string[]): string;
  /** A sentence that the relay wrote on a row. */
  said(text: string): string;
  money(minor: bigint, currency: string): string;
  time(instant: string): string;
  dateTime(instant: string): string;
  date(instant: string): string;
  readonly locale: string;
  readonly isRightToLeft: boolean;
}

/** Reads the context anew each time: the host replaces it. */
export function createWords(host: () => Host): Words {
  const locale = (): string => localeOf(host().userSettings.languageId);
  return {
    t: (key, ...values) => values.reduce((text, value, index) => text.split(`{${index}}`).join(value), host().resources.getString(key)),
    said: (text) => saidIn(locale(), text),
    money: (minor, currency) => formatAmount(minor, currency, locale()),
    time: (instant) => timeOf(instant, locale()),
    dateTime: (instant) => dateTimeOf(instant, locale()),
    date: (instant) => new Date(instant).toLocaleDateString(locale(), { dateStyle: "medium" }),
    get locale() { return locale(); },
    get isRightToLeft() { return host().userSettings.isRTL; },
  };
}
