// Which cell each money call of a run fell into: followed from the transaction that makes it `sent` to the write that shows its outcome in Dataverse,
// or to the end of its process in between. Only looks; who steers asks it how far a call is.
import type { WireReply } from "../../../plugin-proxy/src/cybersource/transport.ts";
import { currentAttempt, type Effect } from "../../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect, type Intent } from "../../../plugin-proxy/src/domain/payment/intent.ts";
import type { Call } from "../../sandbox/kit/faults.ts";
import type { Life } from "../scheduler.ts";
import { CARRIED_OUT, nameOf, NOT_CARRIED_OUT, NOTHING_SENT, type CrashPoint } from "./cells.ts";
import { operationOf, type Operation } from "./operations.ts";
import { amountTextOf, answerOf } from "./read-answer.ts";

/** One attempt on its way. */
export interface Flight {
  readonly operation: Operation;
  readonly effectId: string;
  readonly intent: Pick<Intent, "organizationId" | "paymentRequestId">;
  readonly code: string;
  readonly amount: string;
  /** What it acts on, at Cybersource. */
  readonly parentId: string | undefined;
  readonly life: Life;
  phase: "marking" | "sent" | "travelling" | "answered" | "recorded" | "over";
  answer?: string | undefined;
  isCarriedOut?: boolean | undefined;
  /** Its process ended before any answer, and it may still arrive. */
  isOrphan?: true;
}

export interface CallWatch {
  /** Names of the cells that were hit. */
  readonly hits: ReadonlySet<string>;
  /** Answers that were read and are no row's. */
  readonly strangers: ReadonlySet<string>;
  /** A transaction is about to commit that writes this intent. */
  committing(life: Life, intent: Intent): readonly Flight[];
  committed(life: Life, intent: Intent): readonly Flight[];
  /** The flight that a call of this process is. */
  flightOf(life: Life, call: Call): Flight | undefined;
  departs(flight: Flight): void;
  reached(flight: Flight, isCarriedOut: boolean): void;
  returned(flight: Flight, reply: WireReply): void;
  shown(effectId: string): void;
  crashed(life: Life): void;
  /** Nothing happens any more. */
  finish(): void;
}

const codeIn = (call: Call): string => /"code":"([^"]+)"/.exec(call.body.toString("utf8"))?.[1] ?? "";
const parentIn = (call: Call): string => /\/(\d{16,})(?:\/|$)/.exec(call.url)?.[1] ?? "";
const isMoneyCall = ({ method, url }: Call): boolean => method !== "GET" && (url.startsWith("/pts/v2/") || url.startsWith("/risk/v1/decisions/"));

export function watchCalls(): CallWatch {
  const hits = new Set<string>();
  const strangers = new Set<string>();
  const flights = new Map<string, Flight>();
  const over = new Set<string>();
  const hit = (flight: Flight, answer: string | undefined, point: CrashPoint): void => {
    // What was never committed as sent may still be.
    if (flight.phase !== "marking") over.add(flight.code);
    flight.phase = "over";
    flights.delete(flight.code);
    if (answer !== undefined) hits.add(nameOf({ operation: flight.operation, answer, point }));
  };
  const unread = (flight: Flight): string => (flight.isCarriedOut === true ? CARRIED_OUT : NOT_CARRIED_OUT);
  const of = (life: Life, intent: Intent): readonly Flight[] =>
    [...flights.values()].filter((flight) => flight.life === life && flight.intent.paymentRequestId === intent.paymentRequestId && flight.intent.organizationId === intent.organizationId);

  const endOf = (flight: Flight): void => {
    switch (flight.phase) {
      case "marking": hit(flight, NOTHING_SENT, "before sent is committed"); break;
      case "sent": hit(flight, NOTHING_SENT, "before the bytes leave"); break;
      case "travelling": if (flight.isCarriedOut === undefined) flight.isOrphan = true; else hit(flight, unread(flight), "before the answer"); break;
      case "answered": hit(flight, flight.answer, "before the answer is committed"); break;
      case "recorded": hit(flight, flight.answer, "before Dataverse is written"); break;
      case "over": break;
    }
  };
  return {
    hits, strangers,
    committing: (life, intent) => {
      for (const effect of intent.effects) if (effect.state === "sent" && !over.has(currentAttempt(effect)?.merchantReference ?? "")) mark(flights, { life, intent, effect }, (before) => { hit(before, before.answer, "no crash"); });
      return of(life, intent);
    },
    committed: (life, intent) => {
      const own = of(life, intent);
      for (const flight of own) flight.phase = flight.phase === "marking" ? "sent" : flight.phase === "answered" ? "recorded" : flight.phase;
      return own;
    },
    flightOf: (life, call) => {
      if (!isMoneyCall(call)) return undefined;
      if (!call.url.startsWith("/risk/")) return flights.get(codeIn(call));
      return [...flights.values()].find((flight) => flight.life === life && flight.operation === "case_decision" && flight.parentId === parentIn(call));
    },
    departs: (flight) => { if (flight.phase === "sent") flight.phase = "travelling"; },
    reached: (flight, isCarriedOut) => {
      flight.isCarriedOut = isCarriedOut;
      if (flight.isOrphan === true) hit(flight, unread(flight), "before the answer");
    },
    returned: (flight, reply) => {
      if (flight.phase !== "travelling" && flight.phase !== "sent") return;
      flight.phase = "answered";
      flight.answer = answerOf(flight, reply);
      if (flight.answer === undefined) strangers.add(`${flight.operation}: ${reply.kind === "replied" ? `${reply.status} ${reply.text.slice(0, 80)}` : reply.kind}`);
    },
    shown: (effectId) => { for (const flight of flights.values()) if (flight.effectId === effectId && flight.phase === "recorded") hit(flight, flight.answer, "no crash"); },
    crashed: (life) => { for (const flight of [...flights.values()]) if (flight.life === life && flight.isOrphan !== true) endOf(flight); },
    finish: () => {
      for (const flight of [...flights.values()]) {
        if (flight.isOrphan === true) hit(flight, unread(flight), "before the answer");
        else if (flight.phase === "recorded") hit(flight, flight.answer, "no crash");
      }
    },
  };
}

/** A new attempt takes the place of the one before it, which is over. An attempt that was about to be marked and was not is marked anew. */
function mark(flights: Map<string, Flight>, { life, intent, effect }: { readonly life: Life; readonly intent: Intent; readonly effect: Effect }, close: (before: Flight) => void): void {
  const code = currentAttempt(effect)?.merchantReference;
  const operation = operationOf(intent, effect);
  if (code === undefined || operation === undefined) return;
  const known = flights.get(code);
  if (known !== undefined && known.phase !== "marking") return;
  for (const before of [...flights.values()]) if (before.effectId === effect.effectId && before.phase === "recorded") close(before);
  const parentId = effect.targetRequestId ?? intent.effects.find((other) => other.effectId === (effect.undoes ?? effect.parentId))?.facts?.requestId ?? mainEffect(intent).facts?.requestId;
  flights.set(code, { operation, effectId: effect.effectId, intent, code, amount: amountTextOf(effect), parentId, life, phase: "marking" });
}
