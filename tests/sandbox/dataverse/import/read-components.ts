// Forms, views, web resources and controls of a solution, as the rows that Dataverse keeps of them. Read before anything is written.
import { strFromU8 } from "fflate";
import type { Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { list, textOf, type XmlNode } from "./xml.ts";

export interface ComponentRow { readonly table: string; readonly row: Row }
type Files = Readonly<Record<string, Uint8Array>>;

const bare = (id: string): string => id.replace(/[{}]/g, "").toLowerCase();
const titleOf = (node: XmlNode): string => textOf(list(node, "LocalizedNames", "LocalizedName")[0], "@description");
const FORM_TYPES: Readonly<Record<string, number>> = { main: 2, quick: 6, quickCreate: 7, card: 11 };

/** The text of one element, as it stands in the file: what Dataverse hands to a form designer is what was imported. */
function slice(xml: string, from: string, start: string, end: string): string {
  const at = xml.indexOf(from);
  const first = at === -1 ? -1 : xml.indexOf(start, at);
  const last = first === -1 ? -1 : xml.indexOf(end, first);
  return last === -1 ? "" : xml.slice(first, last + end.length);
}

function forms(xml: string, entity: XmlNode, table: string, isManaged: boolean): readonly ComponentRow[] {
  return list(entity, "FormXml", "forms").flatMap((group) => list(group, "systemform").map((form) => {
    const formid = bare(textOf(form, "formid"));
    const row: Row = {
      systemformid: formid, formid, name: titleOf(form), objecttypecode: table, type: FORM_TYPES[textOf(group, "@type")] ?? 2, formactivationstate: Number(textOf(form, "FormActivationState") || 1), isdefault: textOf(form, "isdefault") === "1", ismanaged: isManaged,
      formxml: slice(xml, textOf(form, "formid"), "<form ", "</form>") || slice(xml, textOf(form, "formid"), "<form>", "</form>"),
    };
    return { table: "systemform", row };
  }));
}

function views(xml: string, entity: XmlNode, table: string, isManaged: boolean): readonly ComponentRow[] {
  return list(entity, "SavedQueries", "savedqueries", "savedquery").map((view) => {
    const id = textOf(view, "savedqueryid");
    const at = xml.indexOf(id);
    const whole = xml.slice(xml.lastIndexOf("<savedquery>", at), xml.indexOf("</savedquery>", at));
    const row: Row = {
      savedqueryid: bare(id), name: titleOf(view), returnedtypecode: table, querytype: Number(textOf(view, "querytype") || 0), isdefault: textOf(view, "isdefault") === "1", isquickfindquery: textOf(view, "isquickfindquery") === "1",
      fetchxml: slice(whole, "<fetch", "<fetch", "</fetch>").replace(/^<fetchxml>\s*/, ""), layoutxml: slice(whole, "<grid", "<grid", "</grid>"), statecode: 0, statuscode: 1, ismanaged: isManaged,
    };
    return { table: "savedquery", row };
  });
}

/** Every row that this solution's components become. Ids are the solution's own, where it has them. */
export function readComponents(organization: Organization, input: { readonly content: XmlNode; readonly xml: string; readonly files: Files; readonly isManaged: boolean }): readonly ComponentRow[] {
  const { content, xml, files, isManaged } = input;
  const ofTables = list(content, "Entities", "Entity").flatMap((entity) => {
    const table = textOf(entity, "Name").toLowerCase();
    return [...forms(xml, entity, table, isManaged), ...views(xml, entity, table, isManaged)];
  });
  const fileOf = (node: XmlNode): Uint8Array => files[textOf(node, "FileName").replace(/^\//, "")] ?? new Uint8Array();
  const resources = list(content, "WebResources", "WebResource").map((one): ComponentRow => ({ table: "webresource", row: {
    webresourceid: bare(textOf(one, "WebResourceId")), name: textOf(one, "Name"), displayname: textOf(one, "DisplayName"), webresourcetype: Number(textOf(one, "WebResourceType")), languagecode: 1033, ismanaged: isManaged, content: Buffer.from(fileOf(one)).toString("base64"),
  } }));
  const known = new Map([...organization.store.all("customcontrol")].map((row) => [asText(row["name"]), asText(row["customcontrolid"])]));
  const controls = list(content, "CustomControls", "CustomControl").map((one): ComponentRow => {
    const name = textOf(one, "Name");
    const manifest = strFromU8(fileOf(one));
    return { table: "customcontrol", row: { customcontrolid: known.get(name) ?? organization.random.uuid(), name, manifest, version: /<control [^>]*\sversion="([^"]+)"/.exec(manifest)?.[1] ?? null, ismanaged: isManaged } };
  });
  return [...ofTables, ...resources, ...controls];
}
