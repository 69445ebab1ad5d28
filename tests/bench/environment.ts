// The configuration that relay and peer are given: the same upstream, keys and log level, a database each.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { merchantId, merchantOf, organizationId } from "./upstream/canned-rows.ts";

export interface EnvironmentInput {
  readonly folder: string;
  readonly port: number;
  readonly upstreamPort: number;
  readonly databaseUrl: string;
  readonly caFile: string;
  /** Merchant accounts; 1 unless said. */
  readonly accounts?: number;
}

const key = (name: string): string => Buffer.from(`the ${name} key of the benchmark`).toString("base64");

export function environmentOf(input: EnvironmentInput): Record<string, string> {
  const upstream = `https://localhost:${input.upstreamPort}`;
  const bindingsFile = join(input.folder, "bindings.json");
  const merchant = { merchantId, environment: "test", authentication: "jwt", keyId: "bench-key", sharedSecret: key("shared") };
  const merchants = Array.from({ length: input.accounts ?? 1 }, (_, number) => ({ ...merchant, merchantId: merchantOf(number) }));
  writeFileSync(bindingsFile, JSON.stringify([{ organizationId, url: upstream, environmentType: "sandbox", merchants }]));
  const url = `http://localhost:${input.port}`;
  return {
    NODE_ENV: "production", PORT: String(input.port), PUBLIC_URL: url, BINDINGS_FILE: bindingsFile, CYBERSOURCE_HOST: `localhost:${input.upstreamPort}`, FLEX_HOSTS: upstream,
    DATAVERSE_TOKEN_URL: `${upstream}/tenant/oauth2/v2.0/token`, DATAVERSE_CLIENT_ID: "bench", DATAVERSE_CLIENT_SECRET: "bench",
    WEBHOOK_KEY: key("webhook"), DERIVATION_KEY: key("derivation"), TOKEN_ENCRYPTION_KEY: key("encryption"), DATABASE_URL: input.databaseUrl,
    // Pokes come from many addresses: without this the limit per address would be what is measured.
    TRUST_PROXY: "true", CA_FILE: input.caFile, NODE_EXTRA_CA_CERTS: input.caFile, LOG_LEVEL: "info",
    // The budgets are in force, and out of the way: what is measured is the relay.
    CYBERSOURCE_CALLS_PER_SECOND: "100000", DATAVERSE_REQUESTS_PER_5_MINUTES: "100000000",
    SWEEP_IDLE_MS: "3600000", SWEEP_WAITING_MS: "3600000", SWEEP_AFTER_SESSION_MS: "3600000",
    DATAVERSE_URL: upstream, MERCHANT_ID: merchantId, MERCHANT_KEY_ID: merchant.keyId, MERCHANT_SECRET: merchant.sharedSecret,
  };
}
