// What an admin's afternoon needs: organizations that have nothing of the product yet, one Cybersource, the admin command as a process of its own
// as people start it, the relay on the bindings that setup wrote, and the form host over an organization.
import { spawn } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCybersource } from "../sandbox/cybersource/start.ts";
import { relayClient, startDataverse } from "../sandbox/dataverse/start.ts";
import { startHost, type HostSandbox } from "../sandbox/host/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import { startRelayProcess, type RelayProcess } from "../sandbox/relay-process.ts";
import { createWebApi, type WebApi } from "../sandbox/web-api.ts";

type Row = Readonly<Record<string, unknown>>;
export interface Said { readonly code: number; readonly json: Row; readonly err: string }
export interface Place {
  readonly url: string;
  readonly organizationId: string;
  readonly folder: string;
  /** One command line, as a pipeline gives it. */
  admin(...args: readonly string[]): Promise<Said>;
  as(user: string): WebApi;
  rows(table: string): Promise<readonly Row[]>;
  host(): Promise<HostSandbox>;
}
export interface AdminStage {
  readonly relayUrl: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly merchant: string;
  /** An organization; `copyOf`: with everything that another one holds, as Power Platform copies it. */
  organization(name: string, options?: { readonly copyOf?: Place; readonly id?: string }): Promise<Place>;
  startRelay(of: Place): Promise<RelayProcess>;
  cybersource(path: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "../..");
const PIPELINE = { clientId: "c0000000-0000-4000-8000-0000000000aa", secret: "of the pipeline, in the sandbox only" };
export const RELAY_APPLICATION = { clientId: "c0000000-0000-4000-8000-0000000000bb", secret: "of the relay, in the sandbox only" };
const USERS = { salesrep: "Ann Weiler", sysadmin: "Grace Ito" } as const;
const QUICK = { SWEEP_IDLE_MS: "1000", SWEEP_WAITING_MS: "1000", SWEEP_AFTER_SESSION_MS: "1000", LOG_LEVEL: process.env["STAGE_LOG"] ?? "silent" };

export const managedZip = (): Buffer => readFileSync(join(root, globSync("solution/dist/CybersourcePayments_*_managed.zip", { cwd: root })[0] ?? ""));
const freePort = (): Promise<number> => new Promise((resolve, reject) => { const server = net.createServer().once("error", reject).listen(0, "localhost", () => { const { port } = server.address() as net.AddressInfo; server.close(() => { resolve(port); }); }); });

export async function startAdminStage(): Promise<AdminStage> {
  const folder = mkdtempSync(join(tmpdir(), "cybs-afternoon-"));
  const tls = await issueCertificates(folder);
  const clock = createClock();
  const cybersource = await startCybersource({ port: 0, browserPort: 0, tls, clock, seed: 7, say: () => undefined });
  const relayPort = await freePort();
  const relayUrl = `http://localhost:${relayPort}`;
  const secrets = { WEBHOOK_KEY: "webhook key of the afternoon", OPERATIONS_KEY: "operations key of the afternoon", CYBS_SECRET: cybersource.merchant.sharedSecret, PIPELINE_SECRET: PIPELINE.secret };
  const closing: (() => Promise<unknown>)[] = [];
  const host = new URL(cybersource.url).host;

  const organization: AdminStage["organization"] = async (name, options = {}) => {
    const own = join(folder, name);
    const dataDir = join(own, "data");
    mkdirSync(dataDir, { recursive: true });
    if (options.copyOf !== undefined) cpSync(join(options.copyOf.folder, "data"), dataDir, { recursive: true });
    const dataverse = await startDataverse({ port: 0, httpPort: 0, tls, clock, seed: 7, dataDir, organization: { name, ...(options.id === undefined ? {} : { id: options.id }) } });
    closing.push(() => dataverse.close());
    const httpUrl = dataverse.httpUrl ?? "";
    const as = (user: string): WebApi => createWebApi(httpUrl, dataverse.tokens[user] ?? "");
    if (options.copyOf === undefined) await addPipeline(httpUrl, as("sysadmin"));
    else for (const application of [PIPELINE, RELAY_APPLICATION]) await fetch(`${httpUrl}/_sandbox/applications`, { method: "POST", body: JSON.stringify(application) });
    writeFileSync(join(own, "product.zip"), managedZip());
    writeFileSync(join(own, "environment.json"), JSON.stringify({
      dataverse: { url: dataverse.url }, signIn: { way: "client_secret", cloud: "public", tenant: relayClient.tenantId, authority: `${dataverse.url}/${relayClient.tenantId}`, clientId: PIPELINE.clientId, clientSecret: "env:PIPELINE_SECRET" },
      cybersource: { host }, merchants: [], embeddingOrigins: [],
    }));
    return {
      url: dataverse.url, organizationId: dataverse.organizationId, folder: own, as,
      rows: async (table) => await (await fetch(`${httpUrl}/_sandbox/rows?table=${table}`)).json() as Row[],
      admin: (...args) => runAdmin(own, [...args, "--json", "--yes", "--environment", join(own, "environment.json"), "--ca", tls.caFile], secrets),
      host: async () => {
        const started = await startHost({ port: await freePort(), dataverse: { httpUrl }, users: Object.entries(USERS).map(([key, fullname]) => ({ key, fullname, token: dataverse.tokens[key] ?? "" })) });
        closing.push(() => started.close());
        return started;
      },
    };
  };
  return {
    relayUrl, secrets, organization,
    merchant: JSON.stringify({ merchantId: cybersource.merchant.id, environment: "test", businessUnit: "Fabrikam Group", currency: "USD", keyId: cybersource.merchant.keyId, sharedSecret: "env:CYBS_SECRET", keyCreatedOn: "2026-06-01" }),
    startRelay: async (of) => {
      const { embeddingOrigins } = JSON.parse(readFileSync(join(of.folder, "environment.json"), "utf8")) as { embeddingOrigins: readonly string[] };
      const relay = await startRelayProcess({
        PORT: String(relayPort), PUBLIC_URL: relayUrl, BINDINGS_FILE: join(of.folder, "bindings.json"), CYBERSOURCE_HOST: host, FLEX_HOSTS: cybersource.browserUrl, DATAVERSE_TOKEN_URL: `${of.url}/${relayClient.tenantId}/oauth2/v2.0/token`, EMBEDDING_ORIGINS: embeddingOrigins.join(","),
        DATAVERSE_CLIENT_ID: RELAY_APPLICATION.clientId, DATAVERSE_CLIENT_SECRET: RELAY_APPLICATION.secret, DERIVATION_KEY: "derivation key of the afternoon", TOKEN_ENCRYPTION_KEY: "encryption key of the afternoon", CA_FILE: tls.caFile, NODE_EXTRA_CA_CERTS: tls.caFile,
        LEDGER_DIR: join(of.folder, "ledger"), RELAY_CONTROL_PORT: String(await freePort()), ...secrets, ...QUICK,
      });
      closing.unshift(() => relay.stop());
      return relay;
    },
    cybersource: async (path) => await (await fetch(`${cybersource.browserUrl}/_sandbox/${path}`)).json() as Row[],
    close: async () => {
      for (const close of closing) await close();
      await cybersource.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function addPipeline(httpUrl: string, api: WebApi): Promise<void> {
  for (const application of [PIPELINE, RELAY_APPLICATION]) await fetch(`${httpUrl}/_sandbox/applications`, { method: "POST", body: JSON.stringify(application) });
  const [unit] = await api.find("businessunits?$select=businessunitid&$filter=parentbusinessunitid/businessunitid eq null");
  const id = await api.create("systemusers", { applicationid: PIPELINE.clientId, firstname: "Deployment", lastname: "pipeline", domainname: "pipeline@fabrikam.example", internalemailaddress: "pipeline@fabrikam.example", accessmode: 4, "businessunitid@odata.bind": `/businessunits(${String(unit?.["businessunitid"])})` });
  await giveRole(api, id, "System Administrator");
}

/** What an administrator does in the admin center. */
export async function giveRole(api: WebApi, userId: string, role: string): Promise<void> {
  const [found] = await api.find(`roles?$select=roleid&$filter=name eq '${role}'`);
  await api.send("POST", `systemusers(${userId})/systemuserroles_association/$ref`, { "@odata.id": `roles(${String(found?.["roleid"])})` });
}

function runAdmin(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Said> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--conditions=source", "--no-warnings", join(root, "admin/src/main.ts"), ...args], { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    const said = { out: "", err: "" };
    child.stdout.on("data", (chunk: Buffer) => { said.out += chunk.toString("utf8"); });
    child.stderr.on("data", (chunk: Buffer) => { said.err += chunk.toString("utf8"); });
    child.once("close", (code) => { resolve({ code: code ?? 1, err: said.err, json: said.out.trim().startsWith("{") ? JSON.parse(said.out) as Row : {} }); });
  });
}
