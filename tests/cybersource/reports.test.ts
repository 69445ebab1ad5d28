// Reports of the Cybersource stand-in: what was submitted, what became of it, what cardholders' banks took back.
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createClock, type BusinessClock } from "../sandbox/kit/clock.ts";
import { openMerchant, type OpenMerchant } from "./in-process.ts";
import { amount, payment, voiding, type Json } from "./merchant.ts";

let merchant: OpenMerchant;
let clock: BusinessClock;
beforeAll(async () => { clock = createClock(Date.UTC(2026, 10, 24, 10) - Date.now()); merchant = await openMerchant({ clock }); });
beforeEach(async () => { await merchant.control("reset", {}); });

const post = async (path: string, body: unknown): Promise<string> => String((await merchant.call("POST", `/pts/v2/${path}`, body)).body["id"]);
const sale = (total: string, code: string): Promise<string> => post("payments", payment(total, { capture: true, code }));
const dayOf = (offset: number): string => { const at = new Date(clock.now().getTime() + offset * 86_400_000).toISOString().slice(0, 10); return `startTime=${at}T00:00:00.000Z&endTime=${at}T23:59:59.999Z`; };
const details = async (query: string): Promise<Json> => (await merchant.call("GET", `/reporting/v3/purchase-refund-details?${query}`)).body;
const settlements = async (query: string): Promise<readonly Json[]> => (await details(query))["settlements"] as readonly Json[];

describe("purchase and refund details", () => {
  test("name what was submitted, by the day its batch closed or the day it was asked for, and not what is open or voided", async () => {
    const [taken, gone] = [await sale("10.00", "A-LONG-REFERENCE-1"), await sale("20.00", "B")];
    await post(`payments/${gone}/voids`, voiding());
    await post("payments", payment("30.00"));
    expect(await settlements(dayOf(0))).toEqual([]);
    await clock.advance("P1D");
    expect(await settlements(`${dayOf(0)}&viewBy=submissionDate`)).toMatchObject([{ requestId: taken, amount: "10.00", currencyCode: "USD", transactionType: "Purchases" }]);
    expect(await settlements(`${dayOf(-1)}&viewBy=submissionDate`)).toEqual([]);
    expect(await settlements(dayOf(-1))).toMatchObject([{ requestId: taken }]);
    await post(`payments/${taken}/refunds`, amount("4.00"));
    await clock.advance("P1D");
    expect(await settlements(`${dayOf(0)}&viewBy=submissionDate`)).toMatchObject([{ amount: "-4.00", transactionType: "Refunds" }]);
  });

  test("show what the processor said of it, once it said something, and a reference that it has cut", async () => {
    const id = await sale("10.00", "A-LONG-REFERENCE-1");
    await clock.advance("P1D");
    const query = `${dayOf(0)}&viewBy=submissionDate`;
    expect(await details(query)).toMatchObject({ settlementStatuses: [], requestDetails: [{ merchantReferenceNumber: "A-LONG-REFERENCE-1" }] });
    await merchant.control("settlements", { id, status: "REJECTED", reasonCode: "14" });
    await merchant.control("settings", { reportReferenceLength: 15 });
    expect(await details(query)).toMatchObject({ settlementStatuses: [{ requestId: id, status: "REJECTED", reasonCode: "14" }], requestDetails: [{ merchantReferenceNumber: "A-LONG-REFERENC" }] });
  });

  test("come in pages", async () => {
    for (const code of ["A", "B", "C"]) await sale("10.00", code);
    await clock.advance("P1D");
    const query = `${dayOf(0)}&viewBy=submissionDate&limit=2`;
    expect([(await settlements(query)).length, (await settlements(`${query}&offset=2`)).length]).toEqual([2, 1]);
  });

  test.each(["limit=0", "limit=2001", "offset=-1", "viewBy=weekday", "organizationId=another", "startTime=soon"])("refuse %s", async (wrong) => {
    expect(await merchant.call("GET", `/reporting/v3/purchase-refund-details?${wrong}&${dayOf(0)}`)).toMatchObject({ status: 400, body: { reason: "INVALID_DATA" } });
  });
});

test("Chargeback details name what cardholders' banks said on that day", async () => {
  const id = await sale("10.00", "A");
  await clock.advance("P3D");
  await merchant.control("chargebacks", { id, action: "First chargeback", responseDueTime: "2026-12-20T00:00:00.000Z" });
  const read = async (offset: number): Promise<unknown> => (await merchant.call("GET", `/reporting/v3/chargeback-details?${dayOf(offset)}`)).body["chargebackDetails"];
  expect(await read(0)).toMatchObject([{ requestId: id, merchantReferenceNumber: "A", amount: "10.00", action: "First chargeback", responseDueTime: "2026-12-20T00:00:00.000Z" }]);
  expect(await read(-1)).toEqual([]);
});
