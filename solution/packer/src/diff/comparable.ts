// An environment knows more columns of a standard table than a solution ships, and less about a component than a zip:
// what only one side can tell is left out of both, so that every difference in the report is one.
import type { Inventory, TableFacts } from "./inventory.ts";

const isAddress = (inventory: Inventory): boolean => /^https?:\/\//.test(inventory.source);

/** Only columns of the publisher; the platform's own come and go with the platform. */
function ownColumns(tables: ReadonlyMap<string, TableFacts>, prefix: string): ReadonlyMap<string, TableFacts> {
  return new Map([...tables].map(([name, table]) => [name, { ...table, columns: new Map([...table.columns].filter(([column]) => column.startsWith(prefix) && !column.endsWith("_base"))) }]));
}

/** Both sides reduced to what both can tell; two zips are left as they are. */
export function comparable(before: Inventory, after: Inventory): [Inventory, Inventory] {
  const zip = isAddress(before) ? after : before;
  if (!isAddress(before) && !isAddress(after)) return [before, after];
  const prefix = `${[...zip.tables.keys()].find((name) => name.includes("_"))?.split("_")[0] ?? ""}_`;
  const kinds = new Set([...before.parts.keys()].filter((kind) => after.parts.has(kind)));
  const zipParts = new Map([...kinds].map((kind) => [kind, new Set(zip.parts.get(kind)?.keys())]));
  const reduce = (inventory: Inventory): Inventory => ({
    ...inventory, tables: ownColumns(inventory.tables, prefix),
    parts: new Map([...kinds].map((kind) => [kind, new Map([...inventory.parts.get(kind) ?? []].filter(([key, { table }]) => zipParts.get(kind)?.has(key) === true || key.startsWith(prefix.replace("_", ".")) || !isStandard(zip, table)))])),
  });
  return [reduce(before), reduce(after)];
}

/** Forms, views and commands of a standard table belong to whoever else extends it; a command of ours says so in its id. */
const isStandard = (zip: Inventory, label: string | undefined): boolean => [...zip.tables.values()].some((table) => table.label === label && !table.isOwn);
