// The contract clock: what we depend on, when its vendor has said that it ends, and whether it is in use here. A date is only as good as its
// source; a test fails when one of them has passed and nobody has looked.
import { amber, green, red, type Finding } from "./finding.ts";

export interface InUse { readonly schemes: readonly string[]; readonly flexVersions: readonly string[]; readonly subscriptionVersions: readonly string[]; readonly webApi: string }
interface Retirement { readonly id: string; readonly what: string; readonly endsOn: string; readonly source: string; readonly fix: string; readonly isInUse: (inUse: InUse) => boolean }

export const RETIREMENTS: readonly Retirement[] = [
  { id: "http_signature", what: "HTTP Signature authentication of Cybersource's REST API", endsOn: "2027-03-31", source: "developer.cybersource.com, authentication guide (September 2026 in an older edition)", fix: "Set authentication to jwt for these merchants and restart the relay.", isInUse: ({ schemes }) => schemes.includes("http_signature") },
  { id: "microform_v1", what: "Flex Microform version 1 (0.11)", endsOn: "2025-04-01", source: "Cybersource's notice to merchants, 2024", fix: "Upgrade the relay: since its first version it uses Microform v2.", isInUse: ({ flexVersions }) => flexVersions.some((version) => /^v?(0|1)(\.|$)/.test(version)) },
  { id: "webhook_v1", what: "Version 1 of Cybersource's webhook subscriptions", endsOn: "2026-12-31", source: "Cybersource release notes, June 12, 2026", fix: "Remove the subscription in the Business Center and run setup, which makes version 2.", isInUse: ({ subscriptionVersions }) => subscriptionVersions.some((version) => version === "1") },
];
const WARN_MS = 180 * 86_400_000;

export function readContractClock(inUse: InUse, nowMs: number): readonly Finding[] {
  return RETIREMENTS.map((one) => {
    const id = `contract_${one.id}`;
    const leftMs = Date.parse(one.endsOn) - nowMs;
    if (!one.isInUse(inUse)) return green(id, `${one.what} ends on ${one.endsOn}: not in use`);
    const what = `${one.what} ends on ${one.endsOn} and is in use (${one.source})`;
    return leftMs < WARN_MS ? red(id, what, one.fix) : amber(id, what, one.fix);
  });
}
