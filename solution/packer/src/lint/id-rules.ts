// Component ids: valid, unique, never zero, in the case that exports use, and equal to the file's name.
// An id is written once and never changes: a changed id is another component to the target.
import type { Document } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { childAt, childrenNamed, textOf } from "../xml-elements.ts";
import { type Finding, findings } from "./finding.ts";

const GUID = /^\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}$/;
const ZERO = "{00000000-0000-0000-0000-000000000000}";

const inner = (documents: readonly Document[], component: string, id: string) => documents.flatMap(({ path, text, root }) =>
  childrenNamed(root, component).map((element) => ({ path, id: textOf(text, childAt(element, id)), isNamedByFile: true })));

export function idsAreSound(solution: SolutionModel): Finding[] {
  const say = findings("ids-are-sound");
  const ids = [
    ...inner(solution.forms, "systemform", "formid"),
    ...inner(solution.views, "savedquery", "savedqueryid"),
    ...[...solution.charts, ...solution.dashboards].map(({ path, text, root }) => ({ path, id: textOf(text, childAt(root, "savedqueryvisualizationid") ?? childAt(root, "FormId")), isNamedByFile: true })),
    ...solution.roles.map(({ path, root }) => ({ path, id: root.attributes.get("id") ?? "", isNamedByFile: false })),
    ...solution.webResources.map(({ path, text, root }) => ({ path, id: textOf(text, childAt(root, "WebResourceId")), isNamedByFile: false })),
  ];
  const seen = new Map<string, string>();
  return ids.flatMap(({ path, id, isNamedByFile }) => {
    const problems: Finding[] = [];
    if (!GUID.test(id) || id === ZERO) problems.push(say(path, `The id "${id}" is not a lower-case guid in braces. Give the component a new one.`));
    if (isNamedByFile && !path.endsWith(`/${id}.xml`)) problems.push(say(path, `The file is not named after its id ${id}. Rename the file.`));
    const other = seen.get(id);
    if (other !== undefined) problems.push(say(path, `The id ${id} is also the id of ${other}. Give one of them a new id.`));
    seen.set(id, path);
    return problems;
  });
}
