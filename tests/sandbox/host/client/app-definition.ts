// The app that the address names (?app=), out of the imported solutions: its site map and its dashboards, read from their XML.
import { labelAmong, languageId } from "./language.ts";

export interface SiteMapEntry { readonly id: string; readonly title: string; readonly icon: string | undefined; readonly table: string | undefined; readonly address: string }
export interface SiteMapGroup { readonly title: string; readonly entries: readonly SiteMapEntry[] }
export interface AppDefinition { readonly name: string; readonly title: string; readonly groups: readonly SiteMapGroup[] }
export interface AppSet { readonly apps: readonly { readonly name: string; readonly title: string }[]; readonly app: AppDefinition | undefined; readonly dashboards: ReadonlyMap<string, Element> }

const ENGLISH = 1033;
const parse = (xml: string): Element => new DOMParser().parseFromString(xml, "application/xml").documentElement;
const own = (root: Element, name: string): Element | undefined => [...root.children].find((child) => child.tagName === name);
const nameIn = (root: Element): string => labelAmong(own(root, "LocalizedNames")?.children ?? []) ?? "";

/** Titles of a site map carry LCID and Title instead of languagecode and description. */
function titleOf(element: Element): string {
  const titles = [...own(element, "Titles")?.children ?? []];
  const of = (language: number): string | undefined => titles.find((one) => one.getAttribute("LCID") === String(language))?.getAttribute("Title") ?? undefined;
  return of(languageId()) ?? of(ENGLISH) ?? titles[0]?.getAttribute("Title") ?? element.getAttribute("Id") ?? "";
}

/** Keeps the language, the theme and the app that are in the address. */
export function withContext(app: string | undefined, parameters: Readonly<Record<string, string | undefined>>): string {
  const next = new URLSearchParams();
  const now = new URLSearchParams(location.search);
  for (const kept of ["lcid", "dir", "theme"]) { const value = now.get(kept); if (value !== null) next.set(kept, value); }
  if (app !== undefined) next.set("app", app);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) next.set(name, value);
  return `/main.aspx?${next.toString()}`;
}

const bare = (id: string | null): string | undefined => id?.replace(/[{}]/g, "").toLowerCase();

function entryOf(app: string, node: Element): SiteMapEntry {
  const query = new URLSearchParams((node.getAttribute("Url") ?? "").split("?")[1] ?? "");
  const table = node.getAttribute("Entity") ?? query.get("etn") ?? undefined;
  const dashboard = node.getAttribute("DefaultDashboard");
  const address = dashboard !== null
    ? withContext(app, { pagetype: "dashboard", id: bare(dashboard) })
    : withContext(app, { pagetype: query.get("pagetype") ?? "entitylist", etn: table, viewid: bare(query.get("viewid")), formid: bare(query.get("formid")) });
  return { id: node.getAttribute("Id") ?? "", title: titleOf(node), icon: node.getAttribute("Icon") ?? undefined, table, address };
}

export async function readApps(wanted: string | null): Promise<AppSet> {
  const { apps, siteMaps, dashboards } = await (await fetch("/host/apps")).json() as { apps: string[]; siteMaps: string[]; dashboards: string[] };
  const modules = apps.map(parse).map((root) => ({ name: own(root, "UniqueName")?.textContent ?? "", title: nameIn(root) }));
  const chosen = modules.find(({ name }) => name === wanted);
  const map = siteMaps.map(parse).find((root) => own(root, "SiteMapUniqueName")?.textContent === chosen?.name);
  const groups = [...map?.querySelectorAll("Group") ?? []].map((group) => ({ title: titleOf(group), entries: [...group.querySelectorAll("SubArea")].map((node) => entryOf(chosen?.name ?? "", node)) }));
  return {
    apps: modules, app: chosen === undefined ? undefined : { ...chosen, groups },
    dashboards: new Map(dashboards.map(parse).map((root) => [bare(own(root, "FormId")?.textContent ?? null) ?? "", root] as const)),
  };
}
export { nameIn, bare };
