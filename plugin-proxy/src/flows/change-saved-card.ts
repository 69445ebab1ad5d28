// Removes, renames or prefers a saved card: no money moves, and what the card has authorized stays as it is, because captures name the
// transaction and never the card. Token management is asked first; repeating any of it changes nothing.
import type { StandingRow } from "../domain/notify/rows.ts";
import type { CardAction, RequestedAction, SavedCard } from "../domain/payment/command.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { ClaimAnswer, Unavailable } from "../ports/dataverse.ts";
import { cameTooLate } from "./came-too-late.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

const CARD_ACTIONS: readonly string[] = ["remove_card", "make_default", "rename_card"];
export const isCardAction = (action: RequestedAction | "unsupported"): action is CardAction => CARD_ACTIONS.includes(action);

type Reading = Extract<ClaimAnswer, { kind: "read"; claim: string }>;
type Done = { readonly kind: "done" | "refused" | "expired"; readonly reason: string } | Unavailable;
const RETRY_MS = 10 * SECOND_MS;

/** Carries the row out at its claim. What Cybersource or Dataverse did not answer, or a lost ledger had begun, is done again; what came too late is not begun. */
export async function changeSavedCard(deps: FlowDeps, intent: Intent, reading: Reading, action: CardAction): Promise<ClaimOutcome> {
  const tooLate = reading.claim === "created" ? await cameTooLate(deps, intent.organizationId, reading.row) : undefined;
  const done = tooLate ?? await carryOut(deps, intent, reading, action);
  const at = deps.clocks.business();
  if (done.kind === "unavailable") return { kind: "waiting", until: at + (done.retryAfterMs ?? RETRY_MS) };
  const event: Omit<EffectEvent, "effectId"> = { kind: done.kind === "refused" ? "refused_by_rule" : done.kind, attempt: 0, evidence: "rule", at, reason: done.reason };
  const recorded = await recordEvents(deps, { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, events: async (current) => ({ events: [{ ...event, effectId: mainEffect(current).effectId }] }) });
  return { kind: "moved", intent: recorded.ok ? recorded.value.after : undefined };
}

async function carryOut(deps: FlowDeps, intent: Intent, { row, merchantAccounts }: Reading, action: CardAction): Promise<Done> {
  const card = row.savedCard;
  if (card === undefined) return { kind: "refused", reason: "saved_card_unusable" };
  const obstacle = action === "remove_card" ? undefined : await obstacleTo(deps, intent, card);
  if (obstacle !== undefined) return { kind: "refused", reason: obstacle };
  if (action === "rename_card") return (row.newName ?? "").trim() === "" ? { kind: "refused", reason: "card_name_missing" } : write(deps, intent, [{ table: "saved_card", paymentMethodId: card.paymentMethodId, nickname: row.newName?.trim() }], "card_renamed");
  if (action === "make_default") return makeDefault(deps, intent, card);
  const account = merchantAccounts.find((one) => one.merchantAccountId === card.merchantAccountId);
  const binding = deps.organizations.get(intent.organizationId)?.merchants.find((merchant) => merchant.merchantId === account?.merchantId && merchant.environment === account.environment);
  if (binding === undefined) return { kind: "refused", reason: "no_merchant_account" };
  const forgotten = await deps.gateway.forgetCard({ binding, tmsCustomerId: card.tmsCustomerId, paymentInstrumentId: card.paymentInstrumentId });
  if (forgotten.kind === "unavailable") return { kind: "unavailable", cause: forgotten.cause };
  if (forgotten.kind === "refused") return forgotten;
  return write(deps, intent, [{ table: "saved_card", paymentMethodId: card.paymentMethodId, state: "removed", isDefault: false }], "card_removed");
}

/** What a merge gave to this customer is changed only after a person has said that it is his; perhaps no sweep has seen the merge yet. */
async function obstacleTo(deps: FlowDeps, { organizationId }: Intent, { paymentMethodId, customer, isToConfirm, isUsable }: SavedCard): Promise<"saved_card_to_confirm" | "saved_card_unusable" | undefined> {
  if (isToConfirm === true) return "saved_card_to_confirm";
  if (!isUsable) return "saved_card_unusable";
  const [holderId] = await deps.ledger.alone((ledger) => ledger.surroundings.cardHolders({ organizationId, cards: [{ paymentMethodId, customerId: customer.id }] }));
  if (holderId === customer.id) return undefined;
  await deps.surroundings.writeRows({ organizationId, rows: [{ table: "saved_card", paymentMethodId, mergeState: "to_confirm" }] });
  return "saved_card_to_confirm";
}

/** One default a customer: the others give it up in the same change set. */
async function makeDefault(deps: FlowDeps, intent: Intent, card: SavedCard): Promise<Done> {
  const { organizationId } = intent;
  const before = await deps.surroundings.defaultCardsOf({ organizationId, customer: card.customer });
  if (before.kind === "unavailable") return before;
  const others = before.paymentMethodIds.filter((id) => id !== card.paymentMethodId);
  return write(deps, intent, [{ table: "saved_card", paymentMethodId: card.paymentMethodId, isDefault: true }, ...others.map((paymentMethodId): StandingRow => ({ table: "saved_card", paymentMethodId, isDefault: false }))], "card_made_default");
}

async function write(deps: FlowDeps, { organizationId }: Intent, rows: readonly StandingRow[], reason: string): Promise<Done> {
  const written = await deps.surroundings.writeRows({ organizationId, rows });
  if (written.kind === "unavailable") return written;
  return written.kind === "rejected" ? { kind: "refused", reason: "saved_card_unusable" } : { kind: "done", reason };
}
