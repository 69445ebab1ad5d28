// What the panel counts against a limit before it is asked: the same as the relay, on the account's calendar day and in the payment's currency.
import { describe, expect, test } from "@jest/globals";
import { readAllowance } from "../../pcf-controls/refund-panel/RefundPanel/rows.ts";
import { factsOf, startOfDay } from "../../pcf-controls/shared/src/index.ts";
import { startOfDay as startOfDayAtTheRelay } from "../../plugin-proxy/src/domain/refund-governance/spent.ts";

const USER = "aaaaaaaa-2222-4333-8444-555555555555";
interface Asked { readonly cybs_amount: number; readonly createdon: string; readonly currency: string }
/** Honours the two conditions that matter here, as Dataverse would. */
function api(asked: readonly Asked[]): ComponentFramework.WebApi {
  const retrieveMultipleRecords = async (table: string, query: string) => {
    const since = /createdon ge ([^ &]+)/.exec(query)?.[1] ?? "";
    const currency = /_transactioncurrencyid_value eq ([^ &]+)/.exec(query)?.[1];
    return { entities: table === "cybs_refundrequest" ? asked.filter((row) => row.createdon >= since && (currency === undefined || row.currency === currency)) : [] };
  };
  return { retrieveMultipleRecords, retrieveRecord: async () => ({}) } as unknown as ComponentFramework.WebApi;
}
const payment = (timeZone: string | undefined) => factsOf(
  { cybs_paymentid: "p", _transactioncurrencyid_value: "usd", _cybs_customerid_value: "customer", transactioncurrencyid: { isocurrencycode: "USD" } }, { transactions: [], requests: [], account: { cybs_timezone: timeZone } },
);
const at = (createdon: string, cybs_amount: number, currency = "usd"): Asked => ({ createdon: new Date(createdon).toISOString(), cybs_amount, currency });
/** Two in the morning in New York. */
const NOW = Date.parse("2026-11-26T07:00:00Z");

describe("what was given back already", () => {
  test("today is the account's calendar day, not the last 24 hours", async () => {
    const rows = [at("2026-11-26T06:00:00Z", 1), at("2026-11-26T04:59:59Z", 10), at("2026-11-25T08:00:00Z", 100)];
    expect(await readAllowance(api(rows), USER, payment("America/New_York"), NOW)).toMatchObject({ today: 100n, forCustomer: 11_100n });
    expect(await readAllowance(api(rows), USER, payment(undefined), NOW)).toMatchObject({ today: 1_100n });
  });

  test("another currency's are not counted", async () => {
    const rows = [at("2026-11-26T06:00:00Z", 1), at("2026-11-26T06:30:00Z", 5_000, "jpy")];
    expect(await readAllowance(api(rows), USER, payment("America/New_York"), NOW)).toMatchObject({ today: 100n, forCustomer: 100n });
  });

  test.each(["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "no such zone", undefined])("the day begins when it does for the relay: %s, also around summer time", (zone) => {
    for (const day of ["2026-03-08", "2026-11-01", "2026-09-27", "2026-11-26"]) {
      for (let hour = 0; hour < 24; hour++) { const now = Date.parse(`${day}T${String(hour).padStart(2, "0")}:30:15.250Z`); expect(startOfDay(now, zone)).toBe(startOfDayAtTheRelay(now, zone)); }
    }
  });
});
