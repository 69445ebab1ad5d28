// Two people look at the same preview and both press the button: each payment is captured by one of the two runs, and the other is told that it changed.
import { createHash } from "node:crypto";
import { expect, test } from "@jest/globals";
import { toPlanText, type BulkRun } from "../../plugin-proxy/src/domain/bulk/plan.ts";
import type { ChangeCommand } from "../../plugin-proxy/src/domain/payment/command.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { governRefunds } from "../../plugin-proxy/src/flows/govern-refund.ts";
import type { LedgerTransaction } from "../../plugin-proxy/src/ports/ledger.ts";
import { authorized, claimEffect, claimed, happens, on, row } from "../support/changes.ts";
import { T0 } from "../support/intents.ts";

const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");
const held = authorized();
const plan = toPlanText([{ paymentId: held.paymentId, revision: held.revision, minor: 12_400n, currency: "USD" }]);
const run: BulkRun = { bulkRunId: "run", action: "capture", plan, planHash: sha256Hex(plan), lineCount: 1 };
const gate = governRefunds({
  clocks: { business: () => T0, wire: () => T0 }, hasher: { sha256Hex, isEqual: (left, right) => left === right },
  surroundings: { readBulkRun: async () => ({ kind: "read", run }), readRefundGround: async () => ({ kind: "request_not_found" }) },
});
/** Captures are judged by their plan alone: nothing is read of the ledger. */
const NO_LEDGER = {} as LedgerTransaction;
const line = (): ChangeCommand => row("capture", 12_400n, { bulkRunId: "run", bulkLine: 1 });

async function verdictOn(of: Intent, command: ChangeCommand): Promise<unknown> {
  const prepared = await gate.prepare({ intent: of, command });
  return prepared.kind === "prepared" ? prepared.judge(of, NO_LEDGER) : prepared;
}

test("both rows stand on the payment before either is decided: the first goes, the second is what changed", async () => {
  const [first, second] = [line(), line()];
  const both = claimed(claimed(held, first), second);
  expect(await verdictOn(both, first)).toEqual({ kind: "go" });
  const decided = happens(both, on(claimEffect(both, first).effectId, "read_ok", { evidence: "rule" }));
  expect(claimEffect(decided, first)).toMatchObject({ kind: "capture", state: "planned" });
  expect(await verdictOn(decided, second)).toEqual({ kind: "refused", reason: "changed_since_preview" });
});

test("one row that stands alone goes, and one that comes after any change does not", async () => {
  const alone = line();
  expect(await verdictOn(claimed(held, alone), alone)).toEqual({ kind: "go" });
  const earlier = row("capture", 1n);
  expect(await verdictOn(claimed(claimed(held, earlier), alone), alone)).toEqual({ kind: "refused", reason: "changed_since_preview" });
  expect(await verdictOn(claimed({ ...held, revision: held.revision + 1 }, alone), alone)).toEqual({ kind: "refused", reason: "changed_since_preview" });
});
