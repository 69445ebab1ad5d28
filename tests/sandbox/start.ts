// Starts every part in the order in which they need each other, imports the solution, fills in the demo data, starts the relay.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startCybersource } from "./cybersource/start.ts";
import { relayClient, startDataverse } from "./dataverse/start.ts";
import { createDemoData, type DemoData } from "./demo-data.ts";
import { startHost } from "./host/start.ts";
import { issueCertificates } from "./kit/certificates.ts";
import { createClock } from "./kit/clock.ts";
import { PORTS, type SandboxOptions } from "./options.ts";
import { relayEnvironment } from "./relay-environment.ts";
import { startRelayProcess } from "./relay-process.ts";
import { createWebApi } from "./web-api.ts";

export interface SandboxInterface {
  readonly host: string;
  readonly dataverse: string;
  readonly relay: string;
  readonly cybersource: string;
  readonly ca: string;
  readonly merchant: { readonly id: string; readonly keyId: string; readonly sharedSecret: string };
  readonly tokens: Readonly<Record<string, string>>;
  readonly organizationId: string;
  readonly demo: DemoData;
  readonly relayEnv?: Readonly<Record<string, string>>;
}
export interface Sandbox {
  readonly interface: SandboxInterface;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "..", "..");
const FULL_NAMES: Readonly<Record<string, string>> = {
  salesrep: "Ann Weiler", otherunit: "Bob Ruiz", refundagent: "Carla Mendes", approver: "Dmitri Orlov", finance: "Elif Kaya", configurator: "Farid Haddad", sysadmin: "Grace Ito", nobody: "Nils Berg", ownonly: "Olga Marin", operator: "Pia Novak",
};

/** The managed solution, as an admin gets it. */
function findSolution(): Buffer {
  const [zip] = globSync("solution/dist/CybersourcePayments_*_managed.zip", { cwd: root }).sort().reverse();
  if (zip === undefined) throw new Error("No solution zip in solution/dist. Run: npm run pack");
  return readFileSync(join(root, zip));
}

async function importSolution(dataverseHttp: string): Promise<void> {
  const response = await fetch(`${dataverseHttp}/_sandbox/import`, { method: "POST", headers: { "content-type": "application/zip" }, body: new Uint8Array(findSolution()) });
  if (!response.ok) throw new Error(`Dataverse refused the solution: ${await response.text()}`);
}

type Say = (text: string) => void;

export async function startSandbox(options: SandboxOptions, say: Say): Promise<Sandbox> {
  const port = (part: keyof typeof PORTS): number => options.portBase + PORTS[part];
  const clock = createClock();
  const tls = await issueCertificates(options.dataDir);
  say("Starting Dataverse and Cybersource …");
  const kept = options.isTemporary ? {} : { dataDir: options.dataDir };
  const dataverse = await startDataverse({ port: port("dataverse"), httpPort: port("dataverseHttp"), tls, clock, seed: options.seed, ...kept });
  const cybersource = await startCybersource({ port: port("cybersource"), browserPort: port("cybersourceBrowser"), tls, clock, seed: options.seed, ...kept });
  const dataverseHttp = dataverse.httpUrl ?? dataverse.url;
  const relayUrl = `http://localhost:${port("relay")}`;
  const api = createWebApi(dataverseHttp, dataverse.tokens["sysadmin"] ?? "");
  const demo = await fillOnce({ api, dataverseHttp, relayUrl, merchantId: cybersource.merchant.id, say, keepAsStart: () => { dataverse.keepAsStart(); } });
  const users = Object.entries(FULL_NAMES).map(([key, fullname]) => ({ key, fullname, token: dataverse.tokens[key] ?? "" }));
  const host = await startHost({ port: port("host"), dataverse: { httpUrl: dataverseHttp }, users });
  const relayEnv = relayEnvironment({ options, ports: port, dataverse, relayClient, cybersource, caFile: tls.caFile, hostUrl: host.url, relayUrl });
  if (options.withRelay) say("Starting the relay …");
  const relay = options.withRelay ? await startRelayProcess(relayEnv) : undefined;
  clock.onMove(async (offsetMs) => { await moveRelayClock(port("relayControl"), offsetMs); });
  return {
    interface: {
      host: host.url, dataverse: dataverse.url, relay: relayUrl, cybersource: cybersource.url, ca: tls.caFile, merchant: cybersource.merchant,
      tokens: dataverse.tokens, organizationId: dataverse.organizationId, demo, ...(options.withRelay ? {} : { relayEnv }),
    },
    close: async () => {
      await relay?.stop();
      await Promise.all([host.close(), dataverse.close(), cybersource.close()]);
    },
  };
}

/** With --data the rows are there already: the solution and the demo data are imported once. */
async function fillOnce(input: { api: ReturnType<typeof createWebApi>; dataverseHttp: string; relayUrl: string; merchantId: string; say: Say; keepAsStart: () => void }): Promise<DemoData> {
  const installed = await input.api.find("solutions?$select=uniquename&$filter=uniquename eq 'CybersourcePayments'");
  if (installed.length === 0) {
    input.say("Importing the solution …");
    await importSolution(input.dataverseHttp);
    const demo = await createDemoData({ api: input.api, relayUrl: input.relayUrl, merchantId: input.merchantId });
    input.keepAsStart();
    return demo;
  }
  const named = async (set: string, id: string): Promise<Record<string, string>> =>
    Object.fromEntries((await input.api.find(`${set}?$select=name,${id}`)).map((row) => [String(row["name"]), String(row[id])]));
  return { orders: await named("salesorders", "salesorderid"), accounts: await named("accounts", "accountid") };
}

/** The relay may be down (tests kill it): it asks for the offset when it starts. */
async function moveRelayClock(controlPort: number, offsetMs: number): Promise<void> {
  try {
    await fetch(`http://127.0.0.1:${controlPort}/clock`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ offsetMs }) });
  } catch {
    // Not running now.
  }
}
