// Forms: every column, view, relationship, script and control they name must exist and be shipped with them.
import { childAt, descendants, textOf } from "../xml-elements.ts";
import type { Document } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { type Finding, findings } from "./finding.ts";
import { PLATFORM_COLUMNS, STANDARD_COLUMNS, STANDARD_VIEWS } from "./standard-columns.ts";

/** Logical names of the columns a table is known to have. */
export function columnsOf(solution: SolutionModel, table: string): ReadonlySet<string> {
  const own = solution.tables.find((one) => one.logicalName === table)?.columns.map((column) => column.logicalName) ?? [];
  return new Set([...own, ...(STANDARD_COLUMNS[table] ?? []), ...PLATFORM_COLUMNS]);
}

export function formColumnsExist(solution: SolutionModel): Finding[] {
  return solution.forms.flatMap(({ path, root, table }) => {
    const columns = columnsOf(solution, table);
    const named = descendants(root, "control").map((control) => control.attributes.get("datafieldname")).filter((name) => name !== undefined);
    return [...new Set(named)].filter((name) => !columns.has(name)).map((name) => findings("form-columns-exist")(path, `It shows ${name}, which ${table} does not have. Correct datafieldname, or add the column.`));
  });
}

export function formIdsAreUnique(solution: SolutionModel): Finding[] {
  const say = findings("form-ids-are-unique");
  return [...solution.forms, ...solution.dashboards].flatMap(({ path, root }) => {
    const ids = ["tab", "section", "cell"].flatMap((name) => descendants(root, name).map((element) => element.attributes.get("id") ?? ""));
    const controls = descendants(root, "control").map((element) => element.attributes.get("id") ?? "");
    const repeated = (all: readonly string[]) => [...new Set(all.filter((id, at) => id !== "" && all.indexOf(id) !== at))];
    return [...repeated(ids), ...repeated(controls)].map((id) => say(path, `The id ${id} is used twice in this form. Give one of them another id.`));
  });
}

export function subgridsResolve(solution: SolutionModel): Finding[] {
  const say = findings("subgrids-resolve");
  const views = new Set(solution.views.flatMap(({ text, root }) => descendants(root, "savedqueryid").map((id) => textOf(text, id).toLowerCase())));
  const relationships = new Map(solution.relationships.map((one) => [one.name, one]));
  return solution.forms.flatMap(({ path, text, root, table }) => descendants(root, "control").filter((control) => control.attributes.get("indicationOfSubgrid") === "true").flatMap((control) => {
    const value = (name: string) => textOf(text, childAt(control, "parameters", name));
    const name = control.attributes.get("id") ?? "";
    const relationship = relationships.get(value("RelationshipName"));
    return [
      ...(views.has(value("ViewId").toLowerCase()) || STANDARD_VIEWS.has(value("ViewId").toLowerCase()) ? [] : [say(path, `Subgrid ${name} shows the view ${value("ViewId")}, which is not shipped. Use the id of a view below SavedQueries.`)]),
      ...(relationship?.referenced.toLowerCase() === table && relationship.referencing.toLowerCase() === value("TargetEntityType") ? [] : [say(path, `Subgrid ${name} uses the relationship ${value("RelationshipName")}, which does not lead from ${table} to ${value("TargetEntityType")}. Name one below Other/Relationships.`)]),
    ];
  }));
}

function scriptFindings({ path, root }: Document, shipped: ReadonlySet<string>): Finding[] {
  const say = findings("form-scripts-are-shipped");
  const libraries = new Set(descendants(root, "Library").map((library) => library.attributes.get("name") ?? ""));
  const handlers = descendants(root, "Handler");
  return [
    ...[...libraries].filter((name) => !shipped.has(name)).map((name) => say(path, `It loads ${name}, which is not shipped. Add the web resource or correct the name.`)),
    ...handlers.map((handler) => handler.attributes.get("libraryName") ?? "").filter((name) => !libraries.has(name)).map((name) => say(path, `A handler is in ${name}, which is not in formLibraries. Add <Library name="${name}" …/>.`)),
    ...handlers.filter((handler) => handler.attributes.get("passExecutionContext") !== "true").map((handler) => say(path, `${handler.attributes.get("functionName") ?? "A handler"} does not get the execution context. Write passExecutionContext="true".`)),
  ];
}

export function formScriptsAreShipped(solution: SolutionModel): Finding[] {
  const shipped = new Set(solution.webResources.map(({ name }) => name));
  return solution.forms.flatMap((form) => scriptFindings(form, shipped));
}

/** A control must be bound for all three form factors, to a cell of this form, and be one that we ship. */
export function formControlsAreShipped(solution: SolutionModel): Finding[] {
  const say = findings("form-controls-are-shipped");
  const shipped = new Set(solution.controls.map(({ name }) => name));
  return solution.forms.flatMap(({ path, root }) => {
    const cells = new Set(descendants(root, "control").map((control) => control.attributes.get("uniqueid") ?? ""));
    return descendants(root, "controlDescription").flatMap((description) => {
      const custom = description.children.filter((child) => child.attributes.has("name"));
      const factors = custom.map((child) => child.attributes.get("formFactor") ?? "").sort().join("");
      return [
        ...[...new Set(custom.map((child) => child.attributes.get("name") ?? ""))].filter((name) => !shipped.has(name)).map((name) => say(path, `It uses the control ${name}, which is not shipped. Add it below Controls or correct the name.`)),
        ...(factors === "012" ? [] : [say(path, `A control is bound for the form factors "${factors}". Bind it for 0, 1 and 2.`)]),
        ...(cells.has(description.attributes.get("forControl") ?? "") ? [] : [say(path, `controlDescription ${description.attributes.get("forControl") ?? ""} belongs to no control of the form. Use a control's uniqueid.`)]),
      ];
    });
  });
}
