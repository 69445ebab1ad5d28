// ImportSolution: reads the very zip that customers import, checks all of it, and only then changes anything.
import { asText } from "../store/rows.ts";
import { isActive, addTable, connect, type Key, type Table, type TableDefinition } from "../metadata/model.ts";
import { nowText, type Footprint, type Organization } from "../organization.ts";
import { buildIndex } from "../jobs/key-indexes.ts";
import { registerPrivileges } from "../security/privileges.ts";
import { registerMessages } from "../webhooks/deliver.ts";
import { checkDependencies, checkPayload, checkRelationships, checkRootComponents, checkVersions, solutionRow, type ImportOptions } from "./check.ts";
import { keepHistory, OPERATION } from "./history.ts";
import { openPackage, parseFile, refuse, type Package } from "./package.ts";
import { readComponents, type ComponentRow } from "./read-components.ts";
import { keepRole, readRoles } from "./read-roles.ts";
import { readSteps } from "./read-steps.ts";
import { PLATFORM_NAMES, readTables } from "./read-tables.ts";
import { list, textOf } from "./xml.ts";

export interface Imported { readonly uniqueName: string; readonly version: string }
const SYSTEM_USER = "b0000000-0000-4000-8000-000000000008";

/** Everything that a package becomes, read and checked; nothing has changed yet. */
export interface Prepared { readonly pack: Package; readonly tables: readonly TableDefinition[]; readonly roles: ReturnType<typeof readRoles>; readonly components: readonly ComponentRow[] }

export function prepareSolution(organization: Organization, zip: Uint8Array, options: ImportOptions = {}): Prepared {
  const pack = openPackage(zip);
  checkVersions(organization, pack, options);
  checkDependencies(organization, pack);
  const tables = readTables(organization, pack.content, pack.prefix);
  checkPayload(pack);
  checkRelationships(organization, pack);
  checkRootComponents(organization, pack);
  const roles = readRoles(pack.content);
  const { content, xml, files, isManaged } = pack;
  const components = [...readVariables(organization, pack), ...readComponents(organization, { content, xml, files, isManaged }), ...readSteps(organization, content, { isManaged, publishes: options.publishesWorkflows === true })];
  return { pack, tables, roles, components };
}

export function importSolution(organization: Organization, zip: Uint8Array, options: ImportOptions = {}): Imported {
  const prepared = prepareSolution(organization, zip, options);
  const { pack } = prepared;
  const isUpgrade = solutionRow(organization, pack.uniqueName) !== undefined;
  organization.store.atomically(() => { apply(organization, prepared); });
  keepHistory(organization, { uniqueName: pack.uniqueName, version: pack.version, isManaged: pack.isManaged, operation: OPERATION.import, isUpgrade });
  return { uniqueName: prepared.pack.uniqueName, version: prepared.pack.version };
}

function apply(organization: Organization, { pack, tables, roles, components }: Prepared): void {
  const { store, model } = organization;
  const isNew = new Set(tables.filter((table) => !model.tables.has(table.name)).map((table) => table.name));
  const keys = tables.map((table) => [table.name, new Set(model.tables.get(table.name)?.keys.map((key) => key.name))] as const);
  for (const table of tables) addTable(model, table);
  connect(model);
  const added = keys.flatMap(([name, known]) => { const table = model.table(name); return table.keys.filter((key) => !known.has(key.name)).map((key): [Table, Key] => [table, key]); });
  for (const [, key] of added) key.status = "Pending";
  for (const table of tables) store.reindex(model.table(table.name));
  for (const role of roles) keepRole(organization, role);
  for (const { table, row } of components) store.put(model.table(table), { createdon: nowText(organization), modifiedon: nowText(organization), ...row, versionnumber: store.nextVersion() });
  keepSolution(organization, pack, footprintOf(organization, { tables, roles, components, isNew }));
  registerMessages(organization);
  registerPrivileges(organization);
  for (const [table, key] of added) if (!isActive(key)) buildIndex(organization, table, key, SYSTEM_USER);
}

function footprintOf(organization: Organization, of: Pick<Prepared, "tables" | "roles" | "components"> & { readonly isNew: ReadonlySet<string> }): Footprint {
  const own = new Set(organization.solutions.flatMap((one) => one.footprint.tables));
  return {
    tables: of.tables.map((table) => table.name).filter((name) => of.isNew.has(name) || own.has(name)), columns: of.tables.flatMap((table) => table.columns.filter((column) => !PLATFORM_NAMES.has(column.name)).map((column): [string, string] => [table.name, column.name])),
    roles: of.roles.map((role) => role.id), rows: of.components.map(({ table, row }): [string, string] => [table, asText(row[organization.model.table(table).id])]),
  };
}

function readVariables(organization: Organization, { files }: Package): readonly ComponentRow[] {
  const table = organization.model.table("environmentvariabledefinition");
  return Object.entries(files).filter(([path]) => path.endsWith("environmentvariabledefinition.xml")).map(([path, bytes]) => {
    const node = parseFile(bytes, "environmentvariabledefinition");
    const schemaname = textOf(node, "@schemaname");
    if (schemaname === "") throw refuse("0x8004801a", `The import file is invalid. XSD validation failed with the following error: '${path}: The required attribute 'schemaname' is missing.'.`);
    const existing = [...organization.store.all(table.name)].find((row) => row["schemaname"] === schemaname);
    const id = existing === undefined ? organization.random.uuid() : asText(existing[table.id]);
    return { table: table.name, row: { ...existing, [table.id]: id, schemaname, displayname: textOf(list(node, "displayname", "label")[0], "@description") || schemaname, type: Number(textOf(node, "type") || 100000000), defaultvalue: textOf(node, "defaultvalue") || null } };
  });
}

function keepSolution(organization: Organization, pack: Package, footprint: Footprint): void {
  const { store, model, random } = organization;
  const publisher = [...store.all("publisher")].find((row) => row["uniquename"] === pack.publisher);
  const publisherid = publisher === undefined ? random.uuid() : asText(publisher["publisherid"]);
  store.put(model.table("publisher"), { ...publisher, publisherid, uniquename: pack.publisher, friendlyname: pack.publisher, customizationprefix: pack.prefix, versionnumber: store.nextVersion() });
  const existing = solutionRow(organization, pack.uniqueName);
  store.put(model.table("solution"), {
    createdon: nowText(organization), installedon: nowText(organization), ...existing, modifiedon: nowText(organization), solutionid: existing === undefined ? random.uuid() : asText(existing["solutionid"]), uniquename: pack.uniqueName, friendlyname: pack.friendlyName,
    version: pack.version, ismanaged: pack.isManaged, isvisible: true, publisherid: { id: publisherid, table: "publisher" }, versionnumber: store.nextVersion(),
  });
  const at = organization.solutions.findIndex((one) => one.uniqueName === pack.uniqueName);
  const before = at === -1 ? undefined : organization.solutions.splice(at, 1)[0];
  // An update adds and changes; what the newer version no longer has stays until an upgrade or an uninstall takes it.
  const joined = before === undefined ? footprint : join(before.footprint, footprint);
  organization.solutions.push({ uniqueName: pack.uniqueName, isManaged: pack.isManaged, footprint: joined, files: Object.entries(pack.files).map(([path, bytes]) => ({ path, bytes })) });
}

function join(one: Footprint, other: Footprint): Footprint {
  type Pairs = Footprint["columns"];
  const pairs = (left: Pairs, right: Pairs): Pairs => [...new Map([...left, ...right].map((pair) => [pair.join(" "), pair])).values()];
  return { tables: [...new Set([...one.tables, ...other.tables])], roles: [...new Set([...one.roles, ...other.roles])], columns: pairs(one.columns, other.columns), rows: pairs(one.rows, other.rows) };
}
