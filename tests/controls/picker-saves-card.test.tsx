// What the customer agreed to is asked in two ticks, the second only under the first, and stands on the row as the version of the words.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import * as React from "react";
import { render, unmountComponentAtNode } from "react-dom";
import { act } from "react-dom/test-utils";
import { submit } from "../../pcf-controls/card-picker/CardPicker/rows.ts";
import { SaveCard } from "../../pcf-controls/card-picker/CardPicker/SaveCard.tsx";
import { agreedText, initialState, type PickerState } from "../../pcf-controls/card-picker/CardPicker/state.ts";

const place = document.createElement("div");
let state: PickerState;
const picker = { t: (key: string, ...values: readonly string[]) => [key, ...values].join(" "), edit: (change: Partial<PickerState>) => { show({ ...state, ...change }); } };
function show(next: PickerState): void {
  state = next;
  act(() => { render(<SaveCard picker={picker} state={state} />, place); });
}
beforeEach(() => { document.body.append(place); show({ ...initialState, consentTextVersion: "2026-11" }); });
afterEach(() => { unmountComponentAtNode(place); });

const boxes = (): readonly HTMLInputElement[] => [...place.querySelectorAll<HTMLInputElement>("input[type=checkbox]")];
const tick = (index: number): void => { act(() => { boxes()[index]?.click(); }); };
const said = (): string | null | undefined => place.querySelector("p")?.textContent;
async function written(): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown>[] = [];
  const api = { updateRecord: async (_table: string, _id: string, row: Record<string, unknown>) => { rows.push(row); } } as never;
  await submit(api, { requestId: "r", amount: "1.00", channel: 0, cardId: undefined, saveCard: state.saveCard, consentTextVersion: agreedText(state), holder: state.holder, validUntil: "" });
  return rows[0] ?? {};
}

test("nothing is agreed to at first, and nothing of it is written", async () => {
  expect(boxes().map((box) => box.checked)).toEqual([false]);
  expect(await written()).not.toHaveProperty("cybs_consenttextversion");
});

test("a card that is saved shows the second question, not agreed to, read out with the first one's words", async () => {
  tick(0);
  expect(boxes().map((box) => [box.checked, box.tabIndex])).toEqual([[true, 0], [false, 0]]);
  expect(document.getElementById(boxes()[1]?.getAttribute("aria-describedby") ?? "")?.textContent).toBe("SaveCard");
  expect(said()).toBe("Consent 2026-11");
  expect(await written()).toMatchObject({ cybs_savecard: true, cybs_consenttextversion: "2026-11" });
});

test("both agreed to is written as the wider words", async () => {
  tick(0);
  tick(1);
  expect(said()).toBe("ConsentMerchant 2026-11-merchant");
  expect(await written()).toMatchObject({ cybs_savecard: true, cybs_consenttextversion: "2026-11-merchant" });
});

test("the first one taken back takes the second one with it", async () => {
  tick(0);
  tick(1);
  tick(0);
  expect(await written()).not.toHaveProperty("cybs_consenttextversion");
  tick(0);
  expect(boxes().map((box) => box.checked)).toEqual([true, false]);
});

test("under words of the administrator's own, for which no wider ones are known, there is no second question", async () => {
  show({ ...initialState, consentTextVersion: "ours-7", merchantMayCharge: true });
  tick(0);
  expect(boxes()).toHaveLength(1);
  expect(await written()).toMatchObject({ cybs_consenttextversion: "ours-7" });
});
