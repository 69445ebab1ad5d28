// Forms, views, ribbon, controls and scripts of imported solutions, cut out of customizations.xml as they stand; the browser reads the XML.
export interface TableDefinition {
  readonly forms: readonly { readonly id: string; readonly name: string; readonly xml: string }[];
  readonly views: readonly string[];
  readonly charts: readonly string[];
  readonly ribbons: readonly string[];
  /** Control name → its manifest. */
  readonly controls: Readonly<Record<string, string>>;
}
/** Apps with their site maps, and dashboards, all as the XML that was imported. */
export interface AppDefinitions { readonly apps: readonly string[]; readonly siteMaps: readonly string[]; readonly dashboards: readonly string[] }
export interface Definitions {
  of(table: string): Promise<TableDefinition>;
  apps(): Promise<AppDefinitions>;
  webResourceFile(name: string): Promise<string | undefined>;
  file(path: string): Promise<Buffer | undefined>;
  forget(): void;
}

const all = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[0]);
const inner = (text: string, tag: string): string => new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(text)?.[1] ?? "";
/** Which form a person sees first: learn.microsoft.com/power-apps/maker/model-driven-apps/assign-form-order */
const orderOf = (xml: string): number => Number(/<DisplayConditions Order="(\d+)"/.exec(xml)?.[1] ?? Number.MAX_SAFE_INTEGER);
/** The title of a form stands after its <form>; labels inside the form come before. */
const titleOf = (xml: string): string => /<LocalizedNames>[\s\S]*?description="([^"]*)"/.exec(xml.slice(xml.lastIndexOf("</form>")))?.[1] ?? "Form";

export function createDefinitions(dataverseUrl: string): Definitions {
  let customizations: Promise<string> | undefined;
  const read = async (path: string): Promise<Buffer | undefined> => {
    const response = await fetch(`${dataverseUrl}/_sandbox/solution-files?path=${encodeURIComponent(path)}`);
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  };
  const load = (): Promise<string> => { customizations ??= read("customizations.xml").then((bytes) => bytes?.toString("utf8") ?? ""); return customizations; };
  const controls = async (text: string): Promise<Record<string, string>> => {
    const names = all(text, /<CustomControl>[\s\S]*?<\/CustomControl>/g).map((one) => inner(one, "Name"));
    const manifests = await Promise.all(names.map(async (name) => [name, (await read(`Controls/${name}/ControlManifest.xml`))?.toString("utf8") ?? ""] as const));
    return Object.fromEntries(manifests);
  };
  return {
    of: async (table) => {
      const text = await load();
      const entities = all(text, /<Entity>[\s\S]*?<\/Entity>/g).filter((entity) => inner(entity, "Name").toLowerCase() === table);
      const mainForms = entities.flatMap((entity) => all(entity, /<forms type="main">[\s\S]*?<\/forms>/g)).flatMap((forms) => all(forms, /<systemform>[\s\S]*?<\/systemform>/g)).sort((left, right) => orderOf(left) - orderOf(right));
      return {
        forms: mainForms.map((xml) => ({ id: inner(xml, "formid").replace(/[{}]/g, "").toLowerCase(), name: titleOf(xml), xml: all(xml, /<form[ >][\s\S]*<\/form>/g)[0] ?? "" })),
        charts: entities.flatMap((entity) => all(entity, /<visualization[ >][\s\S]*?<\/visualization>/g)),
        views: entities.flatMap((entity) => all(entity, /<savedquery[ >][\s\S]*?<\/savedquery>/g)), ribbons: entities.flatMap((entity) => all(entity, /<RibbonDiffXml[ >][\s\S]*?<\/RibbonDiffXml>/g)), controls: await controls(text),
      };
    },
    apps: async () => {
      const text = await load();
      return { apps: all(text, /<AppModule>[\s\S]*?<\/AppModule>/g), siteMaps: all(text, /<AppModuleSiteMap[ >][\s\S]*?<\/AppModuleSiteMap>/g), dashboards: all(text, /<Dashboard[ >][\s\S]*?<\/Dashboard>/g) };
    },
    webResourceFile: async (name) => {
      const resource = all(await load(), /<WebResource>[\s\S]*?<\/WebResource>/g).find((one) => inner(one, "Name") === name);
      return resource === undefined ? undefined : inner(resource, "FileName").replace(/^\//, "");
    },
    file: read,
    forget: () => { customizations = undefined; },
  };
}
