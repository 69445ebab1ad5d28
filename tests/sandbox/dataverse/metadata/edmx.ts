// $metadata: the tables of the model and the operations of operations.json as Dataverse's CSDL shows them. Activities derive from
// activitypointer, users and teams from principal; keys of principals are named ownerid.
// Source: a real organization's document, as facts and operations.json hold it
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Organization } from "../organization.ts";
import { activityCollections } from "../query/related.ts";
import { manyToManyOf } from "../web-api/many-to-many.ts";
import { asText } from "../store/rows.ts";
import type { Column, Table } from "./model.ts";

interface Operation { readonly kind: "Action" | "Function" | "Complex" | "Enum"; readonly name: string; readonly isBound?: boolean; readonly parameters?: readonly (readonly [string, string])[]; readonly returns?: string; readonly members?: readonly string[] }
const OPERATIONS = JSON.parse(readFileSync(join(import.meta.dirname, "operations.json"), "utf8")) as readonly Operation[];

const EDM: Readonly<Record<string, string>> = { Uniqueidentifier: "Edm.Guid", File: "Edm.Guid", String: "Edm.String", Memo: "Edm.String", Integer: "Edm.Int32", BigInt: "Edm.Int64", Decimal: "Edm.Decimal", Double: "Edm.Double", Money: "Edm.Decimal", Boolean: "Edm.Boolean", DateTime: "Edm.DateTimeOffset", DateOnly: "Edm.Date", Picklist: "Edm.Int32", State: "Edm.Int32", Status: "Edm.Int32" };
const FIELD_TYPES = ["Edm.Boolean", "Edm.DateTimeOffset", "Edm.Decimal", "mscrm.crmbaseentity", "Collection(mscrm.crmbaseentity)", "mscrm.crmbaseentity", "Edm.Double", "Edm.Int32", "Edm.Decimal", "Edm.Int32", "Edm.String", "Collection(Edm.String)", "Edm.Guid"];
const PRINCIPALS = new Set(["systemuser", "team"]);

const keyOf = (table: Table): string => (PRINCIPALS.has(table.name) ? "ownerid" : table.id);
const baseOf = (table: Table): string => (PRINCIPALS.has(table.name) ? "principal" : table.id === "activityid" && table.name !== "activitypointer" ? "activitypointer" : "crmbaseentity");

function property(column: Column): string {
  if (column.targets !== undefined) return `<Property Name="_${column.name}_value" Type="Edm.Guid" />`;
  const type = EDM[column.type] ?? "Edm.String";
  return `<Property Name="${column.name}" Type="${type}"${type === "Edm.Decimal" ? ' Scale="Variable"' : type === "Edm.String" ? ' Unicode="false"' : ""} />`;
}

function entityType(organization: Organization, table: Table): string {
  const properties = [...table.columns.values()].map(property);
  const singles = [...table.singles.values()].map((single) => {
    const target = organization.model.tables.get(single.target);
    return `<NavigationProperty Name="${single.nav}" Type="mscrm.${single.target}"${partnerOf(target, table, single.nav)}><ReferentialConstraint Property="_${single.column}_value" ReferencedProperty="${target === undefined ? "ownerid" : keyOf(target)}" /></NavigationProperty>`;
  });
  const collections = [...table.collections.values()].map((one) => `<NavigationProperty Name="${one.name}" Type="Collection(mscrm.${one.table})" Partner="${one.nav}" />`);
  const more = [...manyToManyOf(table.name), ...activityCollections(table)].map(([name, target]) => `<NavigationProperty Name="${name}" Type="Collection(mscrm.${target})" />`);
  return `<EntityType Name="${table.name}" BaseType="mscrm.${baseOf(table)}"><Key><PropertyRef Name="${keyOf(table)}" /></Key>${[...properties, ...singles, ...collections, ...more].join("")}${alternateKeys(table)}</EntityType>`;
}

function partnerOf(target: Table | undefined, table: Table, nav: string): string {
  const found = [...target?.collections.values() ?? []].find((one) => one.table === table.name && one.nav === nav);
  return found === undefined ? "" : ` Partner="${found.name}"`;
}

function alternateKeys(table: Table): string {
  if (table.keys.length === 0) return "";
  const reference = (name: string): string => `<Record Type="Keys.PropertyRef"><PropertyValue Property="Alias" String="${name}" /><PropertyValue Property="Name" PropertyPath="${name}" /></Record>`;
  const named = (column: string): string => (table.columns.get(column)?.targets === undefined ? column : `_${column}_value`);
  return `<Annotation Term="Keys.AlternateKeys"><Collection>${table.keys.map((key) => `<Record Type="Keys.AlternateKey"><PropertyValue Property="Key"><Collection>${key.columns.map(named).map(reference).join("")}</Collection></PropertyValue></Record>`).join("")}</Collection></Annotation>`;
}

function operation(one: Operation): string {
  const parameters = one.parameters ?? [];
  switch (one.kind) {
    case "Enum": return `<EnumType Name="${one.name}">${(one.members ?? []).map((name, value) => `<Member Name="${name}" Value="${value}" />`).join("")}</EnumType>`;
    case "Complex": return `<ComplexType Name="${one.name}">${parameters.map(([name, type]) => `<Property Name="${name}" Type="${type}" />`).join("")}</ComplexType>`;
    default: return `<${one.kind} Name="${one.name}"${one.isBound === true ? ' IsBound="true"' : ""}>${parameters.map(([name, type]) => `<Parameter Name="${name}" Type="${type}" Nullable="false" />`).join("")}${one.returns === undefined ? "" : `<ReturnType Type="${one.returns}" Nullable="false" />`}</${one.kind}>`;
  }
}

/** Custom APIs are in the document like every other operation. */
function customApis({ store }: Organization): readonly Operation[] {
  return [...store.all("customapi")].flatMap((api): readonly Operation[] => {
    const [name, id, bound] = [asText(api["uniquename"]), asText(api["customapiid"]), asText(api["boundentitylogicalname"])];
    const typed = (table: string): readonly (readonly [string, string])[] => store.pointingAt(table, "customapiid", id).map((one) => [asText(one["uniquename"]), FIELD_TYPES[Number(one["type"])] ?? "Edm.String"] as const);
    const results = typed("customapiresponseproperty");
    const binding: readonly (readonly [string, string])[] = api["bindingtype"] === 1 ? [["entity", `mscrm.${bound}`]] : api["bindingtype"] === 2 ? [["entityset", `Collection(mscrm.${bound})`]] : [];
    const self: Operation = { kind: api["isfunction"] === true ? "Function" : "Action", name, isBound: binding.length > 0, parameters: [...binding, ...typed("customapirequestparameter")], ...(results.length === 0 ? {} : { returns: `mscrm.${name}Response` }) };
    return results.length === 0 ? [self] : [self, { kind: "Complex", name: `${name}Response`, parameters: results }];
  });
}

function entitySet(organization: Organization, table: Table): string {
  const bindings = [...[...table.singles.values()].map((one) => [one.nav, one.target] as const), ...[...table.collections.values()].map((one) => [one.name, one.table] as const)];
  const target = (name: string): string => (name === "principal" ? "owners" : organization.model.tables.get(name)?.set ?? "");
  return `<EntitySet Name="${table.set}" EntityType="Microsoft.Dynamics.CRM.${table.name}">${bindings.filter(([, name]) => target(name) !== "").map(([path, name]) => `<NavigationPropertyBinding Path="${path}" Target="${target(name)}" />`).join("")}</EntitySet>`;
}

/** The whole document. */
export function edmx(organization: Organization): string {
  const tables = [...organization.model.tables.values()];
  const operations = [...OPERATIONS, ...customApis(organization)];
  const imports = operations.filter((one) => (one.kind === "Action" || one.kind === "Function") && one.isBound !== true).map((one) => `<${one.kind}Import Name="${one.name}" ${one.kind}="Microsoft.Dynamics.CRM.${one.name}" />`);
  const principal = '<EntityType Name="principal" BaseType="mscrm.crmbaseentity" Abstract="true"><Key><PropertyRef Name="ownerid" /></Key><Property Name="ownerid" Type="Edm.Guid" /></EntityType>';
  return `<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:Reference Uri="http://vocabularies.odata.org/OData.Community.Keys.V1.xml"><edmx:Include Namespace="OData.Community.Keys.V1" Alias="Keys" /><edmx:IncludeAnnotations TermNamespace="OData.Community.Keys.V1" /></edmx:Reference><edmx:DataServices><Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm"><EntityType Name="crmbaseentity" Abstract="true" />${principal}${tables.map((table) => entityType(organization, table)).join("")}${operations.map(operation).join("")}<EntityContainer Name="System">${tables.map((table) => entitySet(organization, table)).join("")}<EntitySet Name="owners" EntityType="Microsoft.Dynamics.CRM.principal" />${imports.join("")}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>`;
}
