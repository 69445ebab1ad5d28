// One payment from poke to rows, in the order a careful developer would write it: intent first, then the call, then what came of it.
import { pay } from "./cybersource.ts";
import { readAndClaim, writeOutcome } from "./dataverse.ts";
import { referenceOf, transactionIdOf, uuid5 } from "./ids.ts";
import { begin, capturedOf, markProjected, markSent, plan, recordOutcome, type Ids, type Key } from "./ledger.ts";
import { log } from "./settings.ts";

const LEDGER_ID = "0d000000-0000-4000-8000-00000000beef";

export async function takePayment(key: Key): Promise<void> {
  const { organizationId, paymentRequestId } = key;
  const ids: Ids = {
    paymentId: uuid5(organizationId, paymentRequestId, "payment"), effectId: uuid5(organizationId, paymentRequestId, "claim"),
    reference: referenceOf(paymentRequestId, 1), transactionId: transactionIdOf(paymentRequestId, 1),
  };
  if (!await begin(key, ids)) return;
  const command = await readAndClaim(paymentRequestId, ids.effectId, LEDGER_ID);
  if (typeof command === "string") { log("refused", { paymentRequestId, reason: command }); return; }
  const refusal = await plan(key, ids, command);
  if (refusal !== undefined) { log("refused", { paymentRequestId, reason: refusal }); return; }
  log("planned", { organizationId, paymentRequestId, effectId: ids.effectId });
  if (!await markSent(key, ids)) return;
  log("sent", { organizationId, paymentRequestId, effectId: ids.effectId });
  const outcome = await pay(command, ids);
  const revision = await recordOutcome(key, ids, command, outcome);
  log(outcome.status, { organizationId, paymentRequestId, effectId: ids.effectId, reason: outcome.reason });
  const orderCapturedMinor = await capturedOf(organizationId, command.orderId);
  await writeOutcome({ command, outcome, paymentId: ids.paymentId, effectId: ids.effectId, ledgerId: LEDGER_ID, reference: ids.reference, revision, orderCapturedMinor });
  await markProjected(key, revision);
}
