// The lines that others have to allow, printed exactly: the Content Security Policy of the Power Platform environment, and who may frame the page.
import type { Environment } from "../../configuration/environment-file.ts";

/** For Power Platform admin center → environment → Privacy + Security → Content security policy → model-driven. */
export const frameSource = (relayUrl: string): string => `frame-src 'self' ${relayUrl}`;

export function policyRequest(environment: Environment & { readonly relay: { readonly url: string } }): string {
  return [
    "To the Power Platform administrator:", `If content security policy is enforced for ${environment.dataverse.url} (admin center → environment → Settings → Privacy + Security), please add to the directive frame-src of model-driven apps:`, "",
    `    ${environment.relay.url}`, "", `so that it reads: ${frameSource(environment.relay.url)}`, "Nothing else is needed: no script, style or connection to another host.",
  ].join("\n");
}

/** Who may show the relay's page in a frame: the organization, and hosts like Teams that show Dynamics in a frame of theirs. */
export const framers = (environment: Environment): readonly string[] => [environment.dataverse.url, ...environment.embeddingOrigins];
