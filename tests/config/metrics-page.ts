// docs/reference/metrics.md, written from the metrics that a relay registers. Run this file to write it again; a test compares.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { addLedgerGauges } from "../../plugin-proxy/src/observability/ledger-gauges.ts";
import { createReporter } from "../../plugin-proxy/src/observability/reporter.ts";
import { startTestServer } from "../relay-http/relay-server.ts";

export const PAGE_FILE = join(import.meta.dirname, "../../docs/reference/metrics.md");

const HEAD = `# Metrics of the relay

\`GET /metrics\` answers in Prometheus' text format; it belongs inside, not on the internet. Beside the ones below there are those of the Node.js process (\`process_*\`, \`nodejs_*\`). No label names a person, a payment or a
card.

This page is written from a relay's registry by \`tests/config/metrics-page.ts\`.

| metric | kind | labels | what it says |
|---|---|---|---|
`;
/** What the help text in the code leaves to the reader. */
const MORE: Readonly<Record<string, string>> = {
  cybs_effects_total: "Steps that may move money, each time one changes its state.", cybs_answers_total: "What Cybersource answered, by kind of call.", cybs_sessions_total: "Card entry opened, with a new card or a saved one.",
  cybs_pokes_total: "Hints to look at a row, from the page or from Dataverse's webhook.", cybs_projections_total: "Writes of a payment to Dataverse.", cybs_refusals_total: "Requests refused by a rule, before anything was sent.",
  cybs_approvals_total: "Second persons' decisions on refunds.", cybs_notices_total: "Tasks, notifications and drafts written for people.", cybs_business_events_total: "Requests that a fulfilled, invoiced or cancelled document asked for.",
  cybs_page_reports_total: "What payment pages saw in themselves that does not belong there.", cybs_alarms_total: "Alarms; each name has a section in [runbooks/alarms.md](../runbooks/alarms.md). Alert on any increase.",
  cybs_open_effects: "Not finished now. `unknown` that stays is what to alert on.", cybs_work_due: "Waiting and due now. A number that grows means too few workers, or a system that does not answer.",
  cybs_http_request_duration_seconds: "Time to answer, by route pattern and status.",
};

export async function metricsPage(): Promise<string> {
  const registry = new Registry();
  createReporter(pino({ enabled: false }), registry);
  const ledger = await openLedger({ memory: true });
  addLedgerGauges(registry, ledger, { wire: Date.now, business: Date.now });
  const server = await startTestServer();
  try {
    const all = [...registry.getMetricsAsArray(), ...server.metrics.getMetricsAsArray()] as unknown as readonly { name: string; type: string; labelNames?: readonly string[] }[];
    const rows = all.filter(({ name }) => name.startsWith("cybs_")).sort((left, right) => (left.name < right.name ? -1 : 1))
      .map(({ name, type, labelNames = [] }) => `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(", ")} | ${MORE[name] ?? "**not described**"} |`);
    return `${HEAD}${rows.join("\n")}\n`;
  } finally {
    await server.close();
    await ledger.close();
  }
}

if (import.meta.main) writeFileSync(PAGE_FILE, await metricsPage());
