// The adapter against the Dataverse stand-in with the real solution in it: orders, users and roles as in the demo, over TLS.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDataverse } from "../../plugin-proxy/src/dataverse/create-dataverse.ts";
import type { DataverseNote, DataverseOptions } from "../../plugin-proxy/src/dataverse/connection.ts";
import { asOrganizationId, type OrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import { packProduct } from "../../solution/packer/src/pack-product.ts";
import { createDemoData, type DemoData } from "../sandbox/demo-data.ts";
import { relayClient, startDataverse } from "../sandbox/dataverse/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import { createWebApi, type WebApi } from "../sandbox/web-api.ts";

export interface SandboxHarness {
  readonly organizationId: OrganizationId;
  readonly demo: DemoData;
  readonly notes: DataverseNote[];
  /** Web API as a sandbox user. */
  as(user: string): WebApi;
  adapter(more?: Partial<DataverseOptions>): ReturnType<typeof createDataverse>;
  fault(rule: Record<string, unknown>): Promise<void>;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, "..", "..");

export async function startSandboxHarness(): Promise<SandboxHarness> {
  const dir = mkdtempSync(join(tmpdir(), "cybs-dataverse-"));
  const tls = await issueCertificates(dir);
  const dataverse = await startDataverse({ port: 0, httpPort: 0, tls, clock: createClock(), seed: 7 });
  const http = dataverse.httpUrl ?? "";
  const post = async (path: string, body: BodyInit, type: string): Promise<void> => {
    const response = await fetch(`${http}${path}`, { method: "POST", headers: { "content-type": type }, body });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  };
  const managed = packProduct({ root, isPartial: true, say: () => undefined }).find(({ name }) => name.endsWith("_managed.zip"));
  await post("/_sandbox/import", new Uint8Array(managed?.zip ?? new Uint8Array()), "application/zip");
  const as = (user: string): WebApi => createWebApi(http, dataverse.tokens[user] ?? "");
  const demo = await createDemoData({ api: as("sysadmin"), relayUrl: "http://localhost:7071", merchantId: "sandbox_merchant" });
  const notes: DataverseNote[] = [];
  const adapters: ReturnType<typeof createDataverse>[] = [];
  return {
    organizationId: asOrganizationId(dataverse.organizationId), demo, notes, as,
    adapter(more = {}) {
      const adapter = createDataverse({
        organizations: () => ({ url: dataverse.url, tokenUrl: `${dataverse.url}/${relayClient.tenantId}/oauth2/v2.0/token`, clientId: relayClient.clientId, clientSecret: relayClient.clientSecret }),
        ca: readFileSync(tls.caFile, "utf8"), now: Date.now, random: () => 0, log: (note) => notes.push(note), ...more,
      });
      adapters.push(adapter);
      return adapter;
    },
    fault: (rule) => post("/_sandbox/faults", JSON.stringify(rule), "application/json"),
    async close() {
      await Promise.all(adapters.map((adapter) => adapter.close()));
      await dataverse.close();
      rmSync(dir, { recursive: true });
    },
  };
}
