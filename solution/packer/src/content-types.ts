// [Content_Types].xml: every extension in the zip once, every file without an extension by name.
// The package format is ECMA-376 part 2; Dataverse writes application/octet-stream throughout.

const OCTETS = "application/octet-stream";

const extensionOf = (path: string): string | undefined => {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1 ? name.slice(dot + 1) : undefined;
};
/** Part names are URIs: characters that a URI cannot hold are percent-encoded. */
const partName = (path: string): string => `/${path.split("/").map((segment) => encodeURIComponent(segment).replaceAll("'", "%27")).join("/")}`;

/** The text of [Content_Types].xml for the other entries of a zip. */
export function contentTypes(paths: readonly string[]): string {
  const extensions = new Map<string, string>();
  for (const extension of paths.map(extensionOf)) if (extension !== undefined && !extensions.has(extension.toLowerCase())) extensions.set(extension.toLowerCase(), extension);
  const defaults = [...extensions.values()].sort().map((extension) => `<Default Extension="${extension}" ContentType="${OCTETS}" />`);
  const overrides = paths.filter((path) => extensionOf(path) === undefined).sort().map((path) => `<Override PartName="${partName(path)}" ContentType="${OCTETS}" />`);
  return `\uFEFF<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${defaults.join("")}${overrides.join("")}</Types>`;
}
