// The Web API as the page uses it: same origin, the session's user. Errors carry Dataverse's message, as Xrm.WebApi's do.
import { languageId } from "./language.ts";

export interface ApiError { readonly message: string; readonly errorCode: number }
export type Record_ = Record<string, unknown>;

const BASE = "/api/data/v9.2/";
const HEADERS = { accept: "application/json", "content-type": "application/json", prefer: "odata.include-annotations=\"*\"" };

async function call(method: string, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(BASE + path, { method, headers: HEADERS, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (response.ok) return response;
  const { error } = await response.json().catch(() => ({ error: { code: "0x0", message: `HTTP ${response.status}` } })) as { error: { code: string; message: string } };
  throw Object.assign(new Error(error.message), { errorCode: Number.parseInt(error.code, 16) | 0 });
}

const sets = new Map<string, Promise<string>>();
export const entitySetOf = (table: string): Promise<string> => {
  const known = sets.get(table) ?? call("GET", `EntityDefinitions(LogicalName='${table}')?$select=EntitySetName`).then(async (response) => (await response.json() as { EntitySetName: string }).EntitySetName);
  sets.set(table, known);
  return known;
};
const plainId = (id: string): string => id.replace(/[{}]/g, "");

export const webApi = {
  createRecord: async (table: string, data: Record_) => {
    const response = await call("POST", await entitySetOf(table), data);
    return { entityType: table, id: /\(([^)]+)\)$/.exec(response.headers.get("odata-entityid") ?? "")?.[1] ?? "" };
  },
  retrieveRecord: async (table: string, id: string, options = "") => (await call("GET", `${await entitySetOf(table)}(${plainId(id)})${options}`)).json() as Promise<Record_>,
  retrieveMultipleRecords: async (table: string, options = "") => {
    const body = await (await call("GET", `${await entitySetOf(table)}${options}`)).json() as { value: Record_[]; "@odata.nextLink"?: string };
    return { entities: body.value, nextLink: body["@odata.nextLink"] };
  },
  updateRecord: async (table: string, id: string, data: Record_) => { await call("PATCH", `${await entitySetOf(table)}(${plainId(id)})`, data); return { entityType: table, id }; },
  deleteRecord: async (table: string, id: string) => { await call("DELETE", `${await entitySetOf(table)}(${plainId(id)})`); return { entityType: table, id }; },
};

export interface Attribute { readonly name: string; readonly label: string; readonly type: string; readonly options: readonly { readonly value: number; readonly label: string }[] }
export interface Metadata { readonly table: string; readonly label: string; readonly plural: string; readonly set: string; readonly primaryId: string; readonly primaryName: string; readonly attributes: ReadonlyMap<string, Attribute>; readonly collections: ReadonlyMap<string, { readonly table: string; readonly column: string }>;
  /** "column|target table" → navigation property, for binding a lookup. */
  readonly navigations: ReadonlyMap<string, string> }

interface Label { readonly UserLocalizedLabel: { readonly Label: string }; readonly LocalizedLabels?: readonly { readonly Label: string; readonly LanguageCode: number }[] }
interface Definition {
  readonly LogicalName: string; readonly EntitySetName: string; readonly PrimaryIdAttribute: string; readonly PrimaryNameAttribute: string; readonly DisplayName: Label; readonly DisplayCollectionName: Label;
  readonly Attributes: readonly { readonly LogicalName: string; readonly AttributeType: string; readonly DisplayName: Label; readonly OptionSet?: { readonly Options: readonly { readonly Value: number; readonly Label: Label }[] } }[];
  readonly OneToManyRelationships: readonly { readonly SchemaName: string; readonly ReferencingEntity: string; readonly ReferencingAttribute: string }[];
  readonly ManyToOneRelationships: readonly { readonly ReferencedEntity: string; readonly ReferencingAttribute: string; readonly ReferencingEntityNavigationPropertyName?: string }[];
}

export async function readMetadata(table: string): Promise<Metadata> {
  const definition = await (await call("GET", `EntityDefinitions(LogicalName='${table}')?$expand=Attributes,OneToManyRelationships,ManyToOneRelationships`)).json() as Definition;
  const text = (label: Label): string => label.LocalizedLabels?.find((one) => one.LanguageCode === languageId())?.Label ?? label.UserLocalizedLabel.Label;
  return {
    table, label: text(definition.DisplayName), plural: text(definition.DisplayCollectionName), set: definition.EntitySetName, primaryId: definition.PrimaryIdAttribute, primaryName: definition.PrimaryNameAttribute,
    attributes: new Map(definition.Attributes.map((one) => [one.LogicalName, { name: one.LogicalName, label: text(one.DisplayName), type: one.AttributeType, options: (one.OptionSet?.Options ?? []).map((option) => ({ value: option.Value, label: text(option.Label) })) }])),
    collections: new Map(definition.OneToManyRelationships.map((one) => [one.SchemaName, { table: one.ReferencingEntity, column: one.ReferencingAttribute }])),
    navigations: new Map(definition.ManyToOneRelationships.map((one) => [`${one.ReferencingAttribute}|${one.ReferencedEntity}`, one.ReferencingEntityNavigationPropertyName ?? one.ReferencingAttribute])),
  };
}
