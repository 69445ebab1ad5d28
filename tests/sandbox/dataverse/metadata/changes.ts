// RetrieveMetadataChanges, as code generators ask for it: tables by logical name, with all their columns.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/retrievemetadatachanges
import { invalidArgument } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { describeColumn, describeTable, type Described } from "./describe.ts";
import type { Table } from "./model.ts";

interface Condition { readonly PropertyName?: string; readonly ConditionOperator?: string; readonly Value?: { readonly Value?: string } }
interface Properties { readonly AllProperties?: boolean; readonly PropertyNames?: readonly string[] }
interface Query { readonly Properties?: Properties; readonly AttributeQuery?: { readonly Properties?: Properties }; readonly Criteria?: { readonly FilterOperator?: string; readonly Conditions?: readonly Condition[] } }

function parseQuery(text: string | undefined): Query {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value === "object" && value !== null) return value;
  } catch { /* answered below */ }
  throw invalidArgument("The parameter Query of RetrieveMetadataChanges is not valid.");
}

export function metadataChanges(context: ApiContext, request: ApiRequest): Reply {
  const query = parseQuery(request.query.get("@p0") ?? request.query.get("@Query"));
  const conditions: unknown = query.Criteria?.Conditions ?? [];
  if (!Array.isArray(conditions)) throw invalidArgument("Criteria.Conditions must be a list.");
  const wanted = (conditions as readonly Condition[]).filter((one) => one.PropertyName === "LogicalName").map((one) => one.Value?.Value ?? "");
  const tables = [...context.organization.model.tables.values()].filter((table) => wanted.length === 0 || wanted.includes(table.name));
  return odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.RetrieveMetadataChangesResponse`, ServerVersionStamp: String(context.organization.store.changes), DeletedMetadata: { Count: 0, Keys: [], Values: [] }, EntityMetadata: tables.map((table) => complexOf(table, query)) });
}

const ALWAYS = ["@odata.type", "MetadataId", "HasChanged", "LogicalName"];
/** What was not asked for is null. */
function only(row: Described, properties: Properties | undefined): Described {
  const names = properties?.AllProperties === true ? undefined : properties?.PropertyNames;
  return !Array.isArray(names) ? row : Object.fromEntries(Object.entries(row).map(([name, value]) => [name, names.includes(name) || ALWAYS.includes(name) ? value : null]));
}

/** Here a column is of a complex type: the same name with Complex before it. */
function complexOf(table: Table, query: Query): Described {
  const columns = [...table.columns.values()].map((column) => {
    const described = describeColumn(table, column);
    return only({ ...described, "@odata.type": String(described["@odata.type"]).replace("CRM.", "CRM.Complex").replace("Uniqueidentifier", "UniqueIdentifier") }, query.AttributeQuery?.Properties);
  });
  const names = query.Properties?.PropertyNames;
  const withColumns = query.Properties?.AllProperties === true || !Array.isArray(names) || names.includes("Attributes");
  return { ...only(describeTable(table), query.Properties), HasChanged: null, Attributes: withColumns ? columns : [], Keys: [], OneToManyRelationships: [], ManyToOneRelationships: [], ManyToManyRelationships: [], Privileges: [] };
}
