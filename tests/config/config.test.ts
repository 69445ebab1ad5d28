// The relay's configuration: what is read, what is refused, and that nothing secret is ever printed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, test } from "@jest/globals";
import { ConfigError, loadConfig, type Config } from "../../plugin-proxy/src/config.ts";
import { PAGE_FILE, settingsPage } from "./settings-page.ts";

const folder = mkdtempSync(join(tmpdir(), "cybs-config-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
let files = 0;
const fileOf = (text: string): string => { const file = join(folder, `file-${files++}`); writeFileSync(file, text); return file; };

const merchant = { merchantId: "contoso_usd", environment: "test", keyId: "key-1", sharedSecret: "a-shared-secret" };
const organization = { organizationId: "0AAAAAAA-0000-4000-8000-0000000000AA", url: "https://contoso.crm.dynamics.com/", environmentType: "sandbox", merchants: [merchant] };
const bindings = (...organizations: readonly unknown[]): string => fileOf(JSON.stringify(organizations));
const base = {
  PUBLIC_URL: "https://pay.contoso.com", BINDINGS_FILE: bindings(organization), DATAVERSE_TOKEN_URL: "https://login.example/t/oauth2/v2.0/token", DATAVERSE_CLIENT_ID: "client",
  DATAVERSE_CLIENT_SECRET: "top-secret-client", WEBHOOK_KEY: "top-secret-webhook-key", DERIVATION_KEY: "top-secret-derivation-key", TOKEN_ENCRYPTION_KEY: "top-secret-encryption-key",
};
function mistakesOf(env: Record<string, string | undefined>): string {
  try { loadConfig({ ...base, ...env }); } catch (error) { if (error instanceof ConfigError) return error.message; throw error; }
  return "";
}

describe("a good configuration", () => {
  test("is read with defaults, ids in lower case, and cannot be changed", () => {
    const config = loadConfig(base);
    expect(config).toMatchObject({ port: 8080, publicOrigin: "https://pay.contoso.com", roles: ["web", "worker"], ledger: { directory: "./ledger" }, leaseMs: 15_000, recovery: { signatureLifeMs: 120_000, lagMs: 900_000 } });
    expect(config.organizations[0]).toMatchObject({ organizationId: organization.organizationId.toLowerCase(), formOrigins: ["https://contoso.crm.dynamics.com"] });
    expect([config, config.recovery, config.organizations, config.organizations[0]?.merchants[0]].every((part) => Object.isFrozen(part))).toBe(true);
  });

  test("secrets come by value, from a variable or from a file", () => {
    const env = { ...base, WEBHOOK_KEY: "env:MY_WEBHOOK_KEY", MY_WEBHOOK_KEY: "webhook-key-from-elsewhere", DERIVATION_KEY: `file:${fileOf("derivation-key-in-a-file\n")}`, BINDINGS_FILE: bindings({ ...organization, merchants: [{ ...merchant, sharedSecret: "env:SHARED" }] }), SHARED: "shared-from-elsewhere" };
    const config = loadConfig(env);
    expect([config.keys.webhook.reveal(), config.keys.derivation.reveal(), config.organizations[0]?.merchants[0]?.keys.reveal().sharedSecret]).toEqual([["webhook-key-from-elsewhere"], "derivation-key-in-a-file", "shared-from-elsewhere"]);
  });

  test("prints no secret, however it is printed", () => {
    const config: Config = loadConfig(base);
    const printed = [JSON.stringify(config), inspect(config, { depth: 10 }), `${config.keys.webhook}`, String(config.dataverse.clientSecret)].join("\n");
    expect(printed).not.toMatch(/top-secret|a-shared-secret/);
    expect(printed).toContain("[secret]");
  });

  test.each([
    ["PostgreSQL instead of a folder", { DATABASE_URL: "postgresql://relay@db/relay" }, { ledger: { databaseUrl: "postgresql://relay@db/relay" } }],
    ["an empty setting is not given", { DATABASE_URL: "", PORT: "" }, { ledger: { directory: "./ledger" }, port: 8080 }],
    ["plain http on localhost of a sandbox", { PUBLIC_URL: "http://localhost:7071" }, { publicOrigin: "http://localhost:7071" }],
    ["lists are cut at commas", { EMBEDDING_ORIGINS: "https://teams.microsoft.com, https://outlook.office.com" }, { embeddingOrigins: ["https://teams.microsoft.com", "https://outlook.office.com"] }],
  ])("%s", (_what, env, expected) => { expect(loadConfig({ ...base, ...env })).toMatchObject(expected); });
});

describe("a mistake is named in a sentence", () => {
  const production = { ...organization, environmentType: "production" };
  const live = { ...merchant, environment: "production" };
  const cases: readonly (readonly [string, Record<string, string | undefined>, RegExp])[] = [
    ["a required setting is missing", { DERIVATION_KEY: undefined }, /DERIVATION_KEY: is missing\./],
    ["a key can be guessed", { WEBHOOK_KEY: "short" }, /WEBHOOK_KEY: is shorter than 16 characters\./],
    ["a reference names no variable", { WEBHOOK_KEY: "env:NOT_THERE" }, /WEBHOOK_KEY: its reference names something that is empty or not set\./],
    ["a reference names no file", { WEBHOOK_KEY: "file:/not/there" }, /WEBHOOK_KEY: its file cannot be read\./],
    ["a port is no number", { PORT: "eighty" }, /PORT: /],
    ["a port is too high", { PORT: "70000" }, /PORT: /],
    ["a signature would live too long", { SIGNATURE_LIFE_MS: "120001" }, /SIGNATURE_LIFE_MS: /],
    ["a role is unknown", { ROLE: "web,cook" }, /ROLE: use web, worker or web,worker\./],
    ["a public address is plain http", { PUBLIC_URL: "http://pay.contoso.com" }, /PUBLIC_URL: must be https/],
    ["a public address is no address", { PUBLIC_URL: "pay.contoso.com" }, /PUBLIC_URL: /],
    ["localhost serves production", { PUBLIC_URL: "http://localhost:7071", BINDINGS_FILE: bindings({ ...production, merchants: [live] }), CYBERSOURCE_HOST: "api.cybersource.com" }, /PUBLIC_URL: must be https/],
    ["live credentials for a sandbox", { BINDINGS_FILE: bindings({ ...organization, merchants: [live] }) }, /is sandbox, its merchant contoso_usd is for production/],
    ["test credentials for production", { BINDINGS_FILE: bindings(production), CYBERSOURCE_HOST: "api.cybersource.com" }, /is production, its merchant contoso_usd is for test/],
    ["production on the test host", { BINDINGS_FILE: bindings({ ...production, merchants: [live] }) }, /CYBERSOURCE_HOST: a production organization cannot use the test host\./],
    ["a sandbox on the live host", { CYBERSOURCE_HOST: "api.cybersource.com" }, /CYBERSOURCE_HOST: sandbox organizations cannot use the live host\./],
    ["a host with a scheme", { CYBERSOURCE_HOST: "https://api.cybersource.com" }, /CYBERSOURCE_HOST: must be a host name/],
    ["an origin with a path", { EMBEDDING_ORIGINS: "https://teams.microsoft.com/x" }, /EMBEDDING_ORIGINS: must be origins/],
    ["a database of another kind", { DATABASE_URL: "mysql://db" }, /DATABASE_URL: must start with postgresql/],
    ["a certificate that is not there", { CA_FILE: "/not/there.pem" }, /CA_FILE: the file \/not\/there\.pem cannot be read\./],
    ["no bindings file", { BINDINGS_FILE: "/not/there.json" }, /BINDINGS_FILE: the file \/not\/there\.json cannot be read\./],
    ["bindings that are no JSON", { BINDINGS_FILE: fileOf("{") }, /BINDINGS_FILE: the file is not JSON\./],
    ["bindings of nobody", { BINDINGS_FILE: bindings() }, /BINDINGS_FILE /],
    ["an organization without merchants", { BINDINGS_FILE: bindings({ ...organization, merchants: [] }) }, /BINDINGS_FILE 0\.merchants: /],
    ["an organization twice", { BINDINGS_FILE: bindings(organization, organization) }, /organization 0aaaaaaa-0000-4000-8000-0000000000aa is named twice\./],
    ["an unknown member", { BINDINGS_FILE: bindings({ ...organization, pasword: "x" }) }, /BINDINGS_FILE 0: .*pasword/],
    ["a webhook key that is no key", { BINDINGS_FILE: bindings({ ...organization, webhookKeys: [{ keyId: "w-1", key: "not base64!" }] }) }, /the webhook key w-1 is not base64/],
    ["a webhook's private key that is none", { BINDINGS_FILE: bindings({ ...organization, webhookDecryptionKeys: [{ privateKey: "no pem" }] }) }, /webhookDecryptionKeys 0 is not a private key in PEM form/],
    ["a webhook key that is not there", { BINDINGS_FILE: bindings({ ...organization, webhookKeys: [{ keyId: "w-1", key: "env:NOT_THERE" }] }) }, /webhook keys of organization .*: its reference/],
    ["a merchant's empty secret", { BINDINGS_FILE: bindings({ ...organization, merchants: [{ ...merchant, sharedSecret: "env:NOT_THERE" }] }) }, /sharedSecret of merchant contoso_usd: its reference/],
  ];
  test.each(cases)("%s", (_what, env, sentence) => { expect(mistakesOf(env)).toMatch(sentence); });

  test("all of them at once, none quoting a value", () => {
    const message = mistakesOf({ DERIVATION_KEY: undefined, WEBHOOK_KEY: "tiny-secret", PORT: "secret-port", PUBLIC_URL: "secret-url", BINDINGS_FILE: fileOf("{") });
    for (const name of ["DERIVATION_KEY", "WEBHOOK_KEY", "PORT", "PUBLIC_URL", "BINDINGS_FILE"]) expect(message).toContain(`${name}: `);
    expect(message).toContain("5 mistake(s)");
    expect(message).not.toMatch(/tiny-secret|secret-port|secret-url/);
  });
});

test("the page of settings says what the schema says", () => {
  expect(readFileSync(PAGE_FILE, "utf8")).toBe(settingsPage());
});
