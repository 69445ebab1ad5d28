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
    const isSaidNow = await takeAcceptance(deps, organizationId, decisions, card);
    // Read in one batch with the row: what was said before anybody was asked was not said of this merge, and is used up.
    const isAccepted = card.isToConfirm && isSaidNow;
    const isMoved = holders[index] !== card.customer.id && !card.isToConfirm;
    if (isAccepted) await deps.ledger.alone((ledger) => ledger.surroundings.changeCardHolder({ organizationId, paymentMethodId: card.paymentMethodId, customerId: card.customer.id }));
    if (isAccepted || isMoved) await deps.surroundings.writeRows({ organizationId, rows: [{ table: "saved_card", paymentMethodId: card.paymentMethodId, mergeState: isAccepted ? "none" : "to_confirm" }] });
  }
}

/** A decision names a payment of the card; an interactive person wrote it, with a note. Each counts once. */
async function takeAcceptance(deps: FlowDeps, organizationId: OrganizationId, decisions: readonly OperatorDecision[], card: CardReading): Promise<boolean> {
  const accepting = decisions.filter((decision) => decision.verb === "accept_merge" && decision.paymentMethodId === card.paymentMethodId && decision.author.isInteractivePerson && (decision.note ?? "").trim() !== "");
  if (accepting.length === 0) return false;
  return deps.ledger.transaction(async (tx) => {
    let isNew = false;
    for (const { decisionId } of accepting) isNew = await tx.insertInbox({ organizationId, source: "decision", key: decisionId, at: deps.clocks.business() }) || isNew;
    return isNew;
  });
}
