// Rows in memory with an index per lookup and per alternate key, and an undo log, so that a change set is everything or nothing.
// Lookups are stored as {id, table}; money and other numbers as numbers; dates as ISO text.
import { duplicateId, duplicateKey } from "../errors.ts";
import { isActive, type Model, type Table } from "../metadata/model.ts";

export interface Reference { readonly id: string; readonly table: string }
export type Value = string | number | boolean | null | Reference | undefined;
export type Row = Record<string, Value>;

export const isReference = (value: Value): value is Reference => typeof value === "object" && value !== null;
/** A value as text: the id of a lookup, nothing for null. */
export const asText = (value: Value): string => (isReference(value) ? value.id : String(value ?? ""));
export const referenceId = (value: Value): string | undefined => (isReference(value) ? value.id : undefined);

export interface Removal { readonly table: string; readonly id: string; readonly version: number }

export interface Store {
  get(table: string, id: string): Row | undefined;
  all(table: string): Iterable<Row>;
  count(table: string): number;
  /** Rows whose lookup column points at `id`. */
  pointingAt(table: string, column: string, id: string): readonly Row[];
  byKey(table: Table, keyName: string, values: readonly Value[]): Row | undefined;
  put(table: Table, row: Row): void;
  remove(table: Table, id: string): void;
  /** Everything that `work` writes, or nothing. */
  atomically<T>(work: () => T): T;
  /** Runs once what is being written has been committed; at once outside a transaction, never after a rollback. */
  afterCommit(listener: () => void): void;
  /** Like running `work`, but all that it commits can be taken back afterwards. */
  recording<T>(work: () => T): { readonly result: T; readonly undo: () => void };
  /** A table got new keys or lookups: its rows are indexed again. Throws when rows break a key. */
  reindex(table: Table): void;
  dump(): Record<string, Row[]>;
  /** A store of its own with the same rows and indexes. Rows are never changed in place, so they are shared. */
  fork(): Store;
  load(model: Model, rows: Record<string, Row[]>, removals?: readonly Removal[]): void;
  clear(): void;
  nextVersion(): number;
  /** The version of the last write, and which rows of a table have been deleted after one. */
  readonly version: number;
  removedSince(table: string, version: number): readonly string[];
  removals(): readonly Removal[];
  /** Grows with every write. */
  readonly changes: number;
  /** Grows with every write of one of these tables. */
  changesIn(tables: readonly string[]): number;
}

const keyText = (values: readonly Value[]): string => values.map((value) => (isReference(value) ? value.id : String(value ?? "").toLowerCase())).join("\u0000");

const NO_ROWS: readonly Row[] = [];

class MemoryStore implements Store {
  #tables = new Map<string, Map<string, Row>>();
  /** By table, by lookup column, by what it points at: the rows. */
  #lookups = new Map<string, Map<string, Map<string, Set<string>>>>();
  /** By table, by key, by its values: the row. */
  #keys = new Map<string, Map<string, Map<string, string>>>();
  #undo: (() => void)[] | undefined;
  #committed: (() => void)[] = [];
  #history: (() => void)[] | undefined;
  #version = 1_000;
  #removed: Removal[] = [];
  changes = 0;
  readonly #changesOf = new Map<string, number>();

  get(table: string, id: string): Row | undefined { return this.#tables.get(table)?.get(id); }
  all(table: string): Iterable<Row> { return this.#tables.get(table)?.values() ?? []; }
  count(table: string): number { return this.#tables.get(table)?.size ?? 0; }
  changesIn(tables: readonly string[]): number { return tables.reduce((sum, table) => sum + (this.#changesOf.get(table) ?? 0), 0); }
  nextVersion(): number { return ++this.#version; }
  get version(): number { return this.#version; }
  removals(): readonly Removal[] { return this.#removed; }
  removedSince(table: string, version: number): readonly string[] {
    return this.#removed.filter((one) => one.table === table && one.version > version && this.get(table, one.id) === undefined).map((one) => one.id);
  }

  pointingAt(table: string, column: string, id: string): readonly Row[] {
    const ids = this.#lookups.get(table)?.get(column)?.get(id);
    if (ids === undefined || ids.size === 0) return NO_ROWS;
    const rows: Row[] = [];
    for (const one of ids) { const row = this.get(table, one); if (row !== undefined) rows.push(row); }
    return rows;
  }

  byKey(table: Table, keyName: string, values: readonly Value[]): Row | undefined {
    const id = this.#keys.get(table.name)?.get(keyName)?.get(keyText(values));
    return id === undefined ? undefined : this.get(table.name, id);
  }

  put(table: Table, row: Row): void {
    const id = asText(row[table.id]);
    const before = this.get(table.name, id);
    for (const key of table.keys) {
      if (!isActive(key)) continue;
      const values = key.columns.map((column) => row[column]);
      if (values.every((value) => value === null || value === undefined)) continue;
      const holder = this.#keys.get(table.name)?.get(key.name)?.get(keyText(values));
      if (holder !== undefined && holder !== id) throw duplicateKey(key.name);
    }
    this.#write(table, id, row);
    this.#undo?.push(() => { if (before === undefined) this.#erase(table, id); else this.#write(table, id, before); });
  }

  remove(table: Table, id: string): void {
    const before = this.get(table.name, id);
    if (before === undefined) return;
    this.#erase(table, id);
    const removal: Removal = { table: table.name, id, version: this.nextVersion() };
    this.#removed.push(removal);
    this.#undo?.push(() => { this.#write(table, id, before); this.#removed = this.#removed.filter((one) => one !== removal); });
  }

  #changed(table: Table): void {
    this.changes += 1;
    this.#changesOf.set(table.name, (this.#changesOf.get(table.name) ?? 0) + 1);
  }

  #write(table: Table, id: string, row: Row): void {
    this.#changed(table);
    this.#unindex(table, id);
    const rows = this.#tables.get(table.name) ?? new Map<string, Row>();
    this.#tables.set(table.name, rows.set(id, row));
    const indexes = mapOf(this.#lookups, table.name, () => new Map<string, Map<string, Set<string>>>());
    for (const name in row) {
      const value = row[name];
      if (isReference(value) && table.columns.has(name)) mapOf(mapOf(indexes, name, () => new Map<string, Set<string>>()), value.id, () => new Set<string>()).add(id);
    }
    if (table.keys.length === 0) return;
    const keys = mapOf(this.#keys, table.name, () => new Map<string, Map<string, string>>());
    for (const key of table.keys) if (isActive(key)) mapOf(keys, key.name, () => new Map<string, string>()).set(keyText(key.columns.map((column) => row[column])), id);
  }

  #erase(table: Table, id: string): void {
    this.#changed(table);
    this.#unindex(table, id);
    this.#tables.get(table.name)?.delete(id);
  }

  #unindex(table: Table, id: string): void {
    const row = this.get(table.name, id);
    if (row === undefined) return;
    const indexes = this.#lookups.get(table.name);
    for (const name in row) {
      const value = row[name];
      if (isReference(value) && table.columns.has(name)) indexes?.get(name)?.get(value.id)?.delete(id);
    }
    for (const key of table.keys) this.#keys.get(table.name)?.get(key.name)?.delete(keyText(key.columns.map((column) => row[column])));
  }

  atomically<T>(work: () => T): T {
    if (this.#undo !== undefined) return work();
    const undo: (() => void)[] = [];
    this.#undo = undo;
    this.#committed = [];
    let result: T;
    try {
      result = work();
    } catch (error) {
      for (const step of undo.reverse()) step();
      this.#committed = [];
      throw error;
    } finally {
      this.#undo = undefined;
    }
    this.#history?.push(...undo);
    for (const listener of this.#committed.splice(0)) listener();
    return result;
  }

  afterCommit(listener: () => void): void {
    if (this.#undo === undefined) listener();
    else this.#committed.push(listener);
  }

  recording<T>(work: () => T): { readonly result: T; readonly undo: () => void } {
    const history: (() => void)[] = [];
    this.#history = history;
    try {
      return { result: work(), undo: () => { for (const step of history.reverse()) step(); } };
    } finally {
      this.#history = undefined;
    }
  }

  reindex(table: Table): void {
    for (const row of [...this.all(table.name)]) this.put(table, row);
  }

  fork(): Store {
    const copy = new MemoryStore();
    copy.#tables = new Map([...this.#tables].map(([name, rows]) => [name, new Map(rows)]));
    copy.#lookups = new Map([...this.#lookups].map(([name, indexes]) => [name, new Map([...indexes].map(([column, index]) => [column, new Map([...index].map(([id, ids]) => [id, new Set(ids)]))]))]));
    copy.#keys = new Map([...this.#keys].map(([name, keys]) => [name, new Map([...keys].map(([key, index]) => [key, new Map(index)]))]));
    copy.#version = this.#version;
    copy.#removed = [...this.#removed];
    return copy;
  }

  dump(): Record<string, Row[]> { return Object.fromEntries([...this.#tables].map(([name, rows]) => [name, [...rows.values()]])); }
  load(model: Model, rows: Record<string, Row[]>, removals: readonly Removal[] = []): void {
    for (const [name, list] of Object.entries(rows)) for (const row of list) this.#write(model.table(name), asText(row[model.table(name).id]), row);
    this.#removed = [...removals];
    for (const row of Object.values(rows).flat()) this.#version = Math.max(this.#version, Number(row["versionnumber"] ?? 0));
    for (const one of removals) this.#version = Math.max(this.#version, one.version);
  }
  clear(): void { this.#removed = []; this.#tables.clear(); this.#lookups.clear(); this.#keys.clear(); }
}

function mapOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

export const createStore = (): Store => new MemoryStore();

/** Create with an id that is taken is refused before anything is written. */
export function assertNew(store: Store, table: Table, id: string): void {
  if (store.get(table.name, id) !== undefined) throw duplicateId();
}
