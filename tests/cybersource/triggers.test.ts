// Every trigger of the table in the stand-in's README does what the table says, and the table has every documented status and reason.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { amount, payment, reversal, startMerchant, voiding, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
afterAll(async () => { await merchant.close(); });

interface Row { readonly service: string; readonly total: string; readonly http: number; readonly status: string; readonly reason: string; readonly money: string }
const text = readFileSync(join(import.meta.dirname, "../sandbox/cybersource/README.md"), "utf8");
const ROWS: readonly Row[] = [...text.matchAll(/^\| (\w+) \| (\d+\.00) \| (\d+) \| (\S+) \| (\S+) \| (\w+) \|$/gm)].map(([, service = "", total = "", http, status = "", reason = "", money = ""]) => ({ service, total, http: Number(http), status, reason, money }));

const post = (path: string, body: unknown): Promise<Answered> => merchant.call("POST", path, body);
const pay = async (total: string, capture: boolean): Promise<string> => String((await post("/pts/v2/payments", payment(total, { capture }))).body["id"]);
/** What the trigger is tried on. Amounts of follow-ups mean nothing to a payment. */
const ACT: Readonly<Record<string, (total: string) => Promise<Answered>>> = {
  payments: (total) => post("/pts/v2/payments", payment(total)),
  captures: async (total) => post(`/pts/v2/payments/${await pay(total, false)}/captures`, amount(total)),
  refunds: async (total) => post(`/pts/v2/payments/${await pay(total, true)}/refunds`, amount(total)),
  credits: (total) => post("/pts/v2/credits", payment(total)),
  voids: async (total) => post(`/pts/v2/payments/${await pay(total, true)}/voids`, voiding()),
  reversals: async (total) => post(`/pts/v2/payments/${await pay(total, false)}/reversals`, reversal(total)),
  decisions: (total) => post("/risk/v1/decisions", payment(total)),
};
const KIND: Readonly<Record<string, string>> = { payments: "authorization", captures: "capture", refunds: "refund", credits: "credit", reversals: "reversal" };

/** Did money move? A void leaves its own row even when it failed; what it was to void tells. */
async function moved(service: string): Promise<boolean> {
  const ledger = await merchant.ledger();
  if (service === "voids") return ledger.some((one) => one["kind"] === "sale" && one["state"] === "voided");
  return ledger.some((one) => one["kind"] === KIND[service]);
}

test.each(ROWS)("$service over $total: $http $status $reason, money: $money", async ({ service, total, http, status, reason, money }) => {
  await merchant.control("reset", {});
  const { status: seen, body } = await (ACT[service]?.(total) ?? Promise.reject(new Error(service)));
  const told = http === 201 ? (body["errorInformation"] as Json | undefined)?.["reason"] : body["reason"];
  expect([seen, body["status"] ?? "-", told ?? "-", await moved(service)]).toEqual([http, status, reason, money !== "no"]);
});

/** As the guides list them, service by service. */
const DOCUMENTED: Readonly<Record<string, { readonly statuses: string; readonly reasons: string; readonly refusals: string }>> = {
  payments: {
    statuses: "PARTIAL_AUTHORIZED AUTHORIZED_PENDING_REVIEW AUTHORIZED_RISK_DECLINED PENDING_AUTHENTICATION PENDING_REVIEW DECLINED INVALID_REQUEST PENDING TRANSMITTED",
    reasons: "AVS_FAILED CONTACT_PROCESSOR EXPIRED_CARD PROCESSOR_DECLINED INSUFFICIENT_FUND STOLEN_LOST_CARD ISSUER_UNAVAILABLE UNAUTHORIZED_CARD CVN_NOT_MATCH EXCEEDS_CREDIT_LIMIT INVALID_CVN BLOCKED_BY_CARDHOLDER DECLINED_CHECK BLACKLISTED_CUSTOMER SUSPENDED_ACCOUNT PAYMENT_REFUSED CV_FAILED INVALID_ACCOUNT GENERAL_DECLINE INVALID_MERCHANT_CONFIGURATION DECISION_PROFILE_REJECT SCORE_EXCEEDS_THRESHOLD ACH_VERIFICATION_FAILED DECISION_PROFILE_REVIEW CONSUMER_AUTHENTICATION_REQUIRED CONSUMER_AUTHENTICATION_FAILED ALLOWABLE_PIN_RETRIES_EXCEEDED PROCESSOR_ERROR CUSTOMER_WATCHLIST_MATCH ADDRESS_COUNTRY_WATCHLIST_MATCH EMAIL_COUNTRY_WATCHLIST_MATCH IP_COUNTRY_WATCHLIST_MATCH DAGGREJECTED DAGGDENIED DSYSREJECTED",
    refusals: "MISSING_FIELD INVALID_DATA DUPLICATE_REQUEST INVALID_CARD CARD_TYPE_NOT_ACCEPTED INVALID_MERCHANT_CONFIGURATION PROCESSOR_UNAVAILABLE INVALID_AMOUNT INVALID_CARD_TYPE INVALID_PAYMENT_ID NOT_SUPPORTED DEBIT_CARD_USEAGE_EXCEEDD_LIMIT",
  },
  captures: { statuses: "TRANSMITTED", reasons: "", refusals: "MISSING_FIELD INVALID_DATA DUPLICATE_REQUEST INVALID_MERCHANT_CONFIGURATION EXCEEDS_AUTH_AMOUNT AUTH_ALREADY_REVERSED TRANSACTION_ALREADY_SETTLED INVALID_AMOUNT MISSING_AUTH TRANSACTION_ALREADY_REVERSED_OR_SETTLED NOT_SUPPORTED" },
  refunds: { statuses: "TRANSMITTED DECLINED INVALID_REQUEST", reasons: "PROCESSOR_DECLINED", refusals: "MISSING_FIELD INVALID_DATA DUPLICATE_REQUEST INVALID_CARD INVALID_MERCHANT_CONFIGURATION INVALID_AMOUNT CAPTURE_ALREADY_VOIDED ACCOUNT_NOT_ALLOWED_CREDIT NOT_SUPPORTED" },
  credits: { statuses: "AUTHORIZED DECLINED INVALID_REQUEST COMPLETED", reasons: "PROCESSOR_DECLINED", refusals: "MISSING_FIELD INVALID_DATA DUPLICATE_REQUEST INVALID_CARD INVALID_MERCHANT_CONFIGURATION INVALID_AMOUNT CAPTURE_ALREADY_VOIDED ACCOUNT_NOT_ALLOWED_CREDIT NOT_SUPPORTED" },
  voids: { statuses: "CANCELLED FAILED", reasons: "", refusals: "MISSING_FIELD INVALID_DATA DUPLICATE_REQUEST INVALID_MERCHANT_CONFIGURATION NOT_VOIDABLE NOT_SUPPORTED" },
  reversals: { statuses: "", reasons: "", refusals: "PROCESSOR_UNAVAILABLE AUTH_ALREADY_REVERSED TRANSACTION_ALREADY_SETTLED INVALID_AMOUNT MISSING_AUTH TRANSACTION_ALREADY_REVERSED_OR_SETTLED NOT_SUPPORTED" },
  decisions: { statuses: "REJECTED PENDING_REVIEW DECLINED PENDING_AUTHENTICATION INVALID_REQUEST AUTHENTICATION_FAILED CHALLENGE", reasons: "", refusals: "" },
};
const words = (list: string): readonly string[] => list.split(" ").filter((one) => one !== "");

describe("The table has", () => {
  test.each(Object.entries(DOCUMENTED))("every status and reason of %s", (service, { statuses, reasons, refusals }) => {
    const own = ROWS.filter((row) => row.service === service);
    const missing = [
      ...words(statuses).filter((status) => !own.some((row) => row.http === 201 && row.status === status)), ...words(reasons).filter((reason) => !own.some((row) => row.http === 201 && row.reason === reason)),
      ...words(refusals).filter((reason) => !own.some((row) => row.http === 400 && row.reason === reason)),
      ...(service === "decisions" ? [] : ["SYSTEM_ERROR", "SERVER_TIMEOUT", "SERVICE_TIMEOUT"].flatMap((reason) => ["no", "moved"].filter((money) => !own.some((row) => row.http === 502 && row.reason === reason && (row.money === "no") === (money === "no"))).map((money) => `${reason} ${money}`))),
    ];
    expect(missing).toEqual([]);
  });
});

describe("Cybersource's own test amounts", () => {
  test.each([
    ["fdc_compass", "164.00", "AUTHORIZED"], ["fdc_compass", "401.00", "CONTACT_PROCESSOR"], ["fdc_compass", "1500.00", "PROCESSOR_DECLINED"], ["fdc_compass", "2000.00", "SYSTEM_ERROR"], ["fdc_compass", "2201.00", "INVALID_ACCOUNT"], ["fdc_compass", "2203.00", "GENERAL_DECLINE"],
    ["amex_brighton", "2501.00", "CONTACT_PROCESSOR"], ["amex_brighton", "4004.00", "PROCESSOR_DECLINED"], ["amex_brighton", "9998.00", "SERVICE_TIMEOUT"], ["aibms", "2552.00", "CONTACT_PROCESSOR"], ["aibms", "2564.00", "INVALID_DATA"], ["vpc", "6003.00", "PARTIAL_AUTHORIZED"], ["none", "1500.00", "AUTHORIZED"],
  ])("of %s: %s is %s", async (processorSimulator, total, expected) => {
    await merchant.control("reset", {});
    await merchant.control("settings", { processorSimulator });
    const { body } = await post("/pts/v2/payments", payment(total));
    expect([(body["errorInformation"] as Json | undefined)?.["reason"], body["reason"], body["status"]]).toContain(expected);
  });
});
