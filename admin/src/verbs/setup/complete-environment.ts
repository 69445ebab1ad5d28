// Everything that setup needs to know: from the environment file, from options, and what is still missing is asked. Written back without secrets.
import { EnvironmentFile, readEnvironment, writeEnvironment, type Environment } from "../../configuration/environment-file.ts";
import { readIdentity, type Identity } from "../../dataverse/identify.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import { readJson } from "../../network.ts";
import { Stop } from "../../stop.ts";
import { textOf, type Context, type Values } from "../../verb.ts";

type Relay = NonNullable<Environment["relay"]>;
export interface Complete { readonly environment: Environment & { readonly relay: Relay }; readonly identity: Identity }

export async function completeEnvironment(context: Context, dataverse: Dataverse, values: Values): Promise<Complete> {
  const identity = await readIdentity(dataverse);
  const before = context.environment();
  const relay = await askRelay(context, before.relay, values);
  const added = textOf(values, "merchant");
  const merchants = added === undefined ? before.merchants : [...before.merchants, readMerchant(added)];
  const environment = { ...before, dataverse: { url: before.dataverse.url, organizationId: identity.organizationId, environmentType: identity.environmentType }, relay, merchants, cybersource: { host: textOf(values, "cybersourceHost") ?? before.cybersource.host } };
  const parsed = EnvironmentFile.safeParse(environment);
  if (!parsed.success) throw new Stop("environment_file_invalid", { file: context.environmentFile }, parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}.`).join(" "));
  refuseWrongHost(environment);
  writeEnvironment(context.environmentFile, environment);
  // What was written must be what is read the next time.
  readEnvironment(context.environmentFile);
  context.screen.say(`✓ ${identity.name}, organization ${identity.organizationId}, ${identity.environmentType}: written to ${context.environmentFile}`);
  return { environment, identity };
}

async function askRelay(context: Context, before: Environment["relay"], values: Values): Promise<Relay> {
  const ask = (text: string, option: string, suggestion: string | undefined): Promise<string> => context.screen.ask({ text, option, suggestion });
  const url = textOf(values, "relayUrl") ?? before?.url ?? await ask("Address of the relay, as browsers reach it (https://…)", "--relay-url", undefined);
  const webhookKey = before?.webhookKey ?? await ask("Where is the key that Dataverse's webhook sends (env:NAME, file:/path, keyvault:…)?", "--webhook-key", textOf(values, "webhookKey") ?? "env:WEBHOOK_KEY");
  const operationsKey = before?.operationsKey ?? await ask("Where is the key for the relay's operations address?", "--operations-key", textOf(values, "operationsKey") ?? "env:OPERATIONS_KEY");
  const applicationId = textOf(values, "applicationId") ?? before?.applicationId;
  return { url, webhookKey, operationsKey, ...(applicationId === undefined ? {} : { applicationId }) };
}

function readMerchant(text: string): Environment["merchants"][number] {
  const parsed = EnvironmentFile.shape.merchants.safeParse([readJson(text)]);
  const [merchant] = parsed.success ? parsed.data : [];
  // Zod's issues name members, never what stands in them.
  if (merchant === undefined) throw new Stop("usage", {}, `--merchant: ${parsed.success ? "is not JSON" : parsed.error.issues.map((issue) => `${issue.path.slice(1).join(".")}: ${issue.message}`).join("; ")}.`);
  return merchant;
}

/** Money that is not meant must not move: a sandbox never speaks to the live host, production never to the test host. */
function refuseWrongHost({ dataverse, cybersource, merchants }: Environment): void {
  const isLive = /(^|\.)cybersource\.com$/i.test(cybersource.host) && !cybersource.host.startsWith("apitest.");
  if (dataverse.environmentType === "sandbox" && (isLive || merchants.some((merchant) => merchant.environment === "production"))) throw new Stop("live_credentials_in_sandbox", { host: cybersource.host });
  const test = merchants.find((merchant) => merchant.environment === "test");
  if (dataverse.environmentType === "production" && test !== undefined) throw new Stop("test_credentials_in_production", { merchantId: test.merchantId });
}
