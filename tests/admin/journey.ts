// A whole place for the journey: two organizations, one Cybersource, one relay that reads the bindings file which setup writes.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import net from "node:net";
import { startCybersource } from "../sandbox/cybersource/start.ts";
import { relayClient } from "../sandbox/dataverse/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { startRelayProcess, type RelayProcess } from "../sandbox/relay-process.ts";
import { QUICK, type LedgerLine } from "../support/stage.ts";
import { openBench, type Bench } from "./bench.ts";

export const RELAY_APPLICATION = { clientId: "c0000000-0000-4000-8000-0000000000bb", secret: "of the relay, in the sandbox only" };
export const KEYS = { WEBHOOK_KEY: "webhook key of the journey's relay", OPERATIONS_KEY: "operations key of the journey's relay" };

export interface Journey {
  readonly bench: Bench;
  readonly cybersource: { readonly host: string; readonly merchant: { readonly id: string; readonly keyId: string; readonly sharedSecret: string }; readonly browserUrl: string };
  readonly relayUrl: string;
  readonly secrets: Readonly<Record<string, string>>;
  merchant(change?: Readonly<Record<string, unknown>>): string;
  /** Starts the relay on the bindings file that setup wrote. */
  startRelay(more?: Readonly<Record<string, string>>): Promise<RelayProcess>;
  ledger(): Promise<readonly LedgerLine[]>;
  close(): Promise<void>;
}

const freePort = (): Promise<number> => new Promise((resolve, reject) => { const server = net.createServer().once("error", reject).listen(0, "localhost", () => { const { port } = server.address() as net.AddressInfo; server.close(() => { resolve(port); }); }); });

export async function startJourney(): Promise<Journey> {
  const bench = await openBench();
  await bench.sandbox("applications", RELAY_APPLICATION);
  const tls = await issueCertificates(bench.dir);
  const started = await startCybersource({ port: 0, browserPort: 0, tls, clock: bench.clock, seed: 7, say: () => undefined });
  await fetch(`${started.browserUrl}/_sandbox/settings`, { method: "POST", body: JSON.stringify({ searchLagMs: 100 }) });
  const port = await freePort();
  const relayUrl = `http://localhost:${port}`;
  const secrets = { ...KEYS, CYBS_SECRET: started.merchant.sharedSecret };
  const relays: RelayProcess[] = [];
  const host = new URL(started.url).host;
  bench.environment((file) => { file.cybersource.host = host; });
  return {
    bench, relayUrl, secrets, cybersource: { host, merchant: started.merchant, browserUrl: started.browserUrl },
    merchant: (change = {}) => JSON.stringify({ merchantId: started.merchant.id, environment: "test", businessUnit: "Fabrikam Group", currency: "USD", keyId: started.merchant.keyId, sharedSecret: "env:CYBS_SECRET", keyCreatedOn: "2026-06-01", ...change }),
    startRelay: async (more = {}) => {
      const env = {
        PORT: String(port), PUBLIC_URL: relayUrl, BINDINGS_FILE: join(bench.dir, "bindings.json"), CYBERSOURCE_HOST: host, FLEX_HOSTS: started.browserUrl, DATAVERSE_TOKEN_URL: `${bench.url}/${relayClient.tenantId}/oauth2/v2.0/token`,
        DATAVERSE_CLIENT_ID: RELAY_APPLICATION.clientId, DATAVERSE_CLIENT_SECRET: RELAY_APPLICATION.secret, DERIVATION_KEY: "derivation key of the journey", TOKEN_ENCRYPTION_KEY: "encryption key of the journey", CA_FILE: bench.caFile, NODE_EXTRA_CA_CERTS: bench.caFile,
        LEDGER_DIR: join(bench.dir, "ledger"), RELAY_CONTROL_PORT: String(await freePort()), SANDBOX_CLOCK_URL: `${bench.httpUrl}/_sandbox/clock`, ...secrets, ...QUICK, ...more,
      };
      const relay = await startRelayProcess(env);
      relays.push(relay);
      return relay;
    },
    ledger: async () => await (await fetch(`${started.browserUrl}/_sandbox/ledger`)).json() as LedgerLine[],
    close: async () => {
      await Promise.all(relays.map((relay) => relay.stop().catch(() => undefined)));
      await started.close();
      await bench.close();
    },
  };
}

export const write = (journey: Journey, name: string, text: string): string => { const file = join(journey.bench.dir, name); writeFileSync(file, text); return file; };
