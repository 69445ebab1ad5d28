// What the relay itself tells on the payment's row: its decisions, calls to Cybersource, writes, notifications, also those it ignored. Pure.
import { paymentTransactionTable } from "@cybs/schema";
import type { Tone, Words } from "@cybs/controls-shared";
import { isStep, type TimelineEvent } from "./state";

const { choices } = paymentTransactionTable;
const TYPES: ReadonlyMap<string, number> = new Map(Object.entries(choices.type).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value - choices.type.undetermined]));
const GOOD = ["approved", "found_approved", "accepted", "settled", "approval_given", "refund_approved", "dispute_won"];
const BAD = ["declined", "found_declined", "refused", "found_refused", "refused_by_rule", "settlement_rejected", "approval_refused", "refund_rejected", "dispute_opened", "found_live"];
const OPEN = ["no_answer", "unreadable", "crash", "owner_gone", "found_nothing", "escalated", "approval_needed", "review", "found_review", "hold_found", "restored", "left_as_it_is", "invoice_not_paid", "not_told", "request_not_made", "approval_does_not_count", "operator_decision_does_not_count"];
const toneOf = (what: string): Tone => (GOOD.includes(what) ? "success" : BAD.includes(what) ? "danger" : OPEN.includes(what) ? "warning" : "quiet");

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);
const textAt = (line: Readonly<Record<string, unknown>>, name: string): string => (typeof line[name] === "string" ? line[name] : "");

/** Lines that cannot be read are left out: they are told, not trusted. */
export function readTrail(text: string | undefined): readonly TimelineEvent[] {
  return parse(text ?? "[]").filter(isObject).map((line, index): TimelineEvent => {
    const detail = isObject(line["detail"]) ? line["detail"] : {};
    const more = { answer: textAt(line, "answer"), reason: textAt(line, "reason") };
    return {
      // The relay's own order among lines of one moment.
      id: `step ${String(index).padStart(4, "0")}`, kind: "step", at: textAt(line, "at"), who: textAt(line, "source"), what: textAt(line, "what"), name: textAt(line, "kind"), tone: toneOf(textAt(line, "what")), amount: undefined, text: undefined,
      details: Object.fromEntries(Object.entries<unknown>({ ...more, ...detail }).flatMap(([name, value]) => (typeof value === "number" ? [[name, value.toString()]] : typeof value === "string" && value !== "" ? [[name, value]] : []))),
    };
  });
}

function parse(text: string): readonly unknown[] {
  try {
    const lines: unknown = JSON.parse(text);
    return Array.isArray(lines) ? lines : [];
  } catch { return []; }
}

/** A word that this version does not know is shown as the relay wrote it. */
function named(words: Words, key: string, word: string): string {
  const text = words.t(key);
  return text === key || text === "" ? word.split("_").join(" ") : text;
}

const kindIn = (words: Words, kind: string): string => (TYPES.has(kind) ? words.t(`K_${TYPES.get(kind) ?? 0}`) : named(words, `N_${kind}`, kind));

/** What happened, in the reader's language; a row of Dataverse has its own key. */
export const whatIn = (words: Words, event: TimelineEvent): string => (isStep(event) ? named(words, `W_${event.what}`, event.what) : words.t(event.what));

/** To what: the row's name, or the step's kind and how a call was answered. */
export function aboutIn(words: Words, event: TimelineEvent): string {
  if (!isStep(event)) return [event.details["cybs_status"] ?? "", event.name].filter((text) => text !== "").join(" ");
  const answer = event.what === "called" ? named(words, `W_${event.details["answer"] ?? ""}`, event.details["answer"] ?? "").toLocaleLowerCase(words.locale) : "";
  return [event.name === "" ? event.details["name"] ?? "" : kindIn(words, event.name), answer].filter((text) => text !== "").join(" → ");
}

export const whoIn = (words: Words, event: TimelineEvent): string => (isStep(event) ? named(words, `S_${event.who}`, event.who) : event.who);

/** Of a step with its second: several follow each other in one. */
export const whenIn = (words: Words, event: TimelineEvent): string => (isStep(event) ? new Date(event.at).toLocaleString(words.locale, { dateStyle: "medium", timeStyle: "medium" }) : words.dateTime(event.at));

/** A reference as people read it; what it is known by is a word too. */
export const detailIn = (words: Words, column: string, value: string): { readonly key: string; readonly value: string } => ({
  key: words.t(`C_${column.toLowerCase().replace(/^_?cybs_/, "").replace(/_value$/, "")}`), value: column === "evidence" ? named(words, `V_${value}`, value) : column === "answer" ? named(words, `W_${value}`, value) : value,
});
