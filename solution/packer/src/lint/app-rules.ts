// Apps and site maps: what they name must be in the solution, or the import stops with "App Module Import Failed".
import { descendants, textOf, childAt } from "../xml-elements.ts";
import type { SolutionModel } from "../solution-model.ts";
import { type Finding, findings } from "./finding.ts";
import { idsIn } from "./known-ids.ts";

/** Roles that every environment has: System Administrator and System Customizer, by their template ids. */
const PLATFORM_ROLES = new Set(["{627090ff-40a3-4053-8790-584edc5be201}", "{119f245c-3cc8-4b62-b31c-d1a046ced15d}"]);
const KINDS: Readonly<Record<string, string>> = { 1: "table", 26: "view", 59: "chart", 60: "form or dashboard", 62: "site map" };

export function appComponentsExist(solution: SolutionModel): Finding[] {
  const say = findings("app-components-exist");
  const known = idsIn(solution);
  const roles = new Set(solution.roles.map(({ root }) => root.attributes.get("id") ?? ""));
  return solution.apps.flatMap(({ path, root }) => [
    ...descendants(root, "AppModuleComponent").flatMap(({ attributes }) => {
      const [type = "", key = ""] = [attributes.get("type"), (attributes.get("schemaName") ?? attributes.get("id"))?.toLowerCase()];
      return known(type).has(key) ? [] : [say(path, `It contains the ${KINDS[type] ?? `component of type ${type}`} ${key}, which is not shipped. Add it or remove the line.`)];
    }),
    ...descendants(root, "Role").map((role) => role.attributes.get("id") ?? "").filter((id) => !roles.has(id) && !PLATFORM_ROLES.has(id)).map((id) => say(path, `It is opened to the role ${id}, which is not shipped. Use the id of a file below Roles.`)),
  ]);
}

/** A site map is named as its folder, each entry leads to a table, view, form or dashboard that exists, and no two entries share an id. */
export function siteMapsResolve(solution: SolutionModel): Finding[] {
  const say = findings("site-maps-resolve");
  const known = idsIn(solution);
  const icons = new Set(solution.webResources.map(({ name }) => name));
  return solution.siteMaps.flatMap(({ path, text, root }) => {
    const unique = textOf(text, childAt(root, "SiteMapUniqueName"));
    const entries = ["Area", "Group", "SubArea"].flatMap((name) => descendants(root, name));
    const ids = entries.map((entry) => entry.attributes.get("Id") ?? "");
    return [
      ...(path.split("/")[1] === unique ? [] : [say(path, `Its folder is not named ${unique}. Rename the folder, and the RootComponent of type 62.`)]),
      ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => say(path, `The id ${id} is used twice. Give one entry another id.`)),
      ...entries.flatMap(({ attributes }) => {
        const id = attributes.get("Id") ?? "";
        const url = new URLSearchParams((attributes.get("Url") ?? "").split("?")[1]?.replaceAll("&amp;", "&") ?? "");
        const leads: readonly (readonly [string, string, string | undefined | null])[] = [
          ["1", "the table", attributes.get("Entity") ?? url.get("etn")], ["26", "the view", url.get("viewid")], ["60", "the form", url.get("formid")],
          ["60", "the dashboard", attributes.has("DefaultDashboard") ? `{${attributes.get("DefaultDashboard") ?? ""}}` : undefined],
        ];
        const icon = (attributes.get("Icon") ?? "").replace("/WebResources/", "");
        return [
          ...leads.filter(([type, , key]) => key !== undefined && key !== null && !known(type).has(key.toLowerCase())).map(([, what, key]) => say(path, `${id} leads to ${what} ${key ?? ""}, which is not in the solution. Correct it or remove the entry.`)),
          ...(icon === "" || icons.has(icon) ? [] : [say(path, `${id} has the icon ${icon}, which is not shipped. Add the web resource or correct the name.`)]),
        ];
      }),
    ];
  });
}
