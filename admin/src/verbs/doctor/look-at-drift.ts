// Do Dataverse and Cybersource say the same of recent payments, and has anything been left waiting? A sample: the relay compares everything.
import { openCybersource, type Cybersource } from "../../cybersource/signed-call.ts";
import { rowAt, textAt, type Row } from "../../dataverse/row.ts";
import type { Finding } from "../../plans/finding.ts";
import { judgeDrift } from "../../plans/judge-relay.ts";
import type { Asked, Question } from "./question.ts";

const SAMPLE = 5;
const CHOICE = 727_000_000;
const WAITED_MS = 10 * 60_000;

export const DRIFT_QUESTIONS: readonly Question[] = [{ id: "drift", ask: lookAtDrift }];

async function lookAtDrift({ context, dataverse, environment }: Asked): Promise<readonly Finding[]> {
  const now = context.clock.now();
  const [approved, requests, claimed] = await Promise.all([
    dataverse.list(`cybs_paymenttransactions?$select=cybs_name,cybs_requestid,cybs_amount&$filter=cybs_status eq ${CHOICE + 1} and cybs_requestid ne null and (cybs_type eq ${CHOICE + 1} or cybs_type eq ${CHOICE + 2})&$orderby=createdon desc&$top=${SAMPLE}`),
    dataverse.list(`cybs_paymentrequests?$select=cybs_name&$filter=cybs_state eq ${CHOICE + 1} and modifiedon lt ${new Date(now - WAITED_MS).toISOString()} and cybs_validuntil gt ${new Date(now).toISOString()}&$top=100`),
    dataverse.list("cybs_paymenttransactions?$select=_cybs_paymentrequestid_value&$filter=_cybs_paymentrequestid_value ne null&$orderby=createdon desc&$top=1000"),
  ]);
  const known = new Set(claimed.map((row) => textAt(row, "_cybs_paymentrequestid_value")));
  const overdue = requests.filter((row) => !known.has(textAt(row, "cybs_paymentrequestid"))).map((row) => textAt(row, "cybs_name"));
  const merchants = [...new Map(environment.merchants.map((one) => [one.merchantId, one])).values()];
  const deps = { network: context.network, secrets: context.secrets, clock: context.clock, host: environment.cybersource.host };
  const accounts = await Promise.all(merchants.map((merchant) => openCybersource(deps, merchant).catch(() => undefined)));
  const compared = await Promise.all(approved.map((row) => compare(accounts.filter((one) => one !== undefined), row)));
  return judgeDrift({ compared: compared.filter((one) => one !== undefined).length, differing: compared.filter((one): one is string => typeof one === "string" && one !== ""), overdue });
}

/** Empty: the same. A text: what differs. Undefined: none of our accounts could be asked. */
async function compare(accounts: readonly Cybersource[], row: Row): Promise<string | undefined> {
  let wasAsked = false;
  for (const account of accounts) {
    const answer = await account.call("GET", `/tss/v2/transactions/${textAt(row, "cybs_requestid")}`).catch(() => undefined);
    if (answer === undefined || answer.status === 401) continue;
    wasAsked = true;
    if (answer.status !== 200) continue;
    const amount = Number(textAt(rowAt(rowAt(answer.body, "orderInformation"), "amountDetails"), "totalAmount"));
    return Number.isFinite(amount) && Math.abs(amount - Number(row["cybs_amount"])) > 0.00005 ? `${textAt(row, "cybs_name")}: ${String(row["cybs_amount"])} here, ${amount} there` : "";
  }
  // Search at Cybersource lags behind by minutes: what it does not find yet is no difference.
  return wasAsked ? "" : undefined;
}
