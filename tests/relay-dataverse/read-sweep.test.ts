// What the sweep asks for, all in one batch, and that more open rows than fit on a page are all seen in turn.
import { describe, expect, test } from "@jest/globals";
import { paymentDecisionTable, paymentRequestTable, paymentTransactionTable, refundRequestTable } from "@cybs/schema";
import { OWNED_TABLES, type Positions } from "../../plugin-proxy/src/ports/owned-rows.ts";
import { ids, withAdapter } from "./adapter.ts";
import { failure, type Answer, type Arrived } from "./batch-server.ts";
import { unit, user } from "./fixtures.ts";

const r = paymentRequestTable;
const t = paymentTransactionTable;
const d = paymentDecisionTable;
const since = Date.parse("2026-11-23T10:00:00Z");
const positions: Positions = Object.fromEntries(OWNED_TABLES.map((table) => [table, `changes_of_${table}?$deltatoken=1`]));
const query = { organizationId: ids.organizationId, changedSince: since, positions };
const list = (...value: unknown[]): Answer => ({ status: 200, body: { value } });
const open = { [t.primaryId]: ids.effectId, [t.lookupValues.paymentRequestId]: ids.paymentRequestId, [t.columns.ledgerId]: ids.ledgerId };
const person = { fullname: "Ann", isdisabled: false, accessmode: 0, applicationid: null };
const decision = (changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  [d.primaryId]: unit, [d.lookupValues.paymentTransactionId]: ids.effectId, [d.columns.decision]: d.choices.decision.releaseTheHold, [d.columns.amount]: 1240, [d.columns.createdOn]: "2026-11-24T09:00:00Z",
  [d.lookupValues.createdBy]: user, [d.navigation.createdBy]: person, [d.navigation.paymentTransactionId]: { [t.lookupValues.paymentRequestId]: ids.paymentRequestId }, ...changes,
});

describe("the sweep", () => {
  test("asks for what waits in five bounded lists", async () => {
    const answer = (operation: Arrived): Answer => {
      if (operation.path.startsWith(t.entitySetName)) return list(open);
      if (operation.path.startsWith(d.entitySetName)) return list(decision());
      if (operation.path.startsWith(refundRequestTable.entitySetName)) return list({ [refundRequestTable.primaryId]: user });
      return list({ [r.primaryId]: operation.path.includes(`eq ${r.choices.state.submitted}`) ? ids.paymentRequestId : unit });
    };
    await withAdapter({ answer }, async ({ dataverse, server }) => {
      expect((await dataverse.readSweep(query)).work).toEqual({
        kind: "read", unclaimed: [ids.paymentRequestId], unclaimedRefunds: [user], withdrawn: [unit], now: Date.parse("2026-11-24T10:00:00Z"),
        openTransactions: [{ effectId: ids.effectId, table: "paymentrequest", paymentRequestId: ids.paymentRequestId, ledgerId: ids.ledgerId }],
        decisions: [{ decisionId: unit, paymentRequestId: ids.paymentRequestId, paymentTransactionId: ids.effectId, decision: "release_the_hold", amountText: "1240", createdOn: Date.parse("2026-11-24T09:00:00Z"), isInteractivePerson: true }],
      });
      expect(server.batches).toHaveLength(1);
      const paths = server.batches[0]?.map((operation) => operation.path) ?? [];
      expect(paths[0]).toContain(`$filter=cybs_state eq ${r.choices.state.submitted} and not ${r.collections.paymentTransactions}/any()`);
      expect(paths[1]).toContain("modifiedon ge 2026-11-23T10:00:00Z");
      expect(paths[1]).toMatch(/\$top=100$/);
      expect([0, 2, 3, 4].map((index) => [paths[index]?.includes("$top"), String(server.batches[0]?.[index]?.headers.prefer).includes("odata.maxpagesize=100")])).toEqual(Array.from({ length: 4 }, () => [false, true]));
    });
  });

  test.each([
    { name: "of nobody's transaction", changes: { [d.lookupValues.paymentTransactionId]: null } }, { name: "that nobody knows", changes: { [d.columns.decision]: 727_009_999 } },
    { name: "of a transaction without a request", changes: { [d.navigation.paymentTransactionId]: null } },
  ])("a decision $name decides nothing", async ({ changes }) => {
    await withAdapter({ answer: (operation) => (operation.path.startsWith(d.entitySetName) ? list(decision(changes)) : list()) }, async ({ dataverse }) => {
      expect((await dataverse.readSweep(query)).work).toMatchObject({ kind: "read", decisions: [] });
    });
  });

  test("decisions come oldest first, and one by an application says so", async () => {
    const rows = [decision({ [d.columns.createdOn]: "2026-11-24T09:30:00Z", [d.navigation.createdBy]: { ...person, applicationid: unit } }), decision()];
    await withAdapter({ answer: (operation) => (operation.path.startsWith(d.entitySetName) ? list(...rows) : list()) }, async ({ dataverse }) => {
      expect((await dataverse.readSweep(query)).work).toMatchObject({ decisions: [{ isInteractivePerson: true }, { isInteractivePerson: false }] });
    });
  });

  test("each sweep reads the next page of open rows, then begins again; a link to elsewhere is not followed", async () => {
    const asked: string[] = [];
    const links = ["https://dataverse.example/api/data/v9.2/cybs_paymenttransactions?$skiptoken=%3Ccookie%20pagenumber=%222%22%3E", undefined, "https://evil.example/steal", undefined];
    const answer = (operation: Arrived): Answer => {
      if (!operation.path.startsWith(t.entitySetName)) return list();
      asked.push(operation.path);
      const link = links[asked.length - 1];
      return { status: 200, body: { value: [open], ...(link === undefined ? {} : { "@odata.nextLink": link }) } };
    };
    await withAdapter({ answer }, async ({ dataverse }) => {
      for (let sweep = 0; sweep < 4; sweep++) expect((await dataverse.readSweep(query)).work).toMatchObject({ kind: "read", openTransactions: [{ effectId: ids.effectId }] });
      expect(asked.map((path) => path.includes("skiptoken"))).toEqual([false, true, false, false]);
    });
  });

  test.each([
    { table: r, list: "unclaimed" }, { table: refundRequestTable, list: "unclaimedRefunds" },
  ])("a page of $list that stays as it is hides nothing behind it: each sweep is one request and reads the next page", async ({ table, list: name }) => {
    const answer = ({ path }: Arrived): Answer => {
      if (!path.startsWith(table.entitySetName) || path.includes(`eq ${r.choices.state.withdrawn}`)) return quiet({ path } as Arrived);
      if (path.includes("skiptoken")) return list({ [table.primaryId]: user });
      return { status: 200, body: { value: [{ [table.primaryId]: unit }], "@odata.nextLink": `https://dataverse.example/api/data/v9.2/${table.entitySetName}?$skiptoken=2` } };
    };
    await withAdapter({ answer }, async ({ dataverse, server }) => {
      const found: unknown[] = [];
      for (let sweep = 0; sweep < 3; sweep++) found.push((await dataverse.readSweep(query)).work);
      expect(found).toMatchObject([{ [name]: [unit] }, { [name]: [user] }, { [name]: [unit] }]);
      expect(server.batches).toHaveLength(3);
    });
  });

  test("a page that is no longer there costs one sweep", async () => {
    let calls = 0;
    const answer = (operation: Arrived): Answer => {
      if (!operation.path.startsWith(t.entitySetName)) return list();
      calls += 1;
      if (operation.path.includes("skiptoken")) return failure(400, "0x80040203");
      return { status: 200, body: { value: [], "@odata.nextLink": calls === 1 ? "https://x/api/data/v9.2/cybs_paymenttransactions?$skiptoken=2" : undefined } };
    };
    await withAdapter({ answer }, async ({ dataverse }) => {
      const kinds = [await dataverse.readSweep(query), await dataverse.readSweep(query), await dataverse.readSweep(query)].map(({ work }) => work.kind);
      expect(kinds).toEqual(["read", "unavailable", "read"]);
    });
  });

  const changes = (path: string): Answer => ({ status: 200, body: { value: [], "@odata.deltaLink": `https://dataverse.example/api/data/v9.2/${path.replace(/1$/, "2")}` } });
  const quiet = (operation: Arrived): Answer => {
    if (operation.path === "WhoAmI()") return { status: 200, body: { UserId: user } };
    return operation.path.startsWith("changes_of_") ? changes(operation.path) : list();
  };

  test("what waits, what others changed and what people decided are one request", async () => {
    await withAdapter({ answer: quiet }, async ({ dataverse, server }) => {
      expect(await dataverse.readSweep(query)).toMatchObject({
        work: { kind: "read" }, foreign: { kind: "read", edits: [], positions: { payment: "changes_of_payment?$deltatoken=2", credit_memo: "changes_of_credit_memo?$deltatoken=2" } },
        decided: { kind: "read", approvals: [], operatorDecisions: [], cards: [] },
      });
      expect(server.batches).toHaveLength(1);
    });
  });

  test.each([
    { refused: "changes_of_transaction", code: "0x80040220", kinds: ["read", "unavailable", "read"], batches: 2 },
    { refused: "changes_of_transaction", code: "0x80044352", kinds: ["read", "read", "read"], batches: 2 },
    { refused: "cybs_refundapprovals", code: "0x80040220", kinds: ["read", "read", "unavailable"], batches: 1 },
    { refused: r.entitySetName, code: "0x80040220", kinds: ["unavailable", "read", "read"], batches: 2 },
  ])("$refused refused with $code: the others are known all the same", async ({ refused, code, kinds, batches }) => {
    await withAdapter({ answer: (operation) => (operation.path.startsWith(refused) ? failure(403, code) : quiet(operation)) }, async ({ dataverse, server }) => {
      const { work, foreign, decided } = await dataverse.readSweep(query);
      expect([work.kind, foreign.kind, decided.kind]).toEqual(kinds);
      expect(server.batches).toHaveLength(batches);
    });
  });
});
