// Coverage counts what it says: each row of the recovery rules is told from every other, each crash point is where the process ended, seeds aim at every
// cell, and a seed that aims at a cell hits it.
import { describe, expect, test } from "@jest/globals";
import type { WireReply } from "../../../plugin-proxy/src/cybersource/transport.ts";
import { effect, intent } from "../../support/intents.ts";
import { mildStrictness } from "../../sandbox/cybersource/strictness.ts";
import { runSeed } from "../run-seed.ts";
import type { Life } from "../scheduler.ts";
import { planned } from "../weather.ts";
import { aimOf, SEEDS_FOR_ALL } from "./aims.ts";
import { CELLS, CRASH_POINTS, nameOf, whyImpossible, type Cell } from "./cells.ts";
import { OPERATIONS, rowsOf } from "./operations.ts";
import { answerOf } from "./read-answer.ts";
import { coverageOf } from "./report.ts";
import { watchCalls } from "./watch-calls.ts";

test.each(OPERATIONS)("every answer to %s is read as its own row, and as no other", (operation) => {
  const rows = rowsOf(operation);
  expect(rows.map((row) => answerOf({ operation, amount: "124.00", parentId: "7000000000000000000001" }, row.reply))).toEqual(rows.map((row) => row.answer));
  expect(new Set(rows.map((row) => row.answer)).size).toBe(rows.length);
});

test("an answer that no row knows is none, and the amount that counts is the one that was asked for", () => {
  const replied = (status: number, body: unknown): WireReply => ({ kind: "replied", status, headers: {}, text: JSON.stringify(body) });
  const asked = { operation: "capture", amount: "10.00", code: "OURS" } as const;
  const pending = (totalAmount: string, code = "OURS") => replied(201, { id: "1", status: "PENDING", clientReferenceInformation: { code }, orderInformation: { amountDetails: { totalAmount } } });
  expect(answerOf(asked, pending("10.00"))).toBe("PENDING");
  expect(answerOf(asked, pending("124.00"))).toBe("PENDING another amount");
  expect(answerOf(asked, pending("10.00", "THEIRS"))).toBe("201 of another request");
  expect(answerOf(asked, replied(418, {}))).toBeUndefined();
});

test("only reasons that speak of what an operation does not act on are left out", () => {
  const out = (operation: Cell["operation"]) => rowsOf(operation).filter((row) => whyImpossible(operation, row) !== undefined).map((row) => row.answer);
  expect(out("authorization")).toHaveLength(7);
  expect(out("void")).not.toContain("NOT_VOIDABLE");
  expect(out("capture")).toEqual(["CAPTURE_ALREADY_VOIDED", "NOT_VOIDABLE"]);
  for (const operation of OPERATIONS) expect(out(operation).every((answer) => rowsOf(operation).find((row) => row.answer === answer)?.rule === "3.10")).toBe(true);
});

test.each([1, 2, 777])("from seed %i on, so many seeds as npm test runs aim at every cell, each by its own number", (from) => {
  const aimed = new Set(Array.from({ length: SEEDS_FOR_ALL }, (_, index) => aimOf(from + index)).flatMap((aim) => (aim === undefined ? [] : [nameOf(aim.cell)])));
  expect(CELLS.filter((cell) => !aimed.has(nameOf(cell)))).toEqual([]);
  expect(aimOf(from)).toEqual(aimOf(from));
});

describe("where a process ends is counted as it was", () => {
  const life = (name: string): Life => ({ name, isDead: false, pausedUntil: 0 });
  const sent = intent(effect("sent"));
  const [own] = sent.effects;
  const call = { method: "POST", url: "/pts/v2/payments", headers: {}, body: Buffer.from(JSON.stringify({ clientReferenceInformation: { code: own?.attempts[0]?.merchantReference } })) };
  /** As far as `steps` of: marked, sent, on its way, carried out, answered, recorded, shown; then the process ends, or the run. */
  const go = (steps: number, isCrash: boolean): readonly string[] => {
    const watch = watchCalls();
    const process = life("r0");
    const flight = () => { const found = watch.flightOf(process, call); if (found === undefined) throw new Error("no such call"); return found; };
    const all = [
      () => { watch.committing(process, sent); }, () => { watch.committed(process, sent); }, () => { watch.departs(flight()); }, () => { watch.reached(flight(), true); },
      () => { watch.returned(flight(), { kind: "replied", status: 401, headers: {}, text: "" }); }, () => { watch.committed(process, sent); }, () => { watch.shown(own?.effectId ?? ""); },
    ];
    for (const step of all.slice(0, steps)) step();
    if (isCrash) watch.crashed(process);
    watch.finish();
    return [...watch.hits];
  };
  test.each([
    [1, "nothing sent × before sent is committed"], [2, "nothing sent × before the bytes leave"], [3, "not carried out, unread × before the answer"], [4, "carried out, unread × before the answer"],
    [5, "401 × before the answer is committed"], [6, "401 × before Dataverse is written"], [7, "401 × no crash"],
  ])("after %i steps: %s", (steps, cell) => { expect(go(steps, true)).toEqual([`authorization × ${cell}`]); });
  test("without a crash only what was recorded is counted", () => {
    expect([1, 2, 3, 4, 5].flatMap((steps) => go(steps, false))).toEqual([]);
    expect(go(6, false)).toEqual(["authorization × 401 × no crash"]);
  });
  test("another process ends for itself", () => {
    const watch = watchCalls();
    watch.committing(life("r0"), sent);
    watch.crashed(life("r1"));
    expect([...watch.hits]).toEqual([]);
  });
});

test("what was hit is added up over processes, and what was not is named", () => {
  const [first, second, ...others] = CELLS.map(nameOf);
  expect(coverageOf([{ hits: others, strangers: [] }, { hits: [first ?? ""], strangers: [] }])).toMatchObject({ unhit: 1, lines: expect.arrayContaining([`  not hit: ${second ?? ""}`]) as unknown });
  expect(coverageOf([{ hits: CELLS.map(nameOf), strangers: [] }]).unhit).toBe(0);
});

test.each(CRASH_POINTS)("a payment that aims at a cell hits it: %s", async (point) => {
  const cells = (["authorization", "sale", "authorization_reversal"] as const).map((operation) => CELLS.find((cell) => cell.operation === operation && cell.point === point && (cell.row === undefined || cell.answer === "SYSTEM_ERROR")));
  const aims = cells.flatMap((cell, organization) => (cell === undefined ? [] : [{ cell, organization, isCarriedOut: true }]));
  const { world, violations } = await runSeed(1, {
    scenario: { acts: [], stormMs: 40_000, keepsAtMs: [] }, aims, replicas: 2, skewMs: () => 0, strictness: mildStrictness(), weather: () => planned([], () => false),
  });
  expect(violations).toEqual([]);
  expect(aims).toHaveLength(3);
  for (const { cell } of aims) expect([...world.calls.hits]).toContain(nameOf(cell));
}, 120_000);
