// Every single fault at every boundary of an authorization, a sale, a capture, a refund, a void and a reversal: whatever breaks once, and wherever, no invariant does.
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

test.each([
  ["authorization", [["authorization", "approved"]]], ["sale", [["sale", "approved"]]], ["capture", [["authorization", "approved"], ["capture", "approved"]]], ["refund", [["sale", "approved"], ["refund", "approved"]]],
  ["void", [["sale", "undone"], ["void", "approved"], ["authorization_reversal", "approved"]]], ["reversal", [["authorization", "undone"], ["authorization_reversal", "approved"]]],
] as const)("an undisturbed %s ends well, so that each fault is struck into something that works", async (operation, effects) => {
  const { world, violations } = await runWith(operation, []);
  expect(violations).toEqual([]);
  expect([...world.ledgerHost.intents.values()].map((intent) => intent.effects.map((effect) => [effect.kind, effect.state]))).toEqual([effects]);
}, 60_000);
