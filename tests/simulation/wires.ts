// The wires between the relay and its two neighbours. A call travels, is answered and travels back, each in virtual time; on the way the weather
// may lose it, hold it, repeat it, answer in the neighbour's place, or end or pause the process that made it.
import type { Exchange } from "../../plugin-proxy/src/dataverse/connection.ts";
import type { Transport, WireReply } from "../../plugin-proxy/src/cybersource/transport.ts";
import type { Call, Reply } from "../sandbox/kit/faults.ts";
import { remembering } from "../sandbox/kit/remember.ts";
import type { Steering } from "./coverage/steer.ts";
import type { CallWatch, Flight } from "./coverage/watch-calls.ts";
import type { Life, Scheduler } from "./scheduler.ts";
import type { WireFault, Weather } from "./weather.ts";

export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly crash: (life: Life, why: string) => void;
  /** Follows each money call, for coverage. */
  readonly calls: CallWatch;
  readonly steering: Steering;
}

type Carried = { readonly kind: "reply"; readonly reply: Reply } | { readonly kind: "not_sent" } | { readonly kind: "lost"; readonly cause: string };

interface Journey {
  readonly life: Life;
  readonly where: "cybersource" | "dataverse";
  readonly what: string;
  readonly deadlineMs: number;
  /** The neighbour answers. */
  readonly carry: () => Promise<Reply>;
  /** Of a money call. */
  readonly flight?: Flight | undefined;
}

const MINUTE_MS = 60_000;
const html = (status: number): Reply => ({ status, headers: { "content-type": "text/html" }, body: "<html><body>Bad gateway</body></html>" });
const throttled: Reply = { status: 429, headers: { "content-type": "application/json", "retry-after": "3" }, body: JSON.stringify({ error: { code: "0x80072322", message: "Number of requests exceeded the limit." } }) };

/** Ends a process or stops it for a while, where the weather says so. True: it is dead. */
function strike(around: Surroundings, journey: Journey, fault: WireFault): boolean {
  if (fault === "crash_before") { around.crash(journey.life, `before ${journey.what}`); return true; }
  if (fault === "pause") journey.life.pausedUntil = around.scheduler.now() + pauseMs(around.scheduler);
  return false;
}

/** Seconds to minutes; one in ten sleeps for the better part of an hour, as a virtual machine does that is moved. */
export const pauseMs = ({ random }: Scheduler): number => (random.next() < 0.1 ? Math.round((20 + 30 * random.next()) * MINUTE_MS) : Math.round(4_000 * 90 ** random.next()));

const spoilt = (fault: WireFault, reply: Reply): Reply => {
  if (fault === "gateway_error_after") return html(502);
  if (fault === "garbage") return { ...reply, headers: { ...reply.headers, "content-type": "text/html" }, body: "<html>welcome to the captive portal</html>" };
  return fault === "cut" ? { ...reply, body: Buffer.from(reply.body ?? "").subarray(0, Buffer.byteLength(reply.body ?? "") / 2) } : reply;
};

function travel(around: Surroundings, journey: Journey): Promise<Carried> {
  const { scheduler, weather } = around;
  const { life, what, deadlineMs } = journey;
  const { random } = scheduler;
  const aimed = journey.flight === undefined ? undefined : around.steering.faultOf(journey.flight);
  const fault = aimed ?? weather.wire({ where: journey.where, what, replica: life.name });
  return new Promise((resolve) => {
    const end = (afterMs: number, how: string, outcome: Carried): void => { scheduler.at(afterMs, `${what} → ${how}`, () => { resolve(outcome); }, life); };
    const lost = (afterMs: number, cause: string): void => { end(afterMs, cause, { kind: "lost", cause }); };
    if (strike(around, journey, fault)) return;
    if (journey.flight !== undefined && fault !== "not_sent") around.calls.departs(journey.flight);
    const departs = fault === "late_request" || fault === "pause" ? Math.max(pauseMs(scheduler), life.pausedUntil - scheduler.now()) : 0;
    const latencyMs = 20 + Math.floor(random.next() ** 3 * 900);
    if (fault === "not_sent") { end(latencyMs, "not sent", { kind: "not_sent" }); return; }
    if (fault === "drop_before") { lost(random.next() < 0.5 ? latencyMs : deadlineMs, "lost before"); return; }
    if (fault === "throttled" || fault === "gateway_error") { end(latencyMs, fault, { kind: "reply", reply: fault === "throttled" ? throttled : html(502) }); return; }
    if (departs + latencyMs >= deadlineMs) lost(deadlineMs, "deadline");
    const arrive = async (isCopy: boolean): Promise<void> => {
      const reply = await journey.carry();
      scheduler.note(`${what} ← ${reply.status}${isCopy ? " (a copy)" : ""}${fault === "none" ? "" : ` [${fault}]`}`);
      if (isCopy) return;
      if (fault === "crash_after") { around.crash(life, `after ${what}`); return; }
      if (fault === "drop_after") { lost(random.next() < 0.5 ? latencyMs : Math.max(0, deadlineMs - departs - latencyMs), "lost after"); return; }
      const backMs = fault === "late_answer" ? deadlineMs + Math.floor(random.next() * MINUTE_MS) : latencyMs;
      if (departs + latencyMs + backMs >= deadlineMs) { if (departs + latencyMs < deadlineMs) lost(deadlineMs - departs - latencyMs, "deadline"); return; }
      end(backMs, String(reply.status), { kind: "reply", reply: spoilt(fault, reply) });
    };
    scheduler.at(departs + latencyMs, "", () => arrive(false));
    if (fault === "duplicate") scheduler.at(latencyMs + pauseMs(scheduler), "", () => arrive(true));
  });
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = headers[name] ?? "";
  return lower;
}

/** What stands on the other end, and what it is called in the trace. */
export interface FarEnd {
  readonly answer: (call: Call, life: Life) => Promise<Reply>;
  readonly nameOf: (call: Call) => string;
}

/** Cybersource's wire in the form the gateway wants it. */
export function transportOver(around: Surroundings, life: Life, far: FarEnd, deadlineMs: number): Transport {
  return {
    close: async () => undefined,
    send: async ({ method, path, headers, body }): Promise<WireReply> => {
      const call: Call = { method, url: path, headers: lowerCase(headers), body: Buffer.from(body ?? "") };
      const flight = around.calls.flightOf(life, call);
      const reply = toWireReply(await travel(around, { life, where: "cybersource", what: far.nameOf(call), deadlineMs, carry: () => far.answer(call, life), flight }));
      if (flight !== undefined) around.calls.returned(flight, reply);
      return reply;
    },
  };
}

function toWireReply(carried: Carried): WireReply {
  if (carried.kind === "not_sent") return { kind: "not_sent", cause: "ECONNREFUSED" };
  if (carried.kind === "lost") return { kind: "no_reply", cause: carried.cause };
  return { kind: "replied", status: carried.reply.status, headers: lowerCase(carried.reply.headers ?? {}), text: (carried.reply.body ?? "").toString() };
}

const ADDRESSES_MAX = 100;
const addressOf = remembering(ADDRESSES_MAX, (url) => { const { pathname, search, host } = new URL(url); return { path: `${pathname}${search}`, host }; });

/** Dataverse's wire in the form the adapter wants it. */
export function exchangeOver(around: Surroundings, life: Life, far: FarEnd, deadlineMs: number): Exchange {
  return async ({ url, headers, body }) => {
    const { path, host } = addressOf(url);
    const call: Call = { method: "POST", url: path, headers: { ...lowerCase(headers), host }, body: Buffer.from(body) };
    const carried = await travel(around, { life, where: "dataverse", what: far.nameOf(call), deadlineMs, carry: () => far.answer(call, life) });
    if (carried.kind !== "reply") return { kind: "no_answer", cause: carried.kind === "lost" ? carried.cause : "ECONNREFUSED" };
    const { reply } = carried;
    const replied = lowerCase(reply.headers ?? {});
    return { kind: "answer", status: reply.status, contentType: replied["content-type"] ?? "", retryAfter: replied["retry-after"], date: replied["date"], text: (reply.body ?? "").toString() };
  };
}
