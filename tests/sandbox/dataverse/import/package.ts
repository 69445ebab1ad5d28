// A solution's zip, opened: its files, its manifest and its customizations as trees. What cannot be opened is refused in Dataverse's words.
import { strFromU8, unzipSync } from "fflate";
import { XMLParser } from "fast-xml-parser";
import { DataverseError } from "../errors.ts";
import { xmlComplaint } from "../well-formed.ts";
import { list, textOf, type XmlNode } from "./xml.ts";

export interface Package {
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** customizations.xml as it stands. */
  readonly xml: string;
  readonly manifest: XmlNode;
  readonly content: XmlNode;
  readonly uniqueName: string;
  readonly friendlyName: string;
  readonly version: string;
  readonly prefix: string;
  readonly publisher: string;
  readonly isManaged: boolean;
}

const ARRAYS = new Set([
  "Entity", "attribute", "option", "state", "status", "displayname", "label", "EntityRelationship", "EntityKey", "AttributeName", "Role", "RolePrivilege", "systemform", "savedquery", "forms", "LocalizedName", "WebResource", "CustomControl", "RootComponent",
  "EntityRelationshipRole", "MissingDependency", "FieldSecurityProfile", "FieldPermission", "ServiceEndpoint", "SdkMessageProcessingStep", "SdkMessageProcessingStepImage",
]);
const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: "@", parseTagValue: false, parseAttributeValue: false, isArray: (name) => ARRAYS.has(name) });

/** One of the small files that are not part of customizations.xml. */
export const parseFile = (bytes: Uint8Array, root: string): unknown => (parser.parse(strFromU8(bytes)) as XmlNode)[root];

export const refuse = (code: string, message: string): DataverseError => new DataverseError(400, code, message);
const badZip = (message: string): DataverseError => refuse("0x80048060", message);
const badXml = (detail: string): DataverseError => refuse("0x8004801a", `The import file is invalid. XSD validation failed with the following error: '${detail}'.`);

function unzip(zip: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(zip);
  } catch {
    throw badZip("The solution file is invalid. The file is not a valid compressed file.");
  }
}

function parseXml(name: string, text: string): XmlNode {
  const complaint = xmlComplaint(text);
  if (complaint !== undefined) throw badXml(`${name}: ${complaint}`);
  const root = (parser.parse(text) as XmlNode)["ImportExportXml"];
  if (typeof root === "object" && root !== null) return root as XmlNode;
  throw badXml(`${name}: The ImportExportXml element is not declared.`);
}

/** Opens a zip; throws when it is no solution. */
export function openPackage(zip: Uint8Array): Package {
  const files = unzip(zip);
  const customizations = files["customizations.xml"];
  const manifestFile = files["solution.xml"];
  if (customizations === undefined || manifestFile === undefined || files["[Content_Types].xml"] === undefined) {
    throw badZip("The solution file is invalid. The compressed file must contain the following files at its root: solution.xml, customizations.xml, and [Content_Types].xml.");
  }
  const xml = strFromU8(customizations);
  const manifest = parseXml("solution.xml", strFromU8(manifestFile));
  const content = parseXml("customizations.xml", xml);
  const of = (...path: readonly string[]): string => textOf(manifest, "SolutionManifest", ...path);
  const uniqueName = of("UniqueName");
  const version = of("Version");
  const prefix = of("Publisher", "CustomizationPrefix");
  if (!/^[A-Za-z_]\w*$/.test(uniqueName)) throw refuse("0x8004f002", "Invalid character specified for solution unique name. Only characters within the ranges [A-Z], [a-z], [0-9] or _ are allowed. The first character may only be in the ranges [A-Z], [a-z] or _.");
  if (!/^\d+(\.\d+){1,3}$/.test(version)) throw refuse("0x8004f01e", "An invalid solution version was specified.");
  if (!/^[a-z][a-z0-9]{1,7}$/i.test(prefix)) throw badZip("The publisher's customization prefix is not valid.");
  const friendlyName = textOf(list(manifest, "SolutionManifest", "LocalizedNames", "LocalizedName")[0], "@description") || uniqueName;
  return { files, xml, manifest, content, uniqueName, friendlyName, version, prefix, publisher: of("Publisher", "UniqueName"), isManaged: of("Managed") === "1" };
}

export const compareVersions = (left: string, right: string): number => {
  const [one, other] = [left, right].map((text) => text.split(".").map(Number));
  for (let index = 0; index < 4; index++) { const difference = (one?.[index] ?? 0) - (other?.[index] ?? 0); if (difference !== 0) return difference; }
  return 0;
};
