// The claim is one batch: what each answer of its parts means, and how rows become our words.
import { describe, expect, test } from "@jest/globals";
import { paymentTransactionTable } from "@cybs/schema";
import { answerReads, requestText, unit } from "./fixtures.ts";
import { ids, withAdapter } from "./adapter.ts";
import { failure, type Answer, type Arrived } from "./batch-server.ts";

const t = paymentTransactionTable;
const standing = (ledgerId: string): Answer => ({ status: 200, body: { value: [{ "@odata.etag": 'W/"7"', [t.columns.ledgerId]: ledgerId, [t.columns.isFinal]: false }] } });
const nobody: Answer = { status: 200, body: { value: [] } };
const created: Answer = { status: 201, body: { "@odata.etag": 'W/"8"' } };
const duplicate = failure(412, "0x80040237", "Cannot insert duplicate key.");
const other = "9d000000-0000-4000-8000-000000000004";

describe("readAndClaim", () => {
  test("reads everything and creates the claim row in one batch, reads first", async () => {
    await withAdapter({ answer: (operation) => answerReads(operation) ?? (operation.method === "POST" ? created : nobody) }, async ({ dataverse, server }) => {
      const answer = await dataverse.readAndClaim(ids);
      expect(answer).toMatchObject({
        kind: "read", claim: "created", now: Date.parse("2026-11-24T10:00:00Z"),
        row: {
          state: "submitted", action: "take_payment", method: "new_card", channel: "mail", amount: { minor: 124_000n, currency: "USD" }, billTo: { firstName: "Ada" },
          author: { fullName: "Ann Weiler", isInteractivePerson: true }, document: { total: { minor: 124_050n }, isOpen: true, lines: [{ sku: "B-1", commodityCode: "50201706", unit: "Bag", quantity: 2, unitPrice: { minor: 62_025n } }] },
        },
        merchantAccounts: [{ merchantId: "fabrikam_usd", currency: "USD", capturePolicy: "sale", authorizationDays: 7 }], businessUnits: [{ id: unit }],
      });
      expect(server.batches).toHaveLength(1);
      const arrived = server.batches[0] ?? [];
      expect(arrived.map((operation) => operation.method)).toEqual(["GET", "GET", "GET", "GET", "POST"]);
      expect(arrived.at(-1)?.isInChangeSet).toBe(true);
      expect(arrived.at(-1)?.body).toEqual({
        [t.primaryId]: ids.effectId, [t.columns.name]: "Payment", [t.columns.type]: t.choices.type.undetermined, [t.columns.status]: t.choices.status.inProgress, [t.columns.isFinal]: false, [t.columns.occurredOn]: null,
        [t.columns.effectId]: ids.effectId, [t.columns.ledgerId]: ids.ledgerId, [`${t.navigation.paymentRequestId}@odata.bind`]: `/cybs_paymentrequests(${ids.paymentRequestId})`,
      });
      // Every expanded relationship selects: Dataverse takes 15 of them in one query.
      expect((arrived[0]?.path.match(/\(\$select/g) ?? []).length).toBeLessThanOrEqual(15);
    });
  });

  test.each<{ name: string; look: Answer; post: Answer; again?: Answer; claim: string }>([
    { name: "a row of our own ledger is ours", look: standing(ids.ledgerId), post: duplicate, claim: "own" },
    { name: "a row of another ledger is foreign", look: standing(other), post: duplicate, claim: "foreign" },
    { name: "a row made between our read and our write is looked at", look: nobody, post: duplicate, again: standing(other), claim: "foreign" },
    { name: "our own lost answer is recognized", look: nobody, post: duplicate, again: standing(ids.ledgerId), claim: "own" },
  ])("$name", async ({ look, post, again, claim }) => {
    const answer = (operation: Arrived, all: readonly Arrived[]): Answer => answerReads(operation) ?? (operation.method === "POST" ? post : all.length === 1 ? again ?? nobody : look);
    await withAdapter({ answer }, async ({ dataverse }) => {
      expect(await dataverse.readAndClaim(ids)).toMatchObject({ kind: "read", claim });
    });
  });

  test("a missing request ends the batch before anything is created", async () => {
    const answer = (operation: Arrived): Answer => (operation.path.startsWith("cybs_paymentrequests(") ? failure(404, "0x80040217") : nobody);
    await withAdapter({ answer }, async ({ dataverse }) => {
      expect(await dataverse.readAndClaim(ids)).toEqual({ kind: "request_not_found" });
    });
  });

  test.each([
    { name: "an unknown segment", part: failure(404, "0x8006088a") },
    { name: "a missing privilege", part: failure(403, "0x80040220") },
    { name: "a row of another shape", part: { status: 200, body: { value: [] } } },
    { name: "text instead of JSON", part: { status: 200, body: "null" } },
  ])("$name is trouble, not a missing request", async ({ part }) => {
    const answer = (operation: Arrived): Answer => (operation.path.startsWith("cybs_paymentrequests(") ? part : answerReads(operation) ?? created);
    await withAdapter({ answer }, async ({ dataverse }) => {
      expect(await dataverse.readAndClaim(ids)).toMatchObject({ kind: "unavailable" });
    });
  });

  test("a claim that Dataverse does not allow is trouble, and says which privilege is missing by its code", async () => {
    const answer = (operation: Arrived): Answer => answerReads(operation) ?? (operation.method === "POST" ? failure(403, "0x80040220") : nobody);
    await withAdapter({ answer }, async ({ dataverse }) => {
      expect(await dataverse.readAndClaim(ids)).toEqual({ kind: "unavailable", cause: "claim: 403 0x80040220" });
    });
  });
});

describe("a solution that is older than the relay", () => {
  const knowsNoCode = (operation: Arrived): Answer | undefined => (operation.path.includes("cybs_commoditycode") ? failure(400, "0x80060888", "Could not find a property named 'cybs_commoditycode' on type 'Microsoft.Dynamics.CRM.product'.") : undefined);
  const asked = (batch: readonly Arrived[] | undefined): boolean => batch?.[0]?.path.includes("cybs_commoditycode") === true;
  const answer = (operation: Arrived): Answer => knowsNoCode(operation) ?? answerReads(operation) ?? (operation.method === "POST" ? created : nobody);

  test("is asked once more without the column it lacks, and then without at once", async () => {
    await withAdapter({ answer }, async ({ dataverse, server }) => {
      expect(await dataverse.readAndClaim(ids)).toMatchObject({ kind: "read", claim: "created", row: { state: "submitted" } });
      expect(await dataverse.readRequest(ids)).toMatchObject({ kind: "read" });
      expect(server.batches.map(asked)).toEqual([true, false, false]);
    });
  });

  test("gives an invoice's lines without it as well", async () => {
    const lines = { value: [{ productname: "Beans", quantity: "2", priceperunit: "620.25", productid: null }] };
    await withAdapter({ answer: (operation) => knowsNoCode(operation) ?? { status: 200, body: lines } }, async ({ dataverse, server }) => {
      const query = { organizationId: ids.organizationId, invoiceId: ids.effectId, currency: "USD" };
      expect(await dataverse.readInvoiceLines(query)).toMatchObject({ kind: "read", lines: [{ name: "Beans", quantity: 2, unitPrice: { minor: 62_025n } }] });
      expect(await dataverse.readInvoiceLines(query)).toMatchObject({ kind: "read" });
      expect(server.batches.map(asked)).toEqual([true, false, false]);
    });
  });

  test("is asked again a quarter of an hour later: it may have been upgraded", async () => {
    let now = Date.parse("2026-11-24T10:00:00Z");
    await withAdapter({ answer }, async ({ dataverse, server }) => {
      await dataverse.readRequest(ids);
      now += 15 * 60_000;
      await dataverse.readRequest(ids);
      expect(server.batches.map(asked)).toEqual([true, false, true, false]);
    }, { now: () => now });
  });

  test("another fault of the query is trouble, and is not asked again", async () => {
    await withAdapter({ answer: (operation) => (operation.path.startsWith("cybs_paymentrequests(") ? failure(400, "0x80060888", "Could not find a property named 'cybs_amount'.") : nobody) }, async ({ dataverse, server }) => {
      expect(await dataverse.readRequest(ids)).toMatchObject({ kind: "unavailable", cause: "request: 400 0x80060888" });
      expect(server.batches).toHaveLength(1);
    });
  });
});

describe("rows that are not as they should be", () => {
  test.each([
    { name: "an action nobody knows is unsupported", changes: { cybs_action: 727_009_999 }, expected: { action: "unsupported" } },
    { name: "a channel nobody knows makes it unsupported", changes: { cybs_channel: 727_009_999 }, expected: { action: "unsupported" } },
    { name: "a state nobody knows is a draft", changes: { cybs_state: 5 }, expected: { state: "draft" } },
    { name: "a method nobody knows is none", changes: { cybs_method: 5 }, expected: { method: undefined } },
    { name: "an amount with too many digits is not rounded", changes: { cybs_amount: "#10.0050#" }, expected: { amount: undefined, amountProblem: "too_precise" } },
    { name: "no amount is missing", changes: { cybs_amount: null }, expected: { amount: undefined, amountProblem: "missing" } },
    { name: "an amount beyond a double is exact", changes: { cybs_amount: "#9007199254740.9700#" }, expected: { amount: { minor: 900_719_925_474_097n, currency: "USD" } } },
    { name: "an application is no person", changes: { createdby: { fullname: "Flow", isdisabled: false, accessmode: 4, applicationid: unit } }, expected: { author: { isInteractivePerson: false } } },
    { name: "a disabled user is no person", changes: { createdby: { fullname: "Ann", isdisabled: true, accessmode: 0 } }, expected: { author: { isInteractivePerson: false } } },
    { name: "written on somebody's behalf is seen", changes: { _createdonbehalfby_value: unit }, expected: { hasOnBehalfBy: true, author: { isInteractivePerson: false } } },
    { name: "a row with two documents has none", changes: { _cybs_invoiceid_value: unit }, expected: { document: undefined } },
    { name: "a row without a document has none", changes: { cybs_SalesOrderId: null }, expected: { document: undefined } },
  ])("$name", async ({ changes, expected }) => {
    await withAdapter({ answer: (operation) => answerReads(operation, requestText(changes)) ?? { status: 200, body: { value: [] } } }, async ({ dataverse }) => {
      const answer = await dataverse.readRequest(ids);
      expect(answer).toMatchObject({ kind: "read", row: expected });
    });
  });

  test.each([
    { name: "fulfilled is closed", changes: { statecode: 3 }, expected: { isOpen: false, isWritable: false } },
    { name: "submitted is open but not written", changes: { statecode: 1 }, expected: { isOpen: true, isWritable: false } },
    { name: "a team owns", changes: { "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "team" }, expected: { owner: { kind: "team" } } },
    { name: "a line that cannot be told exactly leaves no lines", changes: { order_details: [{ quantity: 1, priceperunit: "#0.0049#" }] }, expected: { lines: [] } },
    { name: "a contact's parent account is known", changes: { customerid_contact: { _parentcustomerid_value: unit, "_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account" } }, expected: { customerParentAccountId: unit } },
  ])("of the order: $name", async ({ changes, expected }) => {
    await withAdapter({ answer: (operation) => answerReads(operation, requestText({}, changes)) ?? { status: 200, body: { value: [] } } }, async ({ dataverse }) => {
      expect(await dataverse.readRequest(ids)).toMatchObject({ kind: "read", row: { document: expected } });
    });
  });
});
