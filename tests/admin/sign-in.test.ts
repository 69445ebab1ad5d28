// Every way to sign in, against the sandbox's Entra ID: MSAL's own requests, answered as Entra ID answers them.
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { signIn, type SignInDeps } from "../../admin/src/entra/sign-in.ts";
import { EnvironmentFile, type SignInSettings } from "../../admin/src/configuration/environment-file.ts";
import { openNetwork, type Network } from "../../admin/src/network.ts";
import { authorityOf } from "../../admin/src/entra/clouds.ts";
import { relayClient } from "../sandbox/dataverse/start.ts";
import { openBench, PIPELINE, readText, type Bench } from "./bench.ts";

let bench: Bench;
let network: Network;
beforeAll(async () => { bench = await openBench(); network = openNetwork(readText(bench.caFile)); });
afterAll(async () => { await network.close(); await bench.close(); });

const settings = (more: Partial<SignInSettings>): SignInSettings => EnvironmentFile.parse({ dataverse: { url: bench.url }, signIn: { authority: `${bench.url}/${relayClient.tenantId}`, tenant: relayClient.tenantId, ...more } }).signIn;
const deps = (more: Partial<SignInDeps> = {}): SignInDeps => ({ network, say: () => undefined, openBrowser: async () => undefined, secrets: () => ({ read: async (reference) => (reference === "env:SECRET" ? PIPELINE.secret : "wrong") }), env: { ...process.env, PATH: `${join(bench.dir, "bin")}${delimiter}${process.env["PATH"] ?? ""}` }, ...more });
/** The name of the user whom Dataverse takes the token for. */
async function userOf(token: string): Promise<string> {
  const answer = await network.send({ method: "GET", url: `${bench.url}/api/data/v9.2/WhoAmI`, headers: { authorization: `Bearer ${token}` } });
  const userId = answer.kind === "answer" && answer.status === 200 ? String((JSON.parse(answer.text) as Record<string, unknown>)["UserId"]) : "";
  return String((await bench.rows("systemuser")).find((row) => row["systemuserid"] === userId)?.["firstname"]);
}
const scope = (): string => `${bench.url}/.default`;

describe("a person", () => {
  test("by browser: code with PKCE, back to a port of this machine", async () => {
    // The browser of somebody who is signed in already.
    const openBrowser = async (url: string): Promise<void> => {
      const address = new URL(url);
      expect(address.searchParams.get("code_challenge_method")).toBe("S256");
      address.searchParams.set("login_hint", "configurator@fabrikam.example");
      const answer = await network.send({ method: "GET", url: address.href });
      const page = answer.kind === "answer" ? answer.text : "";
      const form = /<form method="post" action="([^"]+)">/.exec(page)?.[1];
      const back = form ?? (answer.kind === "answer" ? answer.headers["location"] ?? "" : "");
      expect(back).toMatch(/^http:\/\/localhost:\d+/);
      const fields = new URLSearchParams([...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]));
      void (form === undefined ? fetch(back) : fetch(back, { method: "POST", body: fields }));
    };
    const tokens = signIn(settings({ way: "browser" }), deps({ openBrowser }));
    const first = await tokens(scope());
    expect(await userOf(first)).toBe("Farid");
    expect(await tokens(scope())).toBe(first);
  });

  test("by device code: the sentence is printed, the command waits", async () => {
    const say = (text: string): void => {
      const [, address = "", code = ""] = /open the page (\S+) and enter the code (\w+)/.exec(text) ?? [];
      void network.send({ method: "GET", url: `${address}?user_code=${code}&login_hint=sysadmin` });
    };
    expect(await userOf(await signIn(settings({ way: "device_code" }), deps({ say }))(scope()))).toBe("Grace");
  });
});

describe("an application", () => {
  test("by client secret", async () => {
    expect(await userOf(await signIn(settings({ way: "client_secret", clientId: PIPELINE.clientId, clientSecret: "env:SECRET" }), deps())(scope()))).toBe("Deployment");
  });

  test("a wrong secret ends with Entra ID's own sentence", async () => {
    await expect(signIn(settings({ way: "client_secret", clientId: PIPELINE.clientId, clientSecret: "env:OTHER" }), deps())(scope())).rejects.toMatchObject({ code: "sign_in_failed", title: expect.stringContaining("AADSTS7000215") });
  });

  test("by certificate: MSAL signs an assertion with the key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = async (pem: string, usage: KeyUsage[], format: "pkcs8" | "spki"): Promise<CryptoKey> => crypto.subtle.importKey(format, Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64"), { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, usage);
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({ name: "CN=pipeline", notBefore: new Date(Date.now() - 1_000), notAfter: new Date(Date.now() + 86_400_000), signingAlgorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, keys: { privateKey: await key(pem, ["sign"], "pkcs8"), publicKey: await key(publicKey.export({ type: "spki", format: "pem" }).toString(), ["verify"], "spki") } });
    const file = join(bench.dir, "pipeline.pem");
    writeFileSync(file, `${certificate.toString("pem")}\n${pem}`);
    await bench.sandbox("applications", { ...PIPELINE, certificate: certificate.toString("pem") });
    expect(await userOf(await signIn(settings({ way: "certificate", clientId: PIPELINE.clientId, certificateFile: file }), deps())(scope()))).toBe("Deployment");
  });

  test("by managed identity, as an Azure host gives it", async () => {
    const before = { ...process.env };
    Object.assign(process.env, { IDENTITY_ENDPOINT: `${bench.url}/msi/token`, IDENTITY_HEADER: "of the host" });
    try {
      expect(await userOf(await signIn(settings({ way: "managed_identity", clientId: PIPELINE.clientId }), deps())(scope()))).toBe("Deployment");
    } finally {
      process.env = before;
    }
  });
});

describe("a tool's own sign-in", () => {
  /** A program of that name, first in the path. */
  const tool = (name: string, script: string): void => { const bin = join(bench.dir, "bin"); mkdirSync(bin, { recursive: true }); writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`); chmodSync(join(bin, name), 0o755); };
  const jwt = (audience: string): string => `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify({ aud: audience })).toString("base64url")}.c2ln`;

  test("az gives a token for the environment", async () => {
    tool("az", `echo '{"accessToken":"token for '$4'"}'`);
    expect(await signIn(settings({ way: "az" }), deps())(scope())).toBe(`token for ${bench.url}`);
  });

  test("pac's token is taken only if it is for the environment", async () => {
    tool("pac", `echo ${jwt(bench.url)}`);
    expect(await signIn(settings({ way: "pac" }), deps())(scope())).toBe(jwt(bench.url));
    tool("pac", `echo ${jwt("https://api.powerplatform.com")}`);
    await expect(signIn(settings({ way: "pac" }), deps())(scope())).rejects.toMatchObject({ code: "sign_in_unavailable", title: expect.stringContaining("https://api.powerplatform.com") });
  });

  test("a tool that is not signed in says so", async () => {
    tool("az", "echo 'Please run az login to setup account.' >&2; exit 1");
    await expect(signIn(settings({ way: "az" }), deps())(scope())).rejects.toMatchObject({ code: "sign_in_unavailable", title: expect.stringContaining("az login") });
  });
});

test.each([["public", "https://login.microsoftonline.com/contoso"], ["us_government", "https://login.microsoftonline.us/contoso"], ["china", "https://login.partner.microsoftonline.cn/contoso"]] as const)("the %s cloud signs in at %s", (cloud, authority) => {
  expect(authorityOf(EnvironmentFile.parse({ dataverse: { url: "https://contoso.crm.dynamics.com" }, signIn: { cloud, tenant: "contoso" } }).signIn)).toBe(authority);
});
