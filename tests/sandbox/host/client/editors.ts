// Inputs for columns that people type into, by the column's type: text, amounts, choices, yes and no, dates.
import type { Attribute } from "./api.ts";
import { el } from "./dom.ts";

const TYPED: readonly string[] = ["String", "Memo"];
const ON_NEW: readonly string[] = [...TYPED, "Money", "Decimal", "Double", "Integer", "Picklist", "Boolean", "DateTime"];
export const isTyped = (type: string | undefined, isNew: boolean): boolean => (isNew ? ON_NEW : TYPED).includes(type ?? "");

export interface EditorInput { readonly id: string; readonly attribute: Attribute | undefined; readonly value: unknown; readonly change: (value: unknown) => void }

export function editorOf(input: EditorInput): HTMLElement {
  switch (input.attribute?.type) {
    case "Picklist": return choiceOf(input);
    case "Boolean": return checkOf(input);
    case "DateTime": return dateOf(input);
    case "Money": case "Decimal": case "Double": case "Integer": return textOf(input, (text) => Number(text));
    case "Memo": return memoOf(input);
    default: return textOf(input, (text) => text);
  }
}

const shown = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

function textOf({ id, value, change }: EditorInput, parse: (text: string) => unknown): HTMLElement {
  const input = el("input", { id, value: shown(value), autocomplete: "off" });
  input.addEventListener("change", () => { change(input.value === "" ? null : parse(input.value)); });
  return input;
}

function memoOf({ id, value, change }: EditorInput): HTMLElement {
  const area = el("textarea", { id, rows: "3" }, shown(value));
  area.addEventListener("change", () => { change(area.value === "" ? null : area.value); });
  return area;
}

function choiceOf({ id, attribute, value, change }: EditorInput): HTMLElement {
  const select = el("select", { id }, el("option", { value: "" }, "---"), ...(attribute?.options ?? []).map((option) => el("option", { value: String(option.value), selected: option.value === value }, option.label)));
  select.addEventListener("change", () => { change(select.value === "" ? null : Number(select.value)); });
  return select;
}

function checkOf({ id, value, change }: EditorInput): HTMLElement {
  const box = el("input", { id, type: "checkbox", checked: value === true });
  box.addEventListener("change", () => { change(box.checked); });
  return box;
}

function dateOf({ id, value, change }: EditorInput): HTMLElement {
  const input = el("input", { id, type: "date", value: shown(value).slice(0, 10) });
  input.addEventListener("change", () => { change(input.value === "" ? null : `${input.value}T00:00:00Z`); });
  return input;
}
