// GET /reporting/v3/conversion-details: what reviewers made of reviews, in a window of at most a day. Source: reporting guide, conversion detail report.
import type { Call, Reply } from "../../kit/faults.ts";
import type { State } from "../state.ts";
import { report, windowOf } from "./window.ts";

const DAY_MS = 86_400_000;

export function conversionDetails(state: State, call: Call): Reply {
  const window = windowOf(state, call, { longestMs: DAY_MS });
  if ("status" in window) return window;
  const { startTime, endTime, from, to } = window;
  const found = state.conversions.filter(({ conversionTime }) => Date.parse(conversionTime) >= from && Date.parse(conversionTime) <= to);
  return report({ organizationId: state.merchant.id, startTime, endTime, conversionDetails: found });
}
