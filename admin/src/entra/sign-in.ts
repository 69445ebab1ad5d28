// Signs in at Microsoft Entra ID and gives access tokens. One function a way; MSAL keeps and renews what it got for as long as the command
// runs. Nothing is written to disk: az and pac keep their own sign-ins, everything else signs in anew.
import { ConfidentialClientApplication, ManagedIdentityApplication, PublicClientApplication, type AccountInfo, type Configuration } from "@azure/msal-node";
import type { SignInSettings } from "../configuration/environment-file.ts";
import type { Secrets } from "../configuration/secrets.ts";
import type { Network } from "../network.ts";
import { Stop } from "../stop.ts";
import { readCertificate } from "./certificate.ts";
import { authorityOf, DATAVERSE_TOOLS_CLIENT } from "./clouds.ts";
import { networkClient } from "./network-client.ts";
import { tokenOfTool } from "./tools.ts";

/** A token for a scope like https://contoso.crm.dynamics.com/.default. */
export type Tokens = (scope: string) => Promise<string>;
export interface SignInDeps {
  readonly network: Network;
  readonly say: (text: string) => void;
  readonly openBrowser: (url: string) => Promise<void>;
  readonly secrets: () => Secrets;
  /** For the tools that are started: where they are, and where they keep their sign-in. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const BROWSER_MS_MAX = 300_000;

/** Chooses the way; the sign-in itself happens at the first token. */
export function signIn(settings: SignInSettings, deps: SignInDeps): Tokens {
  const asked = new Map<string, Promise<string>>();
  const way = wayOf(settings, deps);
  return (scope) => {
    const token = asked.get(scope) ?? way(scope).catch((error: unknown) => { throw asStop(error); }).finally(() => { asked.delete(scope); });
    asked.set(scope, token);
    return token;
  };
}

function wayOf(settings: SignInSettings, deps: SignInDeps): Tokens {
  switch (settings.way) {
    case "browser": return byPerson(settings, deps, (client, scope) => client.acquireTokenInteractive({ scopes: [scope], openBrowser: deps.openBrowser, successTemplate: PAGE("You are signed in. You may close this window."), errorTemplate: PAGE("The sign-in did not succeed. Look at the command line.") }));
    case "device_code": return byPerson(settings, deps, (client, scope) => client.acquireTokenByDeviceCode({ scopes: [scope], deviceCodeCallback: ({ message }) => { deps.say(message); }, timeout: BROWSER_MS_MAX / 1000 }));
    case "az": case "pac": { const { way } = settings; return (scope) => tokenOfTool(way, scope.replace(/\/\.default$/, ""), deps.env); }
    case "managed_identity": return byManagedIdentity(settings, deps);
    case "client_secret": case "certificate": return byApplication(settings, deps);
  }
}

const PAGE = (text: string): string => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Cybersource Payments</title><body style="font-family:system-ui;margin:4rem">${text}</body></html>`;
const configuration = (settings: SignInSettings, deps: SignInDeps, auth: Partial<Configuration["auth"]>): Configuration => ({
  // An authority of one's own (or the sandbox's) is not in Microsoft's list and is trusted because the file names it.
  auth: { clientId: settings.clientId ?? DATAVERSE_TOOLS_CLIENT, authority: authorityOf(settings), ...(settings.authority === undefined ? {} : { knownAuthorities: [new URL(settings.authority).host] }), ...auth },
  system: { networkClient: networkClient(deps.network) },
});

type Asking = (client: PublicClientApplication, scope: string) => Promise<{ readonly accessToken: string; readonly account: AccountInfo | null } | null>;

/** The first token asks the person; later ones come from MSAL's memory. */
function byPerson(settings: SignInSettings, deps: SignInDeps, ask: Asking): Tokens {
  const client = new PublicClientApplication(configuration(settings, deps, {}));
  let account: AccountInfo | undefined;
  return async (scope) => {
    const silent = account === undefined ? undefined : await client.acquireTokenSilent({ scopes: [scope], account }).catch(() => undefined);
    const result = silent ?? await ask(client, scope);
    account = result?.account ?? account;
    return tokenIn(result);
  };
}

function byApplication(settings: SignInSettings, deps: SignInDeps): Tokens {
  const way = settings.way === "certificate" ? "certificate" : "client secret";
  if (settings.clientId === undefined) throw new Stop("sign_in_incomplete", { way, missing: "signIn.clientId" });
  if (settings.tenant === "organizations" && settings.authority === undefined) throw new Stop("sign_in_incomplete", { way, missing: "signIn.tenant" });
  let client: Promise<ConfidentialClientApplication> | undefined;
  const open = async (): Promise<ConfidentialClientApplication> => new ConfidentialClientApplication(configuration(settings, deps, settings.way === "certificate" ? { clientCertificate: await readCertificate(settings, deps.secrets()) } : { clientSecret: await clientSecret(settings, deps.secrets()) }));
  return async (scope) => tokenIn(await (await (client ??= open())).acquireTokenByClientCredential({ scopes: [scope] }));
}

async function clientSecret({ clientSecret: reference }: SignInSettings, secrets: Secrets): Promise<string> {
  if (reference === undefined) throw new Stop("sign_in_incomplete", { way: "client secret", missing: "signIn.clientSecret" });
  return secrets.read(reference);
}

function byManagedIdentity(settings: SignInSettings, deps: SignInDeps): Tokens {
  const client = new ManagedIdentityApplication({ ...(settings.clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: settings.clientId } }), system: { networkClient: networkClient(deps.network) } });
  return async (scope) => tokenIn(await client.acquireToken({ resource: scope.replace(/\/\.default$/, "") }));
}

function tokenIn(result: { readonly accessToken: string } | null): string {
  if (result === null || result.accessToken === "") throw new Stop("sign_in_failed");
  return result.accessToken;
}

/** Entra ID's own sentence (AADSTS…) is the best there is; MSAL's stack is not for people. */
function asStop(error: unknown): unknown {
  if (error instanceof Stop) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Stop("sign_in_failed", {}, (/AADSTS\d+: [^\r\n]*/.exec(message)?.[0] ?? message.split("\n")[0] ?? "").slice(0, 300));
}
