// docs/reference/settings.md, written from the schema. Run this file to write it again; a test compares.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { SECRET_NAMES, Settings } from "../../plugin-proxy/src/settings.ts";

export const PAGE_FILE = join(import.meta.dirname, "../../docs/reference/settings.md");

interface Property { readonly description?: string; readonly default?: string | number; readonly enum?: readonly string[] }

const HEAD = `# Settings of the relay

The relay reads its settings from environment variables at start. Every mistake is named at once, and then it does not start. Secrets are read again every minute and on
SIGHUP, so that a file behind a reference can be exchanged without a restart; all else, and \`DERIVATION_KEY\`, needs one.
Settings marked *secret* may be given as they are, as \`env:NAME\` (another variable) or as \`file:/path\` (a file, for example of a mounted vault).

This page is written from \`plugin-proxy/src/settings.ts\` by \`tests/config/settings-page.ts\`.

| setting | default | meaning |
|---|---|---|
`;

const TAIL = `
## BINDINGS_FILE

\`\`\`json
[{
  "organizationId": "00000000-0000-0000-0000-000000000000",
  "url": "https://contoso.crm.dynamics.com",
  "environmentType": "sandbox",
  "formOrigins": ["https://contoso.crm.dynamics.com"],
  "merchants": [{ "merchantId": "contoso_usd", "environment": "test", "authentication": "jwt", "keyId": "…", "sharedSecret": "file:/run/secrets/contoso_usd" }],
  "webhookKeys": [{ "keyId": "…", "key": "file:/run/secrets/webhook_key" }],
  "webhookDecryptionKeys": [{ "keyId": "…", "privateKey": "file:/run/secrets/webhook_private_key.pem" }]
}]
\`\`\`

\`environmentType\` is \`sandbox\` or \`production\`; an organization's merchants are for \`test\` or \`production\` accordingly, never the other. \`formOrigins\` are the origins that show
the organization's forms (default: the origin of \`url\`).

\`webhookKeys\` are the shared secrets (base64) that Cybersource signs its notifications with, \`webhookDecryptionKeys\` the private keys (PEM) of the certificates that it encrypts them for. Each may be a reference, several
are valid at once: add the new key, make Cybersource use it, then take the old one out. All keys in this file are exchanged without a restart; organizations and merchant accounts are not.

| of a merchant | meaning |
|---|---|
| \`authentication\` | \`jwt\` (default: shared secret), \`jwt_certificate\` (key of a P12 file) or \`http_signature\` (legacy, retired by Cybersource in March 2027) |
| \`keyId\`, \`sharedSecret\` | as the Business Center shows them; \`sharedSecret\` may be a reference like every secret |
| \`p12File\`, \`p12Password\` | the P12 file and its password (a reference, too); the key id is read from the certificate |
| \`portfolioId\` | the portfolio that owns the key, when it is a meta key |
| \`messageEncryption\` | \`off\` (default), \`request\` or \`request_and_response\`; with JWT only |
| \`encryptionCertificateFile\` | Cybersource's certificate in PEM form (default: the one in the P12 file) |
| \`responseKeyId\`, \`responseKey\` | your own key (PEM, a reference) that answers are encrypted for |
`;

export function settingsPage(): string {
  const { properties = {}, required = [] } = z.toJSONSchema(Settings, { io: "input", unrepresentable: "any" }) as { properties?: Record<string, Property>; required?: readonly string[] };
  const rows = Object.entries(properties).map(([name, property]) => {
    const fallback = required.includes(name) ? "**required**" : property.default === undefined || property.default === "" ? "" : `\`${String(property.default)}\``;
    const choices = property.enum === undefined ? "" : ` One of: ${property.enum.map((word) => `\`${word}\``).join(", ")}.`;
    const note = (SECRET_NAMES as readonly string[]).includes(name) ? " *Secret.*" : "";
    return `| \`${name}\` | ${fallback} | ${property.description ?? ""}${choices}${note} |`;
  });
  return `${HEAD}${rows.join("\n")}\n${TAIL}`;
}

if (import.meta.main) writeFileSync(PAGE_FILE, settingsPage());
