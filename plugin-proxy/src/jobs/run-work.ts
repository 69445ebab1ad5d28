// One piece of due work, by kind. Returns when it is due again. What may not run yet for its organization comes back in a second.
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "../flows/deps.ts";
import { executeRequest } from "../flows/execute-request.ts";
import { lookAfterEvent } from "../flows/look-after-event.ts";
import { projectPayment } from "../flows/project-payment.ts";
import { readReports } from "../flows/read-reports.ts";
import { sweepOrganization, type SweepSettings } from "../flows/sweep-organization.ts";
import { surroundPayment } from "../flows/surround-payment.ts";
import { watchDocuments } from "../flows/watch-documents.ts";
import { rowOfKey } from "../flows/work-key.ts";
import type { Work } from "../ports/ledger.ts";
import type { Readiness } from "./readiness.ts";

const NOT_YET_MS = SECOND_MS;

export async function runWork(deps: FlowDeps, readiness: Readiness, sweeps: SweepSettings, work: Work): Promise<Instant | undefined> {
  const { organizationId } = work;
  const notYet = deps.clocks.business() + NOT_YET_MS;
  // It is another process's to do.
  if (!deps.organizations.has(organizationId)) return notYet;
  if (work.kind === "sweep") return readiness.isIdentified(organizationId) ? (await sweepOrganization(deps, organizationId, sweeps)).next : notYet;
  if (!readiness.isReady(organizationId)) return notYet;
  if (work.kind === "event") return lookAfterEvent(deps, { organizationId, key: work.key, tries: work.tries });
  if (work.kind === "documents") return watchDocuments(deps, organizationId, sweeps.idleMs);
  if (work.kind === "reports") return readReports(deps, { organizationId, merchantId: work.key, tries: work.tries });
  const input = { organizationId, ...rowOfKey(work.key) };
  switch (work.kind) {
    case "advance": return executeRequest(deps, input);
    case "surround": return surroundPayment(deps, { ...input, tries: work.tries });
    case "project": return projectPayment(deps, { ...input, tries: work.tries });
  }
}
