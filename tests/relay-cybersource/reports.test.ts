// A day's two reports as they may come: page by page, with words that nobody knows, cut short or not at all.
import { describe, expect, test } from "@jest/globals";
import { readDay } from "../../plugin-proxy/src/cybersource/read-day.ts";
import { REPORT_WORDS_DEFAULT } from "../../plugin-proxy/src/cybersource/operations/report.ts";
import { asOrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import type { ReportAnswer } from "../../plugin-proxy/src/ports/gateway.ts";

const day = { from: Date.UTC(2026, 10, 24), to: Date.UTC(2026, 10, 25) };
const binding = { organizationId: asOrganizationId("00000000-0000-4000-8000-0000000000aa"), merchantId: "fabrikam", environment: "test" } as const;
type Reply = { readonly status: number; readonly text: string } | undefined;
const ok = (body: unknown): Reply => ({ status: 200, text: JSON.stringify(body) });
const NONE = ok({ organizationId: "fabrikam", chargebackDetails: [] });
const page = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ offset: 0, limit: 2000, pageResults: 0, requestDetails: [], settlements: [], settlementStatuses: [], ...more });

async function read(replies: { readonly settlements: (offset: number) => Reply; readonly disputes?: Reply }): Promise<{ readonly answer: ReportAnswer; readonly paths: readonly string[] }> {
  const paths: string[] = [];
  const answer = await readDay(async (path) => {
    paths.push(path);
    return path.startsWith("/reporting/v3/purchase-refund-details?") ? replies.settlements(Number(new URLSearchParams(path.split("?")[1]).get("offset"))) : "disputes" in replies ? replies.disputes : NONE;
  }, { binding, day, words: { ...REPORT_WORDS_DEFAULT, disputeWon: ["won"] } });
  return { answer, paths };
}
const linesOf = (answer: ReportAnswer) => (answer.kind === "reported" ? answer.report.settlements : []);

describe("settlements", () => {
  test("are asked for by submission date, of the whole day, for this merchant account", async () => {
    const { paths } = await read({ settlements: () => ok(page()) });
    expect(paths.map((path) => decodeURIComponent(path))).toEqual([
      "/reporting/v3/purchase-refund-details?organizationId=fabrikam&startTime=2026-11-24T00:00:00.000Z&endTime=2026-11-25T00:00:00.000Z&viewBy=submissionDate&offset=0&limit=2000",
      "/reporting/v3/chargeback-details?organizationId=fabrikam&startTime=2026-11-24T00:00:00.000Z&endTime=2026-11-25T00:00:00.000Z",
    ]);
  });

  test("are joined from their sections; amounts lose their sign", async () => {
    const { answer } = await read({ settlements: () => ok(page({
      requestDetails: [{ requestId: "1", merchantReferenceNumber: "REF-1" }], settlements: [{ requestId: "1", amount: "-10.00", currencyCode: "usd" }, { requestId: "2", amount: "7", currencyCode: "JPY" }],
      settlementStatuses: [{ requestId: "1", status: "Rejected", reasonCode: "14", errorText: "account closed" }, { requestId: "3", status: "SETTLED" }],
    })) });
    expect(linesOf(answer)).toEqual([
      { requestId: "1", merchantReference: "REF-1", amount: { minor: 1_000n, currency: "USD" }, outcome: "rejected", word: "Rejected 14 account closed" },
      { requestId: "2", merchantReference: "", amount: { minor: 7n, currency: "JPY" }, outcome: "submitted", word: undefined },
      { requestId: "3", merchantReference: "", amount: undefined, outcome: "settled", word: "SETTLED" },
    ]);
  });

  test.each([["settled", "settled"], ["FAILED", "rejected"], ["Pending", "unclear"], ["", "submitted"]])("the word %p is %s", async (status, outcome) => {
    const { answer } = await read({ settlements: () => ok(page({ settlements: [{ requestId: "1", amount: "1.00", currencyCode: "USD" }], settlementStatuses: [{ requestId: "1", status }] })) });
    expect(linesOf(answer).map((line) => line.outcome)).toEqual([outcome]);
  });

  test("come in pages, to the end", async () => {
    const rows = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ requestId: String(from + index), amount: "1.00", currencyCode: "USD" }));
    const { answer, paths } = await read({ settlements: (offset) => ok(page({ settlements: rows(offset, offset === 0 ? 2_000 : 3) })) });
    expect(linesOf(answer)).toHaveLength(2_003);
    expect(paths).toHaveLength(3);
  });
});

describe("a day that cannot be read whole is not read", () => {
  test.each<[string, Reply]>([["no answer", undefined], ["404", { status: 404, text: "{}" }], ["403", { status: 403, text: "{}" }], ["a page", { status: 200, text: "<html>" }], ["half a body", { status: 200, text: '{"settlements":[' }], ["another report", ok({ conversionDetails: [] })]])("%s", async (_what, reply) => {
    expect((await read({ settlements: () => reply })).answer.kind).toBe("unavailable");
    expect((await read({ settlements: () => ok(page()), disputes: reply })).answer.kind).toBe("unavailable");
  });

  test("a second page that does not come", async () => {
    const full = Array.from({ length: 2_000 }, (_, index) => ({ requestId: String(index), amount: "1.00", currencyCode: "USD" }));
    expect((await read({ settlements: (offset) => (offset === 0 ? ok(page({ settlements: full })) : undefined) })).answer.kind).toBe("unavailable");
  });
});

test("disputes: every line opens one, unless its action is a word for won; without an id it is about nothing", async () => {
  const { answer } = await read({ settlements: () => ok(page()), disputes: ok({ chargebackDetails: [
    { requestId: "1", merchantReferenceNumber: "REF-1", action: "First chargeback", time: "2026-11-24T08:00:00Z", responseDueTime: "2026-12-14T00:00:00Z" }, { requestId: "2", action: "WON" }, { action: "First chargeback" },
  ] }) });
  expect(answer.kind === "reported" ? answer.report.disputes : []).toEqual([
    { requestId: "1", merchantReference: "REF-1", isWon: false, at: Date.UTC(2026, 10, 24, 8), responseDueAt: Date.UTC(2026, 11, 14) },
    { requestId: "2", merchantReference: "", isWon: true, at: day.from, responseDueAt: undefined },
  ]);
});
