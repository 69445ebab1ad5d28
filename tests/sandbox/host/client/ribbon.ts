// Commands out of RibbonDiffXml: buttons for a form, their rules, their scripts. A rule may answer with a promise; ten seconds is its limit.
import { labelAmong } from "./language.ts";
import { loadScript, type MayDo } from "./pcf.ts";

/** What rules and parameters ask about: the form or nothing, what is selected in the grid, who is asking. */
export interface CommandScope { readonly primaryControl?: unknown; readonly selectedIds?: readonly string[]; readonly mayDo: MayDo }
export interface Command { readonly id: string; readonly label: string; readonly icon: string | undefined; readonly run: (scope: CommandScope) => Promise<void>; readonly isEnabled: (scope: CommandScope) => Promise<boolean> }

const RULE_MS_MAX = 10_000;
const resource = (name: string | null): string => `/WebResources/${(name ?? "").replace("$webresource:", "")}`;

function parametersOf(node: Element, scope: CommandScope, table: string): readonly unknown[] {
  const named: Readonly<Record<string, unknown>> = { PrimaryControl: scope.primaryControl, SelectedControlSelectedItemIds: scope.selectedIds ?? [], SelectedEntityTypeName: table, SelectedControlSelectedItemCount: scope.selectedIds?.length ?? 0 };
  return [...node.children].map((one) => {
    const value = one.getAttribute("Value");
    if (one.tagName === "CrmParameter") return named[value ?? ""];
    return one.tagName === "IntParameter" ? Number(value) : one.tagName === "BoolParameter" ? value === "true" : value;
  });
}

async function callFunction(node: Element, scope: CommandScope, table: string): Promise<unknown> {
  await loadScript(resource(node.getAttribute("Library")));
  const target = (node.getAttribute("FunctionName") ?? "").split(".").reduce<unknown>((current, name) => (current as Record<string, unknown> | undefined)?.[name], window);
  if (typeof target !== "function") throw new Error(`${node.getAttribute("FunctionName") ?? ""} is not a function`);
  return (target as (...parameters: unknown[]) => unknown)(...parametersOf(node, scope, table));
}

/** Kinds and depths as readPrivileges counts them. */
const KINDS: Readonly<Record<string, number>> = { Create: 1, Read: 2, Write: 3, Delete: 4, Assign: 5, Share: 6, Append: 7, AppendTo: 8 };
const DEPTHS: Readonly<Record<string, number>> = { None: -1, Basic: 0, Local: 1, Deep: 2, Global: 3 };

/** Each rule the solution uses; one that is not known here holds, as nothing can be said against it. */
async function holds(rule: Element, scope: CommandScope, table: string): Promise<boolean> {
  const privilege = rule.querySelector("EntityPrivilegeRule");
  if (privilege !== null) return scope.mayDo(privilege.getAttribute("EntityName") ?? table, KINDS[privilege.getAttribute("PrivilegeType") ?? ""] ?? 0, DEPTHS[privilege.getAttribute("PrivilegeDepth") ?? "Basic"] ?? 0);
  const count = rule.querySelector("SelectionCountRule");
  if (count !== null) { const selected = scope.selectedIds?.length ?? 0; return selected >= Number(count.getAttribute("Minimum") ?? 0) && selected <= Number(count.getAttribute("Maximum") ?? Number.MAX_SAFE_INTEGER); }
  const custom = rule.querySelector("CustomRule");
  if (custom === null) return true;
  const limit = new Promise<boolean>((resolve) => { setTimeout(() => { resolve(custom.getAttribute("Default") === "true"); }, RULE_MS_MAX); });
  return Promise.race([callFunction(custom, scope, table).then(Boolean), limit]);
}

/** Commands that a solution adds to the command bar of this table's forms, its list, or a subgrid of it. */
export function commandsOf(ribbonXml: string, table: string, location: "Form" | "HomepageGrid" | "SubGrid"): readonly Command[] {
  const xml = new DOMParser().parseFromString(ribbonXml, "application/xml");
  const text = (reference: string | null): string => (reference?.startsWith("$LocLabels:") === true ? labelAmong([...xml.querySelectorAll("LocLabel")].find((one) => one.getAttribute("Id") === reference.slice(11))?.querySelectorAll("Title") ?? []) ?? reference : reference ?? "");
  const byId = (tag: string, id: string): Element | undefined => [...xml.querySelectorAll(tag)].find((one) => one.getAttribute("Id") === id);
  const actions = [...xml.querySelectorAll("CustomAction")].filter((action) => action.getAttribute("Location")?.startsWith(`Mscrm.${location}.${table}.`) === true);
  return actions.flatMap((action) => [...action.querySelectorAll("Button")]).map((one) => {
    const definition = byId("CommandDefinition", one.getAttribute("Command") ?? "");
    const rules = [...definition?.querySelectorAll("EnableRules > EnableRule, DisplayRules > DisplayRule") ?? []].map((rule) => byId(`RuleDefinitions ${rule.tagName}`, rule.getAttribute("Id") ?? "")).filter((rule) => rule !== undefined);
    const script = definition?.querySelector("Actions > JavaScriptFunction");
    return {
      id: one.getAttribute("Id") ?? "", label: text(one.getAttribute("LabelText")), icon: one.getAttribute("ModernImage") === null ? undefined : resource(one.getAttribute("ModernImage")),
      run: async (scope) => { if (script !== null && script !== undefined) await callFunction(script, scope, table); },
      isEnabled: async (scope) => { for (const rule of rules) if (!await holds(rule, scope, table)) return false; return true; },
    };
  });
}

/** The buttons of a command bar: those whose rules hold now, in the solution's order. */
export async function enabledCommands(ribbons: readonly string[], table: string, location: "Form" | "HomepageGrid" | "SubGrid", scope: CommandScope): Promise<readonly Command[]> {
  const all = ribbons.flatMap((ribbon) => commandsOf(ribbon, table, location));
  const enabled = await Promise.all(all.map((command) => command.isEnabled(scope).catch(() => false)));
  return all.filter((_command, index) => enabled[index]);
}
