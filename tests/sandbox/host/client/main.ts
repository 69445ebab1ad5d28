// The app: who is signed in, which record or list the address names, the shell around it.
import { readApps, type AppSet } from "./app-definition.ts";
import { openDashboard } from "./dashboard-page.ts";
import { button, el } from "./dom.ts";
import { applyLanguage } from "./language.ts";
import { openListPage } from "./list-page.ts";
import { readPrivileges } from "./privileges.ts";
import { openRecordPage, type RecordPage } from "./record-page.ts";
import { appSwitcher, homeOf, siteMap } from "./site-map.ts";
import type { MayDo } from "./pcf.ts";
import { createXrm } from "./xrm.ts";

const parameters = new URLSearchParams(location.search);
applyLanguage();
if (parameters.get("theme") === "dark") document.documentElement.dataset["theme"] = "dark";

const main = el("main", { id: "main" });
let page: RecordPage | undefined;

function addressOf(table: string, id: string | undefined, formId?: string): string {
  const next = new URLSearchParams(location.search);
  next.set("etn", table);
  next.delete("formid");
  next.delete("viewid");
  next.set("pagetype", id === undefined ? "entitylist" : "entityrecord");
  if (id === undefined) next.delete("id"); else next.set("id", id);
  if (formId !== undefined) next.set("formid", formId);
  return `/main.aspx?${next.toString()}`;
}
const openRecord = (table: string, id: string): void => { location.assign(addressOf(table, id.replace(/[{}]/g, ""))); };

function shell(set: AppSet, mayDo: MayDo): void {
  document.getElementById("app")?.append(
    el("header", { class: "top" }, appSwitcher(set), el("span", { class: "who" }, document.body.dataset["user"] ?? "", " ", el("a", { href: "/sign-out" }, "Sign out"))),
    el("div", { class: "frame" }, siteMap(set, mayDo), main),
  );
}

async function showList(table: string, mayDo: MayDo): Promise<void> {
  const openView = (id: string): void => { const next = new URLSearchParams(location.search); next.set("viewid", id); location.assign(`/main.aspx?${next.toString()}`); };
  main.replaceChildren(await openListPage({ table, viewId: parameters.get("viewid")?.replace(/[{}]/g, "").toLowerCase(), mayDo, openRecord, openView }));
}

async function showRecord(table: string, id: string | undefined, userId: string): Promise<void> {
  page?.destroy();
  page = await openRecordPage({ table, id, formId: parameters.get("formid") ?? undefined, isDialog: false, userId, openRecord, close: () => { history.back(); }, switchForm: (formId) => { if (id !== undefined) location.assign(addressOf(table, id, formId)); } });
  main.replaceChildren(page.element);
  document.title = "Order";
}

async function start(): Promise<void> {
  const who = await (await fetch("/api/data/v9.2/WhoAmI")).json() as { UserId: string; OrganizationId: string };
  (window as unknown as Record<string, unknown>)["Xrm"] = createXrm({ userId: who.UserId, organizationId: who.OrganizationId, openRecord });
  const [set, mayDo] = await Promise.all([readApps(parameters.get("app")), readPrivileges(who.UserId)]);
  shell(set, mayDo);
  const id = parameters.get("id");
  const dashboard = parameters.get("pagetype") === "dashboard" ? set.dashboards.get(id ?? "") : undefined;
  if (dashboard !== undefined) { main.replaceChildren(openDashboard(dashboard, openRecord)); return; }
  const table = parameters.get("etn");
  if (table === null) { location.replace(homeOf(set)); return; }
  if (id === null && parameters.get("pagetype") === "entityrecord") await showRecord(table, undefined, who.UserId);
  else if (id === null) await showList(table, mayDo);
  else await showRecord(table, id.replace(/[{}]/g, "").toLowerCase(), who.UserId);
}

/** What the platform says instead of Dataverse's own words when the right is missing; those stay behind "Details". */
function failure(error: unknown): HTMLElement {
  const words = error instanceof Error ? error.message : "";
  const isDenied = /SecLib::|privilege|permission/i.test(words);
  return el("section", { class: "card", role: "alert" }, el("h1", { class: "plain" }, "This record cannot be shown"), el("p", {}, isDenied ? "You do not have permission to see it. Ask its owner to share it with you, or your administrator for a role that reaches it." : words),
    isDenied ? el("details", {}, el("summary", {}, "Details"), el("p", { class: "quiet" }, words)) : undefined, button("Try again", () => { location.reload(); }));
}

start().catch((error: unknown) => { main.replaceChildren(failure(error)); });
