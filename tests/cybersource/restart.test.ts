// With a data folder, what happened and what was tokenised is there again after a restart.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { amount, payment, startMerchant, type Merchant } from "./merchant.ts";

const dataDir = mkdtempSync(join(tmpdir(), "cybs-kept-"));
afterAll(() => { rmSync(dataDir, { recursive: true }); });

async function during<T>(work: (merchant: Merchant) => Promise<T>): Promise<T> {
  const merchant = await startMerchant({ dataDir });
  try { return await work(merchant); } finally { await merchant.close(); }
}
const created = (body: Record<string, unknown>): Record<string, { id: string }> => body["tokenInformation"] as Record<string, { id: string }>;

test("Payments, tokens and settings survive a restart, and no id is given twice", async () => {
  const before = await during(async (merchant) => {
    await merchant.control("settings", { authorizationDays: 5 });
    const { body } = await merchant.call("POST", "/pts/v2/payments", payment("12.34", { actionList: ["TOKEN_CREATE"] }));
    return { id: String(body["id"]), customer: created(body)["customer"]?.id ?? "", ledger: await merchant.ledger() };
  });
  await during(async (merchant) => {
    expect(await merchant.ledger()).toEqual(before.ledger);
    expect(await merchant.control("settings")).toMatchObject({ authorizationDays: 5 });
    expect((await merchant.call("GET", `/tms/v2/customers/${before.customer}`)).status).toBe(200);
    expect((await merchant.call("POST", `/pts/v2/payments/${before.id}/captures`, amount("12.34"))).body).toMatchObject({ status: "PENDING" });
    const { body } = await merchant.call("POST", "/pts/v2/payments", payment("1.00", { actionList: ["TOKEN_CREATE"] }));
    expect(created(body)["customer"]?.id).not.toBe(before.customer);
  });
  expect(await during((merchant) => merchant.ledger())).toHaveLength(3);
});
