// RetrieveEntityRibbon: a table's whole ribbon as a zip with RibbonXml.xml in it. Of the vendor's own commands nothing is here; what imported solutions
// add is. Source: learn.microsoft.com/power-apps/developer/model-driven-apps/export-ribbon-definitions
import { strFromU8, strToU8, zipSync } from "fflate";
import { invalidArgument } from "../errors.ts";
import { odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import type { Reply } from "../../kit/faults.ts";

const all = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[0]);

/** Buttons with their labels put in, as the whole ribbon has them. */
function buttonsIn(diff: string): readonly string[] {
  const labels = new Map(all(diff, /<LocLabel [\s\S]*?<\/LocLabel>/g).map((one) => [/Id="([^"]+)"/.exec(one)?.[1] ?? "", /description="([^"]*)"/.exec(all(one, /<Title [^>]*>/g).find((title) => title.includes('languagecode="1033"')) ?? "")?.[1] ?? ""]));
  return all(diff, /<Button [^>]*>/g).map((button) => button.replace(/\$LocLabels:([\w.]+)/g, (_whole, id: string) => labels.get(id) ?? ""));
}

export function retrieveEntityRibbon(context: ApiContext, request: ApiRequest): Reply {
  const name = /^'(\w+)'$/.exec(request.query.get("@p1") ?? "")?.[1] ?? /EntityName='(\w+)'/.exec(decodeURIComponent(request.path))?.[1];
  if (name === undefined || !context.organization.model.tables.has(name)) throw invalidArgument(`The entity with a name = '${name ?? ""}' was not found in the MetadataCache.`);
  const diffs = context.organization.solutions.flatMap(({ files }) => files.filter(({ path }) => path === "customizations.xml")).flatMap(({ bytes }) => all(strFromU8(bytes), /<Entity>[\s\S]*?<\/Entity>/g))
    .filter((entity) => /<Name[^>]*>([^<]*)</.exec(entity)?.[1]?.toLowerCase() === name).flatMap((entity) => all(entity, /<RibbonDiffXml[\s\S]*?<\/RibbonDiffXml>/g));
  const xml = `<RibbonDefinitions><RibbonDefinition><UI><Ribbon><Tabs Id="Mscrm.Tabs">${diffs.flatMap(buttonsIn).join("")}</Tabs></Ribbon></UI><Templates /><CommandDefinitions>${diffs.flatMap((diff) => all(diff, /<CommandDefinition [\s\S]*?<\/CommandDefinition>/g)).join("")}</CommandDefinitions></RibbonDefinition></RibbonDefinitions>`;
  return odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.RetrieveEntityRibbonResponse`, CompressedEntityXml: Buffer.from(zipSync({ "RibbonXml.xml": strToU8(xml) })).toString("base64") });
}
