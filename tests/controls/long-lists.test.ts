// Lists that are longer than a page: what is left out is never the newest step or a rejected row, and it is said that there is more.
import { expect, test } from "@jest/globals";
import { readIncomplete, ROWS_STEP } from "../../pcf-controls/incomplete-payments/IncompletePayments/rows.ts";
import { readTimeline, ROWS_MAX } from "../../pcf-controls/payment-timeline/PaymentTimeline/rows.ts";

type Row = Readonly<Record<string, unknown>>;
const PAYMENT = "cybs_payment";
const TRANSACTION = "cybs_paymenttransaction";
/** Answers as Dataverse does: in the order that was asked for, no more than were asked for. */
function apiOf(tables: Readonly<Record<string, (query: string) => readonly Row[]>>, asked: string[] = []): ComponentFramework.WebApi {
  return {
    retrieveRecord: () => Promise.resolve({}),
    retrieveMultipleRecords: (table: string, query: string) => {
      asked.push(query);
      const rows = tables[table]?.(query) ?? [];
      const ordered = query.includes("desc") ? [...rows].reverse() : rows;
      return Promise.resolve({ entities: ordered.slice(0, Number(/\$top=(\d+)/.exec(query)?.[1] ?? rows.length)), nextLink: "" });
    },
  } as unknown as ComponentFramework.WebApi;
}
const many = (count: number, row: (index: number) => Row): readonly Row[] => Array.from({ length: count }, (_, index) => row(index));
const step = (index: number): Row => ({ cybs_paymenttransactionid: `t${index}`, createdon: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString() });

test("a payment of 300 transactions tells all of them", async () => {
  const { events, hasOlder } = await readTimeline(apiOf({ [TRANSACTION]: () => many(300, step) }), "p");
  expect([events.length, hasOlder]).toEqual([300, false]);
});

test("of more than a timeline holds the oldest are left out, and that is said", async () => {
  const { events, hasOlder } = await readTimeline(apiOf({ [TRANSACTION]: () => many(ROWS_MAX + 20, step) }), "p");
  expect([events.length, hasOlder]).toEqual([ROWS_MAX, true]);
  expect(events.map(({ id }) => id)).toContain(`t${ROWS_MAX + 19}`);
});

test("incomplete payments beyond the first page are a button away, steps are read in parts, and what Dataverse rejected is on every page", async () => {
  const asked: string[] = [];
  const api = apiOf({
    [PAYMENT]: () => many(130, (index) => ({ cybs_paymentid: `p${index}` })),
    [TRANSACTION]: (query) => (query.includes("projection_rejected") ? [{ cybs_paymenttransactionid: "rejected", cybs_reason: "projection_rejected" }] : []),
  }, asked);
  const now = new Date();
  const [first, second, third] = [await readIncomplete(api, now, ROWS_STEP), await readIncomplete(api, now, 2 * ROWS_STEP), await readIncomplete(api, now, 3 * ROWS_STEP)];
  expect([first, second, third].map(({ rows, hasMore }) => [rows.length, hasMore, rows.at(-1)?.id])).toEqual([[51, true, "rejected"], [101, true, "rejected"], [131, false, "rejected"]]);
  expect(Math.max(...asked.map((query) => query.split("_cybs_paymentid_value eq ").length - 1))).toBeLessThanOrEqual(ROWS_STEP);
});
