// The environment a relay needs to serve this sandbox: what an operator would configure, with the sandbox's addresses and test keys.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PORTS, SandboxOptions } from "./options.ts";

export interface RelayEnvironmentInput {
  readonly options: SandboxOptions;
  readonly ports: (part: keyof typeof PORTS) => number;
  readonly dataverse: { readonly url: string; readonly organizationId: string };
  readonly relayClient: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string };
  readonly cybersource: { readonly url: string; readonly browserUrl: string; readonly merchant: { readonly id: string; readonly keyId: string; readonly sharedSecret: string } };
  readonly caFile: string;
  readonly hostUrl: string;
  readonly relayUrl: string;
}

/** Test keys of a sandbox: stable for a seed, so that a ledger on a new disk derives the same ids. */
const testKey = (name: string, seed: number): string => createHash("sha256").update(`sandbox ${name} ${seed}`).digest("base64");

export function relayEnvironment(input: RelayEnvironmentInput): Record<string, string> {
  const { options, dataverse, cybersource, relayClient } = input;
  const bindingsFile = join(options.dataDir, "bindings.json");
  const tokenUrl = `${dataverse.url}/${relayClient.tenantId}/oauth2/v2.0/token`;
  writeFileSync(bindingsFile, JSON.stringify([{
    organizationId: dataverse.organizationId, url: dataverse.url, environmentType: "sandbox", formOrigins: [input.hostUrl],
    merchants: [{ merchantId: cybersource.merchant.id, environment: "test", authentication: "jwt", keyId: cybersource.merchant.keyId, sharedSecret: cybersource.merchant.sharedSecret }],
  }], undefined, 2));
  return {
    PORT: String(input.ports("relay")), PUBLIC_URL: input.relayUrl, BINDINGS_FILE: bindingsFile,
    CYBERSOURCE_HOST: new URL(cybersource.url).host, FLEX_HOSTS: cybersource.browserUrl,
    DATAVERSE_TOKEN_URL: tokenUrl, DATAVERSE_CLIENT_ID: relayClient.clientId, DATAVERSE_CLIENT_SECRET: relayClient.clientSecret,
    WEBHOOK_KEY: testKey("webhook", options.seed), DERIVATION_KEY: testKey("derivation", options.seed), TOKEN_ENCRYPTION_KEY: testKey("encryption", options.seed),
    EMBEDDING_ORIGINS: [input.hostUrl, process.env["EMBEDDING_ORIGINS"] ?? ""].filter(Boolean).join(","), CA_FILE: input.caFile, NODE_EXTRA_CA_CERTS: input.caFile,
    RELAY_CONTROL_PORT: String(input.ports("relayControl")), SANDBOX_CLOCK_URL: `http://localhost:${input.ports("dataverseHttp")}/_sandbox/clock`,
    ...(options.databaseUrl === undefined ? { LEDGER_DIR: join(options.dataDir, "ledger") } : { DATABASE_URL: options.databaseUrl }),
  };
}
