// What tables there are: standard ones from a compact definition (names, types, labels and options of a real organization's metadata),
// custom ones from imported solutions. Everything else in this stand-in is driven by it.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type ColumnType =
  | "Uniqueidentifier" | "String" | "Memo" | "Integer" | "BigInt" | "Decimal" | "Double" | "Money" | "Boolean" | "DateTime" | "DateOnly"
  | "Picklist" | "State" | "Status" | "Lookup" | "Customer" | "Owner" | "File";

export interface Option { readonly value: number; readonly label: string; readonly state?: number }
export interface Target { readonly table: string; readonly nav: string }
export interface Column {
  readonly name: string;
  readonly schema?: string;
  readonly type: ColumnType;
  readonly label?: string;
  /** Letters of a text, bytes of a file. */
  readonly max?: number;
  /** Business required: the forms insist, the Web API does not. */
  readonly required?: boolean;
  /** System required: the platform insists. */
  readonly isSystemRequired?: boolean;
  /** Column security is on. */
  readonly isSecured?: boolean;
  readonly options?: readonly Option[];
  readonly targets?: readonly Target[];
  readonly defaultValue?: number;
  readonly autoNumber?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** This money column is that one in the organization's base currency; the platform alone writes it. */
  readonly baseOf?: string;
  /** The platform alone writes it. */
  readonly isPlatforms?: boolean;
}
export interface Single { readonly nav: string; readonly column: string; readonly target: string }
export type Cascade = "NoCascade" | "Cascade" | "Active" | "UserOwned";
/** What a relationship does to its rows when their parent is assigned, shared, unshared or deleted. */
export interface Behavior { readonly assign: Cascade; readonly share: Cascade; readonly unshare: Cascade; readonly delete: "Cascade" | "Restrict" | "RemoveLink" | "NoCascade" }
export interface Collection { readonly name: string; readonly table: string; readonly column: string; readonly nav: string; readonly isRestricted: boolean; readonly isCascading: boolean; readonly behavior: Behavior }
export interface Key {
  readonly name: string;
  readonly columns: readonly string[];
  /** Absent is Active: before that the key neither finds rows nor keeps them apart. */
  status?: "Pending" | "InProgress" | "Active" | "Failed";
}
export const isActive = (key: Key): boolean => key.status === undefined || key.status === "Active";

/** x of `_x_value`. */
export const lookupNamed = (property: string): string | undefined => (property.length > "__value".length && property.startsWith("_") && property.endsWith("_value") ? property.slice(1, -"_value".length) : undefined);

export interface Table {
  readonly name: string;
  readonly schema: string;
  readonly set: string;
  readonly id: string;
  readonly primaryName: string;
  readonly code: number;
  label: string;
  plural: string;
  readonly ownership: "UserOwned" | "OrgOwned";
  readonly isChangeTracked?: boolean;
  readonly columns: Map<string, Column>;
  readonly singles: Map<string, Single>;
  readonly collections: Map<string, Collection>;
  readonly keys: Key[];
}

export interface TableDefinition extends Omit<Table, "columns" | "singles" | "collections" | "keys"> {
  readonly columns: readonly Column[];
  /** Lookup navigation → collection navigation on its target. */
  readonly partners: Readonly<Record<string, string>>;
  readonly keys?: readonly Key[];
  /** Relationships whose parent cannot be deleted while rows point at it, and those whose rows go with it. */
  readonly restricted?: readonly string[];
  readonly cascading?: readonly string[];
  /** By relationship; one without goes along with nothing and is unlinked when its parent is deleted. */
  readonly behaviors?: Readonly<Record<string, Behavior>>;
}

export interface Model {
  readonly tables: Map<string, Table>;
  readonly bySet: Map<string, Table>;
  table(name: string): Table;
}

const SYSTEM: readonly Column[] = [
  { name: "createdon", type: "DateTime", label: "Created On" }, { name: "modifiedon", type: "DateTime", label: "Modified On" },
  ...(["createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby"] as const).map((name): Column => ({ name, type: "Lookup", targets: [{ table: "systemuser", nav: name }] })),
];
const OWNED: readonly Column[] = [
  { name: "ownerid", type: "Owner", label: "Owner", targets: [{ table: "principal", nav: "ownerid" }] },
  { name: "owningbusinessunit", type: "Lookup", label: "Owning Business Unit", targets: [{ table: "businessunit", nav: "owningbusinessunit" }] },
  { name: "owninguser", type: "Lookup", targets: [{ table: "systemuser", nav: "owninguser" }] }, { name: "owningteam", type: "Lookup", targets: [{ table: "team", nav: "owningteam" }] },
];

export function createModel(): Model {
  const tables = new Map<string, Table>();
  const bySet = new Map<string, Table>();
  const model: Model = {
    tables, bySet,
    table: (name) => {
      const found = tables.get(name);
      if (found === undefined) throw new Error(`no table ${name}`);
      return found;
    },
  };
  for (const file of ["standard-tables.json", "activity-tables.json", "platform-tables.json", "component-tables.json", "web-api-tables.json", "quote-tables.json", "relationship-tables.json"]) {
    for (const definition of JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8")) as TableDefinition[]) addTable(model, definition);
  }
  connect(model);
  return model;
}

/** Adds a table, or columns to one that exists (a solution's shell of a standard table). */
export function addTable(model: Model, definition: TableDefinition): Table {
  const existing = model.tables.get(definition.name);
  const table: Table = existing ?? { ...definition, columns: new Map(), singles: new Map(), collections: new Map(), keys: [] };
  const system = existing === undefined ? [...SYSTEM, ...(definition.ownership === "UserOwned" ? OWNED : [])] : [];
  for (const column of [...system, ...definition.columns]) {
    table.columns.set(column.name, column);
    if (column.type === "Money" && column.baseOf === undefined) table.columns.set(`${column.name}_base`, { name: `${column.name}_base`, type: "Money", label: `${column.label ?? column.name} (Base)`, baseOf: column.name });
    if (column.type === "File") table.columns.set(`${column.name}_name`, { name: `${column.name}_name`, ...(column.schema === undefined ? {} : { schema: `${column.schema}_Name` }), type: "String", label: `${column.label ?? column.name} Name`, isPlatforms: true });
  }
  for (const key of definition.keys ?? []) if (!table.keys.some((one) => one.name === key.name)) table.keys.push(key);
  model.tables.set(table.name, table);
  model.bySet.set(table.set, table);
  for (const column of [...system, ...definition.columns]) {
    // Some lookups can only be read: they have no navigation.
    for (const target of column.targets ?? []) if (target.nav !== "") table.singles.set(target.nav, { nav: target.nav, column: column.name, target: target.table });
  }
  partnersOf.set(table, [...partnersOf.get(table) ?? [], { partners: definition.partners, restricted: new Set(definition.restricted ?? []), cascading: new Set([...definition.cascading ?? [], ...PARENTAL]), behaviors: definition.behaviors ?? {} }]);
  return table;
}

interface Partners { readonly partners: Readonly<Record<string, string>>; readonly restricted: ReadonlySet<string>; readonly cascading: ReadonlySet<string>; readonly behaviors: Readonly<Record<string, Behavior>> }
const partnersOf = new WeakMap<Table, readonly Partners[]>();
const WITH_PARENT: Behavior = { assign: "Cascade", share: "Cascade", unshare: "Cascade", delete: "Cascade" };
const REFERENTIAL: Behavior = { assign: "NoCascade", share: "NoCascade", unshare: "NoCascade", delete: "RemoveLink" };

/** Standard relationships whose rows are deleted with their parent. */
const PARENTAL = ["order_details", "invoice_details", "SalesOrder_Annotation", "Invoice_Annotation", "Account_Annotation", "Contact_Annotation", "SalesOrder_Tasks", "Invoice_Tasks", "SalesOrder_OrderClose", "Account_Tasks", "Contact_Tasks", "Task_Annotation", "Email_Annotation", "OrderClose_Annotation"];

/** Gives every lookup its collection on the other side. Called once all tables of an import are there. */
export function connect(model: Model): void {
  for (const table of model.tables.values()) {
    for (const { partners, restricted, cascading, behaviors } of partnersOf.get(table) ?? []) {
      for (const [nav, name] of Object.entries(partners)) {
        const single = table.singles.get(nav);
        const target = single === undefined ? undefined : model.tables.get(single.target);
        if (single !== undefined && target !== undefined) target.collections.set(name, { name, table: table.name, column: single.column, nav, isRestricted: restricted.has(name), isCascading: cascading.has(name), behavior: behaviors[name] ?? (cascading.has(name) ? WITH_PARENT : REFERENTIAL) });
      }
    }
  }
}

/** A table that is gone, with every lookup that pointed at it. */
export function removeTable(model: Model, name: string): void {
  const table = model.tables.get(name);
  if (table === undefined) return;
  model.tables.delete(name);
  model.bySet.delete(table.set);
  for (const other of model.tables.values()) {
    for (const [key, collection] of other.collections) if (collection.table === name) other.collections.delete(key);
    for (const [nav, single] of other.singles) if (single.target === name) other.singles.delete(nav);
  }
}

export function removeColumn(model: Model, tableName: string, column: string): void {
  const table = model.tables.get(tableName);
  table?.columns.delete(column);
  table?.columns.delete(`${column}_base`);
  if (table?.columns.get(`${column}_name`)?.isPlatforms === true) table.columns.delete(`${column}_name`);
  for (const [nav, single] of table?.singles ?? []) if (single.column === column) table?.singles.delete(nav);
  for (const other of model.tables.values()) for (const [key, collection] of other.collections) if (collection.table === tableName && collection.column === column) other.collections.delete(key);
}
