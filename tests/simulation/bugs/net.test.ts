// The net itself: mistakes that somebody has made are planted, and some invariant breaks within a few seeds. The long list, with its medians, is npm run
// simulate:net; these are the ones that are caught soon.
import { expect, test } from "@jest/globals";
import { BUGS } from "./bugs.ts";
import { DEAL_BUGS } from "./deal-bugs.ts";
import { hunt } from "./hunt.ts";

const SEEDS_MAX = 60;

test.each([
  ["another organization's credentials", 5], ["attempt id reused", 1], ["resend on timeout", 2], ["sent not compare-and-set", 7], ["lock per payment instead of document", 3], ["risk decline not reversed", 9], ["outbox out of order", 7],
] as const)(`"%s" breaks invariant %i within ${SEEDS_MAX} seeds`, async (name, invariant) => {
  const bug = BUGS[name];
  if (bug === undefined) throw new Error(`no bug ${name}`);
  expect((await hunt(() => (typeof bug === "function" ? bug() : bug), { from: 1, seedsMax: SEEDS_MAX }))?.invariant).toBe(invariant);
}, 120_000);

test.each([["what cash has paid is captured", 3], ["a cancelled order keeps its hold", 11]] as const)(`"%s" breaks invariant %i within ${SEEDS_MAX} seeds about such orders`, async (name, invariant) => {
  const bug = DEAL_BUGS[name];
  if (bug === undefined) throw new Error(`no bug ${name}`);
  expect((await hunt(() => ({ ...bug.plant(), focus: bug.focus }), { from: 1, seedsMax: SEEDS_MAX }))?.invariant).toBe(invariant);
}, 120_000);
