// One word for all effects of a request: what is unknown outweighs what is known, and a part that went well is said.
import { describe, expect, test } from "@jest/globals";
import { outcomeOf, type Effect } from "../../pcf-controls/shared/src/index.ts";

const BASE = 727000000;
const effect = (status: number, isFinal: boolean, reason?: string): Effect => ({ id: String(status), type: 7, status: BASE + status, amount: 1n, reason, agentText: undefined, customerText: undefined, occurredOn: undefined, nextLookOn: undefined, isFinal });
const [IN_PROGRESS, APPROVED, REVIEW, DECLINED, UNKNOWN, WITHDRAWN] = [0, 1, 2, 4, 6, 10];

describe("the outcome", () => {
  test.each<[string, readonly Effect[], string, boolean]>([
    ["of nothing yet", [], "asking", false],
    ["under way", [effect(IN_PROGRESS, false)], "asking", false],
    ["waits for a second person", [effect(IN_PROGRESS, false, "awaiting_approval")], "waiting", false],
    ["waits for the day's batch", [effect(IN_PROGRESS, false, "partial_waits_for_batch")], "queued", false],
    ["done", [effect(APPROVED, true)], "approved", true],
    ["declined", [effect(DECLINED, true)], "declined", true],
    ["a split of which one part was declined", [effect(APPROVED, true), effect(DECLINED, true)], "partly", true],
    ["a split with an unknown part is unknown", [effect(APPROVED, true), effect(UNKNOWN, false)], "unknown", false],
    ["one part done, one under way", [effect(APPROVED, true), effect(IN_PROGRESS, false)], "asking", false],
    ["held for review", [effect(REVIEW, false)], "review", false],
    ["withdrawn or expired", [effect(WITHDRAWN, true)], "withdrawn", true],
    ["a status nobody knows is unknown, never done", [effect(99, true)], "unknown", true],
  ])("%s", (_name, effects, kind, isFinal) => { expect(outcomeOf(effects)).toMatchObject({ kind, isFinal }); });
});
