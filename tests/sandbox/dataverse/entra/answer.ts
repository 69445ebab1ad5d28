// Microsoft Entra ID of the sandbox's tenant: discovery, authorize with PKCE, device code, tokens. Errors carry Entra ID's own numbers.
// Source: learn.microsoft.com/entra/identity-platform (v2-protocols-oidc, v2-oauth2-auth-code-flow, v2-oauth2-device-code, reference-error-codes)
import { json } from "../../kit/control.ts";
import type { Call, Reply } from "../../kit/faults.ts";
import type { Organization } from "../organization.ts";
import { relayClient } from "../seed.ts";
import { asText } from "../store/rows.ts";
import { personNamed, registryOf } from "./registry.ts";
import { issueToken, refuse } from "./token.ts";

export const isEntra = (url: string): boolean => /^\/[^/]+\/(oauth2\/|v2\.0\/\.well-known\/)/.test(url) || url.startsWith("/msi/token");

export function answerEntra(organization: Organization, call: Call): Reply {
  const url = new URL(call.url, organization.baseUrl);
  if (url.pathname === "/msi/token") return managedIdentity(organization, call);
  const [, tenant, ...rest] = url.pathname.split("/");
  if (tenant !== relayClient.tenantId && tenant !== "organizations") return refuse(400, "invalid_request", "AADSTS90002: Tenant not found. Check to make sure you have the correct tenant ID.");
  const form = new URLSearchParams(call.body.toString("utf8"));
  switch (`${call.method} ${rest.join("/")}`) {
    case "GET v2.0/.well-known/openid-configuration": return discovery(organization);
    case "GET oauth2/v2.0/authorize": return authorize(organization, url.searchParams);
    case "POST oauth2/v2.0/token": return issueToken(organization, form);
    case "POST oauth2/v2.0/devicecode": return beginDevice(organization, form);
    case "GET oauth2/deviceauth": return approveDevice(organization, url.searchParams);
    default: return json(404, { error: "invalid_request" });
  }
}

const issuerOf = (organization: Organization): string => `${organization.baseUrl}/${relayClient.tenantId}`;

function discovery(organization: Organization): Reply {
  const issuer = issuerOf(organization);
  return json(200, {
    token_endpoint: `${issuer}/oauth2/v2.0/token`, token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"], jwks_uri: `${issuer}/discovery/v2.0/keys`, response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"], id_token_signing_alg_values_supported: ["RS256"], response_types_supported: ["code", "id_token"], scopes_supported: ["openid", "profile", "email", "offline_access"], issuer: `${issuer}/v2.0`,
    authorization_endpoint: `${issuer}/oauth2/v2.0/authorize`, device_authorization_endpoint: `${issuer}/oauth2/v2.0/devicecode`, end_session_endpoint: `${issuer}/oauth2/v2.0/logout`, tenant_region_scope: "NA", cloud_instance_name: "microsoftonline.com",
  });
}

const page = (status: number, body: string): Reply => ({ status, headers: { "content-type": "text/html; charset=utf-8" }, body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title><body style="font-family:system-ui;margin:3rem">${body}</body></html>` });
const escaped = (text: string): string => text.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`);

/** A page on which one picks a user; login_hint picks at once, as a browser that is signed in already. */
function authorize(organization: Organization, query: URLSearchParams): Reply {
  const redirectUri = query.get("redirect_uri") ?? "";
  const clientId = query.get("client_id") ?? "";
  if (!registryOf(organization).applications.has(clientId)) return page(400, "AADSTS700016: Application was not found in the directory.");
  // A public client may come back to any port of this machine (RFC 8252 §7.3).
  if (!/^http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/.*)?$/.test(redirectUri)) return page(400, "AADSTS50011: The redirect URI specified in the request does not match the redirect URIs configured for the application.");
  if (query.get("response_type") !== "code" || query.get("code_challenge_method") !== "S256" || (query.get("code_challenge") ?? "") === "") return page(400, "AADSTS9002325: Proof Key for Code Exchange is required for cross-origin authorization code redemption.");
  const hint = query.get("login_hint");
  if (hint === null) {
    const users = [...organization.store.all("systemuser")].filter((user) => typeof user["domainname"] === "string" && user["applicationid"] === null);
    return page(200, `<h1>Pick an account</h1><ul>${users.map((user) => { const next = new URLSearchParams(query); next.set("login_hint", asText(user["domainname"])); return `<li><a href="?${escaped(next.toString())}">${escaped(asText(user["fullname"]))}</a></li>`; }).join("")}</ul>`);
  }
  const userId = personNamed(organization, hint);
  if (userId === undefined) return page(400, "AADSTS50034: The user account does not exist in the directory.");
  const code = organization.random.hex(32);
  registryOf(organization).codes.set(code, { clientId, scope: query.get("scope") ?? "", challenge: query.get("code_challenge") ?? "", redirectUri, userId, expiresAt: organization.clock.wire() + 600_000 });
  const answer = new URLSearchParams({ code, state: query.get("state") ?? "", session_state: organization.random.uuid() });
  if (query.get("response_mode") === "form_post") return page(200, `<form method="post" action="${escaped(redirectUri)}">${[...answer].map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`).join("")}</form><script>document.forms[0].submit()</script>`);
  return { status: 302, headers: { location: `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${answer.toString()}` } };
}

function beginDevice(organization: Organization, form: URLSearchParams): Reply {
  const clientId = form.get("client_id") ?? "";
  const registry = registryOf(organization);
  if (!registry.applications.has(clientId)) return refuse(400, "unauthorized_client", "AADSTS700016: Application was not found in the directory.");
  const deviceCode = organization.random.hex(40);
  const userCode = organization.random.hex(9).toUpperCase();
  registry.devices.set(deviceCode, { clientId, scope: form.get("scope") ?? "", userCode, expiresAt: organization.clock.wire() + 900_000 });
  const uri = `${issuerOf(organization)}/oauth2/deviceauth`;
  return json(200, { user_code: userCode, device_code: deviceCode, verification_uri: uri, expires_in: 900, interval: 1, message: `To sign in, use a web browser to open the page ${uri} and enter the code ${userCode} to authenticate.` });
}

function approveDevice(organization: Organization, query: URLSearchParams): Reply {
  const found = [...registryOf(organization).devices.values()].find((one) => one.userCode === query.get("user_code"));
  const userId = personNamed(organization, query.get("login_hint") ?? "");
  if (found === undefined || userId === undefined) return page(400, "That code did not work. Check the code and try again.");
  found.userId = userId;
  return page(200, "You have signed in on your device. You may now close this window.");
}

/** The endpoint that an Azure host gives its programs (App Service's form): no secret but the header, a token for the host's own identity. */
function managedIdentity(organization: Organization, call: Call): Reply {
  const clientId = new URL(call.url, organization.baseUrl).searchParams.get("client_id") ?? relayClient.clientId;
  if (call.headers["x-identity-header"] === undefined) return json(401, { message: "X-IDENTITY-HEADER is missing" });
  const answer = issueToken(organization, new URLSearchParams({ grant_type: "managed_identity", client_id: clientId }));
  const body = JSON.parse(String(answer.body)) as Record<string, unknown>;
  return answer.status === 200 ? json(200, { access_token: body["access_token"], expires_on: String(Math.floor(organization.clock.wire() / 1000) + 3_599), resource: organization.baseUrl, token_type: "Bearer", client_id: clientId }) : answer;
}
