// Languages: each one that a label uses is listed, and each listed one is there wherever English is.
// A label without its translation shows English words in the middle of a German form.
import { type Document, readDocument } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { textOf, descendants, type XmlElement } from "../xml-elements.ts";
import { type Finding, findings } from "./finding.ts";

const ENGLISH = "1033";
const codeOf = (element: XmlElement): string | undefined => element.attributes.get("languagecode") ?? element.attributes.get("LCID");
const wordsOf = (element: XmlElement): string => element.attributes.get("description") ?? element.attributes.get("Title") ?? "";

function listedLanguages(solution: SolutionModel): ReadonlySet<string> {
  const skeleton = readDocument(solution.tree, "Other/Customizations.xml");
  return new Set(descendants(skeleton.root, "Language").map((language) => textOf(skeleton.text, language)));
}

const labelled = (solution: SolutionModel): readonly Document[] => [
  ...solution.tables, ...solution.forms, ...solution.views, ...solution.charts, ...solution.ribbons, ...solution.dashboards, ...solution.apps, ...solution.siteMaps, ...solution.environmentVariables,
];

/** Every language that a label uses is listed, or the import drops the label. */
export function languagesAreListed(solution: SolutionModel): Finding[] {
  const listed = listedLanguages(solution);
  return labelled(solution).flatMap(({ path, text }) => {
    const used = new Set([...text.matchAll(/(?:languagecode|LCID)="(\d+)"/g)].map(([, code = ""]) => code));
    return [...used].filter((code) => !listed.has(code)).map((code) => findings("languages-are-listed")(path, `It has labels in language ${code}. Add <Language>${code}</Language> to Other/Customizations.xml.`));
  });
}

/** Groups of labels that say one thing: the labelled children of one element. */
function* labelGroups(element: XmlElement): Generator<readonly XmlElement[]> {
  const labels = element.children.filter((child) => codeOf(child) !== undefined);
  if (labels.length > 0) yield labels;
  for (const child of element.children) yield* labelGroups(child);
}

/** Whatever has English words has words in every listed language. */
export function labelsAreTranslated(solution: SolutionModel): Finding[] {
  const wanted = [...listedLanguages(solution)].filter((code) => code !== ENGLISH);
  return labelled(solution).flatMap(({ path, root }) => [...labelGroups(root)].flatMap((labels) => {
    const english = labels.find((label) => codeOf(label) === ENGLISH);
    if (english === undefined || wordsOf(english) === "") return [];
    const missing = wanted.filter((code) => !labels.some((label) => codeOf(label) === code && wordsOf(label) !== ""));
    return missing.map((code) => findings("labels-are-translated")(path, `"${wordsOf(english)}" has no words in language ${code}. Add one more label with that code beside the English one.`));
  }));
}
