// The timeline as a file for whoever keeps or checks it: JSON with everything, CSV for a spreadsheet, every step in both. Times in UTC. Pure.
import { toDecimalText, type Words } from "@cybs/controls-shared";
import { isStep, sorted, type TimelineEvent, type TimelineState } from "./state";
import { aboutIn, whatIn, whoIn } from "./trail";

const amountOf = (state: TimelineState, minor: bigint | undefined): string => (minor === undefined ? "" : toDecimalText(minor, state.currency));

/** A row's own name; a step has none. */
const nameIn = (words: Words, event: TimelineEvent): string => (isStep(event) ? aboutIn(words, event) : event.name);

/** Oldest first, amounts as decimal text; words in the reader's language. */
export function toJson(state: TimelineState, exportedOn: string, words: Words): string {
  const events = sorted(state.events, false).map((event) => ({ at: event.at, kind: event.kind, what: whatIn(words, event), name: nameIn(words, event), who: whoIn(words, event), amount: amountOf(state, event.amount), text: event.text ?? "", id: event.id, details: event.details }));
  return JSON.stringify({ payment: state.paymentName, currency: state.currency, exportedOn, events }, undefined, 2);
}

/** A cell that a spreadsheet would run as a formula is made text. */
const cell = (value: string): string => { const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value; return /[",\r\n]/.test(safe) ? `"${safe.split("\"").join("\"\"")}"` : safe; };

export function toCsv(state: TimelineState, words: Words): string {
  const head = ["at", "kind", "what", "name", "who", "amount", "currency", "text", "details"];
  const lines = sorted(state.events, false).map((event) => [event.at, event.kind, whatIn(words, event), nameIn(words, event), whoIn(words, event), amountOf(state, event.amount), event.amount === undefined ? "" : state.currency, event.text ?? "", Object.entries(event.details).map(([key, value]) => `${key}=${value}`).join("; ")]);
  return `${[head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}
