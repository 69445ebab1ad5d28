// A merge of customers moves saved cards to another customer. The card is not used for him until a person has confirmed it: the relay
// remembers whose it was, marks the row, and an operator's decision accepts the new holder.
import type { OrganizationId } from "../domain/ids.ts";
import type { OperatorDecision } from "../domain/operator/operator-decision.ts";
import type { CardReading } from "../ports/decided.ts";
import type { FlowDeps } from "./deps.ts";

export interface MergeInput {
  readonly organizationId: OrganizationId;
  readonly cards: readonly CardReading[];
  readonly decisions: readonly OperatorDecision[];
}

export async function confirmMerges(deps: FlowDeps, { organizationId, cards, decisions }: MergeInput): Promise<void> {
  if (cards.length === 0) return;
  const holders = await deps.ledger.alone((ledger) => ledger.surroundings.cardHolders({ organizationId, cards: cards.map((card) => ({ paymentMethodId: card.paymentMethodId, customerId: card.customer.id })) }));
  for (const [index, card] of cards.entries()) {
    const isHolder = holders[index] === card.customer.id;
    const isAccepted = await takeAcceptance(deps, organizationId, decisions, { card, isHolder });
    const isMoved = !isHolder && !card.isToConfirm;
    if (isAccepted || isMoved) await deps.surroundings.writeRows({ organizationId, rows: [{ table: "saved_card", paymentMethodId: card.paymentMethodId, mergeState: isAccepted ? "none" : "to_confirm" }] });
  }
}

/**
 * A decision names a payment of the card; an interactive person wrote it, with a note. Each counts once: used up and the holder changed in one, so that
 * no process ends between the two. One that has counted stands until the row shows it, whatever became of the write, or was written late over it.
 */
async function takeAcceptance(deps: FlowDeps, organizationId: OrganizationId, decisions: readonly OperatorDecision[], { card, isHolder }: { readonly card: CardReading; readonly isHolder: boolean }): Promise<boolean> {
  const accepting = decisions.filter((decision) => decision.verb === "accept_merge" && decision.paymentMethodId === card.paymentMethodId && decision.author.isInteractivePerson && (decision.note ?? "").trim() !== "");
  if (accepting.length === 0) return false;
  return deps.ledger.transaction(async (tx) => {
    let isNew = false;
    for (const { decisionId } of accepting) isNew = await tx.insertInbox({ organizationId, source: "decision", key: decisionId, at: deps.clocks.business() }) || isNew;
    // Read in one batch with the row: what was said before anybody was asked was not said of this merge, and is used up.
    if (!card.isToConfirm) return false;
    if (isNew) await tx.surroundings.changeCardHolder({ organizationId, paymentMethodId: card.paymentMethodId, customerId: card.customer.id });
    return isNew || isHolder;
  });
}
