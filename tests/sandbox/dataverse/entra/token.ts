// POST /{tenant}/oauth2/v2.0/token: an application by secret or signed assertion, a person by code with verifier, device code or refresh token.
import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { json } from "../../kit/control.ts";
import type { Reply } from "../../kit/faults.ts";
import type { Organization } from "../organization.ts";
import { relayClient } from "../seed.ts";
import { asText } from "../store/rows.ts";
import { applicationUser, registryOf, type Begun } from "./registry.ts";

const LIFE_S = 3_599;
export const refuse = (status: number, error: string, description: string): Reply => json(status, { error, error_description: `${description} Trace ID: 00000000-0000-0000-0000-000000000000`, error_codes: [Number(/AADSTS(\d+)/.exec(description)?.[1] ?? 0)] });

export function issueToken(organization: Organization, form: URLSearchParams): Reply {
  const clientId = form.get("client_id") ?? "";
  switch (form.get("grant_type")) {
    case "client_credentials": return asApplication(organization, form, clientId);
    case "authorization_code": return byCode(organization, form);
    case "urn:ietf:params:oauth:grant-type:device_code": case "device_code": return byDevice(organization, form);
    case "refresh_token": { const begun = registryOf(organization).refreshTokens.get(form.get("refresh_token") ?? ""); return begun === undefined ? refuse(400, "invalid_grant", "AADSTS70000: The provided refresh token is invalid.") : personal(organization, begun); }
    case "managed_identity": return grant(organization, applicationUser(organization, clientId), {});
    default: return refuse(400, "unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.");
  }
}

function asApplication(organization: Organization, form: URLSearchParams, clientId: string): Reply {
  const application = registryOf(organization).applications.get(clientId);
  const assertion = form.get("client_assertion");
  if (application === undefined) return refuse(401, "invalid_client", "AADSTS700016: Application was not found in the directory.");
  if (assertion !== null && !isSignedBy(organization, application, assertion)) return refuse(401, "invalid_client", "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.");
  if (assertion === null && (application.secret === undefined || form.get("client_secret") !== application.secret)) return refuse(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
  // Entra ID gives the token to any application of the tenant; whether it is a user of the organization is Dataverse's question.
  return grant(organization, applicationUser(organization, clientId), {});
}

/** RFC 7523: signed with the registered certificate's key, for this token endpoint, not out of date. */
function isSignedBy(organization: Organization, application: { readonly clientId: string; readonly certificate?: string }, assertion: string): boolean {
  const [head = "", claims = "", signature = ""] = assertion.split(".");
  if (application.certificate === undefined) return false;
  const header = JSON.parse(Buffer.from(head, "base64url").toString()) as { alg?: string };
  const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as { aud?: string; iss?: string; exp?: number };
  const key = createPublicKey(new X509Certificate(application.certificate).publicKey.export({ type: "spki", format: "pem" }));
  const options = header.alg?.startsWith("PS") === true ? { key, padding: 6, saltLength: 32 } : { key };
  return said.iss === application.clientId && (said.exp ?? 0) * 1000 > organization.clock.wire() && said.aud === `${organization.baseUrl}/${relayClient.tenantId}/oauth2/v2.0/token` && verify("sha256", Buffer.from(`${head}.${claims}`), options, Buffer.from(signature, "base64url"));
}

function byCode(organization: Organization, form: URLSearchParams): Reply {
  const { codes } = registryOf(organization);
  const code = form.get("code") ?? "";
  const begun = codes.get(code);
  codes.delete(code);
  if (begun === undefined || begun.expiresAt < organization.clock.wire()) return refuse(400, "invalid_grant", "AADSTS70008: The provided authorization code or refresh token has expired due to inactivity.");
  if (begun.redirectUri !== form.get("redirect_uri")) return refuse(400, "invalid_grant", "AADSTS500112: The reply address does not match the reply address provided when requesting the authorization code.");
  if (createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url") !== begun.challenge) return refuse(400, "invalid_grant", "AADSTS50148: The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.");
  return personal(organization, begun);
}

function byDevice(organization: Organization, form: URLSearchParams): Reply {
  const begun = registryOf(organization).devices.get(form.get("device_code") ?? "");
  if (begun === undefined || begun.expiresAt < organization.clock.wire()) return refuse(400, "expired_token", "AADSTS70019: Verification code expired.");
  return begun.userId === undefined ? refuse(400, "authorization_pending", "AADSTS70016: Pending end-user authorization.") : personal(organization, begun);
}

function personal(organization: Organization, begun: Begun): Reply {
  const refresh = organization.random.hex(60);
  registryOf(organization).refreshTokens.set(refresh, begun);
  const user = organization.store.get("systemuser", begun.userId ?? "") ?? {};
  const oid = asText(user["azureactivedirectoryobjectid"]);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(organization.clock.wire() / 1000);
  const idToken = `${encode({ alg: "RS256", typ: "JWT", kid: "sandbox" })}.${encode({ aud: begun.clientId, iss: `${organization.baseUrl}/${relayClient.tenantId}/v2.0`, iat: now, nbf: now, exp: now + LIFE_S, oid, sub: oid, tid: relayClient.tenantId, name: user["fullname"], preferred_username: user["domainname"], ver: "2.0" })}.${encode("sandbox")}`;
  return grant(organization, begun.userId, { scope: begun.scope, refresh_token: refresh, id_token: idToken, client_info: encode({ uid: oid, utid: relayClient.tenantId }) });
}

function grant(organization: Organization, userId: string | undefined, more: Readonly<Record<string, unknown>>): Reply {
  const token = `${organization.random.hex(40)}.${organization.random.hex(40)}`;
  // A token of nobody's: Dataverse answers 401 to it.
  if (userId !== undefined) organization.tokens.set(token, { userId, expiresAt: organization.clock.wire() + LIFE_S * 1000 });
  return json(200, { token_type: "Bearer", expires_in: LIFE_S, ext_expires_in: LIFE_S, access_token: token, ...more });
}
