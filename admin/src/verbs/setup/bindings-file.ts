// The relay's BINDINGS_FILE, from the environment file: the same organization, merchants and references, never a secret. A vault's reference
// becomes the name of an environment variable, which the host fills from the vault (Container Apps and Kubernetes both can).
import { writeFileSync } from "node:fs";
import { Bindings } from "@cybs/relay/settings";
import type { Environment, MerchantSettings } from "../../configuration/environment-file.ts";

/** env: and file: references stay; keyvault: becomes env:NAME, and the pair is told. */
function reference(given: string | undefined, name: string, fromVault: Record<string, string>): string | undefined {
  if (given?.startsWith("keyvault:") !== true) return given;
  fromVault[name] = given.slice("keyvault:".length);
  return `env:${name}`;
}

const nameOf = (merchant: MerchantSettings, what: string): string => `CYBS_${merchant.merchantId}_${what}`.toUpperCase().replace(/\W/g, "_");

export function bindingsOf(environment: Environment): { readonly bindings: unknown; readonly fromVault: Readonly<Record<string, string>> } {
  const fromVault: Record<string, string> = {};
  const seen = new Map<string, MerchantSettings>();
  for (const merchant of environment.merchants) seen.set(`${merchant.merchantId} ${merchant.environment}`, merchant);
  const merchants = [...seen.values()].map((merchant) => ({
    merchantId: merchant.merchantId, environment: merchant.environment, authentication: merchant.authentication, keyId: merchant.keyId, p12File: merchant.p12File, portfolioId: merchant.portfolioId,
    sharedSecret: reference(merchant.sharedSecret, nameOf(merchant, "secret"), fromVault), p12Password: reference(merchant.p12Password, nameOf(merchant, "password"), fromVault),
  }));
  const bindings = [{ organizationId: environment.dataverse.organizationId, url: environment.dataverse.url, environmentType: environment.dataverse.environmentType, merchants, webhookKeys: [...new Map(environment.merchants.flatMap((merchant) => (merchant.webhookKey === undefined ? [] : [[merchant.webhookKey.keyId, { keyId: merchant.webhookKey.keyId, key: merchant.webhookKey.key }] as const]))).values()] }];
  return { bindings: JSON.parse(JSON.stringify(bindings)) as unknown, fromVault };
}

/** Writes what the relay will read; its own schema is asked first. */
export function writeBindings(file: string, environment: Environment): Readonly<Record<string, string>> {
  const { bindings, fromVault } = bindingsOf(environment);
  writeFileSync(file, `${JSON.stringify(Bindings.parse(bindings), undefined, 2)}\n`);
  return fromVault;
}
