// Rules about Other/Solution.xml and the skeleton: package type, root components in both directions, sections.
// Component type numbers: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent
import { lostSections, SKELETON } from "../customizations.ts";
import type { RootComponent, SolutionModel } from "../solution-model.ts";
import { readDocument } from "../document.ts";
import { matching } from "../source-tree.ts";
import { childAt, textOf } from "../xml-elements.ts";
import { type Finding, findings } from "./finding.ts";

const MANIFEST = "Other/Solution.xml";

/** The source must say that it serves both package types, or Microsoft's packer refuses one of them. */
export function sourceServesBothTypes({ manifest }: SolutionModel): Finding[] {
  const managed = textOf(manifest.text, childAt(manifest.root, "SolutionManifest", "Managed"));
  return managed === "2" ? [] : [findings("source-serves-both-types")(MANIFEST, `<Managed> is "${managed}". Write <Managed>2</Managed>; the packer sets 0 or 1.`)];
}

/** Four numbers, or an upgrade is refused. */
export function versionHasFourParts({ manifest }: SolutionModel): Finding[] {
  const version = textOf(manifest.text, childAt(manifest.root, "SolutionManifest", "Version"));
  return /^\d+(\.\d+){3}$/.test(version) ? [] : [findings("version-has-four-parts")(MANIFEST, `<Version> is "${version}". Write four numbers, for example 1.0.0.0.`)];
}

interface Defined extends RootComponent { path: string }

function definedComponents(solution: SolutionModel): Defined[] {
  const idOf = (text: string) => text.toLowerCase();
  const fileKey = (pattern: RegExp, type: number): Defined[] => matching(solution.tree, pattern).map((path) => ({ type, key: (pattern.exec(path)?.[1] ?? "").toLowerCase(), behavior: "", path }));
  return [
    ...solution.tables.map((table) => ({ type: 1, key: table.logicalName, behavior: table.isShell ? "2" : "0", path: table.path })),
    ...solution.roles.map((role) => ({ type: 20, key: idOf(role.root.attributes.get("id") ?? ""), behavior: "", path: role.path })),
    ...solution.webResources.map(({ name, path }) => ({ type: 61, key: name.toLowerCase(), behavior: "", path })),
    ...solution.controls.map(({ name, path }) => ({ type: 66, key: name.toLowerCase(), behavior: "", path })),
    ...fileKey(/^OptionSets\/(.+)\.xml$/, 9),
    ...fileKey(/^(?:Interaction[Cc]entric)?Dashboards\/(\{[^}]+\})\.xml$/, 60),
    ...fileKey(/^AppModuleSiteMaps\/([^/]+)\/AppModuleSiteMap\.xml$/, 62),
    ...fileKey(/^AppModules\/([^/]+)\/AppModule\.xml$/, 80),
    ...fileKey(/^SdkMessageProcessingSteps\/(\{[^}]+\})\.xml$/, 92),
    ...solution.connectors.map(({ path, text, root }) => ({ type: 372, key: textOf(text, childAt(root, "name")).toLowerCase(), behavior: "", path })),
    ...workflowIds(solution),
  ];
}

const workflowIds = ({ tree }: SolutionModel): Defined[] => matching(tree, /^Workflows\/.+\.data\.xml$/).map((path) => ({
  type: 29, key: (readDocument(tree, path).root.attributes.get("WorkflowId") ?? "").toLowerCase(), behavior: "", path,
}));

const CHECKED = new Set([1, 9, 20, 29, 60, 61, 62, 66, 80, 92]);

/** Every root component is defined, and everything that must be listed is. */
export function rootComponentsMatch(solution: SolutionModel): Finding[] {
  const say = findings("root-components-match");
  const defined = definedComponents(solution);
  const same = (a: RootComponent, b: RootComponent) => a.type === b.type && a.key === b.key;
  const undefinedOnes = solution.rootComponents.filter((root) => CHECKED.has(root.type) && !defined.some((one) => same(one, root)))
    .map((root) => say(MANIFEST, `RootComponent type ${root.type} "${root.key}" is not defined by any file. Add its file or remove the line.`));
  const unlisted = defined.filter((one) => !solution.rootComponents.some((root) => same(one, root)))
    .map((one) => say(one.path, `It is not listed in ${MANIFEST}. Add <RootComponent type="${one.type}" with "${one.key}" />.`));
  const behaviors = defined.filter((one) => one.type === 1).flatMap((one) => {
    const root = solution.rootComponents.find((listed) => same(one, listed));
    return root === undefined || root.behavior === one.behavior ? [] : [say(one.path, `${MANIFEST} gives it behavior="${root.behavior}". Write behavior="${one.behavior}": 0 for a table of ours, 2 for one that is only extended.`)];
  });
  return [...undefinedOnes, ...unlisted, ...behaviors];
}

/** A section that the skeleton lacks would be dropped silently by Microsoft's packer. */
export function skeletonHasSections({ tree }: SolutionModel): Finding[] {
  return lostSections(tree).map((name) => findings("skeleton-has-sections")(SKELETON, `There is no <${name} />, but files belong there. Add the empty element, in the order of the schema.`));
}
