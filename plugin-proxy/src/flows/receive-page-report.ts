// A payment page says that something is in it which is neither ours nor Cybersource's. People are alarmed; the browser's extensions, which nobody
// here can mend, are counted.
import type { FlowDeps } from "./deps.ts";
import { asOrganizationId } from "../domain/ids.ts";

export interface SeenInPage { readonly organizationId: string; readonly kind: "script" | "frame" | "form" | "policy" | "extension"; readonly what: string }

export function receivePageReport(deps: Pick<FlowDeps, "reporter">, seen: SeenInPage): void {
  deps.reporter.count("page_reports", { kind: seen.kind });
  if (seen.kind !== "extension") deps.reporter.alarm("payment_page_changed", { organizationId: asOrganizationId(seen.organizationId), kind: seen.kind, reason: seen.what });
}
