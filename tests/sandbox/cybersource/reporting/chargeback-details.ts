// GET /reporting/v3/chargeback-details: what cardholders' banks took back or ask about, by the day it was told. Source: reporting guide, chargeback
// detail report. The words of action and natureOfDispute are documented nowhere; those of a line are given by whoever makes it.
import type { Call, Reply } from "../../kit/faults.ts";
import { formatAmount } from "../amounts.ts";
import type { State } from "../state.ts";
import { report, windowOf } from "./window.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;

export function chargebackDetails(state: State, call: Call): Reply {
  const window = windowOf(state, call, { longestMs: YEAR_MS });
  if ("status" in window) return window;
  const { startTime, endTime, from, to } = window;
  return report({ organizationId: state.merchant.id, startTime, endTime, chargebackDetails: state.chargebacks.filter(({ time }) => Date.parse(time) >= from && Date.parse(time) < to) });
}

/** The cardholder's bank speaks: {id, action?, natureOfDispute?, responseDueTime?}; now, about the whole amount. */
export function chargeBack(state: State, input: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const one = state.transactions.get(input["id"] ?? "");
  if (one === undefined) throw new Error("no such transaction");
  const now = state.clock.now();
  const line = {
    processorMerchantId: `${one.merchantId}_processor`, merchantName: one.merchantId, transactionReferenceNumber: one.reconciliationId, merchantReferenceNumber: one.code,
    natureOfDispute: input["natureOfDispute"] ?? "Chargeback", alertType: "C", amount: formatAmount(one.amount, one.currency), sign: "-", action: input["action"] ?? "First chargeback", cardType: "VISA",
    originalSettlementTime: one.at.toISOString(), trackingNumber: state.random.digits(10), currencyCode: one.currency, requestId: one.id, reasonCode: "10.4",
    responseDueTime: input["responseDueTime"] ?? new Date(now.getTime() + 20 * DAY_MS).toISOString(), time: now.toISOString(),
  };
  state.chargebacks.push(line);
  return line;
}
