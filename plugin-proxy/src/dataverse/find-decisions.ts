// What people have decided lately: approvals, operators' decisions, and saved cards whose row was touched (a merge of customers moves them).
import { paymentMethodTable as cards } from "@cybs/schema";
import { z } from "zod";
import type { OrganizationId } from "../domain/ids.ts";
import { toIsoText, type Instant } from "../domain/time.ts";
import type { CardReading, Decided } from "../ports/decided.ts";
import { refusedPart, unavailable } from "./read-request.ts";
import type { Question } from "./question.ts";
import { collectionOf, guidColumn, textColumn, wholeColumn } from "./rows/column-kinds.ts";
import { operatorDecisionsPath, toOperatorDecisions } from "./rows/operator-decision.ts";
import { approvalsPath, toApprovals } from "./rows/refund-approval.ts";
import { LOOKUP_TABLE } from "./rows/standard-tables.ts";
import { turnPages } from "./turn-pages.ts";

const CUSTOMER = cards.lookupValues.customerId;
const CUSTOMER_TABLE = `${CUSTOMER}${LOOKUP_TABLE}` as const;
/** One that waits to be confirmed stands there until somebody does, however long ago it was touched. */
const cardsPath = (since: Instant): string =>
  `${cards.entitySetName}?$select=${cards.primaryId},${CUSTOMER},${cards.columns.mergeState}&$filter=(${cards.columns.modifiedOn} ge ${toIsoText(since)} or ${cards.columns.mergeState} eq ${cards.choices.mergeState.toConfirm}) and ${cards.columns.state} eq ${cards.choices.state.active}&$orderby=${cards.columns.modifiedOn} desc`;
const CardRows = collectionOf(z.object({ [cards.primaryId]: z.guid(), [CUSTOMER]: guidColumn, [CUSTOMER_TABLE]: textColumn, [cards.columns.mergeState]: wholeColumn }));

function toCards(body: unknown): readonly CardReading[] | undefined {
  const parsed = CardRows.safeParse(body);
  return parsed.success ? parsed.data.value.flatMap((row): readonly CardReading[] => {
    const id = row[CUSTOMER];
    return id === undefined ? [] : [{
      paymentMethodId: row[cards.primaryId].toLowerCase(), customer: { kind: row[CUSTOMER_TABLE] === "contact" ? "contact" : "account", id },
      isToConfirm: row[cards.columns.mergeState] === cards.choices.mergeState.toConfirm,
    }];
  }) : undefined;
}

/** Remembers for each organization which pages come next: a bulk of approvals, or of cards that were assigned, is longer than one. */
export function findDecisions(): (organizationId: OrganizationId, since: Instant) => Question<Decided> {
  const pages = turnPages();
  return (organizationId, since) => {
    const lists = [["approvals", approvalsPath(since)], ["operators", operatorDecisionsPath(since)], ["cards", cardsPath(since)]] as const;
    const keys = lists.map(([name]) => `${name} ${organizationId}`);
    return {
      reads: lists.map(([, path], index) => pages.ask(keys[index] ?? "", path)),
      said: (parts) => {
        const failed = parts.find((part) => part?.status !== 200);
        if (failed !== undefined || parts.length < lists.length) return refusedPart("decisions", failed);
        const [approvals, operatorDecisions, cardRows] = [toApprovals(parts[0]?.body), toOperatorDecisions(parts[1]?.body), toCards(parts[2]?.body)];
        if (approvals === undefined || operatorDecisions === undefined || cardRows === undefined) return unavailable("decisions are not of the shape asked for");
        const hasMore = keys.map((key, index) => pages.turn(key, parts[index]?.body)).includes(true);
        return { kind: "read", approvals, operatorDecisions, cards: cardRows, ...(hasMore ? { hasMore } : {}) };
      },
    };
  };
}
