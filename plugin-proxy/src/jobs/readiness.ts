// What this process knows of each organization, asked for itself after every start and hourly: an organization's requests run only after
// it was identified (a copied environment must not charge) and swept once (claims of a lost ledger come before anything new).
// Not leased work: a replica beside another one on the same ledger must know for itself whom it talks to.
import type { OrganizationId } from "../domain/ids.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "../flows/deps.ts";
import type { Timers } from "../ports/clocks.ts";
import { identifyOrganization, type Identity } from "../flows/identify-organization.ts";
import { sweepOrganization, type SweepSettings } from "../flows/sweep-organization.ts";

export interface Readiness {
  isIdentified(organizationId: OrganizationId): boolean;
  /** Identified and swept once: new requests may be executed. */
  isReady(organizationId: OrganizationId): boolean;
}

export interface ReadinessWatch extends Readiness {
  stop(): Promise<void>;
}

interface Known { identity: Identity; isSwept: boolean }

const AFTER_BUG_MS = 5 * SECOND_MS;
const NOT_READ_MS = 5 * SECOND_MS;

export interface ReadinessSettings {
  readonly sweeps: SweepSettings;
  readonly napMsMax: number;
  /** Between two questions to an organization who it is. */
  readonly identifiesEveryMs: number;
  readonly timers: Timers;
}

/** Starts one watch for each organization, so that one that is away does not keep the others waiting. */
export function watchOrganizations(deps: FlowDeps, settings: ReadinessSettings): ReadinessWatch {
  const known = new Map<OrganizationId, Known>();
  const state = { isStopping: false };
  const naps = new Set<() => void>();

  const nap = (ms: number): Promise<void> => new Promise((resolve) => {
    const end = (): void => { stop(); naps.delete(end); resolve(); };
    const stop = settings.timers.after(ms, end);
    naps.add(end);
  });
  // In short naps, because the business clock may be moved.
  const waitUntil = async (instant: Instant): Promise<void> => {
    for (let left = instant - deps.clocks.business(); left > 0 && !state.isStopping; left = instant - deps.clocks.business()) await nap(Math.min(left, settings.napMsMax));
  };

  const watch = async (organizationId: OrganizationId): Promise<void> => {
    const knows: Known = { identity: "not_asked", isSwept: false };
    known.set(organizationId, knows);
    while (!state.isStopping) {
      try {
        await waitUntil(await ask(deps, settings, { organizationId, knows }));
      } catch (error) {
        deps.reporter.alarm("organization_not_watched", { organizationId, reason: error instanceof Error ? error.message : String(error) });
        await nap(AFTER_BUG_MS);
      }
    }
  };

  const watches = [...deps.organizations.keys()].map(watch);
  return {
    isIdentified: (organizationId) => known.get(organizationId)?.identity === "confirmed",
    isReady: (organizationId) => { const knows = known.get(organizationId); return knows?.identity === "confirmed" && knows.isSwept; },
    stop: async () => {
      state.isStopping = true;
      for (const end of [...naps]) end();
      await Promise.all(watches);
    },
  };
}

/** Asks once; returns when to ask again. What was known stays known while Dataverse does not answer. */
async function ask(deps: FlowDeps, settings: ReadinessSettings, { organizationId, knows }: { readonly organizationId: OrganizationId; readonly knows: Known }): Promise<Instant> {
  const { identity, next } = await identifyOrganization(deps, organizationId, settings.identifiesEveryMs);
  if (identity !== "not_asked") knows.identity = identity;
  if (knows.identity !== "confirmed" || knows.isSwept) return next;
  const swept = await sweepOrganization(deps, organizationId, settings.sweeps);
  knows.isSwept = swept.isRead;
  deps.wake();
  return swept.isRead ? next : Math.min(swept.next, deps.clocks.business() + NOT_READ_MS);
}
