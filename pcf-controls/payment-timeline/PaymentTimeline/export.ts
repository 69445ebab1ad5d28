// The timeline as a file for whoever keeps or checks it: JSON with everything, CSV for a spreadsheet. Times in UTC. Pure.
import { toDecimalText } from "@cybs/controls-shared";
import { sorted, type TimelineState } from "./state";

const amountOf = (state: TimelineState, minor: bigint | undefined): string => (minor === undefined ? "" : toDecimalText(minor, state.currency));

/** Oldest first, amounts as decimal text. */
export function toJson(state: TimelineState, exportedOn: string): string {
  const events = sorted(state.events, false).map(({ id, kind, at, who, what, name, amount, text, details }) => ({ at, kind, what, name, who, amount: amountOf(state, amount), text: text ?? "", id, details }));
  return JSON.stringify({ payment: state.paymentName, currency: state.currency, exportedOn, events }, undefined, 2);
}

/** A cell that a spreadsheet would run as a formula is made text. */
const cell = (value: string): string => { const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value; return /[",\r\n]/.test(safe) ? `"${safe.split("\"").join("\"\"")}"` : safe; };

export function toCsv(state: TimelineState): string {
  const head = ["at", "kind", "what", "name", "who", "amount", "currency", "text", "details"];
  const lines = sorted(state.events, false).map((event) => [event.at, event.kind, event.what, event.name, event.who, amountOf(state, event.amount), event.amount === undefined ? "" : state.currency, event.text ?? "", Object.entries(event.details).map(([key, value]) => `${key}=${value}`).join("; ")]);
  return `${[head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}
