// The printable report: one HTML file without script, for the assessor's folder. Pure.
import type { Inventory } from "./page-inventory.ts";

export interface EvidenceReport { readonly inventory: Inventory; readonly recordedAt: string | undefined; readonly changes: readonly string[]; readonly faults: readonly string[]; readonly environment: string; readonly relayVersion: string }

const escaped = (text: string): string => text.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`);
const row = (...cells: readonly string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
const STYLE = "body{font:14px/1.45 system-ui,sans-serif;color:#1b1a19;margin:2.5rem auto;max-width:60rem;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}td,th{border:1px solid #c8c6c4;padding:.4rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{background:#f3f2f1}code{font-size:.85em}.good{color:#0b6a0b}.bad{color:#a4262c;font-weight:600}@media print{body{margin:0}tr{break-inside:avoid}}";

export function renderEvidence(report: EvidenceReport): string {
  const { inventory, changes, faults } = report;
  const list = (items: readonly string[], none: string): string => (items.length === 0 ? `<p class="good">${none}</p>` : `<ul>${items.map((item) => `<li class="bad">${escaped(item)}</li>`).join("")}</ul>`);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Payment page: script inventory and change detection</title><style>${STYLE}</style></head><body>
<h1>Payment page: script inventory and change detection</h1>
<p>PCI DSS 4.0.1, requirements 6.4.3 and 11.6.1. Taken ${escaped(inventory.takenAt)} from <code>${escaped(inventory.page)}</code>, for ${escaped(report.environment)}; relay ${escaped(report.relayVersion)}.</p>
<h2>Scripts, styles and frames</h2>
<table><thead><tr><th>address</th><th>what it is</th><th>why it is needed</th><th>integrity</th></tr></thead><tbody>
${inventory.entries.map((entry) => row(`<code>${escaped(entry.url)}</code>`, escaped(entry.what), escaped(entry.why), `<code>${escaped(entry.integrity)}</code>`)).join("\n")}
${row("<code>the page itself</code>", "HTML", "Holds nothing but the two files above and empty places for the fields", `<code>${escaped(inventory.html)}</code>`)}
</tbody></table>
<h2>Headers</h2>
<table><thead><tr><th>header</th><th>value</th></tr></thead><tbody>
${Object.entries(inventory.headers).map(([name, value]) => row(`<code>${escaped(name)}</code>`, `<code>${escaped(value)}</code>`)).join("\n")}
</tbody></table>
<h2>Changes since ${escaped(report.recordedAt ?? "the last record (there is none: this is the first)")}</h2>
${list(changes, report.recordedAt === undefined ? "This inventory was recorded as the first." : "None.")}
<h2>Inspection</h2>
${list(faults, "Every file is the one whose hash the page declares; no script stands in the page's text; the policy allows neither inline script nor eval.")}
<h2>How changes are detected</h2>
<p>The browser refuses a file whose hash differs from the declared one. This check reads the page as a browser gets it, from outside the relay, and compares it with the record; run at least weekly (a scheduled pipeline: <code>cybs-admin evidence --json --yes</code>), it ends with exit code 1 and the code <code>page_drifted</code> when anything differs, so that somebody is told. Changes are authorized by recording them: <code>evidence --accept</code>, with the record under version control.</p>
</body></html>
`;
}
