// The reports of /reporting/v3 that this stand-in gives. All GET; a report in a file, by subscription, is not among them.
import type { Call, Reply } from "../../kit/faults.ts";
import { notFound } from "../errors.ts";
import type { State } from "../state.ts";
import { chargebackDetails } from "./chargeback-details.ts";
import { conversionDetails } from "./conversion-details.ts";
import { purchaseRefundDetails } from "./purchase-refund-details.ts";

const REPORTS: Readonly<Record<string, (state: State, call: Call) => Reply>> = {
  "/reporting/v3/conversion-details": conversionDetails, "/reporting/v3/purchase-refund-details": purchaseRefundDetails, "/reporting/v3/chargeback-details": chargebackDetails,
};

export function answerReports(state: State, call: Call, path: string): Reply {
  const report = Object.hasOwn(REPORTS, path) ? REPORTS[path] : undefined;
  return call.method === "GET" && report !== undefined ? report(state, call) : notFound();
}
