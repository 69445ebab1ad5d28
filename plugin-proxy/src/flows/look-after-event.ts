// After a notification the relay looks for itself (recovery rules, law 7; §3 rows 16 and 17): what is unknown is looked for at once, by the
// same code as ever; what has ended stays as it is, unless Cybersource's own detail contradicts it.
import { asMerchantReference, asRequestId, type MerchantReference, type OrganizationId, type PaymentRequestId } from "../domain/ids.ts";
import { isInCase } from "../domain/payment/decided-case.ts";
import { isUndo, type Effect } from "../domain/payment/effect.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FoundTransaction, MerchantBinding } from "../ports/gateway.ts";
import type { FlowDeps } from "./deps.ts";
import { fromEventKey } from "./receive-cybersource-event.ts";
import { refreshCards } from "./refresh-cards.ts";
import { recordEvents } from "./record-events.ts";

const RETRY_MS = 30 * SECOND_MS;
/** Transaction search lags behind the notification; a detail that is still missing after these tries is not ours. */
const TRIES_MAX = 10;

/** Returns when to try again; undefined when it is done with, or about nothing of ours. */
export async function lookAfterEvent(deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly key: string; readonly tries: number }): Promise<Instant | undefined> {
  const { organizationId } = input;
  const { merchantId, requestId, merchantReference, instrumentIdentifierId } = fromEventKey(input.key);
  const binding = deps.organizations.get(organizationId)?.merchants.find((merchant) => merchant.merchantId === merchantId);
  if (instrumentIdentifierId !== undefined) return binding === undefined || await refreshCards(deps, binding, instrumentIdentifierId) === "done" || input.tries >= TRIES_MAX ? undefined : deps.clocks.business() + RETRY_MS;
  const found = requestId === "" || binding === undefined ? [] : await ask(deps, binding, requestId);
  const again = input.tries < TRIES_MAX ? deps.clocks.business() + RETRY_MS : undefined;
  if (found === "unavailable") return again;
  const reference = merchantReference === "" ? found[0]?.merchantReference : merchantReference;
  if (reference === undefined) return binding === undefined ? undefined : again;
  const paymentRequestId = await deps.ledger.alone((ledger) => ledger.findByReference(organizationId, asMerchantReference(reference)));
  if (paymentRequestId !== undefined) await lookAt(deps, { organizationId, paymentRequestId, reference: asMerchantReference(reference), found });
  return undefined;
}

async function ask(deps: FlowDeps, binding: MerchantBinding, requestId: string): Promise<readonly FoundTransaction[] | "unavailable"> {
  const answer = await deps.gateway.look({ binding, merchantReferences: [], around: deps.clocks.wire(), requestIds: [asRequestId(requestId)] });
  return answer.kind === "looked" ? answer.found : "unavailable";
}

interface LookInput {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly reference: MerchantReference;
  readonly found: readonly FoundTransaction[];
}

async function lookAt(deps: FlowDeps, input: LookInput): Promise<void> {
  const { organizationId, paymentRequestId } = input;
  const at = deps.clocks.business();
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current, tx) => {
      const effect = current.effects.find((one) => one.attempts.some((attempt) => attempt.merchantReference === input.reference));
      if (effect === undefined) return { events: [] };
      if (isContradicted(current, effect, input.found)) {
        await tx.openIncident({ organizationId, paymentRequestId, kind: "webhook_contradicts", detail: `effect ${effect.effectId}`, at });
        deps.reporter.alarm("webhook_contradicts", { organizationId, paymentRequestId, effectId: effect.effectId });
      }
      // What was sent a moment ago still has its own answer to come; after its deadline it is looked for anyway. What was turned away (429) waits until
      // search can show it: an empty look before that would send it again, and this very notification says that it was carried out (ADR 0071).
      const isTurnedAway = effect.refusal?.isTransient === true;
      if ((effect.state === "unknown" && !isTurnedAway) || isInCase(effect) || effect.watchUntil !== undefined) {
        await tx.schedule({ kind: "advance", organizationId, key: paymentRequestId, dueAt: at, trace: deps.trace.current() });
        return { intent: { ...current, revision: current.revision + 1, effects: current.effects.map((one) => (one === effect ? { ...one, nextLookAt: at } : one)) }, events: [] };
      }
      return { events: [] };
    },
  });
}

/** Ours says that the money is there, Cybersource's detail says that it was taken back, and it was not us. */
function isContradicted(intent: Intent, effect: Effect, found: readonly FoundTransaction[]): boolean {
  const isTakenBack = found.some((transaction) => transaction.requestId === effect.facts?.requestId && transaction.isUndone);
  return effect.state === "approved" && isTakenBack && !intent.effects.some((other) => isUndo(other) && other.undoes === effect.effectId);
}
