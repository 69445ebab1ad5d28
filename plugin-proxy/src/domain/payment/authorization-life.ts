// How long an authorization lives: by brand and channel from the merchant account, else the account's own number of days.
import type { Command } from "./command.ts";

const DAYS_DEFAULT = 7;

/** Days. `cardTypeCode` is Cybersource's ("001" is Visa). A cap for mail and absent customers can only shorten. */
export function authorizationDaysOf(command: Command | undefined, cardTypeCode: string | undefined): number {
  const account = command?.merchantAccount;
  if (account === undefined) return DAYS_DEFAULT;
  const days = (cardTypeCode === undefined ? undefined : account.authorizationDaysByBrand?.[cardTypeCode]) ?? account.authorizationDays;
  return command?.channel === "phone" || account.mailDays === undefined ? days : Math.min(days, account.mailDays);
}
