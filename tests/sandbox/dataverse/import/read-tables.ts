// Tables, columns, keys and relationships out of customizations.xml. A column whose type changed, or whose prefix is not the publisher's,
// is refused, as Dataverse refuses it.
import { DataverseError } from "../errors.ts";
import type { Behavior, Cascade, Column, ColumnType, Key, Option, TableDefinition, Target } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { list, textOf, type XmlNode } from "./xml.ts";

const TYPES: Readonly<Record<string, ColumnType>> = {
  primarykey: "Uniqueidentifier", uniqueidentifier: "Uniqueidentifier", nvarchar: "String", ntext: "Memo", int: "Integer", bigint: "BigInt", decimal: "Decimal", float: "Double", money: "Money", bit: "Boolean",
  datetime: "DateTime", file: "File", picklist: "Picklist", state: "State", status: "Status", lookup: "Lookup", customer: "Customer", owner: "Owner",
};
const SYSTEM_NAMES = new Set(["createdon", "modifiedon", "createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby", "ownerid", "owningbusinessunit", "owninguser", "owningteam"]);

const BASE = "_base";
/** Columns that the platform gives a table, under names without a prefix. */
/** Every table has them from the platform: no solution brings them, and no upgrade takes them away. */
export const PLATFORM_NAMES = new Set(["statecode", "statuscode", "transactioncurrencyid", "exchangerate", "importsequencenumber", "overriddencreatedon", "timezoneruleversionnumber", "utcconversiontimezonecode", "organizationid", "versionnumber"]);
const SET_BY_PLATFORM = new Set([...SYSTEM_NAMES, "statecode", "statuscode", "versionnumber", "exchangerate", "transactioncurrencyid"]);

interface Relation { readonly name: string; readonly from: string; readonly to: string; readonly column: string; readonly isRestricted: boolean; readonly isCascading: boolean; readonly behavior: Behavior }

const DELETES = ["Cascade", "Restrict", "RemoveLink", "NoCascade"] as const;
const CASCADES = ["Cascade", "Active", "UserOwned", "NoCascade"] as const;
const cascadeOf = (relation: XmlNode, name: string): Cascade => CASCADES.find((one) => one === textOf(relation, name)) ?? "NoCascade";

const relationsOf = (content: XmlNode): readonly Relation[] => list(content, "EntityRelationships", "EntityRelationship").map((one) => ({
  name: textOf(one, "@Name"), from: textOf(one, "ReferencingEntityName").toLowerCase(), to: textOf(one, "ReferencedEntityName").toLowerCase(), column: textOf(one, "ReferencingAttributeName").toLowerCase(), isRestricted: textOf(one, "CascadeDelete") === "Restrict", isCascading: textOf(one, "CascadeDelete") === "Cascade",
  behavior: { assign: cascadeOf(one, "CascadeAssign"), share: cascadeOf(one, "CascadeShare"), unshare: cascadeOf(one, "CascadeUnshare"), delete: DELETES.find((name) => name === textOf(one, "CascadeDelete")) ?? "RemoveLink" },
}));

export function readTables(organization: Organization, content: XmlNode, prefix: string): readonly TableDefinition[] {
  const relations = relationsOf(content);
  return list(content, "Entities", "Entity").map((entity, index) => readTable(organization, entity, relations, prefix, index));
}

const titleOf = (node: XmlNode): string => textOf(list(node, "displaynames", "displayname")[0], "@description");

function readTable(organization: Organization, entity: XmlNode, relations: readonly Relation[], prefix: string, index: number): TableDefinition {
  const schema = textOf(entity, "Name");
  const name = schema.toLowerCase();
  const info = (entity["EntityInfo"] as XmlNode | undefined)?.["entity"] as XmlNode | undefined;
  const existing = organization.model.tables.get(name);
  if (existing === undefined && !name.startsWith(`${prefix.toLowerCase()}_`)) throw new DataverseError(400, "0x80048062", `Invalid name for entity ${name}. Custom entity names must start with a valid customization prefix. The prefix for a solution component should match the prefix that is specified for the publisher of the solution (${prefix}_).`);
  const own = relations.filter((relation) => relation.from === name);
  const columns = list(info, "attributes", "attribute").map((attribute) => readColumn(attribute, name, own)).filter((column) => !SYSTEM_NAMES.has(column.name) || existing === undefined).filter((column) => !SYSTEM_NAMES.has(column.name));
  const foreign = existing === undefined ? undefined : columns.find((column) => !existing.columns.has(column.name) && column.baseOf === undefined && !column.name.startsWith(`${prefix.toLowerCase()}_`) && !PLATFORM_NAMES.has(column.name));
  if (foreign !== undefined) throw new DataverseError(400, "0x80048062", `Invalid name for attribute ${foreign.name}.  Custom attribute names must start with a valid customization prefix. The prefix for a solution component should match the prefix that is specified for the publisher of the solution.`);
  for (const column of columns) checkType(organization, name, column);
  for (const attribute of list(info, "attributes", "attribute")) checkSecurable(attribute, readKeys(info));
  const partners = Object.fromEntries(own.map((relation) => [navOf(list(info, "attributes", "attribute"), relation, own), relation.name]));
  const set = textOf(info, "EntitySetName") || `${name}s`;
  const localized = list(info, "LocalizedNames", "LocalizedName")[0];
  const primary = list(info, "attributes", "attribute").find((attribute) => textOf(attribute, "DisplayMask").includes("PrimaryName"));
  return {
    name, schema, set, id: `${name}id`, primaryName: primary === undefined ? `${prefix}_name` : textOf(primary, "LogicalName"), code: existing?.code ?? 10_000 + organization.model.tables.size + index,
    label: textOf(localized, "@description") || textOf(entity, "Name", "@LocalizedName") || schema, plural: `${textOf(entity, "Name", "@LocalizedName") || schema}s`,
    ownership: textOf(info, "OwnershipTypeMask") === "OrgOwned" ? "OrgOwned" : "UserOwned", columns: existing === undefined ? columns : columns.filter((column) => column.name.startsWith(`${prefix.toLowerCase()}_`)),
    partners, keys: readKeys(info), restricted: own.filter((relation) => relation.isRestricted).map((relation) => relation.name), cascading: own.filter((relation) => relation.isCascading).map((relation) => relation.name),
    ...(textOf(info, "ChangeTrackingEnabled") === "1" ? { isChangeTracked: true } : {}),
    behaviors: Object.fromEntries(own.map((relation) => [relation.name, relation.behavior])),
  };
}

/** A custom lookup's navigation is its schema name; with several targets the target's name is appended. System ones are lower case. */
function navOf(attributes: readonly XmlNode[], relation: Relation, own: readonly Relation[]): string {
  const attribute = attributes.find((one) => textOf(one, "LogicalName") === relation.column);
  const physical = attribute === undefined ? relation.column : textOf(attribute, "@PhysicalName") || relation.column;
  const nav = physical.includes("_") ? physical : relation.column;
  const targets = own.filter((other) => other.column === relation.column);
  return targets.length > 1 && relation.column !== "ownerid" ? `${nav}_${relation.to}` : nav;
}

function readColumn(attribute: XmlNode, table: string, relations: readonly Relation[]): Column {
  const name = textOf(attribute, "LogicalName");
  const type = TYPES[textOf(attribute, "Type").toLowerCase()];
  if (type === undefined) throw new DataverseError(400, "0x8004801a", `The type '${textOf(attribute, "Type")}' of column ${table}.${name} is not known.`);
  const targets: Target[] = relations.filter((relation) => relation.column === name).map((relation) => ({ table: relation.to === "owner" ? "principal" : relation.to, nav: navOf([attribute], relation, relations) }));
  const max = type === "File" ? Number(textOf(attribute, "MaxSizeInKB") || 32_768) * 1_024 : Number(textOf(attribute, "MaxLength"));
  const minimum = textOf(attribute, "MinValue");
  const maximum = textOf(attribute, "MaxValue");
  const auto = textOf(attribute, "AutoNumberFormat");
  const fallback = textOf(attribute, "AppDefaultValue");
  const label = titleOf(attribute);
  return {
    name, schema: textOf(attribute, "@PhysicalName"), type: type === "DateTime" && textOf(attribute, "Format") === "date" ? "DateOnly" : type, ...(label === "" ? {} : { label }),
    ...((type === "String" || type === "Memo" || type === "File") && max > 0 ? { max } : {}), ...(name.endsWith(BASE) && type === "Money" ? { baseOf: name.slice(0, -BASE.length) } : {}),
    ...(minimum === "" || type === "Money" ? {} : { minimum: Number(minimum) }), ...(maximum === "" || type === "Money" ? {} : { maximum: Number(maximum) }),
    ...(textOf(attribute, "IsSecured") === "1" ? { isSecured: true } : {}), ...(textOf(attribute, "RequiredLevel") === "systemrequired" && type !== "Uniqueidentifier" && !SET_BY_PLATFORM.has(name) ? { isSystemRequired: true } : {}),
    ...(textOf(attribute, "RequiredLevel") === "required" ? { required: true } : {}), ...(targets.length === 0 ? {} : { targets }), ...(auto === "" ? {} : { autoNumber: auto }), ...(fallback === "" || fallback === "-1" ? {} : { defaultValue: Number(fallback) }), ...optionsOf(attribute),
  };
}

function optionsOf(attribute: XmlNode): { options?: readonly Option[] } {
  const set = attribute["optionset"] as XmlNode | undefined;
  const of = (nodes: readonly XmlNode[]): readonly Option[] => nodes.map((one) => ({
    value: Number(textOf(one, "@value")), label: textOf(list(one, "labels", "label")[0], "@description"), ...(textOf(one, "@state") === "" ? {} : { state: Number(textOf(one, "@state")) }),
  }));
  const options = [...of(list(set, "options", "option")), ...of(list(set, "states", "state")), ...of(list(set, "statuses", "status"))];
  return options.length === 0 ? {} : { options };
}

const readKeys = (info: XmlNode | undefined): readonly Key[] => list(info, "EntityKeys", "EntityKey").map((key) => ({
  name: textOf(key, "LogicalName") || textOf(key, "Name"), columns: list(key, "EntityKeyAttributes", "AttributeName").map((one) => (typeof one === "string" ? one : textOf(one, "#text"))),
}));

/** Primary names, keys, states, and what the platform fills in cannot be secured. Source: learn.microsoft.com/power-platform/admin/field-level-security */
function checkSecurable(attribute: XmlNode, keys: readonly Key[]): void {
  if (textOf(attribute, "IsSecured") !== "1") return;
  const name = textOf(attribute, "LogicalName");
  const type = TYPES[textOf(attribute, "Type").toLowerCase()];
  const key = keys.find((one) => one.columns.includes(name));
  if (key !== undefined) throw new DataverseError(400, "0x80060896", `The field ${name} is not securable as it is part of entity keys ( ${key.name} ). Please remove the field from all entity keys to make it securable.`);
  const isPlatforms = SET_BY_PLATFORM.has(name) || name.endsWith(BASE) || type === "Uniqueidentifier" || type === "State" || type === "Status" || textOf(attribute, "DisplayMask").includes("PrimaryName");
  if (isPlatforms) throw new DataverseError(400, "0x8004f501", `The field '${name}' is not securable`);
}

/** A column's type never changes between versions. */
function checkType(organization: Organization, table: string, column: Column): void {
  const existing = organization.model.tables.get(table)?.columns.get(column.name);
  if (existing !== undefined && existing.type !== column.type) throw new DataverseError(400, "0x80044150", `Attribute ${column.name} is a ${existing.type}, but a ${column.type} type was specified.`);
}
