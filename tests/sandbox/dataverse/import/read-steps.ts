// Field security profiles, service endpoints and steps of a solution. Steps arrive switched off unless the import publishes workflows;
// an endpoint's secret is never part of a solution, and one that was set stays.
import type { Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { stableId } from "../seed.ts";
import type { ComponentRow } from "./read-components.ts";
import { list, textOf, type XmlNode } from "./xml.ts";

const bare = (id: string): string => id.replace(/[{}]/g, "").toLowerCase();
/** The platform's own messages by id. */
const MESSAGES: Readonly<Record<string, string>> = { "9ebdbb1b-ea3e-db11-86a7-000a3a5473e8": "Create", "20bebb1b-ea3e-db11-86a7-000a3a5473e8": "Update", "a1bdbb1b-ea3e-db11-86a7-000a3a5473e8": "Delete" };
const ENDPOINT_TYPE = "4618";

function profiles(organization: Organization, content: XmlNode, isManaged: boolean): readonly ComponentRow[] {
  return list(content, "FieldSecurityProfiles", "FieldSecurityProfile").flatMap((profile) => {
    const id = bare(textOf(profile, "@fieldsecurityprofileid"));
    const name = textOf(profile, "@name");
    const permissions = list(profile, "FieldPermissions", "FieldPermission").map((one): ComponentRow => {
      const row = { entityname: textOf(one, "EntityName").toLowerCase(), attributelogicalname: textOf(one, "AttributeName") || asText((one["AttributeName"] as readonly string[] | undefined)?.[0]) };
      return { table: "fieldpermission", row: { ...row, fieldpermissionid: stableId(`permission ${id} ${row.entityname} ${row.attributelogicalname}`), canread: Number(textOf(one, "CanRead")), cancreate: Number(textOf(one, "CanCreate")), canupdate: Number(textOf(one, "CanUpdate")), fieldsecurityprofileid: { id, table: "fieldsecurityprofile" } } };
    });
    return [{ table: "fieldsecurityprofile", row: { ...organization.store.get("fieldsecurityprofile", id), fieldsecurityprofileid: id, name, ismanaged: isManaged } }, ...permissions];
  });
}

const endpoints = (organization: Organization, content: XmlNode): readonly ComponentRow[] => list(content, "ServiceEndpoints", "ServiceEndpoint").map((one): ComponentRow => {
  const id = bare(textOf(one, "@ServiceEndpointId"));
  const kept = organization.store.get("serviceendpoint", id);
  return { table: "serviceendpoint", row: { authvalue: null, ...kept, serviceendpointid: id, name: textOf(one, "@Name"), contract: Number(textOf(one, "Contract")), authtype: Number(textOf(one, "AuthType")), messageformat: Number(textOf(one, "MessageFormat")), connectionmode: Number(textOf(one, "ConnectionMode")), url: kept === undefined ? textOf(one, "Url") : asText(kept["url"]) } };
});

function steps(organization: Organization, content: XmlNode, publishes: boolean): readonly ComponentRow[] {
  return list(content, "SdkMessageProcessingSteps", "SdkMessageProcessingStep").filter((one) => textOf(one, "EventHandlerTypeCode") === ENDPOINT_TYPE).flatMap((one) => {
    const id = bare(textOf(one, "@SdkMessageProcessingStepId"));
    const message = MESSAGES[bare(textOf(one, "SdkMessageId"))] ?? "";
    const isOn = publishes || organization.store.get("sdkmessageprocessingstep", id)?.["statecode"] === 0;
    const row: Row = {
      sdkmessageprocessingstepid: id, name: textOf(one, "@Name"), mode: Number(textOf(one, "Mode")), stage: Number(textOf(one, "Stage")), rank: Number(textOf(one, "Rank")), asyncautodelete: textOf(one, "AsyncAutoDelete") === "1", filteringattributes: textOf(one, "FilteringAttributes") || null,
      statecode: isOn ? 0 : 1, statuscode: isOn ? 1 : 2, sdkmessageid: { id: stableId(`message ${message}`), table: "sdkmessage" }, sdkmessagefilterid: { id: stableId(`filter ${message} ${textOf(one, "PrimaryEntity")}`), table: "sdkmessagefilter" }, eventhandler: { id: bare(textOf(one, "EventHandler")), table: "serviceendpoint" },
    };
    const images = list(one, "SdkMessageProcessingStepImages", "SdkMessageProcessingStepImage").map((image): ComponentRow => ({ table: "sdkmessageprocessingstepimage", row: {
      sdkmessageprocessingstepimageid: bare(textOf(image, "SdkMessageProcessingStepImageId")), name: textOf(image, "@Name"), entityalias: textOf(image, "EntityAlias"), attributes: textOf(image, "Attributes"), imagetype: Number(textOf(image, "ImageType")), messagepropertyname: textOf(image, "MessagePropertyName"), sdkmessageprocessingstepid: { id, table: "sdkmessageprocessingstep" },
    } }));
    return [{ table: "sdkmessageprocessingstep", row }, ...images];
  });
}

export const readSteps = (organization: Organization, content: XmlNode, how: { readonly isManaged: boolean; readonly publishes: boolean }): readonly ComponentRow[] => [...profiles(organization, content, how.isManaged), ...endpoints(organization, content), ...steps(organization, content, how.publishes)];
