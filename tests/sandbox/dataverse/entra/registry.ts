// What Entra ID knows in this tenant: applications with secrets or certificates, and what was begun and waits for a person.
import type { Organization } from "../organization.ts";
import { relayClient } from "../seed.ts";

export interface Application { readonly clientId: string; readonly secret?: string; /** PEM of the certificate that it may sign assertions with. */ readonly certificate?: string }
export interface Begun { readonly clientId: string; readonly scope: string; readonly challenge?: string; readonly redirectUri?: string; userId?: string; readonly expiresAt: number }
export interface Registry { readonly applications: Map<string, Application>; readonly codes: Map<string, Begun>; readonly devices: Map<string, Begun & { readonly userCode: string }>; readonly refreshTokens: Map<string, Begun> }

/** The client that Microsoft publishes for tools against Dataverse; it is public and has no secret. */
export const PUBLISHED_CLIENT = "51f81489-12ee-4a9e-aaae-a2591f45987d";
const registries = new WeakMap<Organization, Registry>();

export function registryOf(organization: Organization): Registry {
  const found = registries.get(organization) ?? { applications: new Map<string, Application>([[relayClient.clientId, { clientId: relayClient.clientId, secret: relayClient.clientSecret }], [PUBLISHED_CLIENT, { clientId: PUBLISHED_CLIENT }]]), codes: new Map(), devices: new Map(), refreshTokens: new Map() };
  registries.set(organization, found);
  return found;
}

/** The enabled user that an application signs in as; Dataverse refuses a token of an application that is no user of it. */
export const applicationUser = (organization: Organization, clientId: string): string | undefined => {
  const found = [...organization.store.all("systemuser")].find((user) => user["applicationid"] === clientId)?.["systemuserid"];
  return typeof found === "string" ? found : undefined;
};

/** A person by the first part of the sign-in name: ann@fabrikam.example → ann. */
export const personNamed = (organization: Organization, name: string): string | undefined => {
  const found = [...organization.store.all("systemuser")].find((user) => typeof user["domainname"] === "string" && user["domainname"].split("@")[0] === name.split("@")[0] && user["applicationid"] === null)?.["systemuserid"];
  return typeof found === "string" ? found : undefined;
};
