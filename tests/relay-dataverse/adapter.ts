// The adapter against a server of the test, with time that passes only when the adapter sleeps.
import { createDataverse } from "../../plugin-proxy/src/dataverse/create-dataverse.ts";
import type { DataverseNote, DataverseOptions } from "../../plugin-proxy/src/dataverse/connection.ts";
import { asEffectId, asOrganizationId, asPaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { startBatchServer, type BatchServer, type Script } from "./batch-server.ts";

export const ids = {
  organizationId: asOrganizationId("0a000000-0000-4000-8000-000000000001"),
  paymentRequestId: asPaymentRequestId("0b000000-0000-4000-8000-000000000002"),
  effectId: asEffectId("0c000000-0000-4000-8000-000000000003"),
  ledgerId: "0d000000-0000-4000-8000-000000000004",
};

export interface Harness {
  readonly dataverse: ReturnType<typeof createDataverse>;
  readonly server: BatchServer;
  readonly notes: DataverseNote[];
  readonly slept: number[];
}

/** Starts, runs, and closes both. */
export async function withAdapter(script: Script, run: (harness: Harness) => Promise<void>, more: Partial<DataverseOptions> = {}): Promise<void> {
  const server = await startBatchServer(script);
  const notes: DataverseNote[] = [];
  const slept: number[] = [];
  let now = Date.parse("2026-11-24T10:00:00Z");
  const dataverse = createDataverse({
    organizations: (organizationId) => (organizationId === ids.organizationId ? { url: server.url, tokenUrl: `${server.url}/tenant/oauth2/v2.0/token`, clientId: "relay", clientSecret: "s3cret" } : undefined),
    now: () => now, random: () => 0.5, log: (note) => notes.push(note),
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    ...more,
  });
  try {
    await run({ dataverse, server, notes, slept });
  } finally {
    await dataverse.close();
    await server.close();
  }
}
