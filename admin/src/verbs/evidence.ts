// evidence: the payment page as browsers get it, beside what was recorded: inventory, headers, changes, as JSON record and printable report. The
// page checks itself when this runs on a schedule: drift ends it with page_drifted.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readIdentity } from "../dataverse/identify.ts";
import { asRow, textAt } from "../dataverse/row.ts";
import { readJson } from "../network.ts";
import { compareInventories, inspectPage, takeInventory, type Fetched, type Inventory, type PageFacts } from "../plans/page-inventory.ts";
import { renderEvidence } from "../plans/render-evidence.ts";
import { openRelay, type RelayClient } from "../relay/relay-client.ts";
import { Stop } from "../stop.ts";
import { textOf, type Context, type Report, type Values, type Verb } from "../verb.ts";

export const evidenceVerb: Verb = {
  name: "evidence",
  summary: "The payment page's scripts (what, why, hash), headers and changes since last time, as a printable report for PCI DSS 6.4.3 and 11.6.1.",
  options: [
    { flags: "--record <file>", about: "The recorded inventory; keep it in git.", fallback: "payment-page.json" }, { flags: "--report <file>", about: "Where the printable report is written.", fallback: "payment-page-evidence.html" },
    { flags: "--accept", about: "Record what is there now: the change was yours." },
  ],
  run: evidence,
};

async function evidence(context: Context, values: Values): Promise<Report> {
  const environment = context.environment();
  if (environment.relay === undefined) throw new Stop("environment_file_invalid", { file: context.environmentFile }, "relay.url is needed.");
  const relay = openRelay({ url: environment.relay.url, network: context.network, secrets: context.secrets, operationsKey: environment.relay.operationsKey, now: () => context.clock.now() });
  const organizationId = environment.dataverse.organizationId ?? (await readIdentity(await context.connect())).organizationId;
  const facts = await fetchPage(relay, organizationId, new Date(context.clock.now()).toISOString());
  const recordFile = resolve(context.workingFolder, textOf(values, "record") ?? "payment-page.json");
  const reportFile = resolve(context.workingFolder, textOf(values, "report") ?? "payment-page-evidence.html");
  const before = readRecord(recordFile);
  const inventory = takeInventory(facts);
  const changes = before === undefined ? [] : compareInventories(before, inventory);
  const faults = inspectPage(facts);
  const status = await relay.status().catch(() => undefined);
  writeFileSync(reportFile, renderEvidence({ inventory, recordedAt: before?.takenAt, changes, faults, environment: environment.dataverse.url, relayVersion: status?.version ?? "version not told" }));
  const isAccepted = before === undefined || values["accept"] === true;
  if (isAccepted && faults.length === 0) writeFileSync(recordFile, `${JSON.stringify(inventory, undefined, 2)}\n`);
  const report = { report: reportFile, record: recordFile, entries: inventory.entries, headers: inventory.headers, changes, faults };
  const problems = [...faults, ...(isAccepted ? [] : changes)];
  if (problems.length > 0) throw Object.assign(new Stop("page_drifted", { what: problems.slice(0, 5).join("; ") }), { report });
  context.screen.show(`✓ ${inventory.entries.length} entries, ${changes.length} change(s)${before === undefined ? ", recorded for the first time" : changes.length > 0 ? ", recorded as yours" : ""}. Report: ${reportFile}`);
  return report;
}

async function fetchPage(relay: RelayClient, organizationId: string, takenAt: string): Promise<PageFacts> {
  const get = async (path: string): Promise<Fetched> => {
    const answer = await relay.get(path);
    if (answer.kind === "no_answer") throw new Stop("relay_unreachable", { url: relay.url }, `(${answer.cause})`);
    return { url: `${relay.url}${path}`, status: answer.status, text: answer.text, headers: answer.headers };
  };
  const page = await get(`/card-entry/${organizationId}`);
  if (page.status !== 200) throw new Stop("relay_not_bound", { organizationId });
  const tags = [...page.text.matchAll(/<(script|link)\b([^>]*)>/g)].map(([, tag = "", attributes = ""]) => ({ tag, address: /\s(?:src|href)="([^"]+)"/.exec(attributes)?.[1], declared: /\sintegrity="([^"]+)"/.exec(attributes)?.[1] ?? "" }));
  const assets = await Promise.all(tags.flatMap(({ tag, address, declared }) => (address === undefined || address.startsWith("data:") ? [] : [get(new URL(address, page.url).pathname).then((asset) => ({ ...asset, declared, kind: tag === "script" ? "script" as const : "style" as const }))])));
  const policy = page.headers["content-security-policy"] ?? "";
  return { page, assets, takenAt, flexOrigins: /frame-src ([^;]+)/.exec(policy)?.[1]?.split(" ").filter((one) => one.startsWith("http")) ?? [] };
}

function readRecord(file: string): Inventory | undefined {
  if (!existsSync(file)) return undefined;
  const json = asRow(readJson(readFileSync(file, "utf8")));
  if (textAt(json, "html") === "" || !Array.isArray(json["entries"])) throw new Stop("configuration_invalid", { folder: file }, "It is not a record of evidence.");
  return json as unknown as Inventory;
}
