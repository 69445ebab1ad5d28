// The body that a step posts: the serialized execution context. Shape of the documented sample; no signature, values as the organization service
// writes them. Source: learn.microsoft.com/power-apps/developer/data-platform/use-webhooks
import { nowText, type Committed, type Organization } from "../organization.ts";
import { asText, isReference, referenceId, type Row, type Value } from "../store/rows.ts";

const CONTRACTS = "http://schemas.microsoft.com/xrm/2011/Contracts";
const entry = (key: string, value: unknown): unknown => ({ key, value });
const epoch = (text: string): string => `/Date(${Date.parse(text)})/`;
const reference = (id: string, table: string): unknown => ({ __type: `EntityReference:${CONTRACTS}`, Id: id, KeyAttributes: [], LogicalName: table, Name: null, RowVersion: null });

function attributeOf(organization: Organization, table: string, name: string, value: Value): unknown {
  if (value === null || value === undefined) return entry(name, null);
  if (isReference(value)) return entry(name, reference(value.id, value.table));
  const type = organization.model.table(table).columns.get(name)?.type;
  if (type === "Picklist" || type === "State" || type === "Status") return entry(name, { __type: `OptionSetValue:${CONTRACTS}`, Value: value });
  if (type === "Money") return entry(name, { __type: `Money:${CONTRACTS}`, Value: value });
  return entry(name, (type === "DateTime" || type === "DateOnly") && typeof value === "string" ? epoch(value) : value);
}

function entityOf(organization: Organization, tableName: string, row: Row, names: readonly string[]): unknown {
  const id = asText(row[organization.model.table(tableName).id]);
  return { __type: `Entity:${CONTRACTS}`, Attributes: names.map((name) => attributeOf(organization, tableName, name, row[name])), EntityState: null, FormattedValues: [], Id: id, KeyAttributes: [], LogicalName: tableName, RelatedEntities: [], RowVersion: null };
}

/** Images registered with the step, and the one that every asynchronous update has. */
function imagesOf(organization: Organization, step: Row, change: Committed, kind: "pre" | "post"): readonly unknown[] {
  const image = kind === "post" || change.message === "Delete" ? change.row : change.before;
  if (image === undefined || (kind === "pre" && change.message === "Create") || (kind === "post" && change.message === "Delete")) return [];
  const columns = [...organization.model.table(change.table).columns.keys()];
  const registered = organization.store.pointingAt("sdkmessageprocessingstepimage", "sdkmessageprocessingstepid", asText(step["sdkmessageprocessingstepid"]))
    .filter((one) => one["imagetype"] === 2 || one["imagetype"] === (kind === "pre" ? 0 : 1))
    .map((one) => entry(asText(one["entityalias"] ?? one["name"]), entityOf(organization, change.table, image, typeof one["attributes"] === "string" && one["attributes"] !== "" ? one["attributes"].split(",") : columns.filter((name) => (image[name] ?? null) !== null))));
  if (kind === "pre" || change.message !== "Update" || step["mode"] === 0) return registered;
  const { id, primaryName } = organization.model.table(change.table);
  return [...registered, entry("AsynchronousStepPrimaryName", entityOf(organization, change.table, image, [primaryName, id]))];
}

/** The context of one change for one step. */
export function payloadOf(organization: Organization, change: Committed, step: Row): Record<string, unknown> {
  const table = organization.model.table(change.table);
  const id = asText(change.row[table.id]);
  const target = change.message === "Delete" ? reference(id, change.table) : entityOf(organization, change.table, change.row, [...new Set([...change.changed, table.id, "modifiedon", "modifiedby"])]);
  const isSync = step["mode"] === 0;
  const context = {
    BusinessUnitId: referenceId(organization.store.get("systemuser", change.userId)?.["businessunitid"]), CorrelationId: organization.random.uuid(), Depth: 1, InitiatingUserId: change.initiatingUserId,
    InputParameters: [entry("Target", target)], IsExecutingOffline: false, IsInTransaction: isSync, IsOfflinePlayback: false, IsolationMode: 1, MessageName: change.message, Mode: isSync ? 0 : 1,
    OperationCreatedOn: epoch(nowText(organization)), OperationId: organization.random.uuid(), OrganizationId: organization.id, OrganizationName: organization.name,
    OutputParameters: change.message === "Create" ? [entry("id", id)] : [], OwningExtension: reference(asText(step["sdkmessageprocessingstepid"]), "sdkmessageprocessingstep"), ParentContext: null,
    PostEntityImages: imagesOf(organization, step, change, "post"), PreEntityImages: imagesOf(organization, step, change, "pre"), PrimaryEntityId: id, PrimaryEntityName: change.table, RequestId: null,
    SecondaryEntityName: "none", SharedVariables: change.tag === undefined ? [] : [entry("tag", change.tag)], Stage: Number(step["stage"] ?? 40), UserId: change.userId,
  };
  if (isSync) return context;
  // An asynchronous step is shown the operation itself, one stage earlier, as its parent.
  return { ...context, ParentContext: { ...context, InputParameters: [...context.InputParameters, entry("SuppressDuplicateDetection", true)], PostEntityImages: [], PreEntityImages: [], Stage: 30 } };
}

const SIZE_MAX = 256 * 1024;
const LARGE = ["ParentContext", "InputParameters", "PreEntityImages", "PostEntityImages"];

/** JSON of the context with slashes escaped in dates; what is larger than 256 KB loses its large members and says so in a header. */
export function serializePayload(payload: Readonly<Record<string, unknown>>): { readonly body: string; readonly isStripped: boolean } {
  const write = (value: unknown): string => JSON.stringify(value).replaceAll(/\/(Date\(-?\d+\))\//g, "\\/$1\\/");
  const whole = write(payload);
  if (Buffer.byteLength(whole) <= SIZE_MAX) return { body: whole, isStripped: false };
  return { body: write(Object.fromEntries(Object.entries(payload).filter(([name]) => !LARGE.includes(name)))), isStripped: true };
}
