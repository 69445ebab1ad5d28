// A place to run the admin command in: a Dataverse stand-in that is still empty, a folder for files, and the command itself in this process,
// with its own streams. Everything it says to others goes over HTTPS.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAdmin } from "../../admin/src/main.ts";
import type { Environment } from "../../admin/src/configuration/environment-file.ts";
import type { Clock } from "../../admin/src/clock.ts";
import type { Network } from "../../admin/src/network.ts";
import { packProduct } from "../../solution/packer/src/pack-product.ts";
import { relayClient, startDataverse, type DataverseOptions } from "../sandbox/dataverse/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock, type BusinessClock } from "../sandbox/kit/clock.ts";
import { createWebApi, type WebApi } from "../sandbox/web-api.ts";

export interface Outcome { readonly code: number; readonly out: string; readonly err: string; readonly json: Readonly<Record<string, unknown>> }
export interface Bench {
  readonly dir: string;
  readonly url: string;
  readonly httpUrl: string;
  readonly organizationId: string;
  readonly caFile: string;
  readonly clock: BusinessClock;
  /** Runs one command line with --json --yes, as a pipeline does. */
  run(args: readonly string[], more?: { readonly env?: Readonly<Record<string, string>>; readonly as?: string; readonly clock?: Clock; readonly file?: string; readonly through?: (network: Network) => Network }): Promise<Outcome>;
  /** Writes an environment file for this organization; returns its path. */
  environment(change?: (file: Environment) => unknown, name?: string): string;
  as(user: string): WebApi;
  sandbox(path: string, body: unknown): Promise<unknown>;
  /** From now on a reset comes back to what is here now. */
  keepAsStart(): void;
  rows(table: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "..", "..");
export const PIPELINE = { clientId: "c0000000-0000-4000-8000-0000000000aa", secret: "of the pipeline, in the sandbox only" };
let packed: Uint8Array | undefined;
/** The managed zip of this very source, packed here: without built controls, so that these tests need no build. */
export const managedZip = (): Uint8Array => (packed ??= packProduct({ root, isPartial: true, say: () => undefined }).find(({ name }) => name.endsWith("_managed.zip"))?.zip ?? new Uint8Array());

/** An organization with the pipeline's application user in it (system administrator), and nothing of the product. */
export async function openBench(options: { readonly organization?: DataverseOptions["organization"]; readonly seed?: number } = {}): Promise<Bench> {
  const dir = mkdtempSync(join(tmpdir(), "cybs-admin-"));
  const tls = await issueCertificates(dir);
  const clock = createClock();
  const dataverse = await startDataverse({ port: 0, httpPort: 0, tls, clock, seed: options.seed ?? 7, ...(options.organization === undefined ? {} : { organization: options.organization }) });
  const httpUrl = dataverse.httpUrl ?? "";
  const as = (user: string): WebApi => createWebApi(httpUrl, dataverse.tokens[user] ?? "");
  const sandbox = async (path: string, body: unknown): Promise<unknown> => { const answer = await fetch(`${httpUrl}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) }); if (!answer.ok) throw new Error(await answer.text()); return answer.json(); };
  writeFileSync(join(dir, "product.zip"), managedZip());
  await sandbox("applications", PIPELINE);
  await addApplicationUser(as("sysadmin"), PIPELINE.clientId, "Deployment pipeline", "System Administrator");
  const base = (): Environment => ({
    dataverse: { url: dataverse.url }, signIn: { way: "client_secret", cloud: "public", tenant: relayClient.tenantId, authority: `${dataverse.url}/${relayClient.tenantId}`, clientId: PIPELINE.clientId, clientSecret: "env:PIPELINE_SECRET" },
    cybersource: { host: "apitest.cybersource.com" }, merchants: [], embeddingOrigins: [],
  });
  const environment: Bench["environment"] = (change = () => undefined, name = "environment.json") => { const file = base(); change(file); const path = join(dir, name); writeFileSync(path, JSON.stringify(file)); return path; };
  return {
    dir, url: dataverse.url, httpUrl, organizationId: dataverse.organizationId, caFile: tls.caFile, clock, as, sandbox, environment, keepAsStart: () => { dataverse.keepAsStart(); },
    rows: async (table) => await (await fetch(`${httpUrl}/_sandbox/rows?table=${table}`)).json() as Readonly<Record<string, unknown>>[],
    run: async (args, more = {}) => {
      const file = more.file ?? join(dir, "environment.json");
      const said = { out: "", err: "" };
      const code = await runAdmin({
        args: [...args, ...(args[0] === "import" && !args.includes("--zip") ? ["--zip", "product.zip"] : []), "--json", "--yes", "--environment", file, "--ca", tls.caFile], workingFolder: dir, env: { PIPELINE_SECRET: PIPELINE.secret, ...more.env }, ...(more.clock === undefined ? {} : { clock: more.clock }), ...(more.through === undefined ? {} : { through: more.through }),
        io: { isTerminal: false, out: (text) => { said.out += text; }, err: (text) => { said.err += text; } },
      });
      return { code, ...said, json: said.out.trim().startsWith("{") ? JSON.parse(said.out) as Readonly<Record<string, unknown>> : {} };
    },
    close: async () => { await dataverse.close(); rmSync(dir, { recursive: true, force: true }); },
  };
}

export async function addApplicationUser(api: WebApi, applicationId: string, name: string, role: string): Promise<string> {
  const [unit] = await api.find("businessunits?$select=businessunitid&$filter=parentbusinessunitid/businessunitid eq null");
  const id = await api.create("systemusers", { applicationid: applicationId, firstname: name.split(" ")[0], lastname: name.split(" ").slice(1).join(" "), domainname: `${applicationId}@fabrikam.example`, internalemailaddress: `${applicationId}@fabrikam.example`, accessmode: 4, "businessunitid@odata.bind": `/businessunits(${String(unit?.["businessunitid"])})` });
  const [found] = await api.find(`roles?$select=roleid&$filter=name eq '${role}'`);
  await api.send("POST", `systemusers(${id})/systemuserroles_association/$ref`, { "@odata.id": `roles(${String(found?.["roleid"])})` });
  return id;
}

export const readText = (file: string): string => readFileSync(file, "utf8");
