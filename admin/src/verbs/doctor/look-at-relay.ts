// Doctor's questions to the relay, about its certificate, and to Cybersource.
import { readIdentity } from "../../dataverse/identify.ts";
import { textAt } from "../../dataverse/row.ts";
import { openCybersource } from "../../cybersource/signed-call.ts";
import { readSubscriptions, type Subscription } from "../../cybersource/subscriptions.ts";
import { tryCredentials } from "../../cybersource/try-credentials.ts";
import type { MerchantSettings } from "../../configuration/environment-file.ts";
import { readContractClock } from "../../plans/contract-clock.ts";
import { amber, green, red, type Finding } from "../../plans/finding.ts";
import { judgeCertificate, judgeClocks, judgeMerchant, judgeRelay } from "../../plans/judge-relay.ts";
import { readCertificate } from "../../relay/read-certificate.ts";
import { Stop } from "../../stop.ts";
import type { Asked, Question } from "./question.ts";

const DAY_MS = 86_400_000;

export const RELAY_QUESTIONS: readonly Question[] = [
  { id: "relay", ask: lookAtRelay },
  { id: "certificate", ask: async ({ context, environment }) => (environment.relay === undefined ? [] : [judgeCertificate(await readCertificate(environment.relay.url, context.ca), context.clock.now())]) },
  { id: "payment_page", ask: lookAtPage },
  { id: "cybersource", ask: lookAtCybersource },
];

async function lookAtRelay({ context, dataverse, environment, relay, relayStatus }: Asked): Promise<readonly Finding[]> {
  if (relay === undefined) return [red("relay", "no relay is named in the environment file", "Run setup.")];
  const since = new Date(context.clock.now() - DAY_MS).toISOString();
  const [ready, status, { organizationId, environmentType }, rows] = await Promise.all([relay.ready(), relayStatus, readIdentity(dataverse), dataverse.list(`cybs_paymenttransactions?$select=cybs_ledgerid&$filter=createdon gt ${since} and cybs_ledgerid ne null&$top=500`)]);
  const clocks = { relay: status?.aheadMs, dataverse: dataverse.observed.serverAheadMs };
  return [
    ...judgeRelay({
      isThere: ready.isThere, cause: ready.cause ?? "", waitingFor: ready.waitingFor, isProduction: (environment.dataverse.environmentType ?? environmentType) === "production", ledgerIds: [...new Set(rows.map((row) => textAt(row, "cybs_ledgerid")))],
      status: status === undefined ? undefined : { ...status, isBound: status.organizations.some((one) => one.organizationId === organizationId) },
    }, relay.url),
    ...judgeClocks(clocks),
  ];
}

/** The page that browsers get for this organization, and who may frame it. */
async function lookAtPage({ dataverse, environment, relay }: Asked): Promise<readonly Finding[]> {
  if (relay === undefined) return [];
  const { organizationId } = await readIdentity(dataverse);
  const answer = await relay.get(`/card-entry/${organizationId}`);
  if (answer.kind === "no_answer") return [red("payment_page", `the card-entry page does not answer (${answer.cause})`, "Start the relay with ROLE=web.")];
  if (answer.status !== 200) return [red("payment_page", `the card-entry page answers ${answer.status}`, "The relay is not bound to this organization: give it the bindings file that setup wrote.")];
  const policy = answer.headers["content-security-policy"] ?? "";
  const framing = /frame-ancestors ([^;]+)/.exec(policy)?.[1]?.split(" ") ?? [];
  const missing = [new URL(environment.dataverse.url).origin, ...environment.embeddingOrigins].filter((origin) => !framing.includes(origin));
  return [missing.length === 0 ? green("payment_page", `the card-entry page may be framed by ${framing.join(" ")}`) : amber("payment_page", `the card-entry page may not be framed by ${missing.join(", ")}`, "Set formOrigins in the bindings file or EMBEDDING_ORIGINS at the relay.")];
}

async function lookAtCybersource(asked: Asked): Promise<readonly Finding[]> {
  const { context, dataverse, environment, relayStatus } = asked;
  const merchants = [...new Map(environment.merchants.map((one) => [one.merchantId, one])).values()];
  if (merchants.length === 0) return [red("merchants", "no merchant account is set up", "Run setup with --merchant.")];
  const [status, rows, { organizationId }] = await Promise.all([relayStatus.catch(() => undefined), dataverse.list("cybs_merchantaccounts?$select=cybs_merchantid&$filter=cybs_isenabled eq true"), readIdentity(dataverse)]);
  const bound = status?.organizations.find((one) => one.organizationId === organizationId)?.merchants ?? [];
  const found = await Promise.all(merchants.map((merchant) => tryMerchant(asked, merchant)));
  const schemes = [...merchants.map((one) => one.authentication), ...bound.map((one) => one.scheme)];
  return [
    ...merchants.flatMap((merchant, index) => judgeMerchant({
      merchantId: merchant.merchantId, accepted: found[index]?.accepted === true, refusal: found[index]?.refusal ?? "", keyCreatedOn: merchant.keyCreatedOn, isBound: status === undefined || bound.some((one) => one.merchantId === merchant.merchantId),
      isRow: rows.some((row) => textAt(row, "cybs_merchantid") === merchant.merchantId), subscriptions: found[index]?.subscriptions, wantsSubscriptions: environment.relay?.url.startsWith("https:") === true,
    }, context.clock.now())),
    ...judgeClocks({ cybersource: found.find((one) => one.aheadMs !== undefined)?.aheadMs }),
    ...readContractClock({ schemes, flexVersions: ["v2"], subscriptionVersions: found.flatMap((one) => one.subscriptions ?? []).map((one) => one.version), webApi: "v9.2" }, context.clock.now()),
  ];
}

interface Tried { readonly accepted: boolean; readonly refusal: string; readonly aheadMs: number | undefined; readonly subscriptions: readonly Subscription[] | undefined }

async function tryMerchant({ context, environment }: Asked, merchant: MerchantSettings): Promise<Tried> {
  try {
    const cybersource = await openCybersource({ network: context.network, secrets: context.secrets, clock: context.clock, host: environment.cybersource.host }, merchant);
    const aheadMs = await tryCredentials(cybersource);
    return { accepted: true, refusal: "", aheadMs: -aheadMs, subscriptions: await readSubscriptions(cybersource).catch(() => undefined) };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { accepted: false, refusal: error.title, aheadMs: undefined, subscriptions: undefined };
  }
}
