// Two versions of the configuration run for a while beside each other: the process that does not know an organization yet, or no longer, must not use up
// what is due for it. An effect of which nobody knows whether it took money would never be looked for again.
import { expect, test } from "@jest/globals";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { asOrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import type { FlowDeps } from "../../plugin-proxy/src/flows/deps.ts";
import { startWorker, WORKER_DEFAULTS } from "../../plugin-proxy/src/jobs/worker.ts";
import { T0 } from "../support/intents.ts";

const [known, unknown] = ["0a000000-0000-4000-8000-000000000001", "0b000000-0000-4000-8000-000000000002"].map(asOrganizationId);

test("a worker leaves the work of organizations that are not in its configuration as it is, and does not turn in circles for it", async () => {
  const ledger = await openLedger({ memory: true });
  let statements = 0;
  const counted: typeof ledger = { ...ledger, takeDue: (query) => { statements += 1; return ledger.takeDue(query); } };
  await ledger.transaction((tx) => tx.schedule({ kind: "advance", organizationId: unknown ?? asOrganizationId(""), key: "unknown payment", dueAt: T0 - 1_000 }));
  const clock = () => T0;
  const deps = {
    ledger: counted, clocks: { wire: clock, business: clock }, wake: () => undefined, trace: { run: (_trace: unknown, work: () => unknown) => work() }, reporter: { info: () => undefined, count: () => undefined, alarm: () => undefined },
    organizations: new Map([[known, { organizationId: known, environmentType: "sandbox", embeddingOrigins: [], merchants: [] }]]),
    dataverse: { identify: async () => ({ kind: "unavailable", cause: "away" }) },
  } as unknown as FlowDeps;
  const worker = startWorker(deps, { ...WORKER_DEFAULTS, napMsMax: 100, sweeps: { idleMs: 1_000, whileWaitingMs: 1_000, afterSessionMs: 1_000 } });
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  await worker.stop();
  expect((await ledger.takeDue({ now: T0, wireNow: T0 + 60_000, leaseUntil: T0 + 61_000, kinds: ["advance"], limit: 10 })).map((work) => work.key)).toEqual(["unknown payment"]);
  expect(statements).toBeLessThan(12);
});
