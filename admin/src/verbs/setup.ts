// setup: connects an environment that has the solution to a relay and to Cybersource. Each step looks first and can be run again; steps of other
// people are printed to be forwarded. Ends, if asked, with a payment in test mode.
import { resolve } from "node:path";
import { writeEnvironment } from "../configuration/environment-file.ts";
import { readSolutions } from "../dataverse/solutions.ts";
import { readOwnTables } from "../dataverse/own-tables.ts";
import { openRelay } from "../relay/relay-client.ts";
import { PRODUCT } from "../solution-zip.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";
import { registerConnection } from "./register-connection.ts";
import { ensureApplicationUser, ensureTeamReaders } from "./setup/application-user.ts";
import { writeBindings } from "./setup/bindings-file.ts";
import { completeEnvironment, type Complete } from "./setup/complete-environment.ts";
import { setMerchantAccount, type SetAccount } from "./setup/merchant-accounts.ts";
import { setRelayAddress } from "./setup/relay-address.ts";
import { takeSamplePayment } from "./setup/sample-payment.ts";
import { subscribe } from "./setup/subscribe.ts";
import { framers, policyRequest } from "./setup/security-policy.ts";

export const setupVerb: Verb = {
  name: "setup",
  summary: "Connect the environment: relay address, application user and roles, merchant accounts with tried credentials, endpoint and steps, the lines others have to allow.",
  options: [
    { flags: "--relay-url <url>", about: "Address of the relay, as browsers reach it." },
    { flags: "--application-id <id>", about: "Application (client) id of the relay in Microsoft Entra ID." },
    { flags: "--webhook-key <reference>", about: "Where the webhook's key is: env:NAME, file:/path or keyvault:https://…" },
    { flags: "--operations-key <reference>", about: "Where the key of the relay's operations address is." },
    { flags: "--merchant <json>", about: "A merchant account to add, in the form of the environment file." },
    { flags: "--cybersource-host <host>", about: "Cybersource's API host; apitest.cybersource.com unless said otherwise." },
    { flags: "--try-abilities", about: "Find out by test transactions what the processor can do." },
    { flags: "--webhook-key-folder <folder>", about: "Where the keys that sign Cybersource's notifications are kept, readable by their owner only.", fallback: "secrets" },
    { flags: "--bindings <file>", about: "Where the relay's BINDINGS_FILE is written.", fallback: "bindings.json" },
    { flags: "--sample-payment <order>", about: "Number of an open order; takes 1.00 on it in test mode, through everything." },
  ],
  run: setup,
};

async function setup(context: Context, values: Values): Promise<Report> {
  const dataverse = await context.connect();
  const { installed } = await readSolutions(dataverse, PRODUCT);
  if (installed === undefined) throw new Stop("not_installed");
  const complete = await completeEnvironment(context, dataverse, values);
  const { environment, identity } = complete;
  const tables = [...(await readOwnTables(dataverse)).map((table) => table.logicalName), "salesorder", "invoice"];
  const connection = await registerConnection(context, { dataverse, environment, tables });
  const relayUser = await ensureApplicationUser(context, dataverse, environment.relay.applicationId);
  await ensureTeamReaders(context, dataverse);
  context.screen.say(`✓ relay address: ${await setRelayAddress(dataverse, environment.relay.url)}`);
  const accounts: SetAccount[] = [];
  for (const merchant of environment.merchants) accounts.push(await setMerchantAccount(context, { dataverse, environment, merchant, wantsTrial: values["tryAbilities"] === true }));
  const withAbilities = { ...environment, merchants: environment.merchants.map((merchant, index) => ({ ...merchant, abilities: accounts[index]?.abilities ?? merchant.abilities })) };
  const subscribed = await subscribe(context, { environment: withAbilities, organizationId: identity.organizationId, keyFolder: resolve(context.workingFolder, textOf(values, "webhookKeyFolder") ?? "secrets") });
  writeEnvironment(context.environmentFile, { ...withAbilities, merchants: subscribed.merchants });
  const bindings = resolve(context.workingFolder, textOf(values, "bindings") ?? "bindings.json");
  const fromVault = environment.merchants.length === 0 ? {} : writeBindings(bindings, { ...environment, merchants: subscribed.merchants });
  context.screen.request(policyRequest(environment));
  if (environment.merchants.length === 0) askForKeys(context, identity.environmentType);
  tellRelay(context, { bindings, fromVault, embedding: framers(environment), clientId: environment.relay.applicationId ?? "" });
  const order = textOf(values, "samplePayment");
  const sample = order === undefined ? undefined : await takeSample(context, complete, { dataverse, order });
  context.screen.show(`✓ ${dataverse.url} is set up: ${accounts.length} merchant account(s)${sample === undefined ? "" : `, sample payment ${sample.status} in ${(sample.tookMs / 1000).toFixed(1)} s`}. Next: give the relay ${bindings}, start it, run doctor.`);
  return { organizationId: identity.organizationId, environmentType: identity.environmentType, relayUser, connection: connection.map((change) => change.kind), accounts, subscriptions: subscribed.done, bindings, contentSecurityPolicy: `frame-src 'self' ${environment.relay.url}`, embedding: framers(environment), sample };
}

function askForKeys(context: Context, environmentType: string): void {
  context.screen.request(["To the owner of the Cybersource account:", `Please create a REST shared secret for ${environmentType === "production" ? "the live" : "a test"} merchant id (Business Center → Payment Configuration → Key Management → REST – Shared Secret),`, "give me merchant id and key id, and give the shared secret to the operator of the relay. One merchant id for each currency and business unit that settles apart."].join("\n"));
}

function tellRelay(context: Context, told: { readonly bindings: string; readonly fromVault: Readonly<Record<string, string>>; readonly embedding: readonly string[]; readonly clientId: string }): void {
  context.screen.request(["To the operator of the relay:", `BINDINGS_FILE=${told.bindings}`, `DATAVERSE_CLIENT_ID=${told.clientId}`, ...(told.embedding.length > 1 ? [`EMBEDDING_ORIGINS=${told.embedding.slice(1).join(",")}`] : []), `${told.embedding[0] ?? ""} may frame the page already.`, "WEBHOOK_KEY and OPERATIONS_KEY: the same secrets as in the environment file's references.", ...Object.entries(told.fromVault).map(([name, secret]) => `${name} from the vault: ${secret}`)].join("\n"));
}

async function takeSample(context: Context, { environment, identity }: Complete, { dataverse, order }: { readonly dataverse: Parameters<typeof takeSamplePayment>[1]["dataverse"]; readonly order: string }): ReturnType<typeof takeSamplePayment> {
  if (identity.environmentType === "production") throw new Stop("usage", {}, "--sample-payment is for sandbox environments.");
  const relay = openRelay({ url: environment.relay.url, network: context.network, secrets: context.secrets, operationsKey: environment.relay.operationsKey, now: () => context.clock.now() });
  const ready = await relay.ready();
  if (!ready.isThere) throw new Stop("relay_unreachable", { url: environment.relay.url }, `(${ready.cause ?? ""})`);
  const status = await relay.status();
  if (status?.organizations.some((one) => one.organizationId === identity.organizationId) === false) throw new Stop("relay_not_bound", { organizationId: identity.organizationId });
  return takeSamplePayment(context, { dataverse, environment, orderNumber: order });
}
