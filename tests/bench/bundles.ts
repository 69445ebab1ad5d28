// What a form has to load for each control, as a browser gets it.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Figure } from "./figure.ts";
import { round } from "./median.ts";

const root = join(import.meta.dirname, "..", "..");
const LIMITS_KB: Readonly<Record<string, number>> = { CardPicker: 60, PaymentStatus: 40, RefundPanel: 40, CapturePanel: 40, PaymentTimeline: 40, IncompletePayments: 40, BulkRun: 40, SavedCards: 40 };

export function bundles(): readonly Figure[] {
  return Object.entries(LIMITS_KB).map(([control, limit]) => {
    const [file] = globSync(`pcf-controls/*/out/controls/${control}/bundle.js`, { cwd: root });
    if (file === undefined) throw new Error(`no bundle of ${control}: npm run build`);
    const kilobytes = gzipSync(readFileSync(join(root, file))).length / 1024;
    return { name: `bundle ${control}, gzipped`, value: round(kilobytes, 1), unit: "KB", goal: `<= ${limit}`, holds: kilobytes <= limit };
  });
}
