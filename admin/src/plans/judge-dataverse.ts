// Colours for what was found in Dataverse. Pure: facts in, findings out.
import type { ConnectionChange } from "./plan-connection.ts";
import { amber, green, red, type Finding } from "./finding.ts";

export interface EnvironmentFacts { readonly expectedType: string | undefined; readonly foundType: string; readonly isNamed: boolean; readonly host: string; readonly merchantEnvironments: readonly string[] }

export function judgeEnvironment(facts: EnvironmentFacts): readonly Finding[] {
  const isLive = /(^|\.)cybersource\.com$/i.test(facts.host) && !facts.host.startsWith("apitest.");
  return [
    facts.isNamed ? green("organization", "the organization is the one of the environment file (a copy would have another id)") : amber("organization", "the environment file does not name its organization", "Run setup: it binds the file to the organization, so that a copy is noticed."),
    facts.expectedType !== undefined && facts.expectedType !== facts.foundType ? red("environment_type", `the file says ${facts.expectedType}, Dataverse says ${facts.foundType}`, "Was the environment converted? Run setup again and give the relay the new bindings.") : green("environment_type", `${facts.foundType} environment`),
    facts.foundType === "sandbox" && (isLive || facts.merchantEnvironments.includes("production")) ? red("test_host", `a sandbox environment is set to ${facts.host}`, "Use test credentials and apitest.cybersource.com.") : facts.foundType === "production" && (facts.host.startsWith("apitest.") || facts.merchantEnvironments.includes("test")) ? red("test_host", `production is set to ${facts.host}`, "Use live credentials and api.cybersource.com.") : green("test_host", `Cybersource host ${facts.host}`),
  ];
}

export function judgeSolution(installed: { readonly version: string; readonly isManaged: boolean } | undefined, holding: string | undefined, relayVersion: string | undefined): readonly Finding[] {
  if (installed === undefined) return [red("solution", "the solution is not installed", "Run import.")];
  const own = installed.version.split(".").slice(0, 2).join(".");
  const theirs = relayVersion?.split(".").slice(0, 2).join(".");
  return [
    installed.isManaged ? green("solution", `version ${installed.version}, managed`) : amber("solution", `version ${installed.version}, unmanaged`, "Unmanaged is for development; import the managed zip elsewhere."),
    holding === undefined ? green("upgrade", "no upgrade waits") : red("upgrade", `version ${holding} waits beside the installed one`, "Run import again: it finishes the upgrade."),
    theirs === undefined ? green("versions", "the relay's version is not known here") : own === theirs ? green("versions", `relay ${relayVersion ?? ""} fits`) : amber("versions", `solution ${installed.version}, relay ${relayVersion ?? ""}`, "Bring both to the same minor version: the relay first, then the solution."),
  ];
}

export const judgeKeys = (keys: readonly { readonly table: string; readonly key: string; readonly status: string }[]): readonly Finding[] => {
  const open = keys.filter((one) => one.status !== "Active");
  if (open.length === 0) return [green("key_indexes", `${keys.length} alternate key index(es) active`)];
  const named = open.map((one) => `${one.key} (${one.status.toLowerCase()})`).join(", ");
  return [open.some((one) => one.status === "Failed") ? red("key_indexes", named, "Remove rows that break the key, then run import: it has the index built again.") : amber("key_indexes", named, "Dataverse is still building; wait.")];
};

export function judgeConnection(changes: readonly ConnectionChange[] | undefined, failures: number): readonly Finding[] {
  if (changes === undefined) return [amber("steps", "no relay is named in the environment file", "Run setup.")];
  const wrong = changes.filter((change) => change.kind !== "remove_step");
  return [
    wrong.length === 0 ? green("steps", "endpoint and steps are registered and on") : red("steps", `${wrong.length} thing(s) differ: ${wrong.map((change) => change.kind.replaceAll("_", " ")).join(", ")}`, "Run import (or setup): it changes only what differs. Until then the sweep does the work, slower."),
    failures === 0 ? green("deliveries", "Dataverse reaches the relay (no failed delivery in 24 hours)") : red("deliveries", `${failures} delivery(ies) to the relay failed in the last 24 hours`, "Look at the failed system jobs: 401 means another webhook key (run setup), a connection error means that Dataverse's network cannot reach the relay."),
  ];
}

export interface RelayUserFacts { readonly isKnown: boolean; readonly isDisabled: boolean; readonly roles: readonly string[]; readonly missing: readonly string[]; readonly tooMany: readonly string[] }

export function judgeRelayUser(facts: RelayUserFacts | undefined): readonly Finding[] {
  if (facts?.isKnown !== true) return [red("relay_user", "the relay has no application user here", "Run setup with --application-id.")];
  if (facts.isDisabled) return [red("relay_user", "the relay's application user is disabled", "Enable it in the admin center.")];
  if (facts.missing.length > 0) return [red("relay_user", `the relay's user lacks ${facts.missing.slice(0, 6).join(", ")}`, "Run setup: it gives the role Relay and the role for standard tables.")];
  return [facts.tooMany.length > 0 ? amber("relay_user", `the relay's user may do more than it needs: ${facts.tooMany.join(", ")}`, "Take that role away: the relay needs no Delete, no customization and no impersonation.") : green("relay_user", `application user with ${facts.roles.length} role(s), rights as needed`)];
}

export const judgeTeams = (lacking: readonly string[]): readonly Finding[] => [lacking.length === 0 ? green("teams", "default teams can own payment rows") : red("teams", `default team(s) without the role Team reader: ${lacking.slice(0, 5).join(", ")}`, "Run setup: payment rows of orders that a team owns could not be written.")];

export interface SettingsFacts { readonly address: string | undefined; readonly relayUrl: string | undefined; readonly isAudited: boolean; readonly isFirewalled: boolean; readonly policy: { readonly isEnforced: boolean; readonly text: string }; readonly requestsLeft: number | undefined }
const REQUESTS_LOW = 600;

export function judgeSettings(facts: SettingsFacts): readonly Finding[] {
  const { policy, relayUrl = "" } = facts;
  return [
    facts.address === undefined ? red("relay_address", "the environment variable cybs_relayurl has no value", "Run setup.") : facts.address === facts.relayUrl ? green("relay_address", facts.address) : red("relay_address", `cybs_relayurl says ${facts.address}, the environment file ${relayUrl}`, "Run setup."),
    facts.isAudited ? green("audit", "auditing is on") : amber("audit", "auditing is off in this environment", "Admin center → Auditing: switch it on; who changed a merchant account cannot be told otherwise."),
    facts.isFirewalled ? amber("ip_firewall", "the IP firewall is on", "See that the relay's outgoing addresses and Microsoft's service tag are allowed; a blocked relay shows as not ready.") : green("ip_firewall", "no IP firewall"),
    !policy.isEnforced ? green("content_security_policy", "not enforced") : policy.text.includes(relayUrl) && relayUrl !== "" ? green("content_security_policy", `enforced, ${relayUrl} is allowed`) : red("content_security_policy", `enforced, and ${relayUrl} is not in it`, `Admin center → Privacy + Security → Content security policy, model-driven, frame-src: add ${relayUrl}`),
    facts.requestsLeft === undefined ? green("request_allowance", "Dataverse did not say") : facts.requestsLeft < REQUESTS_LOW ? amber("request_allowance", `${facts.requestsLeft} requests left in this five-minute window`, "Something uses the allowance up: look which client, and spread its calls.") : green("request_allowance", `${facts.requestsLeft} requests left in this window`),
  ];
}
