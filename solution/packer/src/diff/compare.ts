// What differs between two inventories, and what an upgrade from the first to the second does with it.
// Rules of upgrades: learn.microsoft.com/power-platform/alm/update-solutions-alm; a column's type never changes, a removed component goes with its data.
import type { ColumnFacts, Inventory, PartFacts } from "./inventory.ts";

export type ChangeKind = "added" | "changed" | "removed";
/** `refuses`: the import fails because of it. `loses`: data or rights are gone afterwards. */
export interface Change { kind: ChangeKind; what: string; sentence: string; effect?: { kind: "refuses" | "loses"; sentence: string } }

const named = (label: string, key: string): string => (label === "" || label === key ? key : `"${label}" (${key})`);

function* pairs<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Generator<{ key: string; old: T | undefined; now: T | undefined }> {
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) yield { key, old: before.get(key), now: after.get(key) };
}

function choicesOf(where: string, before: ColumnFacts, after: ColumnFacts): Change[] {
  if (before.choices === undefined || after.choices === undefined) return [];
  return [...pairs(before.choices, after.choices)].flatMap(({ key, old, now }): Change[] => {
    if (old === undefined) return [{ kind: "added", what: "choice", sentence: `${where} can also be "${now ?? ""}" (${key}).` }];
    if (now === undefined) return [{ kind: "removed", what: "choice", sentence: `${where} can no longer be "${old}" (${key}).`, effect: { kind: "loses", sentence: `Rows that hold "${old}" keep the number ${key} and show no word for it.` } }];
    return old === now ? [] : [{ kind: "changed", what: "choice", sentence: `${where}: "${old}" is now called "${now}" (${key}).` }];
  });
}

function changedColumn(where: string, old: ColumnFacts, now: ColumnFacts): Change[] {
  const changes: Change[] = [];
  if (old.type !== now.type) changes.push({ kind: "changed", what: "column", sentence: `${where} was ${old.type} and is now ${now.type}.`, effect: { kind: "refuses", sentence: `The import is refused: a column's type cannot change (${where}).` } });
  if (old.lengthMax !== undefined && now.lengthMax !== undefined && old.lengthMax !== now.lengthMax) {
    changes.push({ kind: "changed", what: "column", sentence: `${where} holds ${now.lengthMax} characters instead of ${old.lengthMax}.`, ...(now.lengthMax < old.lengthMax ? { effect: { kind: "refuses", sentence: `The import is refused if a row holds more than ${now.lengthMax} characters in ${where}.` } } : {}) });
  }
  if (old.isRequired === false && now.isRequired === true) changes.push({ kind: "changed", what: "column", sentence: `${where} must now be filled in on forms.` });
  if (old.isRequired === true && now.isRequired === false) changes.push({ kind: "changed", what: "column", sentence: `${where} need no longer be filled in on forms.` });
  if (old.label !== now.label) changes.push({ kind: "changed", what: "column", sentence: `${where} is now called "${now.label}".` });
  return [...changes, ...choicesOf(where, old, now)];
}

function tableChanges(before: Inventory, after: Inventory): Change[] {
  return [...pairs(before.tables, after.tables)].flatMap(({ key, old, now }): Change[] => {
    const table = named((now ?? old)?.label ?? "", key);
    if (old === undefined) return [{ kind: "added", what: "table", sentence: `Table ${table} with ${now?.columns.size ?? 0} columns.` }];
    if (now === undefined) return [{ kind: "removed", what: "table", sentence: `Table ${table}.`, ...(old.isOwn ? { effect: { kind: "loses", sentence: `All rows of ${table} are deleted.` } } : {}) }];
    return [...pairs(old.columns, now.columns)].flatMap(({ key: column, old: was, now: is }): Change[] => {
      const where = `Column ${named((is ?? was)?.label ?? "", column)} of ${table}`;
      if (was === undefined) return [{ kind: "added", what: "column", sentence: `${where} (${is?.type ?? ""}).` }];
      if (is === undefined) return [{ kind: "removed", what: "column", sentence: `${where}.`, effect: { kind: "loses", sentence: `What rows hold in ${where} is deleted.` } }];
      return changedColumn(where, was, is);
    });
  });
}

const DEPTHS = ["", "Basic", "Local", "Deep", "Global"];
const REACH: Readonly<Record<string, string>> = { Basic: "own rows", Local: "rows of the own unit", Deep: "rows of the own unit and those below", Global: "all rows" };
const VERBS: Readonly<Record<string, string>> = { create: "create", read: "read", write: "change", delete: "delete", append: "attach", appendto: "attach to", assign: "assign", share: "share" };

/** "prvreadcybs_payment" in words; names are in lower case, as an environment and a zip spell them differently. */
function right(privilege: string): string {
  const [, verb = "", table = privilege] = /^prv(create|read|write|delete|appendto|append|assign|share)(.+)$/.exec(privilege) ?? [];
  return verb === "" ? privilege : `${VERBS[verb] ?? verb} ${table}`;
}

function roleChanges(before: Inventory, after: Inventory): Change[] {
  return [...pairs(before.roles, after.roles)].flatMap(({ old, now }): Change[] => {
    const role = (now ?? old)?.label ?? "";
    if (old === undefined) return [{ kind: "added", what: "role", sentence: `Role "${role}" with ${now?.privileges.size ?? 0} rights.` }];
    if (now === undefined) return [{ kind: "removed", what: "role", sentence: `Role "${role}".`, effect: { kind: "loses", sentence: `Everybody who has the role "${role}" loses its rights.` } }];
    return [...pairs(old.privileges, now.privileges)].flatMap(({ key, old: was, now: is }): Change[] => {
      if (was === is) return [];
      if (is === undefined) return [{ kind: "removed", what: "right", sentence: `"${role}" may no longer ${right(key)}.`, effect: { kind: "loses", sentence: `People with "${role}" can no longer ${right(key)}.` } }];
      if (was === undefined) return [{ kind: "added", what: "right", sentence: `"${role}" may ${right(key)}: ${REACH[is] ?? is}.` }];
      const isLess = DEPTHS.indexOf(is) < DEPTHS.indexOf(was);
      return [{ kind: "changed", what: "right", sentence: `"${role}" may ${right(key)}: ${REACH[is] ?? is} instead of ${REACH[was] ?? was}.`, ...(isLess ? { effect: { kind: "loses", sentence: `People with "${role}" can ${right(key)} fewer rows.` } } : {}) }];
    });
  });
}

function partChanges(before: Inventory, after: Inventory): Change[] {
  return [...before.parts.keys()].filter((kind) => after.parts.has(kind)).concat([...after.parts.keys()].filter((kind) => !before.parts.has(kind)))
    .flatMap((what) => [...pairs(before.parts.get(what) ?? new Map<string, PartFacts>(), after.parts.get(what) ?? new Map<string, PartFacts>())].flatMap(({ key, old, now }): Change[] => {
      const facts = now ?? old;
      const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)} ${named(facts?.label ?? "", key)}${facts?.table === undefined || facts.table === "" ? "" : ` of ${facts.table}`}.`;
      if (old === undefined) return [{ kind: "added", what, sentence }];
      if (now === undefined) return [{ kind: "removed", what, sentence }];
      return old.contents === undefined || now.contents === undefined || old.contents === now.contents ? [] : [{ kind: "changed", what, sentence }];
    }));
}

const isHigher = (a: string, b: string): boolean => {
  const [left, right_] = [a, b].map((version) => version.split(".").map(Number));
  const at = [0, 1, 2, 3].find((place) => (left?.[place] ?? 0) !== (right_?.[place] ?? 0));
  return at !== undefined && (left?.[at] ?? 0) > (right_?.[at] ?? 0);
};

function manifestChanges(before: Inventory, after: Inventory): Change[] {
  const refuse = (sentence: string, because: string): Change => ({ kind: "changed", what: "solution", sentence, effect: { kind: "refuses", sentence: because } });
  return [
    ...(before.name === after.name ? [] : [refuse(`${before.name} and ${after.name} are two solutions.`, `The import adds ${after.name} beside ${before.name}; it upgrades nothing.`)]),
    ...(before.publisher === undefined || after.publisher === undefined || before.publisher === after.publisher ? [] : [refuse(`The publisher was ${before.publisher} and is ${after.publisher}.`, "The import is refused: a solution's publisher cannot change.")]),
    ...(before.isManaged === undefined || after.isManaged === undefined || before.isManaged === after.isManaged ? [] : [refuse(`One is managed, the other is not.`, "The import is refused: managed and unmanaged do not replace each other.")]),
    ...(isHigher(after.version, before.version) ? [] : [refuse(`The version is ${after.version} after ${before.version}.`, `The upgrade is refused: it needs a version higher than ${before.version}.`)]),
  ];
}

/** Every difference, what the solutions are first, then tables, rights and other parts. */
export const compareInventories = (before: Inventory, after: Inventory): Change[] => [...manifestChanges(before, after), ...tableChanges(before, after), ...roleChanges(before, after), ...partChanges(before, after)];
