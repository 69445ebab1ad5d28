// Who Dataverse says it is. Type of environment from RetrieveCurrentOrganization
// (learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/organizationtype); `unknown` where it does not say.
import { z } from "zod";
import { asOrganizationId } from "../domain/ids.ts";
import type { Dataverse, OrganizationIdentity } from "../ports/dataverse.ts";
import { partOf, refusedPart, unavailable } from "./read-request.ts";
import type { Transport } from "./transport.ts";

const WhoAmI = z.object({ OrganizationId: z.guid() });
const CurrentOrganization = z.object({ Detail: z.object({ OrganizationType: z.nullish(z.union([z.string(), z.number()])) }) });

/** By name or by number, as the enumeration may be written either way. */
const ENVIRONMENT_TYPE: Readonly<Record<string, OrganizationIdentity["environmentType"]>> = {
  Customer: "production", "0": "production", Secondary: "production", "4": "production", Default: "production", "12": "production",
  CustomerTest: "sandbox", "5": "sandbox", CustomerFreeTest: "sandbox", "6": "sandbox", CustomerPreview: "sandbox", "7": "sandbox",
  TestDrive: "sandbox", "9": "sandbox", EmailTrial: "sandbox", "11": "sandbox", Developer: "sandbox", "13": "sandbox", Trial: "sandbox", "14": "sandbox",
};

export const identify = (transport: Transport): Dataverse["identify"] => async (organizationId) => {
  const answer = await transport.batch(organizationId, [
    { kind: "read", path: "WhoAmI()" },
    { kind: "read", path: "RetrieveCurrentOrganization(AccessType=@p1)?@p1=Microsoft.Dynamics.CRM.EndpointAccessType'Default'" },
  ]);
  if (answer.kind === "unavailable") return answer;
  const [who, detail] = answer.results.map(partOf);
  if (who?.status !== 200) return refusedPart("who am I", who);
  const parsed = WhoAmI.safeParse(who.body);
  if (!parsed.success) return unavailable("who am I: not of the shape asked for");
  const current = CurrentOrganization.safeParse(detail?.body);
  const type = current.success ? String(current.data.Detail.OrganizationType) : "";
  return { kind: "read", organizationId: asOrganizationId(parsed.data.OrganizationId), environmentType: ENVIRONMENT_TYPE[type] ?? "unknown", at: answer.now };
};
