// What the relay tells the admin command about itself, put together from configuration, ledger and worker. Part of the composition.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Config } from "./config.ts";
import { asOrganizationId } from "./domain/ids.ts";
import type { FlowDeps } from "./flows/deps.ts";
import { eraseDetails } from "./flows/erase-details.ts";
import type { Operations, OperationsStatus } from "./http/operations-types.ts";
import type { CardEntryPage } from "./http/page-file.ts";
import type { Worker } from "./jobs/worker.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Ledger } from "./ports/ledger.ts";

export interface OperationsGiven { readonly ledger: Ledger; readonly live: LiveConfig; readonly worker: () => Worker | undefined; readonly page: CardEntryPage }

/** The product's version stands in the package at the root of the tree. */
const readVersion = (): string => z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"))).version;

export function operationsOf(config: Config, deps: FlowDeps, given: OperationsGiven): Operations {
  const version = readVersion();
  return {
    keys: () => { const key = given.live.current().keys.operations; return key === undefined ? [] : [key.reveal()]; },
    status: () => statusOf(config, deps, { ...given, version }),
    eraseDetails: (input) => eraseDetails(deps, input),
  };
}

async function statusOf(config: Config, deps: FlowDeps, given: OperationsGiven & { readonly version: string }): Promise<OperationsStatus> {
  const { ledger, live, worker, page } = given;
  const now = deps.clocks.business();
  const gauges = await ledger.gauges(now);
  return {
    version: given.version, now: deps.clocks.wire(), roles: config.roles, cybersourceHost: config.cybersource.host, publicUrl: config.publicUrl,
    ledger: { kind: "databaseUrl" in config.ledger ? "postgresql" : "pglite", ledgerId: ledger.ledgerId },
    organizations: config.organizations.map(({ organizationId, url, environmentType, merchants }) => ({
      organizationId, url, environmentType, isReady: worker()?.readiness.isReady(asOrganizationId(organizationId)) ?? true, framers: deps.organizations.get(asOrganizationId(organizationId))?.embeddingOrigins ?? [],
      // As it is now: a key may have been exchanged since the start.
      merchants: merchants.map(({ merchantId, environment }) => ({ merchantId, environment, ...keyOf(live.current(), organizationId, merchantId) })),
    })),
    work: { due: gauges.dueWork, oldestDueMs: gauges.oldestDueAt === undefined ? 0 : Math.max(0, now - gauges.oldestDueAt), openEffects: gauges.openEffects, incidents: gauges.incidents },
    page: { version: page.version, scriptIntegrity: page.scriptIntegrity, styleIntegrity: page.styleIntegrity }, webhookKeys: live.current().keys.webhook.reveal().length,
  };
}

function keyOf(config: Config, organizationId: string, merchantId: string): { readonly scheme: string; readonly keyId: string } {
  const keys = config.organizations.find((one) => one.organizationId === organizationId)?.merchants.find((one) => one.merchantId === merchantId)?.keys.reveal();
  return { scheme: keys?.scheme ?? "", keyId: keys?.keyId ?? "" };
}
