// The runtime of PCF controls: loads a bundle, gives the control its context, renders what a virtual control returns, destroys it at the end.
// Source of the contract: learn.microsoft.com/power-apps/developer/component-framework/reference
import { webApi } from "./api.ts";
import { isNew, readValue, type FormHandle } from "./form-context.ts";
import { isRightToLeft, languageId, stringFiles } from "./language.ts";

interface Control { init(context: unknown, notify: () => void, state: unknown, container?: HTMLElement): void; updateView(context: unknown): unknown; getOutputs?(): unknown; destroy(): void }
type Constructor = new () => Control;
interface Globals { React: unknown; ReactDOM: { render(element: unknown, container: HTMLElement): void; unmountComponentAtNode(container: HTMLElement): void }; FluentUIReact: unknown; Xrm: { Navigation: unknown } }
const globals = window as unknown as Globals & Record<string, unknown>;

const registered = new Map<string, Constructor>();
globals["Reactv16"] = globals.React;
globals["ReactDOMv16"] = globals.ReactDOM;
globals["FluentUIReactv81211"] = globals.FluentUIReact;
globals["ComponentFramework"] = { registerControl: (name: string, constructor: Constructor) => { registered.set(name, constructor); } };

const loading = new Map<string, Promise<void>>();
export const loadScript = (url: string): Promise<void> => {
  const known = loading.get(url) ?? new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => { resolve(); };
    script.onerror = () => { reject(new Error(`${url} could not be loaded`)); };
    document.head.append(script);
  });
  loading.set(url, known);
  return known;
};

async function readStrings(base: string, manifest: Document): Promise<ReadonlyMap<string, string>> {
  const paths = stringFiles([...manifest.querySelectorAll("resx")].map((one) => one.getAttribute("path") ?? ""));
  const texts = await Promise.all(paths.map(async (path) => (await fetch(`${base}/${path}`)).text()));
  return new Map(texts.flatMap((text) => [...new DOMParser().parseFromString(text, "application/xml").querySelectorAll("data")].map((data): [string, string] => [data.getAttribute("name") ?? "", data.querySelector("value")?.textContent ?? ""])));
}

export interface MountedControl {
  update(): void;
  /** What happens when a form is drawn anew: the control ends, and another one begins in the same place. */
  remount(): void;
  destroy(): void;
}
/** utils.hasEntityPrivilege: table, kind of privilege, depth. */
export type MayDo = (table: string, right: number, depth: number) => boolean;
export interface MountInput { readonly name: string; readonly manifestXml: string; readonly column: string;
  /** Property of the control → bound column, as the form binds them. */
  readonly bindings: ReadonlyMap<string, string>; readonly form: FormHandle; readonly container: HTMLElement; readonly userId: string; readonly mayDo: MayDo }

const isDark = (): boolean => new URLSearchParams(location.search).get("theme") === "dark";

interface Property { readonly name: string; readonly type: string }

function parameterOf(form: FormHandle, column: string | undefined, type: string): Record<string, unknown> {
  const value = column === undefined ? null : readValue(form, column);
  const raw = type.startsWith("Lookup.") ? value ?? [] : value;
  return { raw, formatted: typeof raw === "string" ? raw : "", error: false, errorMessage: "", type, security: { editable: !form.isReadOnly, readable: true, secured: false }, attributes: { LogicalName: column, DisplayName: column } };
}

function contextOf(input: MountInput, properties: readonly Property[], strings: ReadonlyMap<string, string>): Record<string, unknown> {
  const { form } = input;
  return {
    parameters: Object.fromEntries(properties.map(({ name, type }) => [name, parameterOf(form, input.bindings.get(name), type)])), webAPI: webApi, updatedProperties: [],
    mode: { isControlDisabled: form.isReadOnly, isVisible: true, label: input.column, allocatedWidth: input.container.clientWidth, allocatedHeight: -1, trackContainerResize: () => undefined, setControlState: () => true, contextInfo: { entityId: isNew(form) ? undefined : form.id, entityTypeName: form.table, entityRecordName: form.record[form.metadata.primaryName] } },
    page: { entityId: isNew(form) ? undefined : form.id, entityTypeName: form.table }, resources: { getString: (key: string) => strings.get(key) ?? key, getResource: () => undefined },
    userSettings: { userId: `{${input.userId}}`, userName: document.body.dataset["user"], languageId: languageId(), isRTL: isRightToLeft(), securityRoles: [], numberFormattingInfo: {}, dateFormattingInfo: {}, getTimeZoneOffsetMinutes: () => -new Date().getTimezoneOffset() },
    client: { getClient: () => "Web", getFormFactor: () => 1, isOffline: () => false, disableScroll: false }, formatting: { formatCurrency: (value: number) => String(value), formatDateShort: (value: Date) => value.toLocaleDateString() },
    navigation: globals.Xrm.Navigation, utils: { getEntityMetadata: async () => ({}), hasEntityPrivilege: input.mayDo, lookupObjects: async () => [] }, factory: { requestRender: () => undefined, getPopupService: () => undefined }, device: {},
    fluentDesignLanguage: { isDarkTheme: isDark(), tokenTheme: isDark() ? { colorNeutralForeground1: "#ffffff", colorNeutralBackground1: "#292929" } : { colorNeutralForeground1: "#242424", colorNeutralBackground1: "#ffffff" } },
  };
}

/** Mounts a control bound to a column. Rejects when its bundle does not register it. */
export async function mountControl(input: MountInput): Promise<MountedControl> {
  const manifest = new DOMParser().parseFromString(input.manifestXml, "application/xml");
  const base = `/Controls/${encodeURIComponent(input.name)}`;
  const control = manifest.querySelector("control");
  const fullName = `${control?.getAttribute("namespace") ?? ""}.${control?.getAttribute("constructor") ?? ""}`;
  for (const css of manifest.querySelectorAll("css")) addStyle(`${base}/${css.getAttribute("path") ?? ""}`);
  await loadScript(`${base}/${manifest.querySelector("code")?.getAttribute("path") ?? "bundle.js"}`);
  const constructor = registered.get(fullName);
  if (constructor === undefined) throw new Error(`${fullName} is not registered by its bundle`);
  const strings = await readStrings(base, manifest);
  const properties = [...manifest.querySelectorAll("property")].map((one): Property => ({ name: one.getAttribute("name") ?? "", type: one.getAttribute("of-type") ?? "SingleLine.Text" }));
  const isVirtual = control?.getAttribute("control-type") === "virtual";
  const begin = (): Control => {
    const control = new constructor();
    control.init(contextOf(input, properties, strings), () => { control.getOutputs?.(); }, undefined, input.container);
    return control;
  };
  let instance = begin();
  const update = (): void => {
    const element = instance.updateView(contextOf(input, properties, strings));
    if (isVirtual) globals.ReactDOM.render(element, input.container);
  };
  const end = (): void => {
    instance.destroy();
    if (isVirtual) globals.ReactDOM.unmountComponentAtNode(input.container); else input.container.replaceChildren();
  };
  update();
  return { update, remount: () => { end(); instance = begin(); update(); }, destroy: end };
}

function addStyle(url: string): void {
  if (document.querySelector(`link[href="${url}"]`) !== null) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = url;
  document.head.append(link);
}
