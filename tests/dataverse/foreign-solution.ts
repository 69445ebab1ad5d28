// A small solution of somebody else, written here as an export would look: one table with every kind of column, a key, a form, a view, a role.
import { strToU8, zipSync } from "fflate";

const column = (name: string, type: string, more = ""): string =>
  `<attribute PhysicalName="${name}"><Type>${type}</Type><Name>${name.toLowerCase()}</Name><LogicalName>${name.toLowerCase()}</LogicalName><RequiredLevel>none</RequiredLevel>${more}<displaynames><displayname description="${name}" languagecode="1033" /></displaynames></attribute>`;
const choice = (values: readonly (readonly [number, string])[]): string => `<optionset Name="con_kind"><OptionSetType>picklist</OptionSetType><options>${values.map(([value, label]) => `<option value="${value}"><labels><label description="${label}" languagecode="1033" /></labels></option>`).join("")}</options></optionset>`;
const STATES = `<optionset Name="con_state"><OptionSetType>state</OptionSetType><states><state value="0" defaultstatus="1" invariantname="Active"><labels><label description="Active" languagecode="1033" /></labels></state><state value="1" defaultstatus="2" invariantname="Inactive"><labels><label description="Inactive" languagecode="1033" /></labels></state></states></optionset>`;
const STATUSES = `<optionset Name="con_status"><OptionSetType>status</OptionSetType><statuses><status value="1" state="0"><labels><label description="Active" languagecode="1033" /></labels></status><status value="2" state="1"><labels><label description="Inactive" languagecode="1033" /></labels></status></statuses></optionset>`;
const relationship = (input: { name: string; from: string; to: string; column: string; onDelete: string; cascade?: string }): string =>
  `<EntityRelationship Name="${input.name}"><EntityRelationshipType>OneToMany</EntityRelationshipType><ReferencingEntityName>${input.from}</ReferencingEntityName><ReferencedEntityName>${input.to}</ReferencedEntityName><CascadeAssign>${input.cascade ?? "NoCascade"}</CascadeAssign><CascadeDelete>${input.onDelete}</CascadeDelete><CascadeShare>${input.cascade ?? "NoCascade"}</CascadeShare><CascadeUnshare>${input.cascade ?? "NoCascade"}</CascadeUnshare><ReferencingAttributeName>${input.column}</ReferencingAttributeName></EntityRelationship>`;

export interface Changes {
  readonly version?: string;
  readonly managed?: boolean;
  readonly weightType?: string;
  readonly tableName?: string;
  readonly missing?: string;
  readonly rootComponent?: string;
  readonly noPayload?: boolean;
  readonly noManifest?: boolean;
  readonly roleLevel?: string;
  readonly customizations?: string;
  /** isinherited="0": a team's role that counts for the team alone. */
  readonly roleForTeamOnly?: boolean;
  /** Columns with IsSecured. */
  readonly secured?: readonly string[];
  /** The relationship to the order: what happens on delete, and on assign and share. */
  readonly onDelete?: string;
  readonly cascade?: string;
  readonly uniqueName?: string;
  readonly publisher?: string;
  /** The role is in customizations.xml and not among the root components. */
  readonly undeclaredRole?: boolean;
  /** A column on the order, by its name. */
  readonly orderColumn?: string;
  /** The table that the shipment's lookup points at. */
  readonly lookupTable?: string;
  /** Left out of this version: the weight, the script, the role. */
  readonly without?: readonly ("con_Weight" | "script" | "role")[];
  /** A profile, an endpoint and a step on the shipment. */
  readonly withStep?: boolean;
  readonly changeTracking?: boolean;
  /** Privileges of the role beside those on the table, all over the organization. */
  readonly morePrivileges?: readonly string[];
}

const STEP = '<FieldSecurityProfiles><FieldSecurityProfile name="Weights" fieldsecurityprofileid="{55555555-5555-4555-8555-555555555555}"><FieldPermissions><FieldPermission><EntityName>con_shipment</EntityName><AttributeName>con_weight</AttributeName><CanRead>4</CanRead><CanUpdate>0</CanUpdate><CanCreate>0</CanCreate></FieldPermission></FieldPermissions></FieldSecurityProfile></FieldSecurityProfiles><SdkMessageProcessingSteps><SdkMessageProcessingStep Name="Shipped" SdkMessageProcessingStepId="{66666666-6666-4666-8666-666666666666}"><SdkMessageId>{9ebdbb1b-ea3e-db11-86a7-000a3a5473e8}</SdkMessageId><PrimaryEntity>con_shipment</PrimaryEntity><AsyncAutoDelete>1</AsyncAutoDelete><Mode>1</Mode><Rank>1</Rank><EventHandler>{77777777-7777-4777-8777-777777777777}</EventHandler><EventHandlerTypeCode>4618</EventHandlerTypeCode><Stage>40</Stage><SdkMessageProcessingStepImages /></SdkMessageProcessingStep></SdkMessageProcessingSteps><ServiceEndpoints><ServiceEndpoint Name="Shipping hook" ServiceEndpointId="{77777777-7777-4777-8777-777777777777}"><ConnectionMode>1</ConnectionMode><Contract>8</Contract><AuthType>5</AuthType><MessageFormat>2</MessageFormat><Url>https://example.invalid/ship</Url></ServiceEndpoint></ServiceEndpoints>';

function customizations(changes: Changes): string {
  const table = changes.tableName ?? "con_Shipment";
  const name = table.toLowerCase();
  const own = (name: string, type: string, more = ""): string => column(name, type, `${more}${changes.secured?.includes(name) === true ? "<IsSecured>1</IsSecured>" : ""}`);
  const columns = [
    own(`${table}Id`, "primarykey"), own("con_Name", "nvarchar", "<DisplayMask>PrimaryName|ValidForForm</DisplayMask><MaxLength>20</MaxLength>"), own("con_Number", "nvarchar", "<MaxLength>30</MaxLength>"),
    own("con_Weight", changes.weightType ?? "decimal", "<MinValue>0</MinValue><MaxValue>1000</MaxValue>"), own("con_Value", "money"), own("con_Kind", "picklist", choice([[1, "Parcel"], [2, "Pallet"]])), own("con_Fragile", "bit"),
    own("con_ShippedOn", "datetime"), own("con_OrderId", "lookup"), own("statecode", "state", STATES), own("statuscode", "status", STATUSES), own("TransactionCurrencyId", "lookup"), own("ExchangeRate", "decimal"), own("OwnerId", "owner"),
  ].filter((text) => changes.without?.includes("con_Weight") !== true || !text.includes('"con_Weight"')).join("");
  const form = `<FormXml><forms type="main"><systemform><formid>{11111111-1111-4111-8111-111111111111}</formid><FormActivationState>1</FormActivationState><form><tabs /></form><LocalizedNames><LocalizedName description="Shipment form" languagecode="1033" /></LocalizedNames></systemform></forms></FormXml>`;
  const view = `<SavedQueries><savedqueries><savedquery><isdefault>1</isdefault><savedqueryid>{22222222-2222-4222-8222-222222222222}</savedqueryid><layoutxml><grid name="resultset"><row name="result" id="${name}id" /></grid></layoutxml><querytype>0</querytype><fetchxml><fetch><entity name="${name}"><attribute name="con_name" /></entity></fetch></fetchxml><LocalizedNames><LocalizedName description="All shipments" languagecode="1033" /></LocalizedNames></savedquery></savedqueries></SavedQueries>`;
  const entity = `<Entity><Name LocalizedName="Shipment" OriginalName="Shipment">${table}</Name><EntityInfo><entity Name="${table}"><LocalizedNames><LocalizedName description="Shipment" languagecode="1033" /></LocalizedNames><attributes>${columns}</attributes><EntitySetName>${name}s</EntitySetName><OwnershipTypeMask>UserOwned</OwnershipTypeMask>${changes.changeTracking === true ? "<ChangeTrackingEnabled>1</ChangeTrackingEnabled>" : ""}<EntityKeys><EntityKey Name="con_number_key"><LogicalName>con_number_key</LogicalName><EntityKeyAttributes><AttributeName>con_number</AttributeName></EntityKeyAttributes></EntityKey></EntityKeys></entity></EntityInfo>${form}${view}</Entity>`;
  const privileges = ["Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share"].map((right) => `<RolePrivilege name="prv${right}${table}" level="${changes.roleLevel ?? (right === "Read" ? "Local" : "Basic")}" />`).join("") + (changes.morePrivileges ?? []).map((name) => `<RolePrivilege name="${name}" level="Global" />`).join("");
  const shell = changes.orderColumn === undefined ? "" : `<Entity><Name>SalesOrder</Name><EntityInfo><entity Name="SalesOrder"><attributes>${column(changes.orderColumn, "nvarchar", "<MaxLength>50</MaxLength>")}</attributes></entity></EntityInfo></Entity>`;
  return `<?xml version="1.0" encoding="utf-8"?><ImportExportXml><Entities>${entity}${shell}</Entities><Roles>${changes.without?.includes("role") === true ? "" : `<Role id="{33333333-3333-4333-8333-333333333333}" name="Shipper"${changes.roleForTeamOnly === true ? ' isinherited="0"' : ""}><RolePrivileges>${privileges}</RolePrivileges></Role>`}</Roles><EntityRelationships>${
    relationship({ name: "con_salesorder_shipment", from: table, to: changes.lookupTable ?? "SalesOrder", column: "con_OrderId", onDelete: changes.onDelete ?? "Restrict", ...(changes.cascade === undefined ? {} : { cascade: changes.cascade }) })}${relationship({ name: `TransactionCurrency_${table}`, from: table, to: "TransactionCurrency", column: "TransactionCurrencyId", onDelete: "NoCascade" })}</EntityRelationships>${changes.without?.includes("script") === true ? "" : `<WebResources><WebResource><WebResourceId>{44444444-4444-4444-8444-444444444444}</WebResourceId><Name>con_/js/ship.js</Name><DisplayName>Ship</DisplayName><WebResourceType>3</WebResourceType><FileName>/WebResources/con_ship</FileName></WebResource></WebResources>`}${changes.withStep === true ? STEP : ""}</ImportExportXml>`;
}

function manifest(changes: Changes): string {
  const id = (type: number, guid: string): string => `<RootComponent type="${type}" id="{${guid}}" behavior="0" />`;
  const root = [
    `<RootComponent type="1" schemaName="${(changes.tableName ?? "con_Shipment").toLowerCase()}" behavior="0" />`, changes.orderColumn === undefined ? "" : '<RootComponent type="1" schemaName="salesorder" behavior="2" />',
    changes.without?.includes("script") === true ? "" : `<RootComponent type="61" schemaName="${changes.rootComponent ?? "con_/js/ship.js"}" behavior="0" />`, changes.undeclaredRole === true || changes.without?.includes("role") === true ? "" : id(20, "33333333-3333-4333-8333-333333333333"),
    ...(changes.withStep === true ? [id(70, "55555555-5555-4555-8555-555555555555"), id(92, "66666666-6666-4666-8666-666666666666"), id(95, "77777777-7777-4777-8777-777777777777")] : []),
  ].join("");
  const missing = changes.missing === undefined ? "" : `<MissingDependency><Required type="1" schemaName="${changes.missing}" /><Dependent type="1" schemaName="con_shipment" /></MissingDependency>`;
  return `<?xml version="1.0" encoding="utf-8"?><ImportExportXml version="9.2"><SolutionManifest><UniqueName>${changes.uniqueName ?? "ContosoShipping"}</UniqueName><LocalizedNames><LocalizedName description="Contoso Shipping" languagecode="1033" /></LocalizedNames><Version>${changes.version ?? "1.0.0.0"}</Version><Managed>${changes.managed === false ? "0" : "1"}</Managed><Publisher><UniqueName>${changes.publisher ?? "contoso"}</UniqueName><CustomizationPrefix>con</CustomizationPrefix></Publisher><RootComponents>${root}</RootComponents><MissingDependencies>${missing}</MissingDependencies></SolutionManifest></ImportExportXml>`;
}

export function solutionZip(changes: Changes = {}): Uint8Array {
  return zipSync({
    ...(changes.noManifest === true ? {} : { "solution.xml": strToU8(manifest(changes)) }), "customizations.xml": strToU8(changes.customizations ?? customizations(changes)), "[Content_Types].xml": strToU8("<Types />"),
    ...(changes.noPayload === true ? {} : { "WebResources/con_ship": strToU8("var ship;") }),
  });
}

/** Another publisher's solution that points at the shipment: what keeps ContosoShipping from being uninstalled. */
export function dependentZip(): Uint8Array {
  const entity = `<Entity><Name LocalizedName="Label" OriginalName="Label">lab_Label</Name><EntityInfo><entity Name="lab_Label"><attributes>${column("lab_LabelId", "primarykey")}${column("lab_Name", "nvarchar", "<DisplayMask>PrimaryName</DisplayMask><MaxLength>20</MaxLength>")}${column("lab_ShipmentId", "lookup")}</attributes><EntitySetName>lab_labels</EntitySetName><OwnershipTypeMask>OrgOwned</OwnershipTypeMask></entity></EntityInfo></Entity>`;
  const content = `<ImportExportXml><Entities>${entity}</Entities><EntityRelationships>${relationship({ name: "lab_shipment_label", from: "lab_Label", to: "con_Shipment", column: "lab_ShipmentId", onDelete: "RemoveLink" })}</EntityRelationships></ImportExportXml>`;
  const about = '<ImportExportXml version="9.2"><SolutionManifest><UniqueName>Labels</UniqueName><Version>1.0.0.0</Version><Managed>1</Managed><Publisher><UniqueName>labels</UniqueName><CustomizationPrefix>lab</CustomizationPrefix></Publisher><RootComponents><RootComponent type="1" schemaName="lab_label" behavior="0" /></RootComponents><MissingDependencies><MissingDependency><Required type="1" schemaName="con_shipment" solution="ContosoShipping" /><Dependent type="1" schemaName="lab_label" /></MissingDependency></MissingDependencies></SolutionManifest></ImportExportXml>';
  return zipSync({ "solution.xml": strToU8(about), "customizations.xml": strToU8(content), "[Content_Types].xml": strToU8("<Types />") });
}
