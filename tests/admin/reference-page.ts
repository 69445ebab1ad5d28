// docs/reference/admin.md, written from the verbs, the failures and the general options. Run this file to write it again; a test compares.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FAILURES } from "../../admin/src/failures.ts";
import { RETIREMENTS } from "../../admin/src/plans/contract-clock.ts";
import { GENERAL_OPTIONS } from "../../admin/src/program.ts";
import { VERBS } from "../../admin/src/verbs.ts";

export const PAGE_FILE = join(import.meta.dirname, "../../docs/reference/admin.md");

const HEAD = `# The admin command

\`npm run admin -- VERB\`, or \`cybs-admin VERB\` where the package is installed. \`--help\` after any verb shows what stands here.

This page is written from \`admin/src\` by \`tests/admin/reference-page.ts\`.

- Results go to stdout, words and progress to stderr. With \`--json\` the result is one line of JSON: \`{"ok":true,"verb":…}\`, or \`{"ok":false,"code":…,"title":…,"remedy":…}\`.
- With \`--yes\`, or without a terminal, nobody is asked; a question without an answer stops the command and names the option that answers it.
- Exit codes: 0 done, 1 stopped, 2 command line not understood, 3 waiting for somebody else (a request to forward was printed).
- Every verb looks before it acts. After any interruption, run the same command again.

## General options

| option | meaning |
|---|---|
`;

const ENVIRONMENT = `
## The environment file

One file per environment, without secrets; \`setup\` writes it, git may hold it.

\`\`\`json
{
  "dataverse": { "url": "https://contoso-test.crm.dynamics.com", "organizationId": "…", "environmentType": "sandbox" },
  "signIn": { "way": "browser", "cloud": "public", "tenant": "contoso.onmicrosoft.com" },
  "relay": { "url": "https://payments-test.contoso.com", "applicationId": "…", "webhookKey": "env:WEBHOOK_KEY", "operationsKey": "env:OPERATIONS_KEY" },
  "cybersource": { "host": "apitest.cybersource.com" },
  "merchants": [{ "merchantId": "contoso_usd", "environment": "test", "businessUnit": "Contoso", "currency": "USD", "authentication": "jwt", "keyId": "…", "sharedSecret": "keyvault:https://contoso.vault.azure.net/secrets/contoso-usd", "keyCreatedOn": "2026-11-01", "abilities": [] }],
  "embeddingOrigins": ["https://teams.microsoft.com"]
}
\`\`\`

A secret is a reference: \`env:NAME\`, \`file:/path\` or \`keyvault:https://VAULT/secrets/NAME\` (read with the same sign-in).

## Signing in

| way | needs |
|---|---|
| \`browser\` (default) | a browser on this machine; authorization code with PKCE, back to a port of this machine |
| \`az\` | a signed-in Azure CLI |
| \`pac\` | a signed-in Power Platform CLI of a version that can give a token for the environment; others are refused with a sentence |
| \`certificate\` | \`signIn.clientId\`, \`tenant\`, \`certificateFile\` (PEM, with its key or \`privateKey\`) |
| \`managed_identity\` | an Azure host; \`clientId\` for a user-assigned one |
| \`client_secret\` | \`signIn.clientId\`, \`tenant\`, \`clientSecret\` (a reference) |
| \`device_code\` | last: many tenants block it |

\`signIn.cloud\` is \`public\` (GCC too), \`us_government\`, \`us_department_of_defense\` or \`china\`. Without \`clientId\` the command uses the application that Microsoft publishes for
development against Dataverse; where your tenant does not allow it, register one (public client, redirect \`http://localhost\`) and name it.

Verbs that change customizations need *System Customizer*, \`import\` and \`uninstall\` *System Administrator*.
`;

const row = (...cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;

export function renderReference(): string {
  const verbs = VERBS.map((verb) => {
    const { argument } = verb;
    const given = [...(argument === undefined ? [] : [row(`\`${argument.isRequired ? `<${argument.name}>` : `[${argument.name}]`}\``, argument.about)]), ...verb.options.map((option) => row(`\`${option.flags}\``, `${option.about}${typeof option.fallback === "string" ? ` Default: \`${option.fallback}\`.` : ""}`))].join("");
    return `## ${verb.name}\n\n${verb.summary}\n${given === "" ? "" : `\n| option | meaning |\n|---|---|\n${given}`}`;
  }).join("\n");
  const failures = Object.entries(FAILURES).map(([code, { title, remedy }]) => row(`\`${code}\``, title, remedy)).join("");
  const clock = RETIREMENTS.map((one) => row(one.what, one.endsOn, one.source, one.fix)).join("");
  return `${HEAD}${GENERAL_OPTIONS.map(({ flags, about }) => row(`\`${flags}\``, about)).join("")}\n${verbs}${ENVIRONMENT}\n## What stops it\n\nCodes never change their meaning.\n\n| code | what is wrong | what to do |\n|---|---|---|\n${failures}\n## The contract clock\n\nWhat \`doctor\` warns of, half a year before.\n\n| what | ends on | source | what to do |\n|---|---|---|---|\n${clock}`;
}

if (import.meta.main) writeFileSync(PAGE_FILE, renderReference());
