// The payment page is fetched from its public address as browsers get it, and compared with what this relay serves: text of page, script and
// style, and the headers that keep it narrow (PCI DSS 11.6.1). A proxy, a cache or somebody in between who changes it is alarmed.
import type { OrganizationId } from "../domain/ids.ts";
import type { PaymentPage } from "../ports/payment-page.ts";
import type { FlowDeps } from "./deps.ts";

const HEADERS = ["content-security-policy", "permissions-policy", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy"] as const;

/** What differs, in words; empty when nothing does or the address cannot be reached from here. */
export async function lookAtPaymentPage(deps: Pick<FlowDeps, "reporter">, page: PaymentPage, organizationId: OrganizationId): Promise<readonly string[]> {
  const path = `/card-entry/${organizationId}`;
  const own = await page.served(path);
  const assets = [...own.text.matchAll(/(?:src|href)="(\/card-entry\/assets\/[^"]+)"/g)].map((match) => match[1] ?? "");
  const differences: string[] = [];
  for (const one of [path, ...assets]) differences.push(...await differ(page, one));
  for (const reason of differences) deps.reporter.alarm("payment_page_changed", { organizationId, kind: "seen", reason });
  return differences;
}

async function differ(page: PaymentPage, path: string): Promise<readonly string[]> {
  const [own, seen] = await Promise.all([page.served(path), page.seen(path)]);
  if (seen === undefined || seen.status >= 500) return [];
  if (seen.status !== own.status) return [`${path}: answered ${seen.status}`];
  return [
    ...(seen.text === own.text ? [] : [`${path}: other contents`]),
    ...HEADERS.filter((name) => seen.headers[name] !== own.headers[name]).map((name) => `${path}: header ${name}`),
  ];
}
