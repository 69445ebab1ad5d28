// Secrets are exchanged while the relay runs; everything else needs a restart, and a configuration that cannot be read changes nothing.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { loadConfig } from "../../plugin-proxy/src/config.ts";
import { createLiveConfig, type LiveConfig } from "../../plugin-proxy/src/live-config.ts";

const folder = mkdtempSync(join(tmpdir(), "cybs-live-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const write = (name: string, text: string): string => { const file = join(folder, name); writeFileSync(file, text); return file; };

const merchant = (more: Record<string, string> = {}) => ({ merchantId: "contoso_usd", environment: "test", keyId: "key-1", sharedSecret: `file:${join(folder, "shared")}`, ...more });
const bindings = (merchants: readonly unknown[], more: Record<string, unknown> = {}): string => write("bindings", JSON.stringify([{ organizationId: "0aaaaaaa-0000-4000-8000-0000000000aa", url: "https://contoso.crm.dynamics.com/", environmentType: "sandbox", merchants, ...more }]));
let env: Record<string, string>;
let live: LiveConfig;
let told: string[];

beforeEach(() => {
  write("shared", "first-secret");
  write("webhook", "first-webhook-key");
  env = {
    PUBLIC_URL: "https://pay.contoso.com", BINDINGS_FILE: bindings([merchant()]), DATAVERSE_TOKEN_URL: "https://login.example/t/oauth2/v2.0/token", DATAVERSE_CLIENT_ID: "client",
    DATAVERSE_CLIENT_SECRET: "client-secret", WEBHOOK_KEY: `file:${join(folder, "webhook")}`, DERIVATION_KEY: "derivation-key-of-test", TOKEN_ENCRYPTION_KEY: "encryption-key-of-test",
  };
  told = [];
  live = createLiveConfig(loadConfig(env), () => loadConfig(env), (outcome, why) => { told.push(outcome); expect(why).not.toMatch(/first-|second-/); });
});
afterEach(() => { live.stop(); });
const shared = (): string | undefined => live.current().organizations[0]?.merchants[0]?.keys.reveal().sharedSecret;

describe("what is exchanged without a restart", () => {
  test("a merchant's secret", () => {
    write("shared", "second-secret");
    expect(shared()).toBe("first-secret");
    expect(live.reload()).toBe("renewed");
    expect(shared()).toBe("second-secret");
    expect(told).toEqual([]);
  });

  test("the webhook key, with the one before still taken", () => {
    write("webhook", "second-webhook-key");
    env = { ...env, WEBHOOK_KEY_PREVIOUS: "first-webhook-key" };
    expect(live.reload()).toBe("renewed");
    expect(live.current().keys.webhook.reveal()).toEqual(["second-webhook-key", "first-webhook-key"]);
  });

  test("the keys of Cybersource's notifications: one beside the other, then alone", () => {
    const key = (id: string) => ({ keyId: id, key: Buffer.from(`webhook key ${id} of thirty-two bytes`).toString("base64") });
    const ids = (): readonly string[] => live.current().organizations[0]?.webhooks.reveal().signing.map(({ keyId }) => keyId) ?? [];
    for (const wanted of [["one"], ["one", "two"], ["two"], []]) {
      bindings([merchant()], { webhookKeys: wanted.map(key) });
      expect(live.reload()).toBe("renewed");
      expect(ids()).toEqual(wanted);
    }
    expect(told).toEqual([]);
  });

  test("by a hang-up signal, too", () => {
    write("shared", "second-secret");
    process.emit("SIGHUP");
    expect(shared()).toBe("second-secret");
  });
});

describe("what keeps the old ones, and is told", () => {
  test.each([
    ["a secret that is gone", () => { rmSync(join(folder, "shared")); }, "not_readable"],
    ["a key too short", () => { write("webhook", "tiny"); }, "not_readable"],
    ["another derivation key, which names what was sent", () => { env = { ...env, DERIVATION_KEY: "another-derivation-key" }; }, "restart_needed"],
    ["another merchant account", () => { bindings([merchant({ merchantId: "contoso_eur" })]); }, "restart_needed"],
    ["another address", () => { env = { ...env, PUBLIC_URL: "https://other.contoso.com" }; }, "restart_needed"],
  ])("%s", (_what, change, outcome) => {
    change();
    expect(live.reload()).toBe(outcome);
    expect(told).toEqual([outcome]);
    expect(shared()).toBe("first-secret");
    expect(live.current().keys.webhook.reveal()).toEqual(["first-webhook-key"]);
  });
});
