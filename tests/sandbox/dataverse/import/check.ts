// Everything that makes Dataverse refuse a solution before it changes anything. Codes and texts of the public error list and of import logs.
import type { Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { compareVersions, refuse, type Package } from "./package.ts";
import { list, textOf, type XmlNode } from "./xml.ts";

export const solutionRow = (organization: Organization, uniqueName: string): Row | undefined => [...organization.store.all("solution")].find((row) => row["uniquename"] === uniqueName);

/** The solution that a patch belongs to: patches are named <base>_Patch_<text>. */
export const baseOf = (uniqueName: string): string | undefined => /^(.+)_Patch_\w+$/.exec(uniqueName)?.[1];
export const patchesOf = (organization: Organization, uniqueName: string): readonly Row[] => [...organization.store.all("solution")].filter((row) => baseOf(asText(row["uniquename"])) === uniqueName);

export interface ImportOptions {
  /** Staged beside the installed one, to replace it later (DeleteAndPromote). */
  readonly isHolding?: boolean;
  /** Steps are switched on after the import. */
  readonly publishesWorkflows?: boolean;
}

/** Managed or not, publisher, versions, patches. */
export function checkVersions(organization: Organization, pack: Package, options: ImportOptions): void {
  const { uniqueName, version, isManaged } = pack;
  const installed = solutionRow(organization, uniqueName);
  if (installed !== undefined && installed["ismanaged"] !== isManaged) throw modeMismatch(isManaged);
  const publisher = organization.store.get("publisher", asText(installed?.["publisherid"]))?.["uniquename"];
  if (installed !== undefined && publisher !== pack.publisher) throw refuse("0x8004801c", `The following managed solution cannot be imported: ${uniqueName}. The publisher name cannot be changed from ${asText(publisher)} to ${pack.publisher}.`);
  const than = installed === undefined ? 1 : compareVersions(version, asText(installed["version"]));
  if (options.isHolding === true ? than <= 0 || installed === undefined : than < 0) throw refuse("0x80048541", "The import solution must have a higher version than the existing solution it is upgrading.");
  checkPatch(organization, pack);
}

const modeMismatch = (isManaged: boolean): Error => (isManaged
  ? refuse("0x80048040", "The solution is already installed on this system as an unmanaged solution and the package supplied is attempting to install it in managed mode. Import can only update solutions when the modes match. Uninstall the current solution and try again.")
  : refuse("0x80048041", "The solution is already installed on this system as a managed solution and the package supplied is attempting to install it in unmanaged mode. Import can only update solutions when the modes match. Uninstall the current solution and try again."));

function checkPatch(organization: Organization, { uniqueName, version }: Package): void {
  const base = baseOf(uniqueName);
  if (base === undefined) return;
  if (solutionRow(organization, base) === undefined) throw refuse("0x80048540", `You can't import the patch (${uniqueName}) for the solution (${base}) because the solution isn't present. The operation has been canceled.`);
  const newer = patchesOf(organization, base).find((row) => row["uniquename"] !== uniqueName && compareVersions(asText(row["version"]), version) >= 0);
  if (newer !== undefined) throw refuse("0x80061771", `Patch '${asText(newer["uniquename"])}' has a matching or higher version (${asText(newer["version"])}) than that of the patch being installed.`);
}

const isPresent = (organization: Organization, required: XmlNode): boolean => {
  const name = textOf(required, "@schemaName");
  switch (Number(textOf(required, "@type"))) {
    case 1: return organization.model.tables.has(name.toLowerCase());
    case 2: return organization.model.tables.get(textOf(required, "@parentSchemaName").toLowerCase())?.columns.has(name.toLowerCase()) === true;
    case 61: return [...organization.store.all("webresource")].some((row) => row["name"] === name);
    case 66: return [...organization.store.all("customcontrol")].some((row) => row["name"] === name);
    default: return true;
  }
};

/** MissingDependencies of the manifest: what another solution must have brought. */
export function checkDependencies(organization: Organization, { manifest, uniqueName }: Package): void {
  const missing = list(manifest, "SolutionManifest", "MissingDependencies", "MissingDependency").filter((one) => !isPresent(organization, one["Required"] as XmlNode));
  if (missing.length === 0) return;
  const written = missing.map((one) => `<MissingDependency><Required type="${textOf(one, "Required", "@type")}" schemaName="${textOf(one, "Required", "@schemaName")}" solution="${textOf(one, "Required", "@solution")}" /><Dependent type="${textOf(one, "Dependent", "@type")}" schemaName="${textOf(one, "Dependent", "@schemaName")}" /></MissingDependency>`);
  throw refuse("0x8004801d", `The following solution cannot be imported: ${uniqueName}. Some dependencies are missing. The missing dependencies are: <MissingDependencies>${written.join("")}</MissingDependencies>`);
}

/** Every file that customizations.xml names must be in the zip; names carry the publisher's prefix. */
export function checkPayload({ content, files, prefix }: Package): void {
  const fileOf = (one: XmlNode): string => textOf(one, "FileName").replace(/^\//, "");
  const lost = list(content, "WebResources", "WebResource").find((one) => fileOf(one) !== "" && files[fileOf(one)] === undefined);
  if (lost !== undefined) throw refuse("0x8004f11a", `The file for this Web resource does not exist in the solution file. Web resource: ${textOf(lost, "Name")}, file: ${fileOf(lost)}.`);
  const controls = list(content, "CustomControls", "CustomControl");
  const control = controls.find((one) => fileOf(one) !== "" && files[fileOf(one)] === undefined);
  if (control !== undefined) throw refuse("0x80160000", `An error occurred while importing Custom Controls. Try importing this solution again. ${fileOf(control)} is not in the solution file.`);
  const foreign = controls.find((one) => !textOf(one, "Name").toLowerCase().startsWith(`${prefix.toLowerCase()}_`));
  if (foreign !== undefined) throw refuse("0x80160000", `Publisher prefix ${textOf(foreign, "Name").split("_")[0] ?? ""} for this control ${textOf(foreign, "Name")} does not match the prefix ${prefix}`);
}

interface Declared { readonly type: number; readonly key: string }

function definedIn(content: XmlNode): readonly Declared[] {
  const by = (type: number, nodes: readonly XmlNode[], ...path: readonly string[]): readonly Declared[] => nodes.map((node) => ({ type, key: textOf(node, ...path).toLowerCase() }));
  return [
    ...by(1, list(content, "Entities", "Entity"), "Name"), ...by(20, list(content, "Roles", "Role"), "@id"), ...by(61, list(content, "WebResources", "WebResource"), "Name"), ...by(66, list(content, "CustomControls", "CustomControl"), "Name"),
    ...by(70, list(content, "FieldSecurityProfiles", "FieldSecurityProfile"), "@fieldsecurityprofileid"), ...by(92, list(content, "SdkMessageProcessingSteps", "SdkMessageProcessingStep"), "@SdkMessageProcessingStepId"), ...by(95, list(content, "ServiceEndpoints", "ServiceEndpoint"), "@ServiceEndpointId"),
  ];
}

const CHECKED = new Set([1, 20, 61, 66, 70, 92, 95]);

/** Each root component is defined, and each definition is a root component. */
export function checkRootComponents(organization: Organization, { manifest, content }: Package): void {
  const roots = list(manifest, "SolutionManifest", "RootComponents", "RootComponent").map((root) => ({ type: Number(textOf(root, "@type")), key: (textOf(root, "@schemaName") || textOf(root, "@id")), text: textOf(root, "@schemaName") || textOf(root, "@id") }));
  const defined = definedIn(content);
  const has = (set: readonly Declared[], one: Declared): boolean => set.some((other) => other.type === one.type && other.key.toLowerCase() === one.key.toLowerCase());
  for (const root of roots.filter((one) => CHECKED.has(one.type))) {
    const isThere = has(defined, root) || (root.type === 1 && organization.model.tables.has(root.key.toLowerCase()));
    if (!isThere) throw refuse("0x8004801f", `Cannot add a Root Component ${root.text} of type ${root.type} because it is not in the target system.`);
  }
  const undeclared = defined.find((one) => !has(roots, one));
  if (undeclared !== undefined) throw refuse("0x8004803a", `The import has failed because component ${undeclared.key} of type ${undeclared.type} is not declared in the solution file as a root component. To fix this, import again using the XML file that was generated when you exported the solution.`);
}

/** A lookup's table must be there, or come with the solution. */
export function checkRelationships(organization: Organization, { content }: Package): void {
  const coming = new Set(list(content, "Entities", "Entity").map((entity) => textOf(entity, "Name").toLowerCase()));
  for (const relation of list(content, "EntityRelationships", "EntityRelationship")) {
    const target = textOf(relation, "ReferencedEntityName").toLowerCase();
    if (target === "owner" || target === "" || coming.has(target) || organization.model.tables.has(target)) continue;
    throw refuse("0x8004801e", `The dependent component EntityRelationship (SchemaName=${textOf(relation, "@Name")}) does not exist. Failure trying to associate it with Entity (SchemaName=${textOf(relation, "ReferencedEntityName")}) as a dependency. Missing dependency lookup type = EntityNameLookup.`);
  }
}
