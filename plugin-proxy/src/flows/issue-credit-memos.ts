// A numbered credit memo for each refund that went out, linked to its transaction, request and invoice. The number is Dataverse's own.
import { givesMoneyBack, memoState, type CreditMemo } from "../domain/allocation/credit-memo.ts";
import type { StandingRow } from "../domain/notify/rows.ts";
import type { Command } from "../domain/payment/command.ts";
import type { Effect } from "../domain/payment/effect.ts";
import { commandOf, type Intent } from "../domain/payment/intent.ts";
import type { FlowDeps } from "./deps.ts";
import { afterMending, DONE, laterAfter, type Surrounded } from "./surrounded.ts";

export async function issueCreditMemos(deps: FlowDeps, intent: Intent): Promise<Surrounded> {
  const { command, organizationId } = intent;
  if (command === undefined) return DONE;
  const rows = intent.effects.flatMap((effect): readonly Extract<StandingRow, { table: "credit_memo" }>[] => {
    const memo = givesMoneyBack(effect) ? memoOf(intent, command, effect) : undefined;
    return memo === undefined ? [] : [{
      table: "credit_memo", id: deps.derivation.rowId(organizationId, effect.effectId, "creditmemo"), paymentId: intent.paymentId, transactionId: effect.effectId,
      customer: command.customer, memo, currencyId: command.currencyId, owner: command.owner,
    }];
  });
  if (rows.length > 0) await deps.ledger.alone((tx) => tx.ownedRows.noteRows({ organizationId, paymentRequestId: intent.paymentRequestId, rowIds: rows.map((row) => row.id) }));
  const written = await deps.surroundings.writeRows({ organizationId, rows });
  if (written.kind === "unavailable") return laterAfter(deps, written);
  if (written.kind !== "rejected") return DONE;
  deps.reporter.alarm("surroundings_rejected", { organizationId, paymentRequestId: intent.paymentRequestId, reason: written.code });
  return afterMending(deps);
}

/** Only a refund that settlement turned down, or that a person voided, has a memo to reject: one that never went out had none. */
function memoOf(intent: Intent, founding: Command, effect: Effect): CreditMemo | undefined {
  if (effect.state === "refused" && effect.evidence !== "report") return undefined;
  if (effect.state === "undone" && intent.effects.every((undo) => undo.kind !== "void" || undo.undoes !== effect.effectId)) return undefined;
  const state = memoState(effect, effect.isSettled === true);
  const amount = effect.facts?.amount ?? effect.amount;
  if (state === undefined || amount === undefined) return undefined;
  const command = commandOf(intent, effect);
  const document = command?.document ?? founding.document;
  return {
    refundEffectId: effect.effectId, refundRequestId: command?.table === "refundrequest" ? command.commandId : undefined, amount, reasonCode: command?.reasonCode, state, issuedOn: effect.changedAt,
    invoiceId: document.kind === "invoice" ? document.id : undefined, salesOrderId: document.kind === "salesorder" ? document.id : founding.document.kind === "salesorder" ? founding.document.id : undefined,
  };
}
