// A process may sleep between any two awaits, lose its lease, and go on when another has done the same work since: what it read before is decided anew
// where it writes, and what it wrote over is written again.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openMemoryLedger } from "../../plugin-proxy/src/db/memory/open-memory-ledger.ts";
import { asMerchantReference, asRequestId, asTransactionId, type PaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import type { OperatorDecision } from "../../plugin-proxy/src/domain/operator/operator-decision.ts";
import { findEffect, mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { applyDecision } from "../../plugin-proxy/src/flows/apply-decision.ts";
import { applyReport } from "../../plugin-proxy/src/flows/apply-report.ts";
import { applyToInvoices } from "../../plugin-proxy/src/flows/apply-to-invoices.ts";
import { claimRequest } from "../../plugin-proxy/src/flows/claim-request.ts";
import { confirmMerges } from "../../plugin-proxy/src/flows/confirm-merges.ts";
import { decideCommand } from "../../plugin-proxy/src/flows/decide-command.ts";
import type { FlowDeps } from "../../plugin-proxy/src/flows/deps.ts";
import { restoreRows } from "../../plugin-proxy/src/flows/restore-rows.ts";
import { sendEffect } from "../../plugin-proxy/src/flows/send-effect.ts";
import { surroundPayment } from "../../plugin-proxy/src/flows/surround-payment.ts";
import type { MerchantBinding } from "../../plugin-proxy/src/ports/gateway.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import { authorized, claimed, claimEffect, decided, happens, on, row, sold, underway } from "../support/changes.ts";
import { account, command, context, effect, facts, intent, organizationId, paymentRequestId, T0, usd } from "../support/intents.ts";

const HOUR = 3_600_000;
const REFUND = asRequestId("7000000000000000000012");
const person = { userId: "u", fullName: "Pia", isInteractivePerson: true };
const wish = row("refund", 2_000n);
const sale: Intent = { ...sold(), command: { ...command({ action: "sale" }), document: { kind: "invoice", id: "inv-1" } } };
const sent = underway(sale, wish, { settlement: "closed" });
const { effectId: refundId } = claimEffect(sent, wish);
const REFERENCE = asMerchantReference("ABCDEFGHJKLMNPQR-R1");
/** Its own ids for the refund: the ledger takes each once. */
const withIds = (of: Intent): Intent => ({ ...of, effects: of.effects.map((one) => (one.effectId === refundId ? { ...one, attempts: one.attempts.map((attempt) => ({ ...attempt, merchantReference: REFERENCE, transactionId: asTransactionId("TX-R1") })) } : one)) });
const flying = withIds(sent);
const refunded = happens(flying, on(refundId, "approved", { facts: { requestId: REFUND, amount: usd(2_000n) } }));

let ledger: Ledger;
let alarms: string[];
beforeEach(() => { ledger = openMemoryLedger("ledger-1"); alarms = []; });
afterEach(() => ledger.close());

const load = (id: PaymentRequestId = paymentRequestId): Promise<Intent | undefined> => ledger.transaction((tx) => tx.loadIntent(organizationId, id));
const stands = (of: Intent): Promise<boolean> => ledger.alone((tx) => tx.insertIntent(of));
/** What another process records while this one sleeps. */
const meanwhile = (before: Intent, after: Intent): Promise<void> => ledger.transaction((tx) => tx.saveIntent(before, after, {}));

/** Everything outside answers that it has nothing to say, but for what is given. */
const depsWith = (more: Record<string, unknown>): FlowDeps => ({
  ledger, settings: context.settings, derivation: { ...context.ids, merchantReference: () => "REF-2", transactionId: () => "TX-2", rowId: (...parts: readonly string[]) => parts.join("/") }, clocks: { business: () => T0 + HOUR, wire: () => T0 + HOUR },
  organizations: new Map(), reporter: { alarm: (name: string) => { alarms.push(name); }, info: () => undefined, count: () => undefined }, ...more,
}) as unknown as FlowDeps;

const invoice = { invoiceId: "inv-1", number: "INV-1", state: "open", total: usd(20_000n), createdOn: T0, received: [] };
type Rows = readonly Readonly<Record<string, unknown>>[];
const dynamics = (given: { readonly reading?: () => Promise<void>; readonly writing?: (rows: Rows) => Promise<void> }) => ({
  readDocuments: async () => { await given.reading?.(); return { kind: "read", orders: [], invoices: [invoice] }; },
  writeRows: async ({ rows }: { readonly rows: Rows }) => { await given.writing?.(rows); return { kind: "written" }; },
  createOnce: async () => ({ kind: "written" }), findUsersWithRole: async () => ({ kind: "found", userIds: [] }),
});

test("a refund that went out while the invoice was read is taken from it: the invoice never shows as paid what was given back", async () => {
  await stands(sale);
  const written: Rows[] = [];
  await applyToInvoices(depsWith({ surroundings: dynamics({ reading: () => meanwhile(sale, refunded), writing: async (rows) => { written.push(rows); } }) }), sale);
  expect(await ledger.alone((tx) => tx.surroundings.allocationsOf(sale))).toEqual([{ invoiceId: "inv-1", amountMinor: 12_400n, refundedMinor: 2_000n }]);
  expect(written).toEqual([[expect.objectContaining({ table: "allocation", refunded: usd(2_000n), revision: refunded.revision })]]);
});

test("rows that were written late, over those of a payment that has moved since, are written again", async () => {
  await stands(sale);
  const due = () => ledger.takeDue({ now: T0 + 2 * HOUR, wireNow: T0 + 2 * HOUR, leaseUntil: T0 + 3 * HOUR, kinds: ["surround"], limit: 10 });
  await surroundPayment(depsWith({ surroundings: dynamics({}) }), { organizationId, paymentRequestId, tries: 0 });
  expect(await due()).toEqual([]);
  let at = T0 + HOUR;
  const writing = async (): Promise<void> => { if (at === T0 + HOUR) { at += HOUR; await meanwhile(sale, refunded); } };
  await surroundPayment(depsWith({ surroundings: dynamics({ writing }), clocks: { business: () => at, wire: () => at } }), { organizationId, paymentRequestId, tries: 0 });
  expect(await due()).toMatchObject([{ kind: "surround", key: paymentRequestId }]);
});

test("what was projected while an edit was being put right is not written back to what it was", async () => {
  await stands(sale);
  await ledger.alone((tx) => tx.ownedRows.noteRows({ organizationId, paymentRequestId, rowIds: ["row-1"] }));
  const asked: boolean[] = [];
  const restore = (sleeping: () => Promise<void>) => async ({ isCurrent }: { readonly isCurrent: () => Promise<boolean> }) => { await sleeping(); asked.push(await isCurrent()); return { kind: "same", columns: [] }; };
  const edits = { kind: "read", edits: [{ table: "payment", rowId: "row-1", isDeleted: false }], shown: [], written: [], positions: {} } as unknown as Parameters<typeof restoreRows>[2];
  await restoreRows(depsWith({ dataverse: { restore: restore(async () => undefined) } }), organizationId, edits);
  await restoreRows(depsWith({ dataverse: { restore: restore(() => meanwhile(sale, refunded)) } }), organizationId, edits);
  expect(asked).toEqual([true, false]);
});

test("a decision that met its payment before it waited for one releases nothing when it is recorded: the next sweep reads the document", async () => {
  const before = intent(effect("unknown", { kind: "authorization" }));
  const main = mainEffect(before);
  const waiting: Intent = { ...before, revision: 2, effects: [{ ...main, state: "review", facts: facts({ reviewKind: "soft_decline" }) }] };
  await stands(before);
  const decision = { decisionId: "d-1", paymentRequestId, paymentTransactionId: main.effectId, decision: "accept_soft_decline", amountText: "124.00", createdOn: T0, isInteractivePerson: true } as const;
  const document = { ref: before.command?.document, customer: before.command?.customer, currency: "USD", total: usd(12_400n) };
  const dataverse = { readRequest: async () => ({ kind: "read", row: { document } }) };
  const sleepy = { ...ledger, transaction: async (body: Parameters<Ledger["transaction"]>[0]) => { if ((await load())?.revision === 1) await meanwhile(before, waiting); return ledger.transaction(body); } };
  await applyDecision(depsWith({ dataverse, ledger: sleepy }), { organizationId, decision });
  expect(mainEffect(await load() ?? before)).toMatchObject({ state: "review" });
  expect((await load())?.deal).toBe("on");
  await applyDecision(depsWith({ dataverse }), { organizationId, decision });
  expect(mainEffect(await load() ?? before)).toMatchObject({ state: "approved" });
});

test("a refund whose answer was found while its day's report was read is turned down only after somebody has looked", async () => {
  const unknown: Intent = { ...flying, revision: flying.revision + 1, effects: flying.effects.map((one) => (one.effectId === refundId ? { ...one, state: "unknown" as const } : one)) };
  const answered: Intent = { ...unknown, revision: unknown.revision + 1, effects: refunded.effects };
  await stands(unknown);
  const report = { settlements: [{ requestId: REFUND, merchantReference: REFERENCE, amount: usd(2_000n), outcome: "rejected" as const }], disputes: [] };
  const binding: MerchantBinding = { organizationId, merchantId: "mid-1", environment: "test" };
  let isFirst = true;
  const sleepy = { ...ledger, transaction: async (body: Parameters<Ledger["transaction"]>[0]) => {
    const answer = await ledger.transaction(body);
    if (isFirst) { isFirst = false; await meanwhile(unknown, answered); }
    return answer;
  } };
  const gateway = { look: async () => ({ kind: "looked", isComplete: true, found: [{ requestId: REFUND, isUndone: false }] }) };
  expect(await applyReport(depsWith({ gateway, ledger: sleepy }), binding, report)).toBe("unavailable");
  expect(alarms).toEqual([]);
  await applyReport(depsWith({ gateway }), binding, report);
  expect(findEffect(await load() ?? unknown, refundId)).toMatchObject({ state: "refused" });
});

test("an accepted merge is shown until the row says so, whatever became of the write or was written late over it", async () => {
  const card = (isToConfirm: boolean) => ({ paymentMethodId: "pm-1", customer: { kind: "account" as const, id: "acc-2" }, isToConfirm });
  await ledger.alone((tx) => tx.surroundings.cardHolders({ organizationId, cards: [{ paymentMethodId: "pm-1", customerId: "acc-1" }] }));
  const decision: OperatorDecision = { decisionId: "d-1", verb: "accept_merge", paymentMethodId: "pm-1", amountText: undefined, note: "it is his", author: person, createdOn: T0 };
  const shown: unknown[] = [];
  const deps = depsWith({ surroundings: dynamics({ writing: async ([one]) => { shown.push(one?.["mergeState"]); } }) });
  await confirmMerges(deps, { organizationId, cards: [card(false)], decisions: [] });
  for (let sweep = 0; sweep < 2; sweep++) await confirmMerges(deps, { organizationId, cards: [card(true)], decisions: [decision] });
  expect(shown).toEqual(["to_confirm", "none", "none"]);
});

test("an acceptance and the new holder are one: a process that ends between them has taken neither", async () => {
  await ledger.alone((tx) => tx.surroundings.cardHolders({ organizationId, cards: [{ paymentMethodId: "pm-1", customerId: "acc-1" }] }));
  const decision: OperatorDecision = { decisionId: "d-1", verb: "accept_merge", paymentMethodId: "pm-1", amountText: undefined, note: "it is his", author: person, createdOn: T0 };
  const cards = [{ paymentMethodId: "pm-1", customer: { kind: "account" as const, id: "acc-2" }, isToConfirm: true }];
  let isOver = false;
  // Whatever comes after the first transaction is never reached.
  const ending = { ...ledger,
    alone: async (body: Parameters<Ledger["alone"]>[0]) => { if (isOver) throw new Error("ended"); return ledger.alone(body); },
    transaction: async (body: Parameters<Ledger["transaction"]>[0]) => { const answer = await ledger.transaction(body); isOver = true; return answer; } };
  await confirmMerges(depsWith({ ledger: ending, surroundings: dynamics({ writing: async () => { throw new Error("ended"); } }) }), { organizationId, cards, decisions: [decision] }).catch(() => undefined);
  const shown: unknown[] = [];
  await confirmMerges(depsWith({ surroundings: dynamics({ writing: async ([one]) => { shown.push(one?.["mergeState"]); } }) }), { organizationId, cards, decisions: [decision] });
  expect(shown).toEqual(["none"]);
  expect(await ledger.alone((tx) => tx.surroundings.cardHolders({ organizationId, cards: [{ paymentMethodId: "pm-1", customerId: "acc-2" }] }))).toEqual(["acc-2"]);
});

test("a refund whose process slept an hour while it waited for its hand is not sent without a look: nobody waits for it any more", async () => {
  const planned = withIds(decided(sale, wish, { settlement: "closed" }));
  await stands(planned);
  let sends = 0;
  let at = T0 + 2_000;
  const gateway = { sign: async () => ({ signatureExpiresAt: at + 120_000, send: async () => { sends += 1; return { kind: "approved", facts: { requestId: REFUND, amount: usd(2_000n) } }; } }) };
  const sendAfter = async (sleepMs: number): Promise<void> => {
    const admission = { admit: async () => { at += sleepMs; return { isAdmitted: true }; }, settle: async () => undefined };
    const organizations = new Map([[organizationId, { organizationId, merchants: [{ organizationId, merchantId: "mid-1", environment: "test" }] }]]);
    await sendEffect(depsWith({ gateway, admission, organizations, clocks: { business: () => at, wire: () => at } }), planned, claimEffect(planned, wish));
  };
  await sendAfter(HOUR);
  expect([sends, findEffect(await load() ?? planned, refundId)?.state]).toEqual([0, "planned"]);
  at = T0 + 2_000;
  await sendAfter(0);
  expect([sends, findEffect(await load() ?? planned, refundId)?.state]).toEqual([1, "approved"]);
});

describe("a capture that was asked for on an order", () => {
  const authorization: Intent = authorized();
  const capture = row("capture", 12_400n, { validUntil: T0 + 3 * HOUR });
  const waiting = claimed(authorization, capture);
  const order = { orderId: "order-1", number: "ORD-01", state: "active", statusCode: 3, total: usd(12_400n), received: [] };

  /** Decided by a process that sleeps for this long once it has read the order. */
  const decideAfter = async (sleepMs: number) => {
    await stands(waiting);
    let at = T0 + 5_000;
    const clocks = { business: () => at, wire: () => at };
    const surroundings = { readDocuments: async () => { at += sleepMs; return { kind: "read", orders: [order], invoices: [] }; } };
    const merchants = [{ organizationId, merchantId: "mid-1", environment: "test" }];
    const moneyOut = { prepare: async () => ({ kind: "prepared", judge: async () => ({ kind: "go" }) }) };
    await decideCommand(depsWith({ clocks, surroundings, moneyOut, organizations: new Map([[organizationId, { organizationId, merchants }]]) }), waiting, claimEffect(waiting, capture));
    return claimEffect(await load() ?? waiting, capture).state;
  };

  test.each([["at once", 0, "planned"], ["an hour later, when cash may have come: the order is read again", HOUR, "claiming"], ["after its validity", 4 * HOUR, "claiming"]] as const)("is decided %s", async (_when, sleepMs, state) => {
    expect(await decideAfter(sleepMs)).toBe(state);
  });
});

test("a claim whose process slept until its payment was closed keeps nothing of its cardholder", async () => {
  const claiming = intent(effect("claiming"), { command: undefined });
  const over: Intent = { ...intent(effect("declined")), revision: 2 };
  await stands(claiming);
  const card = { paymentMethodId: "pm-1", customer: { kind: "account", id: "acc-1" }, merchantAccountId: "ma-1", paymentInstrumentId: "PI1", isUsable: true };
  const row = {
    paymentRequestId, name: "PR-1", state: "submitted", action: "authorization", method: "saved_card", channel: "phone", amount: usd(1_000n), currency: "USD", currencyId: "cur-usd", saveCard: false, createdOn: T0 + HOUR, modifiedOn: T0 + HOUR,
    billTo: { firstName: "Ada" }, savedCard: card, author: person, createdById: "u", modifiedById: "u", ownerId: "u", hasOnBehalfBy: false,
    document: { ref: { kind: "salesorder", id: "o" }, number: "ORD-1", isOpen: true, isWritable: true, total: usd(1_000n), currency: "USD", customer: card.customer, owner: { id: "u", kind: "systemuser" }, owningBusinessUnitId: "bu-root", lines: [], payments: [] },
  };
  const claimed = (sleeping: () => Promise<void>) => ({ readAndClaim: async () => { await sleeping(); return { kind: "read", claim: "created", row, merchantAccounts: [account()], businessUnits: [{ id: "bu-root" }] }; }, readLines: async () => ({ kind: "read", lines: [] }) });
  const sealer = { seal: () => new Uint8Array(1), open: () => undefined, newKey: () => "key" };
  const organizations = new Map([[organizationId, { organizationId, merchants: [{ organizationId, merchantId: "mid-1", environment: "test" }] }]]);
  const deps = depsWith({ sealer, organizations, limits: { declinesPerHour: 9 }, surroundings: dynamics({}) });
  await claimRequest({ ...deps, dataverse: claimed(() => meanwhile(claiming, over)) } as unknown as FlowDeps, claiming);
  expect(await ledger.alone((tx) => tx.loadDetail(organizationId, paymentRequestId))).toBeUndefined();
  await meanwhile(over, { ...claiming, revision: 3 });
  await claimRequest({ ...deps, dataverse: claimed(async () => undefined) } as unknown as FlowDeps, { ...claiming, revision: 3 });
  expect(await ledger.alone((tx) => tx.loadDetail(organizationId, paymentRequestId))).toBeDefined();
});
