// A secret by its reference: environment variable, file, or Azure Key Vault (read with the same sign-in). Values never leave this module but
// to the call that needs them.
import { readFileSync } from "node:fs";
import { readJson, type Network } from "../network.ts";
import { Stop } from "../stop.ts";

export interface Secrets {
  /** The value behind a reference; stops when there is none. */
  read(reference: string): Promise<string>;
}
export interface SecretsInput {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly network: Network;
  /** A token for the vault's own resource. */
  readonly vaultToken: (scope: string) => Promise<string>;
}

const VAULT_API = "api-version=7.4";

export function openSecrets(input: SecretsInput): Secrets {
  const known = new Map<string, Promise<string>>();
  const read = async (reference: string): Promise<string> => {
    const value = await valueOf(input, reference);
    if (value === "") throw new Stop("secret_missing", { reference });
    return value;
  };
  return {
    read(reference) {
      const value = known.get(reference) ?? read(reference);
      known.set(reference, value);
      return value;
    },
  };
}

async function valueOf({ env, network, vaultToken }: SecretsInput, reference: string): Promise<string> {
  if (reference.startsWith("env:")) return env[reference.slice(4)] ?? "";
  if (reference.startsWith("file:")) {
    try { return readFileSync(reference.slice(5), "utf8").trim(); } catch { return ""; }
  }
  const url = new URL(reference.slice("keyvault:".length));
  // https://contoso.vault.azure.net → https://vault.azure.net/.default; sovereign vaults have their own suffix.
  const scope = `https://${url.hostname.slice(url.hostname.indexOf(".") + 1)}/.default`;
  const answer = await network.send({ method: "GET", url: `${url.href}?${VAULT_API}`, headers: { authorization: `Bearer ${await vaultToken(scope)}` } });
  const body = answer.kind === "answer" && answer.status === 200 ? readJson(answer.text) : undefined;
  return typeof body === "object" && body !== null && "value" in body && typeof body.value === "string" ? body.value : "";
}
