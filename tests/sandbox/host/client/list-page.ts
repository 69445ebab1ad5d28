// A table's list: the views that solutions ship for it, the rows of the chosen one, commands on what is selected.
import { readMetadata } from "./api.ts";
import { button, el } from "./dom.ts";
import type { MayDo } from "./pcf.ts";
import { enabledCommands } from "./ribbon.ts";
import { viewGrid } from "./view-grid.ts";
import { viewsOf, type View } from "./views.ts";

export interface ListInput { readonly table: string; readonly viewId: string | undefined; readonly mayDo: MayDo; readonly openRecord: (table: string, id: string) => void; readonly openView: (id: string) => void }

const ROWS_MAX = 100;
interface Shipped { readonly views: readonly string[]; readonly ribbons: readonly string[] }

/** What the platform itself shows of a table for which nobody ships a default view. */
function everything(table: string, primaryId: string, columns: readonly string[], plural: string): View {
  const fetchXml = `<fetch><entity name="${table}"><attribute name="${primaryId}"/>${columns.map((name) => `<attribute name="${name}"/>`).join("")}<order attribute="createdon" descending="true"/></entity></fetch>`;
  return { id: "", name: `All ${plural}`, isDefault: true, columns: columns.map((name) => ({ name, width: 160 })), fetchXml };
}

export async function openListPage(input: ListInput): Promise<HTMLElement> {
  const [metadata, shipped] = await Promise.all([readMetadata(input.table), fetch(`/host/definition?etn=${input.table}`).then(async (response) => await response.json() as Shipped)]);
  const views = viewsOf(shipped.views);
  const plain = ["createdon", "ownerid"].filter((name) => metadata.attributes.has(name));
  const all = views.some(({ isDefault }) => isDefault) ? views : [everything(input.table, metadata.primaryId, [metadata.primaryName, ...plain], metadata.plural), ...views];
  const view = all.find(({ id }) => id === input.viewId) ?? all.find(({ isDefault }) => isDefault) ?? all[0];
  if (view === undefined) return el("p", {}, "This table has no views.");
  const picker = el("select", { "aria-label": "View" }, ...all.map((one) => el("option", { value: one.id, selected: one === view }, one.name)));
  picker.addEventListener("change", () => { input.openView(picker.value); });
  const commands = el("div", { class: "commands", role: "toolbar", "aria-label": "Commands" });
  const refresh = button("Refresh", () => { location.reload(); });
  commands.append(refresh);
  let round = 0;
  const showCommands = async (selectedIds: readonly string[]): Promise<void> => {
    const mine = ++round;
    const found = await enabledCommands(shipped.ribbons, input.table, "HomepageGrid", { selectedIds, mayDo: input.mayDo });
    if (mine !== round) return;
    commands.replaceChildren(refresh, ...found.map((command) => button(command.label, () => { void command.run({ selectedIds, mayDo: input.mayDo }); }, {}, command.icon === undefined ? undefined : el("img", { src: command.icon, alt: "", width: "16", height: "16" }))));
  };
  const grid = await viewGrid({ table: input.table, view, rowsMax: ROWS_MAX, openRecord: input.openRecord, selectionChanged: (ids) => { void showCommands(ids); } })
    .catch((error: unknown) => el("p", { role: "alert" }, error instanceof Error ? error.message : ""));
  await showCommands([]);
  document.title = view.name;
  return el("div", {}, commands, el("div", { class: "heading" }, el("div", {}, el("h1", {}, picker), el("p", {}, metadata.plural))), el("section", { class: "card" }, grid));
}
