// Claim, sweep and projection against the Dataverse stand-in, with the shipped roles: what the relay may do, and no more.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { paymentRequestTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { asEffectId, asPaymentRequestId, type EffectId, type PaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import type { PaymentProjection } from "../../plugin-proxy/src/domain/payment/project.ts";
import type { RequestReading } from "../../plugin-proxy/src/ports/dataverse.ts";
import { startSandboxHarness, type SandboxHarness } from "./sandbox.ts";

const r = paymentRequestTable;
const ledgerId = randomUUID();
let sandbox: SandboxHarness;
beforeAll(async () => { sandbox = await startSandboxHarness(); });
afterAll(() => sandbox.close());
beforeEach(() => { sandbox.notes.length = 0; });

interface Made {
  readonly paymentRequestId: PaymentRequestId;
  readonly effectId: EffectId;
}
async function makeRequest(changes: Record<string, unknown> = {}, user = "salesrep", order = "Espresso machines"): Promise<Made> {
  const [usd] = await sandbox.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  const id = await sandbox.as(user).create(r.entitySetName, {
    [r.columns.action]: r.choices.action.takePayment, [r.columns.method]: r.choices.method.newCard, [r.columns.channel]: r.choices.channel.onThePhone, [r.columns.state]: r.choices.state.submitted,
    [r.columns.amount]: 1240.5, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(usd?.["transactioncurrencyid"])})`,
    [`${r.navigation.salesOrderId}@odata.bind`]: `/salesorders(${sandbox.demo.orders[order] ?? ""})`, [r.columns.billToFirstName]: "Ana", ...changes,
  });
  return { paymentRequestId: asPaymentRequestId(id), effectId: asEffectId(randomUUID()) };
}
const queryOf = (made: Made): Made & { organizationId: SandboxHarness["organizationId"]; ledgerId: string } => ({ ...made, organizationId: sandbox.organizationId, ledgerId });

const transactions = (id: PaymentRequestId): Promise<readonly Record<string, unknown>[]> => sandbox.as("sysadmin").find(`${paymentTransactionTable.entitySetName}?$filter=_cybs_paymentrequestid_value eq ${id}`);

describe("the claim", () => {
  test("reads the order with its lines and owner, the accounts and units, and creates the row once", async () => {
    const made = await makeRequest();
    const adapter = sandbox.adapter();
    const answer = await adapter.readAndClaim(queryOf(made));
    expect(answer).toMatchObject({
      kind: "read", claim: "created",
      row: {
        paymentRequestId: made.paymentRequestId, state: "submitted", action: "take_payment", method: "new_card", amount: { minor: 124_050n, currency: "USD" }, hasOnBehalfBy: false,
        author: { fullName: "Ann Weiler", isInteractivePerson: true }, billTo: { firstName: "Ana" },
        document: { isOpen: true, isWritable: true, total: { minor: 124_000n, currency: "USD" }, customer: { kind: "account", id: sandbox.demo.accounts["Fabrikam, Inc."] }, owner: { kind: "systemuser" }, payments: [] },
      },
    });
    const reading = answer as RequestReading;
    expect(reading.row.document?.lines.map((line) => [line.name, line.quantity, line.unitPrice.minor]).sort()).toEqual([["Espresso machine", 2, 55_000n], ["Grinder", 1, 14_000n]]);
    expect(reading.merchantAccounts.map((account) => account.currency).sort()).toEqual(["EUR", "JPY", "KWD", "USD", "USD"]);
    expect(reading.businessUnits).toHaveLength(3);
    expect(await adapter.readAndClaim(queryOf(made))).toMatchObject({ claim: "own" });
    expect(await adapter.readAndClaim({ ...queryOf(made), ledgerId: randomUUID() })).toMatchObject({ claim: "foreign" });
    expect(await transactions(made.paymentRequestId)).toHaveLength(1);
  });

  test("reads of a product its commodity code and the name of its unit, and of a write-in neither", async () => {
    const reading = await sandbox.adapter().readRequest(queryOf(await makeRequest({}, "salesrep", "Spare parts"))) as RequestReading;
    expect(reading.row.document?.lines).toMatchObject([{ sku: "GS-58", name: "Gasket set", commodityCode: "31.18.15.00", unit: "Set", quantity: 4, unitPrice: { minor: 1_250n } }]);
    const writeIns = await sandbox.adapter().readRequest(queryOf(await makeRequest())) as RequestReading;
    expect(writeIns.row.document?.lines.map((line) => [line.commodityCode, line.unit])).toEqual([[undefined, undefined], [undefined, undefined]]);
  });

  test("a request that is not there leaves nothing behind", async () => {
    const made = { paymentRequestId: asPaymentRequestId(randomUUID()), effectId: asEffectId(randomUUID()) };
    expect(await sandbox.adapter().readAndClaim(queryOf(made))).toEqual({ kind: "request_not_found" });
    expect(await sandbox.as("sysadmin").find(`${paymentTransactionTable.entitySetName}?$filter=${paymentTransactionTable.primaryId} eq ${made.effectId}`)).toEqual([]);
  });

  test("twenty relays at once: one creates it, nineteen are foreign", async () => {
    const made = await makeRequest();
    const adapter = sandbox.adapter();
    const claims = await Promise.all(Array.from({ length: 20 }, () => adapter.readAndClaim({ ...queryOf(made), ledgerId: randomUUID() })));
    expect(claims.map((answer) => (answer.kind === "read" ? answer.claim : answer.kind)).sort()).toEqual(["created", ...Array.from({ length: 19 }, () => "foreign")]);
  });

  test("the answer lost after Dataverse made the row: the repetition finds it our own", async () => {
    const made = await makeRequest();
    await sandbox.fault({ match: { method: "POST", path: "/api/data/v9.2/$batch" }, fault: "drop-after", times: 1 });
    expect(await sandbox.adapter().readAndClaim(queryOf(made))).toMatchObject({ kind: "read", claim: "own" });
    expect(await transactions(made.paymentRequestId)).toHaveLength(1);
  });

  test.each([429, 503])("%i on the way is waited out", async (value) => {
    const made = await makeRequest();
    await sandbox.fault({ match: { method: "POST", path: "/api/data/v9.2/$batch" }, fault: "status", times: 1, value: { status: value, headers: { "retry-after": "2" } } });
    expect(await sandbox.adapter({ sleep: async () => undefined, now: (() => { let at = Date.now(); return () => (at += 500); })() }).readAndClaim(queryOf(made))).toMatchObject({ kind: "read", claim: "created" });
  });
});

describe("the sweep", () => {
  test("finds what nobody has claimed, what is not finished, and what was withdrawn", async () => {
    const unclaimed = await makeRequest();
    const claimed = await makeRequest();
    const draft = await makeRequest({ [r.columns.state]: r.choices.state.draft });
    const withdrawn = await makeRequest();
    const adapter = sandbox.adapter();
    await adapter.readAndClaim(queryOf(claimed));
    await adapter.readAndClaim(queryOf(withdrawn));
    await sandbox.as("salesrep").send("PATCH", `${r.entitySetName}(${withdrawn.paymentRequestId})`, { [r.columns.state]: r.choices.state.withdrawn });
    const { work } = await adapter.readSweep({ organizationId: sandbox.organizationId, changedSince: Date.now() - 3_600_000, positions: {} });
    if (work.kind !== "read") throw new Error(work.cause);
    expect(work.unclaimed).toContain(unclaimed.paymentRequestId);
    expect(work.unclaimed).not.toContain(claimed.paymentRequestId);
    expect(work.unclaimed).not.toContain(draft.paymentRequestId);
    expect(work.withdrawn).toEqual([withdrawn.paymentRequestId]);
    expect(work.openTransactions).toContainEqual({ effectId: claimed.effectId, table: "paymentrequest", paymentRequestId: claimed.paymentRequestId, ledgerId });
    expect(work.decisions).toEqual([]);
  });

  test("a hundred rows that nobody can claim do not hide a newer one, nor do those that were claimed between two pages", async () => {
    const stuck = await Promise.all(Array.from({ length: 110 }, () => makeRequest()));
    const newer = await makeRequest();
    const adapter = sandbox.adapter();
    const sweep = async (): Promise<readonly string[]> => {
      const { work } = await adapter.readSweep({ organizationId: sandbox.organizationId, changedSince: Date.now() - 3_600_000, positions: {} });
      if (work.kind !== "read") throw new Error(work.cause);
      return work.unclaimed;
    };
    const first = await sweep();
    expect(first).toHaveLength(100);
    expect(first).not.toContain(newer.paymentRequestId);
    for (const made of stuck.filter(({ paymentRequestId }) => first.includes(paymentRequestId)).slice(0, 5)) await adapter.readAndClaim(queryOf(made));
    const second = await sweep();
    expect(second).toContain(newer.paymentRequestId);
    expect(stuck.filter(({ paymentRequestId }) => !first.includes(paymentRequestId) && !second.includes(paymentRequestId))).toEqual([]);
    expect(await sweep()).toContain(first.at(-1));
  });

  test("the organization says who it is", async () => {
    expect(await sandbox.adapter().identify(sandbox.organizationId)).toEqual({ kind: "read", organizationId: sandbox.organizationId, environmentType: "sandbox", at: expect.any(Number) });
  });
});

async function projectionFor(made: Made, changes: Partial<PaymentProjection> = {}): Promise<PaymentProjection> {
  const answer = await sandbox.adapter().readRequest({ organizationId: sandbox.organizationId, paymentRequestId: made.paymentRequestId });
  if (answer.kind !== "read" || answer.row.document?.customer === undefined) throw new Error("not readable");
  const { row, merchantAccounts } = answer;
  const document = answer.row.document;
  const usd = (minor: bigint): { minor: bigint; currency: string } => ({ minor, currency: "USD" });
  const paymentMethodId = randomUUID();
  const base = { customer: answer.row.document.customer, merchantAccountId: merchantAccounts.find((account) => account.currency === "USD")?.merchantAccountId ?? "" };
  return {
    organizationId: sandbox.organizationId, paymentRequestId: made.paymentRequestId, revision: 3, ledgerId, currencyId: row.currencyId, owner: document.owner,
    payment: {
      ...base, paymentId: randomUUID(), name: `${document.number} · ${row.name}`, document: document.ref, paymentMethodId, status: "captured", riskStatus: "none",
      authorized: usd(124_050n), captured: usd(124_050n), refunded: usd(0n), reversed: usd(0n), open: usd(0n), unknown: usd(0n), cardTypeCode: "001", lastFour: "1111",
    },
    transactions: [{ effectId: made.effectId, type: "sale", status: "approved", isFinal: true, attempt: 1, amount: usd(124_050n), requestId: "7000000000000000000001", occurredOn: Date.now() }],
    paymentMethod: { ...base, paymentMethodId, paymentInstrumentId: "PI7", cardTypeCode: "001", lastFour: "1111", consentTextVersion: "2026-11", consentedOn: Date.now(), consentedBy: row.author.userId },
    document: { ref: document.ref, paymentStatus: "paid", appliedEffectId: made.effectId },
    ...changes,
  };
}

describe("the projection", () => {
  test("writes saved card, payment, transaction and the order's columns; the order's owner may read them", async () => {
    const made = await makeRequest({}, "salesrep", "Spare parts");
    const adapter = sandbox.adapter();
    await adapter.readAndClaim(queryOf(made));
    const projection = await projectionFor(made);
    expect([await adapter.project({ organizationId: sandbox.organizationId, projection }), sandbox.notes.filter((note) => note.what !== "retry")]).toEqual([{ kind: "written" }, []]);
    const rep = sandbox.as("salesrep");
    const [payment] = await rep.find(`${paymentTable.entitySetName}?$filter=${paymentTable.primaryId} eq ${projection.payment?.paymentId ?? ""}`);
    expect(payment).toMatchObject({ [paymentTable.columns.status]: paymentTable.choices.status.captured, [paymentTable.columns.capturedAmount]: 1240.5, [paymentTable.columns.brand]: "Visa", [paymentTable.columns.revision]: 3 });
    expect(await transactions(made.paymentRequestId)).toMatchObject([{ cybs_status: paymentTransactionTable.choices.status.approved, cybs_isfinal: true, cybs_type: paymentTransactionTable.choices.type.sale, _cybs_paymentid_value: projection.payment?.paymentId }]);
    const [order] = await rep.find(`salesorders?$select=cybs_paymentstatus,_cybs_paymentappliedid_value&$filter=salesorderid eq ${sandbox.demo.orders["Spare parts"] ?? ""}`);
    expect(order).toMatchObject({ cybs_paymentstatus: 727_000_004, _cybs_paymentappliedid_value: made.effectId });
    expect(await adapter.readRequest({ organizationId: sandbox.organizationId, paymentRequestId: made.paymentRequestId })).toMatchObject({ row: { document: { payments: [{ captured: 124_050n }] } } });
  });

  test("again by the same process, by another one, and by one that was late", async () => {
    const made = await makeRequest();
    const [first, second] = [sandbox.adapter(), sandbox.adapter()];
    await first.readAndClaim(queryOf(made));
    const projection = await projectionFor(made);
    const revisionOf = async (): Promise<unknown> => (await sandbox.as("sysadmin").find(`${paymentTable.entitySetName}?$filter=${paymentTable.primaryId} eq ${projection.payment?.paymentId ?? ""}`))[0]?.[paymentTable.columns.revision];
    const write = async (adapter: typeof first, revision: number): Promise<unknown> => [await adapter.project({ organizationId: sandbox.organizationId, projection: { ...projection, revision } }), await revisionOf()];
    expect(await write(first, 3)).toEqual([{ kind: "written" }, 3]);
    expect(await write(first, 4)).toEqual([{ kind: "written" }, 4]);
    expect(await write(second, 5)).toEqual([{ kind: "written" }, 5]);
    expect(await write(first, 4)).toEqual([{ kind: "ahead", revision: 5, isAnothers: false }, 5]);
    const { foreign } = await second.readSweep({ organizationId: sandbox.organizationId, changedSince: Date.now(), positions: {} });
    expect(foreign.kind === "read" ? foreign.shown : []).toContainEqual({ paymentId: projection.payment?.paymentId, revision: 5 });
  });

  test("the answer lost after Dataverse wrote it: the repetition writes the same rows", async () => {
    const made = await makeRequest();
    const adapter = sandbox.adapter();
    await adapter.readAndClaim(queryOf(made));
    const projection = await projectionFor(made);
    await sandbox.fault({ match: { method: "POST", path: "/api/data/v9.2/$batch" }, fault: "drop-after", times: 1 });
    expect(await adapter.project({ organizationId: sandbox.organizationId, projection })).toEqual({ kind: "written" });
    expect(await transactions(made.paymentRequestId)).toHaveLength(1);
  });

  test("a fulfilled order gets its payment, only its own columns stay as they were", async () => {
    const made = await makeRequest({}, "salesrep", "Training day");
    const adapter = sandbox.adapter();
    await adapter.readAndClaim(queryOf(made));
    const projection = await projectionFor(made);
    await sandbox.as("sysadmin").send("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "Done", "salesorderid@odata.bind": `/salesorders(${sandbox.demo.orders["Training day"] ?? ""})` }, Status: -1 });
    expect(await adapter.project({ organizationId: sandbox.organizationId, projection })).toEqual({ kind: "written" });
    expect(sandbox.notes.at(-1)).toMatchObject({ what: "document_not_written" });
    expect(await transactions(made.paymentRequestId)).toMatchObject([{ cybs_isfinal: true }]);
  });

  test("an owner who was disabled meanwhile is replaced by the unit's default team", async () => {
    const made = await makeRequest();
    const adapter = sandbox.adapter();
    await adapter.readAndClaim(queryOf(made));
    const projection = await projectionFor(made);
    const nobody = (await sandbox.as("sysadmin").find("systemusers?$select=systemuserid&$filter=startswith(domainname,'nobody@')"))[0]?.["systemuserid"];
    await sandbox.as("sysadmin").send("PATCH", `systemusers(${String(nobody)})`, { isdisabled: true });
    expect(await adapter.project({ organizationId: sandbox.organizationId, projection: { ...projection, owner: { id: String(nobody), kind: "systemuser" } } })).toEqual({ kind: "written" });
    const [row] = await sandbox.as("sysadmin").find(`${paymentTable.entitySetName}?$filter=${paymentTable.primaryId} eq ${projection.payment?.paymentId ?? ""}`);
    expect([row?.["_owningteam_value"] !== null, sandbox.notes.at(-1)]).toMatchObject([true, { what: "owner_fallback" }]);
  });
});
