// Reads what an environment has of a solution, over the Web API, with a token that the caller brings: tables, columns, forms, views, commands, web
// resources, roles.
// learn.microsoft.com/power-apps/developer/data-platform/webapi/query-metadata-web-api
import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { PackError } from "../source-tree.ts";
import { descendants, readXml } from "../xml-elements.ts";
import { type ColumnFacts, type Inventory, type PartFacts, type RoleFacts, type TableFacts, typeInWords } from "./inventory.ts";

export interface EnvironmentAccess { url: string; token: string; solution: string; tables: readonly string[] }
type Row = Record<string, unknown>;

const TIMEOUT_MS = 30_000;
const PAGES_MAX = 50;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const label = (value: unknown): string => text((value as { UserLocalizedLabel?: { Label?: unknown } } | undefined)?.UserLocalizedLabel?.Label);

async function get(access: EnvironmentAccess, path: string): Promise<Row | undefined> {
  const url = path.startsWith("http") ? path : `${access.url.replace(/\/$/, "")}/api/data/v9.2/${path}`;
  const ask = () => fetch(url, { headers: { authorization: `Bearer ${access.token}`, accept: "application/json" }, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  // A kept connection may have been closed by the other side meanwhile; asking once more is safe, as nothing is written.
  const response = await ask().catch(() => ask()).catch((error: unknown) => { throw new PackError(`${access.url} cannot be reached: ${error instanceof Error ? error.message : ""}. Check the address.`); });
  if (response.status === 404) return undefined;
  const body = await response.json() as Row & { error?: { message: string } };
  if (!response.ok) throw new PackError(`${access.url} refused (${response.status}): ${body.error?.message ?? ""} Check the token in DATAVERSE_TOKEN and its user's rights.`);
  return body;
}

async function rows(access: EnvironmentAccess, path: string): Promise<Row[]> {
  const found: Row[] = [];
  let next: string | undefined = path;
  for (let page = 0; next !== undefined && page < PAGES_MAX; page++) {
    const body: Row | undefined = await get(access, next);
    found.push(...(body?.["value"] as Row[] | undefined ?? []));
    next = body?.["@odata.nextLink"] as string | undefined;
  }
  return found;
}

const REQUIRED: Readonly<Record<string, boolean | undefined>> = { ApplicationRequired: true, None: false, Recommended: false };

const columnOf = (attribute: Row): [string, ColumnFacts] => [text(attribute["LogicalName"]), {
  label: label(attribute["DisplayName"]), type: typeInWords(text(attribute["AttributeType"])), lengthMax: undefined, choices: undefined,
  isRequired: REQUIRED[text((attribute["RequiredLevel"] as Row | undefined)?.["Value"])],
}];

async function tableOf(access: EnvironmentAccess, name: string): Promise<[string, TableFacts] | undefined> {
  const found = await get(access, `EntityDefinitions(LogicalName='${name}')?$select=LogicalName,DisplayName&$expand=Attributes`);
  if (found === undefined) return undefined;
  return [name, { label: label(found["DisplayName"]), isOwn: true, columns: new Map((found["Attributes"] as Row[]).map(columnOf)) }];
}

async function partsOf(access: EnvironmentAccess, tables: ReadonlyMap<string, TableFacts>): Promise<Map<string, Map<string, PartFacts>>> {
  const parts = new Map<string, Map<string, PartFacts>>([["form", new Map()], ["view", new Map()], ["command", new Map()]]);
  for (const [name, { label: table }] of tables) {
    for (const form of await rows(access, `systemforms?$select=formid,name&$filter=objecttypecode eq '${name}' and type eq 2`)) parts.get("form")?.set(`{${text(form["formid"])}}`, { label: text(form["name"]), table, contents: undefined });
    for (const [id, title] of await commandsOf(access, name)) parts.get("command")?.set(id.toLowerCase(), { label: title || id, table, contents: undefined });
    for (const view of await rows(access, `savedqueries?$select=savedqueryid,name&$filter=returnedtypecode eq '${name}'`)) parts.get("view")?.set(`{${text(view["savedqueryid"])}}`, { label: text(view["name"]), table, contents: undefined });
  }
  return parts;
}

/**
 * The table's whole ribbon, the vendor's commands too: only identity and title are compared, because the server writes it out anew.
 * learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/retrieveentityribbon
 */
async function commandsOf(access: EnvironmentAccess, table: string): Promise<readonly (readonly [string, string])[]> {
  const answer = await get(access, `RetrieveEntityRibbon(EntityName=@p1,RibbonLocationFilter=@p2)?@p1='${table}'&@p2=Microsoft.Dynamics.CRM.RibbonLocationFilters'All'`);
  const packed = text(answer?.["CompressedEntityXml"]);
  const xml = packed === "" ? undefined : Object.values(unzipSync(new Uint8Array(Buffer.from(packed, "base64"))))[0];
  if (xml === undefined) return [];
  const root = readXml(new TextDecoder().decode(xml));
  const titles = new Map(descendants(root, "Button").map(({ attributes }) => [attributes.get("Command") ?? "", attributes.get("LabelText") ?? ""]));
  return descendants(root, "CommandDefinition").map(({ attributes }) => [attributes.get("Id") ?? "", titles.get(attributes.get("Id") ?? "") ?? ""]);
}

/** Scripts and icons, by what is in them. */
async function webResourcesOf(access: EnvironmentAccess, prefix: string): Promise<Map<string, PartFacts>> {
  const found = await rows(access, `webresourceset?$select=name,content&$filter=startswith(name,'${prefix}')`);
  return new Map(found.map((row) => [text(row["name"]).toLowerCase(), { label: text(row["name"]), table: undefined, contents: createHash("sha256").update(Buffer.from(text(row["content"]), "base64")).digest("hex") }]));
}

async function rolesOf(access: EnvironmentAccess, prefix: string): Promise<Map<string, RoleFacts>> {
  const copies = await rows(access, `roles?$select=roleid,name&$filter=startswith(name,'${prefix}')`);
  // Each business unit has a copy of every role, with the same rights: one of each name is enough.
  const found = new Map(copies.map((role) => [text(role["name"]), role]));
  return new Map(await Promise.all([...found.values()].map(async (role): Promise<[string, RoleFacts]> => {
    const held = await get(access, `roles(${text(role["roleid"])})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()`);
    const privileges = (held?.["RolePrivileges"] as Row[] | undefined ?? []).map((one) => [text(one["PrivilegeName"]).toLowerCase(), text(one["Depth"])] as const);
    return [text(role["name"]).toLowerCase(), { label: text(role["name"]), privileges: new Map(privileges) }];
  })));
}

/** What is installed; throws a sentence when the solution is not there or the token may not read it. */
export async function readEnvironment(access: EnvironmentAccess & { rolePrefix: string }): Promise<Inventory> {
  const [solution] = await rows(access, `solutions?$select=uniquename,version,ismanaged&$filter=uniquename eq '${access.solution}'`);
  if (solution === undefined) throw new PackError(`${access.url} does not have the solution ${access.solution}. Import it first; there is nothing to compare with.`);
  const webResources = await webResourcesOf(access, `${access.tables.find((name) => name.includes("_"))?.split("_")[0] ?? "none"}_`);
  const tables = new Map((await Promise.all(access.tables.map((name) => tableOf(access, name)))).filter((table) => table !== undefined));
  return {
    source: access.url, name: text(solution["uniquename"]), version: text(solution["version"]), publisher: undefined, isManaged: solution["ismanaged"] === true,
    tables, roles: await rolesOf(access, access.rolePrefix), parts: new Map([...await partsOf(access, tables), ["web resource", webResources]]),
  };
}
