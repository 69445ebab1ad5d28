// Tables, columns, keys, relationships and choices as metadata objects.
// Shapes: learn.microsoft.com/power-apps/developer/data-platform/webapi/query-metadata-web-api
import { createHash } from "node:crypto";
import type { Column, Option, Table } from "./model.ts";

export type Described = Readonly<Record<string, unknown>>;

/** Metadata ids are the same in every organization made from the same tables. */
export const metadataId = (text: string): string => createHash("sha256").update(text).digest("hex").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
export const label = (text: string | undefined): Described => ({ LocalizedLabels: [{ Label: text ?? "", LanguageCode: 1033, IsManaged: true }], UserLocalizedLabel: { Label: text ?? "", LanguageCode: 1033, IsManaged: true } });
export const describeOptions = (name: string, type: string, options: readonly Option[], isGlobal = false): Described => ({
  MetadataId: metadataId(`choice ${name}`), Name: name, IsGlobal: isGlobal, OptionSetType: type, DisplayName: label(name),
  Options: options.map((option) => ({ Value: option.value, Label: label(option.label), Description: label(undefined), ...(option.state === undefined ? {} : { State: option.state }) })),
});

const isDate = (column: Column): boolean => column.type === "DateTime" || column.type === "DateOnly";
const typeOf = (column: Column): string => (column.type === "DateOnly" ? "DateTime" : column.type);
/** A customer or an owner is described by the lookup's type. */
const classOf = (column: Column): string => (column.type === "Customer" || column.type === "Owner" ? "Lookup" : column.type === "Uniqueidentifier" ? "UniqueIdentifier" : typeOf(column));

export function describeColumn(table: Table, column: Column): Described {
  const schema = column.schema ?? column.name;
  return {
    "@odata.type": `#Microsoft.Dynamics.CRM.${classOf(column)}AttributeMetadata`, MetadataId: metadataId(`column ${table.name}.${column.name}`), LogicalName: column.name, SchemaName: schema, EntityLogicalName: table.name,
    AttributeType: typeOf(column), AttributeTypeName: { Value: `${typeOf(column)}Type` }, AttributeOf: column.isPlatforms === true ? column.name.replace(/_name$/, "") : null, SourceType: column.baseOf === undefined ? 0 : 1, IsLogical: false, DisplayName: label(column.label ?? column.name), Description: label(undefined),
    RequiredLevel: { Value: column.isSystemRequired === true ? "SystemRequired" : column.required === true ? "ApplicationRequired" : "None", CanBeChanged: true, ManagedPropertyLogicalName: "canmodifyrequirementlevelsettings" },
    IsPrimaryId: column.name === table.id, IsPrimaryName: column.name === table.primaryName, IsCustomAttribute: column.name.includes("_") && schema !== column.name, IsSecured: column.isSecured === true, IsValidForCreate: column.baseOf === undefined, IsValidForRead: true, IsValidForUpdate: column.baseOf === undefined && column.name !== table.id,
    ...(column.max === undefined ? {} : column.type === "File" ? { MaxSizeInKB: column.max / 1_024 } : { MaxLength: column.max }), ...(column.minimum === undefined ? {} : { MinValue: column.minimum }), ...(column.maximum === undefined ? {} : { MaxValue: column.maximum }), ...(column.type === "Money" ? { Precision: 4 } : {}), ...(column.autoNumber === undefined ? {} : { AutoNumberFormat: column.autoNumber }),
    ...(column.targets === undefined ? {} : { Targets: column.targets.flatMap((target) => (target.table === "principal" ? ["systemuser", "team"] : [target.table])) }),
    ...(isDate(column) ? { Format: column.type === "DateOnly" ? "DateOnly" : "DateAndTime", DateTimeBehavior: { Value: column.type === "DateOnly" ? "DateOnly" : "UserLocal" } } : {}),
    ...(column.options === undefined ? {} : { OptionSet: describeOptions(column.name, column.type, column.options) }),
  };
}

export function describeTable(table: Table): Described {
  return {
    MetadataId: metadataId(`table ${table.name}`), LogicalName: table.name, SchemaName: table.schema, EntitySetName: table.set, LogicalCollectionName: table.set, CollectionSchemaName: `${table.schema}s`, PrimaryIdAttribute: table.id, PrimaryNameAttribute: table.primaryName, ObjectTypeCode: table.code,
    OwnershipType: table.ownership === "UserOwned" ? "UserOwned" : "OrganizationOwned", DisplayName: label(table.label), DisplayCollectionName: label(table.plural), Description: label(undefined), IsActivity: table.id === "activityid", IsCustomEntity: table.name.includes("_"), IsIntersect: false, IsManaged: true,
    ChangeTrackingEnabled: table.isChangeTracked === true, IsOptimisticConcurrencyEnabled: true, HasNotes: table.collections.size > 0, IsAuditEnabled: { Value: false, CanBeChanged: true, ManagedPropertyLogicalName: "canmodifyauditsettings" }, IsCustomizable: { Value: true, CanBeChanged: true, ManagedPropertyLogicalName: "iscustomizable" },
  };
}

export const describeKeys = (table: Table): readonly Described[] => table.keys.map((key) => ({ MetadataId: metadataId(`key ${table.name}.${key.name}`), LogicalName: key.name, SchemaName: key.name, EntityLogicalName: table.name, DisplayName: label(key.name), KeyAttributes: key.columns, EntityKeyIndexStatus: key.status ?? "Active" }));

/** Relationships seen from the table that many rows point at. */
export const describeOneToMany = (table: Table): readonly Described[] => [...table.collections.values()].map((one) => ({
  "@odata.type": "#Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata", MetadataId: metadataId(`relationship ${one.name}`), SchemaName: one.name, RelationshipType: "OneToManyRelationship", ReferencedEntity: table.name, ReferencedAttribute: table.id, ReferencingEntity: one.table, ReferencingAttribute: one.column,
  ReferencedEntityNavigationPropertyName: one.name, ReferencingEntityNavigationPropertyName: one.nav, CascadeConfiguration: { Assign: one.behavior.assign, Share: one.behavior.share, Unshare: one.behavior.unshare, Delete: one.isRestricted ? "Restrict" : one.behavior.delete },
}));
