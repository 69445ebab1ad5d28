// Who holds a card number: rows of every customer that name its identifier, at one merchant id.
import { merchantAccountTable, paymentMethodTable as cards } from "@cybs/schema";
import { z } from "zod";
import type { HeldCard, Surroundings } from "../../ports/surroundings.ts";
import { partOf, refusedPart, unavailable } from "../read-request.ts";
import { brandNameOfChoice } from "../rows/card-brands.ts";
import { collectionOf, textColumn, wholeColumn } from "../rows/column-kinds.ts";
import type { Transport } from "../transport.ts";

const { columns, choices, navigation } = cards;
const ACCOUNT = navigation.merchantAccountId;
const SELECTED = [cards.primaryId, columns.tmsCustomerId, columns.paymentInstrumentId, columns.brand, columns.lastFour, columns.expiryMonth, columns.expiryYear, columns.state];
const CARDS_MAX = 500;

const Held = z.object({
  [cards.primaryId]: z.guid(), [columns.tmsCustomerId]: textColumn, [columns.paymentInstrumentId]: textColumn, [columns.brand]: wholeColumn, [columns.lastFour]: textColumn,
  [columns.expiryMonth]: wholeColumn, [columns.expiryYear]: wholeColumn, [columns.state]: wholeColumn, [ACCOUNT]: z.object({ [merchantAccountTable.columns.merchantId]: textColumn }).nullable().catch(null),
});
const Rows = collectionOf(Held);

export const cardsWithNumber = (transport: Transport): Surroundings["cardsWithNumber"] => async ({ organizationId, merchantId, instrumentIdentifierId }) => {
  const filter = `${columns.instrumentIdentifierId} eq '${instrumentIdentifierId}' and ${columns.state} ne ${choices.state.removed}`;
  const answer = await transport.batch(organizationId, [{ kind: "read", path: `${cards.entitySetName}?$select=${SELECTED.join(",")}&$expand=${ACCOUNT}($select=${merchantAccountTable.columns.merchantId})&$filter=${filter}&$top=${CARDS_MAX}` }]);
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  if (part?.status !== 200) return refusedPart("cards with a number", part);
  const rows = Rows.safeParse(part.body).data?.value;
  if (rows === undefined) return unavailable("cards with a number are not of the shape asked for");
  return { kind: "read", cards: rows.filter((row) => row[ACCOUNT]?.[merchantAccountTable.columns.merchantId] === merchantId).flatMap(toHeld) };
};

function toHeld(row: z.infer<typeof Held>): readonly HeldCard[] {
  const paymentInstrumentId = row[columns.paymentInstrumentId];
  if (paymentInstrumentId === undefined) return [];
  const state = row[columns.state] === choices.state.expired ? "expired" : row[columns.state] === choices.state.blocked ? "blocked" : "active";
  return [{
    paymentMethodId: row[cards.primaryId].toLowerCase(), tmsCustomerId: row[columns.tmsCustomerId], paymentInstrumentId, brand: brandNameOfChoice(row[columns.brand]) ?? "Card", lastFour: row[columns.lastFour],
    expirationMonth: row[columns.expiryMonth], expirationYear: row[columns.expiryYear], state,
  }];
}
