// What the reports of /reporting/v3 have in common: a window of time, an organization, and how they refuse. Source: reporting guide.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import type { State } from "../state.ts";

export interface Window { readonly query: URLSearchParams; readonly startTime: string; readonly endTime: string; readonly from: number; readonly to: number }

/** The window a report is asked for, or the refusal that names what is wrong with it. `wrong`: what else is, of this report. */
export function windowOf(state: State, call: Call, limits: { readonly longestMs: number; readonly wrong?: (query: URLSearchParams) => readonly string[] }): Window | Reply {
  const query = new URLSearchParams(call.url.split("?")[1] ?? "");
  const [startTime, endTime] = [query.get("startTime") ?? "", query.get("endTime") ?? ""];
  const [from, to] = [Date.parse(startTime), Date.parse(endTime)];
  const wrong = [
    ...(Number.isNaN(from) ? ["startTime"] : []), ...(Number.isNaN(to) || to < from || to - from > limits.longestMs ? ["endTime"] : []),
    ...([null, state.merchant.id].includes(query.get("organizationId")) ? [] : ["organizationId"]), ...(limits.wrong?.(query) ?? []),
  ];
  if (wrong.length === 0) return { query, startTime, endTime, from, to };
  return json(400, { submitTimeUtc: state.clock.now().toISOString(), reason: "INVALID_DATA", message: "One or more fields contains invalid data", details: wrong.map((field) => ({ field, reason: "INVALID_DATA" })) });
}

export const report = (body: unknown): Reply => json(200, body, { "content-type": "application/hal+json;charset=utf-8" });
