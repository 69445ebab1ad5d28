// docs/runbooks/restore.md, done: the ledger is dumped with pg_dump while it is written to, restored into an empty database, and goes on there as
// the same ledger, with every rule that guards the money in force.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createSealer } from "../../plugin-proxy/src/crypto/seal.ts";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { keepDetail, openDetail } from "../../plugin-proxy/src/flows/detail.ts";
import { eraseDetails } from "../../plugin-proxy/src/flows/erase-details.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import { command, effect, intent, T0, usd } from "../support/intents.ts";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";

const runbook = readFileSync(join(import.meta.dirname, "../../docs/runbooks/restore.md"), "utf8");
/** The runbook's own commands, with our names in them. */
const commandOf = (program: string, values: Readonly<Record<string, string>>, file = "$FILE"): readonly string[] => {
  const line = runbook.split("\n").find((one) => one.trim().startsWith(`${program} `) && one.includes(file)) ?? "";
  return line.trim().split(" ").slice(1).map((word) => word.replace(/\$(\w+)/, (_whole, name: string) => values[name] ?? ""));
};

function sale(): Intent {
  const [organizationId, paymentRequestId] = [asOrganizationId(randomUUID()), asPaymentRequestId(randomUUID())];
  const attempts = [{ attempt: 1, merchantReference: asMerchantReference(`REF-${paymentRequestId}`), transactionId: asTransactionId(`TX-${paymentRequestId}`) }];
  const frozen = command({ organizationId, paymentRequestId, document: { kind: "salesorder", id: randomUUID() }, amount: usd(9_007_199_254_740_993n) });
  return intent(effect("sent", { effectId: asEffectId(randomUUID()), amount: usd(9_007_199_254_740_993n), attempts }), { organizationId, paymentRequestId, paymentId: randomUUID(), command: frozen });
}

describe("a ledger that was dumped and restored", () => {
  const folder = mkdtempSync(join(tmpdir(), "cybs-restore-"));
  const sales = Array.from({ length: 20 }, sale);
  const ledgers: Ledger[] = [];
  const sealer = createSealer(() => ["the configuration's key"]);
  const owner = () => ({ organizationId: asOrganizationId(randomUUID()), customerId: randomUUID(), paymentRequestId: asPaymentRequestId(randomUUID()) });
  const [erased, standing] = [owner(), owner()];
  let databases: PostgresServer[] = [];
  let before: Ledger;
  let after: Ledger;

  beforeAll(async () => {
    databases = [await freshDatabase(), await freshDatabase()];
    const [from, to] = databases.map(({ url }) => url);
    before = await openLedger({ databaseUrl: from ?? "" });
    ledgers.push(before);
    const put = (one: Intent) => before.transaction(async (tx) => { await tx.insertIntent(one); await tx.schedule({ kind: "advance", organizationId: one.organizationId, key: one.paymentRequestId, dueAt: T0 }); });
    for (const one of sales) await put(one);
    for (const owner of [erased, standing]) await before.transaction((tx) => keepDetail(tx, sealer, owner, { billTo: { lastName: "Lovelace" }, lines: [] }));
    await before.traffic.beginRequest({ scope: "s", key: "k", fingerprint: "f", now: T0, heldUntil: T0 });
    await before.traffic.finishRequest({ scope: "s", key: "k", status: 201, sealed: Uint8Array.of(1, 2) });
    const values = { DATABASE_URL: from ?? "", NEW_DATABASE_URL: to ?? "", FILE: join(folder, "ledger.dump"), KEYS_FILE: join(folder, "keys.dump") };
    // Somebody pays meanwhile: a dump is one moment, whole.
    const busy = Promise.all(Array.from({ length: 10 }, () => put(sale())));
    execFileSync("pg_dump", [...commandOf("pg_dump", values)]);
    await busy;
    // Erased after the backup of the ledger, before the newest copy of the keys.
    await eraseDetails({ ledger: before, clocks: { business: () => T0, wire: () => T0 } }, { organizationId: erased.organizationId, customerId: erased.customerId, paymentRequestIds: [erased.paymentRequestId], withKey: true });
    execFileSync("pg_dump", [...commandOf("pg_dump", values, "$KEYS_FILE")]);
    execFileSync("pg_restore", [...commandOf("pg_restore", values)]);
    execFileSync("pg_restore", [...commandOf("pg_restore", values, "$KEYS_FILE")]);
    after = await openLedger({ databaseUrl: to ?? "" });
    ledgers.push(after);
  }, 120_000);
  afterAll(async () => {
    for (const ledger of ledgers) await ledger.close();
    for (const database of databases) await database.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is the same ledger", () => { expect(after.ledgerId).toBe(before.ledgerId); });

  test("has every payment, to the cent", async () => {
    for (const one of sales) expect(await after.transaction((tx) => tx.loadIntent(one.organizationId, one.paymentRequestId))).toEqual(one);
  });

  test("still knows what is due, and what was answered to which key", async () => {
    expect((await after.takeDue({ now: T0, wireNow: T0, leaseUntil: T0 + 1, kinds: ["advance"], limit: 500 })).map((work) => work.key)).toEqual(expect.arrayContaining(sales.map((one) => one.paymentRequestId)));
    expect(await after.traffic.beginRequest({ scope: "s", key: "k", fingerprint: "f", now: T0, heldUntil: T0 })).toMatchObject({ kind: "answered", status: 201 });
    expect(await after.traffic.beginRequest({ scope: "s", key: "k", fingerprint: "g", now: T0, heldUntil: T0 })).toEqual({ kind: "other_request" });
  });

  test("brings no erased customer back, and everybody else's details", async () => {
    expect(await after.transaction((tx) => tx.loadDetail(erased.organizationId, erased.paymentRequestId))).toBeDefined();
    expect(await after.transaction((tx) => openDetail(tx, sealer, erased))).toEqual({ billTo: {}, lines: [] });
    expect(await after.transaction((tx) => tx.customerKeys.erasedAt(erased))).toBe(T0);
    expect(await after.transaction((tx) => openDetail(tx, sealer, standing))).toMatchObject({ billTo: { lastName: "Lovelace" } });
  });

  test("lets no attempt's id be used again, and no payment have two open effects", async () => {
    const [one] = sales;
    if (one === undefined) throw new Error("no sale");
    const other = sale();
    const stolen: Intent = { ...other, effects: [{ ...mainEffect(other), attempts: mainEffect(one).attempts }] };
    await expect(after.transaction((tx) => tx.insertIntent(stolen))).rejects.toMatchObject({ name: "LedgerConflict" });
    const second = { ...mainEffect(one), effectId: asEffectId(randomUUID()), step: "capture-1", attempts: [] };
    await expect(after.transaction((tx) => tx.saveIntent(one, { ...one, revision: one.revision + 1, effects: [...one.effects, second] }))).rejects.toMatchObject({ name: "LedgerConflict" });
  });
});
