// Files beside customizations.xml: what a data file names must be there and named as exports name it.
// Web resource file names: all characters but letters, digits, _ and - dropped, at most 50, then the id in upper case.
import { isCustomizationFile } from "../sections.ts";
import { readDocument } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { has } from "../source-tree.ts";
import { unusedFiles } from "../payload.ts";
import { childAt, textOf } from "../xml-elements.ts";
import { type Finding, findings } from "./finding.ts";

/** The default limit of an organization for one file. */
const BYTES_MAX = 5 * 1024 * 1024;

export function webResourcesAreComplete({ tree, webResources }: SolutionModel): Finding[] {
  const say = findings("web-resources-are-complete");
  return webResources.flatMap(({ path, text, root, name }) => {
    const value = (child: string) => textOf(text, childAt(root, child));
    const expected = `/WebResources/${name.replace(/[^A-Za-z0-9_-]/g, "").slice(0, 50)}${value("WebResourceId").replace(/[{}]/g, "").toUpperCase()}`;
    const file = path.replace(/\.data\.xml$/, "");
    const size = has(tree, file) ? tree.bytes(file).length : undefined;
    return [
      ...(value("FileName") === expected ? [] : [say(path, `<FileName> is ${value("FileName")}. Write ${expected}.`)]),
      ...(file === `WebResources/${name}` ? [] : [say(path, `The file does not lie where its name ${name} says. Move it to WebResources/${name}.data.xml.`)]),
      ...(size === undefined ? [say(path, `${file} is missing. Build it: npm run build.`)] : []),
      ...(size !== undefined && size > BYTES_MAX ? [say(path, `${file} has ${size} bytes; organizations refuse more than ${BYTES_MAX}. Make it smaller.`)] : []),
    ];
  });
}

export function controlsAreComplete({ tree, controls, prefix }: SolutionModel): Finding[] {
  const say = findings("controls-are-complete");
  return controls.flatMap(({ path, text, root, name }) => {
    const folder = path.replace(/\/[^/]+$/, "");
    const manifest = `${folder}/ControlManifest.xml`;
    const fileName = textOf(text, childAt(root, "FileName"));
    if (folder !== `Controls/${name}` || fileName !== `/${manifest}`) return [say(path, `Name, folder and <FileName> differ. All three are Controls/${name}.`)];
    if (!has(tree, manifest)) return [say(path, `${manifest} is missing. Build the controls: npm run build.`)];
    const control = childAt(readDocument(tree, manifest).root, "control");
    const built = `${prefix}_${control?.attributes.get("namespace") ?? ""}.${control?.attributes.get("constructor") ?? ""}`;
    const code = childAt(control, "resources", "code")?.attributes.get("path") ?? "";
    return [
      ...(built === name ? [] : [say(manifest, `It declares ${built}, the solution names ${name}. Make namespace and constructor agree.`)]),
      ...(has(tree, `${folder}/${code}`) ? [] : [say(manifest, `Its code ${code} is missing. Build the controls: npm run build.`)]),
    ];
  });
}

/** Values in the package would freeze the setting for every customer. */
export function noEnvironmentVariableValues({ tree }: SolutionModel): Finding[] {
  return tree.paths.filter((path) => path.endsWith("/environmentvariablevalues.json"))
    .map((path) => findings("no-environment-variable-values")(path, "A value must not be shipped: it belongs to the customer's environment. Delete the file."));
}

export function everyFileHasAPlace({ tree }: SolutionModel): Finding[] {
  const unused = unusedFiles(tree, isCustomizationFile).filter((path) => !path.startsWith("WebResources/"));
  const isDescribed = (path: string) => path.endsWith(".data.xml") || has(tree, `${path}.data.xml`);
  const orphans = tree.paths.filter((path) => /^WebResources\/|^Controls\/[^/]+\/ControlManifest\.xml/.test(path) && !isDescribed(path));
  return [...unused, ...orphans].map((path) => findings("every-file-has-a-place")(path, "Nothing in the solution refers to it, so it would be left out. Name it as its kind demands, or delete it."));
}
