// What was previewed is what is executed: a canonical plan, its hash, and lines that count only while nothing has changed.
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checkBulkLine, parsePlan, toPlanText, type BulkLine, type BulkRequest, type BulkRun } from "../../plugin-proxy/src/domain/bulk/plan.ts";

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");
const lines: readonly BulkLine[] = [{ paymentId: "aaaaaaaa-0000-4000-8000-000000000001", revision: 4, minor: 1_000n, currency: "USD" }, { paymentId: "aaaaaaaa-0000-4000-8000-000000000002", revision: 7, minor: 68_000n, currency: "JPY" }];
const plan = toPlanText(lines);
const run: BulkRun = { bulkRunId: "run", action: "capture", plan, planHash: hashOf(plan), lineCount: 2 };
const request = (more: Partial<BulkRequest> = {}): BulkRequest => ({ action: "capture", line: 1, paymentId: lines[0]?.paymentId, revision: 4, minor: 1_000n, currency: "USD", hashOf, ...more });

test("the plan reads back as it was written, and its text is fixed", () => {
  expect(plan).toBe('[{"paymentId":"aaaaaaaa-0000-4000-8000-000000000001","revision":4,"amountMinor":"1000","currency":"USD"},{"paymentId":"aaaaaaaa-0000-4000-8000-000000000002","revision":7,"amountMinor":"68000","currency":"JPY"}]');
  expect(parsePlan(plan)).toEqual(lines);
});

test("any text that is not canonical is no plan", () => {
  for (const text of ["", "{}", "[1]", ` ${plan}`, plan.replace('"revision":4', '"revision":4.5'), plan.replace('"1000"', "1000"), plan.replace('"1000"', '"-1000"'), plan.replace("aaaaaaaa", "AAAAAAAA")]) expect(parsePlan(text)).toBeUndefined();
});

test("any plan of any lines survives", () => {
  const line = fc.record({ paymentId: fc.uuid(), revision: fc.nat(), minor: fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }), currency: fc.constantFrom("USD", "JPY", "KWD") });
  fc.assert(fc.property(fc.array(line, { maxLength: 20 }), (any) => { expect(parsePlan(toPlanText(any))).toEqual(any); }));
});

describe("a line", () => {
  test("that is as it was previewed counts", () => { expect(checkBulkLine(run, request())).toEqual({ ok: true, value: lines[0] }); });
  test.each<[string, BulkRun, BulkRequest, string]>([
    ["of a payment that changed since", run, request({ revision: 5 }), "changed_since_preview"],
    ["with another amount", run, request({ minor: 999n }), "bulk_line_differs"],
    ["with another currency", run, request({ currency: "EUR" }), "bulk_line_differs"],
    ["of another payment", run, request({ paymentId: lines[1]?.paymentId }), "bulk_line_differs"],
    ["that the plan has not", run, request({ line: 3 }), "bulk_line_differs"],
    ["without a number", run, request({ line: undefined }), "bulk_line_differs"],
    ["of a run for something else", { ...run, action: "refund" }, request(), "bulk_line_differs"],
    ["of a plan whose hash is another", { ...run, planHash: hashOf("other") }, request(), "bulk_plan_changed"],
    ["of a plan with more lines than it says", { ...run, lineCount: 1 }, request(), "bulk_plan_changed"],
    ["of a plan that was rewritten with its hash but is not canonical", { ...run, plan: ` ${plan}`, planHash: hashOf(` ${plan}`) }, request(), "bulk_plan_changed"],
  ])("%s is refused", (_name, of, asked, error) => { expect(checkBulkLine(of, asked)).toEqual({ ok: false, error }); });
});
