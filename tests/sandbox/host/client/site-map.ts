// The navigation at the left: the app's groups and entries as far as the user may read their tables; without an app the vendor's own.
import type { AppSet } from "./app-definition.ts";
import { withContext } from "./app-definition.ts";
import { el } from "./dom.ts";
import type { MayDo } from "./pcf.ts";

const READ = 2;
const VENDOR = [["salesorder", "Orders"], ["invoice", "Invoices"], ["account", "Accounts"], ["contact", "Contacts"]] as const;

/** Where an address without a table leads: the app's first entry, else the orders. */
export const homeOf = (set: AppSet): string => set.app?.groups[0]?.entries[0]?.address ?? withContext(undefined, { etn: "salesorder", pagetype: "entitylist" });

function isHere(address: string): boolean {
  const [there, here] = [new URLSearchParams(address.split("?")[1]), new URLSearchParams(location.search)];
  const same = (name: string): boolean => (there.get(name) ?? "") === (here.get(name) ?? "").replace(/[{}]/g, "").toLowerCase();
  return there.get("pagetype") === "dashboard" ? same("pagetype") && same("id") : same("etn") && same("viewid") && same("formid") && here.get("pagetype") !== "dashboard";
}

const link = (address: string, title: string, icon?: string): HTMLElement => el("a", { href: address, "aria-current": isHere(address) ? "page" : undefined }, icon === undefined ? undefined : el("img", { src: icon, alt: "", width: "16", height: "16" }), title);

export function siteMap(set: AppSet, mayDo: MayDo): HTMLElement {
  const groups = set.app?.groups.map(({ title, entries }) => ({ title, entries: entries.filter(({ table }) => table === undefined || mayDo(table, READ, 0)) })).filter(({ entries }) => entries.length > 0);
  const content = groups === undefined
    ? VENDOR.map(([table, title]) => link(withContext(undefined, { etn: table, pagetype: "entitylist" }), title))
    : groups.flatMap(({ title, entries }) => [el("h2", {}, title), ...entries.map((entry) => link(entry.address, entry.title, entry.icon))]);
  return el("nav", { "aria-label": "Site map" }, ...content);
}

/** Name of the app, and the way to the others. */
export function appSwitcher(set: AppSet): HTMLElement {
  const others = [...(set.app === undefined ? [] : [{ name: undefined, title: "Sales Hub" }]), ...set.apps.filter(({ name }) => name !== set.app?.name)];
  return el("span", { class: "app" }, `Dynamics 365 · ${set.app?.title ?? "Sales Hub"}`, ...others.map(({ name, title }) => el("a", { href: withContext(name, {}) }, title)));
}
