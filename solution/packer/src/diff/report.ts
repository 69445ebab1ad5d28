// The comparison as text for an administrator: what an upgrade would refuse, lose, and then everything by what happens to it.
import type { Change, ChangeKind } from "./compare.ts";
import type { Inventory } from "./inventory.ts";

const TITLES: Readonly<Record<ChangeKind, string>> = { added: "Added", changed: "Changed", removed: "Removed" };
const unique = (lines: readonly string[]): string[] => [...new Set(lines)];
const block = (title: string, lines: readonly string[]): string => (lines.length === 0 ? "" : `\n${title} (${lines.length})\n${lines.map((line) => `  - ${line}\n`).join("")}`);
const effects = (changes: readonly Change[], kind: "refuses" | "loses"): string[] => unique(changes.flatMap(({ effect }) => (effect?.kind === kind ? [effect.sentence] : [])));

export function reportOf(before: Inventory, after: Inventory, changes: readonly Change[]): string {
  const head = `From ${before.name} ${before.version} (${before.source})\nto   ${after.name} ${after.version} (${after.source})\n`;
  if (changes.every(({ what }) => what === "solution")) return `${head}${block("An upgrade", effects(changes, "refuses"))}\nTables, columns, rights and all other parts are the same.\n`;
  const refused = effects(changes, "refuses");
  const lost = effects(changes, "loses");
  const verdict = refused.length > 0 ? "" : lost.length > 0 ? "" : "\nAn upgrade is possible and loses nothing.\n";
  const kinds = (["added", "changed", "removed"] as const).map((kind) => block(TITLES[kind], changes.filter((change) => change.kind === kind).map(({ sentence }) => sentence))).join("");
  return `${head}${block("An upgrade would be refused", refused)}${block("An upgrade would lose", lost)}${verdict}${kinds}`;
}
