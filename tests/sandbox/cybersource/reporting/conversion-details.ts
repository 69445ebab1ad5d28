// GET /reporting/v3/conversion-details: what reviewers made of reviews, in a window of at most a day. The other reports of /reporting/v3 belong
// beside this file. Source: reporting guide, conversion detail report.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import type { State } from "../state.ts";

const DAY_MS = 86_400_000;

export function conversionDetails(state: State, call: Call): Reply {
  const query = new URLSearchParams(call.url.split("?")[1] ?? "");
  const [startTime, endTime] = [query.get("startTime") ?? "", query.get("endTime") ?? ""];
  const [from, to] = [Date.parse(startTime), Date.parse(endTime)];
  const wrong = [...(Number.isNaN(from) ? ["startTime"] : []), ...(Number.isNaN(to) || to < from || to - from > DAY_MS ? ["endTime"] : []), ...([null, state.merchant.id].includes(query.get("organizationId")) ? [] : ["organizationId"])];
  if (wrong.length > 0) return json(400, { submitTimeUtc: state.clock.now().toISOString(), reason: "INVALID_DATA", message: "One or more fields contains invalid data", details: wrong.map((field) => ({ field, reason: "INVALID_DATA" })) });
  const found = state.conversions.filter(({ conversionTime }) => Date.parse(conversionTime) >= from && Date.parse(conversionTime) <= to);
  return json(200, { organizationId: state.merchant.id, startTime, endTime, conversionDetails: found }, { "content-type": "application/hal+json;charset=utf-8" });
}
