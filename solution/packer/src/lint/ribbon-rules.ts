// Ribbon: commands, rules, labels and web resources that buttons name must be there; no enable rule may be left undefined.
// A label without a title stops the import. learn.microsoft.com/power-apps/developer/model-driven-apps/define-ribbon-commands
import { childAt, childrenNamed, descendants, type XmlElement } from "../xml-elements.ts";
import type { Document } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { type Finding, findings } from "./finding.ts";

const idsOf = (elements: readonly XmlElement[]): ReadonlySet<string> => new Set(elements.map((element) => element.attributes.get("Id") ?? ""));
const referenced = (text: string, pattern: RegExp): string[] => [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))];

function ribbonFindings({ path, text, root }: Document, shipped: ReadonlySet<string>): Finding[] {
  const say = findings("ribbon-resolves");
  const commands = childAt(root, "CommandDefinitions")?.children ?? [];
  const rules = (kind: string) => idsOf(childAt(root, "RuleDefinitions", `${kind}s`)?.children ?? []);
  const used = (kind: string) => commands.flatMap((command) => descendants(command, kind).map((rule) => rule.attributes.get("Id") ?? ""));
  const labels = childAt(root, "LocLabels")?.children ?? [];
  const foreign = (id: string) => id.startsWith("Mscrm.");
  const buttons = descendants(root, "Button").map((button) => button.attributes.get("Command") ?? "");
  const titled = idsOf(labels.filter((label) => childrenNamed(label, "Titles").some((titles) => titles.children.some((title) => (title.attributes.get("description") ?? "") !== ""))));
  return [
    ...buttons.filter((id) => !foreign(id) && !idsOf(commands).has(id)).map((id) => say(path, `A button runs the command ${id}, which is not defined. Add its CommandDefinition.`)),
    ...["EnableRule", "DisplayRule"].flatMap((kind) => used(kind).filter((id) => !foreign(id) && !rules(kind).has(id)).map((id) => say(path, `The ${kind} ${id} is not defined. Add it to RuleDefinitions.`))),
    ...referenced(text, /\$LocLabels:([^"<]+)/g).filter((id) => !titled.has(id)).map((id) => say(path, `The label ${id} has no title. Add a LocLabel with a title.`)),
    ...referenced(text, /\$webresource:([^"<]+)/g).filter((name) => !shipped.has(name)).map((name) => say(path, `It uses the web resource ${name}, which is not shipped. Add it or correct the name.`)),
  ];
}

export function ribbonsResolve(solution: SolutionModel): Finding[] {
  const shipped = new Set(solution.webResources.map(({ name }) => name));
  return solution.ribbons.flatMap((ribbon) => ribbonFindings(ribbon, shipped));
}
