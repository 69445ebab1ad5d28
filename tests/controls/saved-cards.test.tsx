// What is offered with a saved card: after a merge of customers nothing that the relay refuses until an operator has confirmed the card.
import { afterEach, expect, test } from "@jest/globals";
import * as React from "react";
import { render, unmountComponentAtNode } from "react-dom";
import { act } from "react-dom/test-utils";
import { paymentMethodTable } from "@cybs/schema";
import { CardsActions } from "../../pcf-controls/saved-cards/SavedCards/actions.ts";
import { CardsView } from "../../pcf-controls/saved-cards/SavedCards/CardsView.tsx";

const { primaryId, columns, lookupValues, choices } = paymentMethodTable;
const place = document.createElement("div");
let actions: CardsActions | undefined;
afterEach(() => { unmountComponentAtNode(place); actions?.destroy(); });

async function offered(changes: Readonly<Record<string, unknown>>): Promise<readonly (string | null)[]> {
  const card = { [primaryId]: "c", [columns.lastFour]: "1111", [columns.expiryMonth]: 12, [columns.expiryYear]: 2099, [columns.isDefault]: false, [columns.state]: choices.state.active, [columns.mergeState]: choices.mergeState.none, ...changes };
  const webAPI = { retrieveRecord: async () => ({ [lookupValues.customerId]: "a" }), retrieveMultipleRecords: async () => ({ entities: [card] }) };
  const host = { webAPI, resources: { getString: (key: string) => key }, userSettings: { languageId: 1033 }, utils: { hasEntityPrivilege: () => true } };
  const made = new CardsActions(() => host as never, "c");
  actions = made;
  await act(async () => { await made.start(); });
  act(() => { render(<CardsView actions={made} variables={{}} />, place); });
  return [...place.querySelectorAll("li button")].map((button) => button.textContent);
}

test.each([
  { of: "a card", changes: {}, buttons: ["MakeDefault", "Rename", "Remove"] },
  { of: "the default", changes: { [columns.isDefault]: true }, buttons: ["Rename", "Remove"] },
  { of: "a card that has expired", changes: { [columns.expiryYear]: 2020 }, buttons: ["Rename", "Remove"] },
  { of: "a card to confirm after a merge of customers", changes: { [columns.mergeState]: choices.mergeState.toConfirm }, buttons: ["Confirm", "Remove"] },
])("of $of: $buttons", async ({ changes, buttons }) => {
  expect(await offered(changes)).toEqual(buttons);
});
