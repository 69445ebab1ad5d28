// Which deeds follow a payment in a seed: plays that end in every operation, in an order that makes sense or in none, by persons and by flows, with
// second persons who do the right thing or something else.
import type { Random } from "../sandbox/kit/random.ts";
import type { ApprovalKind, Deed, DeedKind } from "./give-back.ts";

type Line = readonly [DeedKind, number];
/** On an account that only authorizes. */
const AFTER_AUTHORIZATION: readonly (readonly Line[])[] = [
  [["capture", 1]], [["capture", 1], ["give_back", 1]], [["capture", 0.4], ["capture", 0.6]], [["capture", 0.4], ["refund", 0.2]], [["capture", 1], ["refund", 0.5], ["refund", 0.6]],
  [["reversal", 1]], [["give_back", 1]], [["increment", 0.3]], [["increment", 0.3], ["capture", 1.3]], [["capture", 1], ["void", 1]], [["capture", 1], ["reversal", 1]], [["reversal", 1], ["capture", 1]],
];
/** On an account that takes the money at once. */
const AFTER_SALE: readonly (readonly Line[])[] = [
  [["give_back", 1]], [["give_back", 0.3]], [["refund", 1]], [["refund", 0.6], ["refund", 0.6]], [["void", 1]], [["void", 1], ["refund", 1]], [["give_back", 0.5], ["give_back", 0.5]], [["refund", 0.25], ["void", 1]], [["capture", 1]],
];
/** What second persons do; the right thing more often than any other. */
export const APPROVALS: readonly ApprovalKind[] = ["exact", "exact", "exact", "rejected", "other_amount", "edited_before", "edited_after", "twice", "at_odds", "none"];
const SOON_MS = 60_000;

const oneOf = <T>(random: Random, list: readonly [T, ...T[]] | readonly T[]): T => {
  const found = list[random.integer(list.length)];
  if (found === undefined) throw new Error("nothing to choose from");
  return found;
};

/** Some payments are left as they are. */
export function deedsOf(random: Random, isSale: boolean): readonly Deed[] {
  if (random.next() < 0.2) return [];
  return oneOf(random, isSale ? AFTER_SALE : AFTER_AUTHORIZATION).map(([kind, share]): Deed => ({
    kind, share, afterMs: Math.floor(random.next() ** 2 * SOON_MS), by: random.next() < 0.2 ? "flow" : "person", approval: oneOf(random, APPROVALS), approvesAfterMs: Math.floor(random.next() ** 2 * SOON_MS),
  }));
}

export const grows = (deeds: readonly Deed[]): boolean => deeds.some((deed) => deed.kind === "increment");
