// The relay's configuration for three organizations, read by the relay's own reader from a bindings file, as an operator writes it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, type Config } from "../../plugin-proxy/src/config.ts";
import { relayClient } from "../sandbox/dataverse/start.ts";
import { CYBERSOURCE_HOST, dataverseUrl, FLEX_ORIGIN, merchantOf, organizationId, ORGANIZATIONS, webhookKeyOf } from "./neighbours.ts";

let known: Config | undefined;
export const PUBLIC_URL = "https://relay.example";
export const TOKEN_URL_HOST = "login.example";

/** Read once a process: nothing in it depends on a seed. */
export function relayConfig(): Config {
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "cybs-simulation-"));
  const file = join(folder, "bindings.json");
  writeFileSync(file, JSON.stringify(Array.from({ length: ORGANIZATIONS }, (_, index) => {
    const { id, keyId, sharedSecret } = merchantOf(index);
    return { organizationId: organizationId(index), url: dataverseUrl(index), environmentType: "sandbox", formOrigins: [dataverseUrl(index)], merchants: [{ merchantId: id, environment: "test", authentication: "jwt", keyId, sharedSecret }], webhookKeys: [webhookKeyOf(index)] };
  })));
  known = loadConfig({
    PUBLIC_URL, BINDINGS_FILE: file, CYBERSOURCE_HOST, FLEX_HOSTS: FLEX_ORIGIN, DATAVERSE_TOKEN_URL: `https://${TOKEN_URL_HOST}/${relayClient.tenantId}/oauth2/v2.0/token`,
    DATAVERSE_CLIENT_ID: relayClient.clientId, DATAVERSE_CLIENT_SECRET: relayClient.clientSecret,
    WEBHOOK_KEY: "webhook key of the simulation", DERIVATION_KEY: "derivation key of the simulation", TOKEN_ENCRYPTION_KEY: "encryption key of the simulation",
    LEDGER_DIR: folder, LOG_LEVEL: "info",
  });
  rmSync(folder, { recursive: true });
  return known;
}
