// Views of a table as a list may show them: name, columns with widths, query. Only public ones; quick find and lookup views are not offered.
import { bare } from "./app-definition.ts";
import { labelAmong } from "./language.ts";

export interface View { readonly id: string; readonly name: string; readonly isDefault: boolean; readonly columns: readonly { readonly name: string; readonly width: number }[]; readonly fetchXml: string }

const PUBLIC = "0";

export function viewsOf(xml: readonly string[], isOfAnyType = false): readonly View[] {
  return xml.map((one) => new DOMParser().parseFromString(one, "application/xml").documentElement)
    .filter((root) => isOfAnyType || root.querySelector(":scope > querytype")?.textContent === PUBLIC)
    .map((root) => ({
      id: bare(root.querySelector("savedqueryid")?.textContent ?? null) ?? "",
      name: labelAmong(root.querySelectorAll(":scope > LocalizedNames > LocalizedName")) ?? "",
      isDefault: root.querySelector(":scope > isdefault")?.textContent === "1",
      columns: [...root.querySelectorAll("layoutxml cell")].map((cell) => ({ name: cell.getAttribute("name") ?? "", width: Number(cell.getAttribute("width") ?? 120) })).filter(({ name }) => !name.includes(".")),
      fetchXml: new XMLSerializer().serializeToString(root.querySelector("fetch") ?? root),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
