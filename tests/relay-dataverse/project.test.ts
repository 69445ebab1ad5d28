// Writing a projection: what goes into the batch, what guards it, and what may fail alone.
import { describe, expect, test } from "@jest/globals";
import { paymentMethodTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { ids, withAdapter } from "./adapter.ts";
import { failure, type Answer, type Arrived, type Script } from "./batch-server.ts";
import { methodId, methodSet, order, paymentId, projectionOf, unit, usd, user } from "./fixtures.ts";

const p = paymentTable;
const t = paymentTransactionTable;
const write = (operation: Arrived): Answer => ({ status: 200, body: { "@odata.etag": `W/"${operation.path.length}"` } });
const isPayment = (operation: Arrived): boolean => operation.path.startsWith(`${p.entitySetName}(`);

/** A Dataverse in which these rows stand; writes are conditional as asked. */
function standing(rows: { payment?: { etag: string; revision: number }; transaction?: { ledgerId: string; isFinal: boolean; status?: number }; method?: { etag: string; state?: number } }): Script["answer"] {
  const list = (value: unknown): Answer => ({ status: 200, body: { value: value === undefined ? [] : [value] } });
  return (operation) => {
    if (operation.method === "GET") {
      if (operation.path.startsWith(p.entitySetName)) return list(rows.payment && { "@odata.etag": rows.payment.etag, [p.columns.revision]: rows.payment.revision });
      if (operation.path.startsWith(t.entitySetName)) return list(rows.transaction && { "@odata.etag": 'W/"t"', [t.columns.ledgerId]: rows.transaction.ledgerId, [t.columns.isFinal]: rows.transaction.isFinal, [t.columns.status]: rows.transaction.status });
      return list(rows.method && { "@odata.etag": rows.method.etag, [paymentMethodTable.primaryId]: methodId, [paymentMethodTable.columns.state]: rows.method.state ?? paymentMethodTable.choices.state.active });
    }
    const etag = isPayment(operation) ? rows.payment?.etag : operation.path.startsWith(methodSet) ? rows.method?.etag : rows.transaction && 'W/"t"';
    if (operation.headers["if-none-match"] === "*" && etag !== undefined) return failure(412, "0x80040237");
    if (operation.headers["if-match"] !== undefined && operation.headers["if-match"] !== "*" && operation.headers["if-match"] !== etag) return failure(412, "0x80060882");
    return write(operation);
  };
}

describe("project", () => {
  test("the first time: one batch, one change set, saved card before payment before transactions, the order last and on its own", async () => {
    await withAdapter({ answer: standing({}) }, async ({ dataverse, server }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() })).toEqual({ kind: "written" });
      expect(server.batches).toHaveLength(1);
      const [method, payment, sale, undo, document] = server.batches[0] ?? [];
      expect([method, payment, sale, undo, document].map((operation) => [operation?.path.split("?")[0], operation?.isInChangeSet])).toEqual([
        [`${methodSet}(${methodId})`, true], [`${p.entitySetName}(${paymentId})`, true], [`${t.entitySetName}(${ids.effectId})`, true],
        [`${t.entitySetName}(0c000000-0000-4000-8000-0000000000ff)`, true], [`salesorders(${order})`, false],
      ]);
      expect(method).toMatchObject({ headers: { "if-none-match": "*" }, body: { cybs_state: paymentMethodTable.choices.state.active, cybs_brand: paymentMethodTable.choices.brand.visa, "ownerid@odata.bind": `/systemusers(${user})` } });
      expect(payment).toMatchObject({
        headers: { "if-none-match": "*", prefer: "return=representation" },
        body: { cybs_capturedamount: 1240, cybs_status: p.choices.status.captured, cybs_brand: "Visa", cybs_revision: 3, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${usd})`, "cybs_SalesOrderId@odata.bind": `/salesorders(${order})` },
      });
      expect(sale).toMatchObject({ body: { cybs_status: t.choices.status.approved, cybs_isfinal: true, cybs_ledgerid: ids.ledgerId, "cybs_PaymentId@odata.bind": `/cybs_payments(${paymentId})` } });
      expect(String(sale?.body?.cybs_agenttext)).toHaveLength(500);
      expect(undo?.body).toMatchObject({ "cybs_ParentId@odata.bind": `/cybs_paymenttransactions(${ids.effectId})`, cybs_amount: null });
      expect(document).toMatchObject({ headers: { "if-match": "*" }, body: { cybs_paymentstatus: 727_000_004, "cybs_PaymentAppliedId@odata.bind": `/cybs_paymenttransactions(${ids.effectId})` } });
    });
  });

  test("the second time by the same process: one batch again, over the version it wrote, and the saved card's state is left alone", async () => {
    const rows: { payment?: { etag: string; revision: number }; method?: { etag: string } } = {};
    await withAdapter({ answer: (operation, all) => standing(rows)?.(operation, all) ?? failure(500, "") }, async ({ dataverse, server }) => {
      await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() });
      Object.assign(rows, { payment: { etag: `W/"${(server.batches[0]?.[1]?.path ?? "").length}"`, revision: 3 }, method: { etag: `W/"${(server.batches[0]?.[0]?.path ?? "").length}"` } });
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf({ revision: 4 }) })).toEqual({ kind: "written" });
      expect(server.batches).toHaveLength(2);
      // Removed, blocked, renewed meanwhile: the payment only knows the card as it was then.
      const { columns } = paymentMethodTable;
      for (const column of [columns.state, columns.name, columns.lastFour, columns.expiryMonth, columns.expiryYear]) expect(server.batches[1]?.[0]?.body).not.toHaveProperty(column);
    });
  });

  test("what this process read from the ledger before it slept is not written over what it has written since", async () => {
    const rows: { payment?: { etag: string; revision: number }; transaction?: { ledgerId: string; isFinal: boolean }; method?: { etag: string } } = {};
    await withAdapter({ answer: (operation, all) => standing(rows)?.(operation, all) ?? failure(500, "") }, async ({ dataverse, server }) => {
      await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf({ revision: 5 }) });
      Object.assign(rows, { payment: { etag: `W/"${(server.batches[0]?.[1]?.path ?? "").length}"`, revision: 5 }, transaction: { ledgerId: ids.ledgerId, isFinal: true }, method: { etag: `W/"${(server.batches[0]?.[0]?.path ?? "").length}"` } });
      expect((await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf({ revision: 4 }) })).kind).not.toBe("written");
      expect(server.batches.slice(1).flat().filter((operation) => operation.method === "PATCH")).toEqual([]);
    });
  });

  test("a later write leaves card and payment with the customer that a merge gave them to, and with the consent that was widened since", async () => {
    const rows = { payment: { etag: 'W/"p"', revision: 3 }, transaction: { ledgerId: ids.ledgerId, isFinal: true, status: t.choices.status.approved }, method: { etag: 'W/"m"' } };
    await withAdapter({ answer: standing(rows) }, async ({ dataverse, server }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf({ revision: 4 }) })).toEqual({ kind: "written" });
      const [method, payment] = server.batches.at(-1) ?? [];
      expect([method?.headers["if-match"], payment?.headers["if-match"]]).toEqual(['W/"m"', 'W/"p"']);
      for (const { body } of [method, payment].filter((one) => one !== undefined)) expect(Object.keys(body ?? {}).filter((name) => name.startsWith("cybs_CustomerId"))).toEqual([]);
      expect(method?.body).not.toHaveProperty(paymentMethodTable.columns.consentScope);
    });
  });

  test.each([
    ["which people have read an outcome stays as it is", t.choices.status.approved, 0],
    ["of which nobody has read more is written", t.choices.status.inProgress, 1],
  ])("a lost ledger's transaction %s", async (_what, status, writes) => {
    const rows = { payment: { etag: 'W/"p"', revision: 2 }, transaction: { ledgerId: "another", isFinal: false, status } };
    const [sale, undo] = projectionOf().transactions;
    if (sale === undefined || undo === undefined) throw new Error("no transactions");
    await withAdapter({ answer: standing(rows) }, async ({ dataverse, server }) => {
      await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf({ transactions: [sale, { ...undo, status: "unknown", isFinal: false, isHearsay: true }], paymentMethod: undefined }) });
      const last = server.batches.at(-1) ?? [];
      expect([last.filter((one) => one.path.startsWith(`${t.entitySetName}(${undo.effectId})`)).length, last.filter(isPayment).length]).toEqual([writes, 1]);
      expect(await dataverse.readTold({ organizationId: ids.organizationId, effectId: undo.effectId })).toEqual({ kind: "read", isApproved: status === t.choices.status.approved, isRefused: false, hasMovedOn: status !== t.choices.status.inProgress });
    });
  });

  test.each([
    { name: "a card that was removed meanwhile stays as it is", state: paymentMethodTable.choices.state.removed, writes: 0 },
    { name: "a card that somebody renamed is written over the version that stands", state: paymentMethodTable.choices.state.active, writes: 1 },
  ])("$name", async ({ state, writes }) => {
    const rows: { payment?: { etag: string; revision: number }; method?: { etag: string; state?: number } } = {};
    await withAdapter({ answer: (operation, all) => standing(rows)?.(operation, all) ?? failure(500, "") }, async ({ dataverse, server }) => {
      await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() });
      Object.assign(rows, { payment: { etag: `W/"${(server.batches[0]?.[1]?.path ?? "").length}"`, revision: 3 }, method: { etag: 'W/"changed"', state } });
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf({ revision: 4 }) })).toEqual({ kind: "written" });
      const last = server.batches.at(-1) ?? [];
      expect(last.filter((operation) => operation.path.startsWith(methodSet))).toHaveLength(writes);
      expect(last.filter(isPayment)).toHaveLength(1);
    });
  });

  test.each([
    { name: "a later revision of this ledger stands: nothing is written over", revision: 9, ledgerId: ids.ledgerId, writes: 1 },
    { name: "the same revision is written again", revision: 3, ledgerId: ids.ledgerId, writes: 2 },
    { name: "an earlier revision is written over", revision: 2, ledgerId: ids.ledgerId, writes: 2 },
    { name: "a later revision of a lost ledger stands: nothing is written over", revision: 9, ledgerId: unit, writes: 1 },
  ])("after a restart: $name", async ({ revision, ledgerId, writes }) => {
    await withAdapter({ answer: standing({ payment: { etag: 'W/"99"', revision }, transaction: { ledgerId, isFinal: false }, method: { etag: 'W/"m"' } }) }, async ({ dataverse, server }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() })).toEqual(writes === 1 ? { kind: "ahead", revision, isAnothers: ledgerId !== ids.ledgerId } : { kind: "written" });
      expect(server.batches.filter((batch) => batch.some((operation) => operation.method === "PATCH"))).toHaveLength(writes);
    });
  });

  test("what happened stands on the payment's row, cut to its column, and only there", async () => {
    const step = (name: string) => ({ at: "2026-11-25T10:00:00.000Z", source: "gateway", what: "called", kind: "sale", answer: "approved", detail: { name } }) as const;
    await withAdapter({ answer: standing({}) }, async ({ dataverse, server }) => {
      await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf({ trail: [step("x".repeat(p.maxLengths.trail)), step("short")] }) });
      const bodies = server.batches[0]?.map((operation) => operation.body?.[p.columns.trail]) ?? [];
      expect(bodies.filter((body) => body !== undefined)).toEqual([JSON.stringify([step("short")])]);
      expect(server.batches[0]?.findIndex((operation) => operation.body?.[p.columns.trail] !== undefined)).toBe(server.batches[0]?.findIndex(isPayment));
    });
  });

  test("an older solution, which has no place for what happened, gets everything else, and is not asked again at once", async () => {
    const { trail } = p.columns;
    const older: Script["answer"] = (operation, all) => (operation.body?.[trail] === undefined ? standing({})?.(operation, all) ?? failure(500, "") : failure(400, "0x80048d19", `InnerException : Invalid property '${trail}' was found in entity 'Microsoft.Dynamics.CRM.cybs_payment'.`));
    await withAdapter({ answer: older }, async ({ dataverse, server }) => {
      const projection = projectionOf({ trail: [{ at: "2026-11-25T10:00:00.000Z", source: "relay", what: "claimed", detail: {} }] });
      for (let time = 0; time < 2; time++) expect(await dataverse.project({ organizationId: ids.organizationId, projection })).toEqual({ kind: "written" });
      expect(server.batches.filter((batch) => batch.some((operation) => operation.body?.[trail] !== undefined))).toHaveLength(1);
    });
  });

  test("a request that never became a payment is guarded by its own row", async () => {
    const projection = { ...projectionOf(), payment: undefined, paymentMethod: undefined, document: undefined, owner: undefined, currencyId: undefined };
    const [sale] = projection.transactions;
    const refused = { ...projection, transactions: sale === undefined ? [] : [{ ...sale, type: "undetermined" as const, status: "refused" as const }] };
    await withAdapter({ answer: standing({ transaction: { ledgerId: ids.ledgerId, isFinal: false } }) }, async ({ dataverse, server }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: refused })).toEqual({ kind: "written" });
      expect(server.batches.at(-1)?.[0]?.headers["if-match"]).toBe('W/"t"');
    });
  });

  describe("the answer to a request that never became a payment", () => {
    const refused = { ...projectionOf(), payment: undefined, paymentMethod: undefined, document: undefined, owner: undefined, currencyId: undefined, transactions: projectionOf().transactions.slice(0, 1) };
    const answering = (request: Answer, isOwnerGood = true): Script["answer"] => (operation) => {
      if (operation.method === "GET") return operation.path.startsWith("cybs_paymentrequests(") ? request : { status: 200, body: { value: [] } };
      return !isOwnerGood && operation.body?.["ownerid@odata.bind"] !== undefined ? failure(403, "0x80040220", "missing prvReadcybs_paymenttransaction") : write(operation);
    };
    const owned = (table: string): Answer => ({ status: 200, body: { _ownerid_value: user, "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": table } });

    test.each([
      { name: "belongs to the person who asked", answer: answering(owned("systemuser")), owner: `/systemusers(${user})` },
      { name: "belongs to the team that asked", answer: answering(owned("team")), owner: `/teams(${user})` },
      { name: "stays the relay's when the request is gone", answer: answering(failure(404, "0x80040217")), owner: undefined },
      { name: "stays the relay's when its owner cannot own it", answer: answering(owned("systemuser"), false), owner: undefined },
    ])("$name", async ({ answer, owner }) => {
      await withAdapter({ answer }, async ({ dataverse, server }) => {
        expect(await dataverse.project({ organizationId: ids.organizationId, projection: refused })).toEqual({ kind: "written" });
        expect(server.batches.at(-1)?.[0]?.body?.["ownerid@odata.bind"]).toBe(owner);
      });
    });
  });

  test.each([
    { name: "a restored ledger's unknown leaves a final row that never had a payment as it stands", transaction: { ledgerId: ids.ledgerId, isFinal: true, status: t.choices.status.refused }, writes: 0 },
    { name: "another ledger's unknown leaves it too", transaction: { ledgerId: unit, isFinal: true, status: t.choices.status.refused }, writes: 0 },
    { name: "an unknown is written over a claim that nobody has read an outcome from", transaction: { ledgerId: unit, isFinal: false, status: t.choices.status.inProgress }, writes: 1 },
  ])("$name", async ({ transaction, writes }) => {
    const [sale, ...others] = projectionOf().transactions;
    const unknown = { ...projectionOf(), transactions: sale === undefined ? [] : [{ ...sale, status: "unknown" as const, isFinal: false }, ...others] };
    await withAdapter({ answer: standing({ transaction }) }, async ({ dataverse, server }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: unknown })).toEqual({ kind: "written" });
      expect(server.batches.filter((batch) => batch.some((operation) => operation.method === "PATCH"))).toHaveLength(writes);
    });
  });

  test.each([
    { name: "a read-only order", part: failure(403, "0x80040220") }, { name: "an order that is gone", part: failure(404, "0x80040217") }, { name: "an order with a failing plug-in", part: failure(400, "0x80040265") },
  ])("$name costs only its own columns", async ({ part }) => {
    await withAdapter({ answer: (operation) => (operation.path.startsWith("salesorders(") ? part : write(operation)) }, async ({ dataverse, notes }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() })).toEqual({ kind: "written" });
      expect(notes).toMatchObject([{ what: "document_not_written" }]);
    });
  });

  test("an owner who cannot own is replaced by the default team of the order's unit, once", async () => {
    const team = "3a000000-0000-4000-8000-00000000000d";
    const answer = (operation: Arrived): Answer => {
      if (operation.method === "GET" && operation.path.startsWith("salesorders(")) return { status: 200, body: { _owningbusinessunit_value: unit } };
      if (operation.method === "GET") return { status: 200, body: { value: [{ teamid: team }] } };
      return isPayment(operation) && String(operation.body?.["ownerid@odata.bind"]).includes("systemusers") ? failure(403, "0x80040220", "missing prvReadcybs_payment") : write(operation);
    };
    await withAdapter({ answer }, async ({ dataverse, server, notes }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() })).toEqual({ kind: "written" });
      expect(server.batches.at(-1)?.[1]?.body?.["ownerid@odata.bind"]).toBe(`/teams(${team})`);
      expect(notes).toMatchObject([{ what: "owner_fallback" }]);
    });
  });

  test("what Dataverse will not take as it is becomes a dead letter with its words", async () => {
    await withAdapter({ answer: (operation) => (operation.method === "GET" ? { status: 200, body: { value: [] } } : failure(400, "0x80044331", "The length of the 'cybs_x' attribute")) }, async ({ dataverse }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() })).toEqual({ kind: "rejected", code: "0x80044331", message: "The length of the 'cybs_x' attribute" });
    });
  });

  test("an amount that JSON cannot carry exactly is refused before anything is sent", async () => {
    const projection = projectionOf();
    const payment = projection.payment === undefined ? undefined : { ...projection.payment, authorized: { minor: 1_234_567_890_123_456n, currency: "USD" } };
    await withAdapter({ answer: standing({}) }, async ({ dataverse, server }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: { ...projection, payment } })).toMatchObject({ kind: "rejected", code: "amount_too_long" });
      expect(server.batches).toHaveLength(0);
    });
  });

  test("somebody who writes the same rows all the time does not hold us for ever", async () => {
    let version = 0;
    const answer: Script["answer"] = (operation, all) => standing({ payment: { etag: `W/"${(version += 1)}"`, revision: 1 }, transaction: { ledgerId: ids.ledgerId, isFinal: false } })?.(operation, all) ?? failure(500, "");
    await withAdapter({ answer }, async ({ dataverse }) => {
      expect(await dataverse.project({ organizationId: ids.organizationId, projection: projectionOf() })).toMatchObject({ kind: "unavailable" });
    });
  });
});

describe("restore", () => {
  test.each([[true, "restored", 1], [false, "unavailable", 0]] as const)("a row that differs is written over only while the ledger says the same as before it was read: %s", async (isCurrent, kind, writes) => {
    await withAdapter({ answer: standing({ payment: { etag: 'W/"later"', revision: 4 } }) }, async ({ dataverse, server }) => {
      const readsBefore: number[] = [];
      const answer = await dataverse.restore({ organizationId: ids.organizationId, projection: projectionOf(), isCurrent: async () => { readsBefore.push(server.batches.length); return isCurrent; } });
      expect(answer.kind).toBe(kind);
      expect(readsBefore).toEqual([1]);
      expect(server.batches).toHaveLength(1 + writes);
    });
  });
});
