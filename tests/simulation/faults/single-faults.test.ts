// Every single fault at every boundary of an authorization and of a sale: whatever breaks once, and wherever, no invariant does.
import { expect, test } from "@jest/globals";
import { nameOf, OPERATIONS, runWith, singlesOf } from "./enumerate.ts";

test.each(OPERATIONS)("no single fault of an undisturbed %s breaks an invariant", async (operation) => {
  const singles = await singlesOf(operation);
  const broken: string[] = [];
  for (const fault of singles) {
    const { violations: [violation] } = await runWith(operation, [fault]);
    if (violation !== undefined) broken.push(`${nameOf([fault])}: invariant ${violation.invariant}: ${violation.what}`);
  }
  expect(broken).toEqual([]);
  // A run without boundaries would prove nothing.
  expect(singles.length).toBeGreaterThan(50);
}, 600_000);

test("an undisturbed operation ends approved, so that each fault is struck into something that works", async () => {
  for (const operation of OPERATIONS) {
    const { world, violations } = await runWith(operation, []);
    expect(violations).toEqual([]);
    expect([...world.ledgerHost.intents.values()].map((intent) => [intent.effects[0]?.kind, intent.effects[0]?.state])).toEqual([[operation, "approved"]]);
  }
}, 60_000);
