// Who and where: the signed-in user and the organization. When the environment file names an organization, another one stops the command:
// a copied environment must not be set up by the original's file.
import { Stop } from "../stop.ts";
import type { Environment } from "../configuration/environment-file.ts";
import { rowAt, textAt } from "./row.ts";
import type { Dataverse } from "./web-api.ts";

export interface Identity { readonly organizationId: string; readonly userId: string; readonly version: string; readonly environmentType: "sandbox" | "production"; readonly name: string }

/** Gives the same connection back, once it is known to be the right one. */
export async function identify(dataverse: Dataverse, environment: Environment): Promise<Dataverse> {
  const expected = environment.dataverse.organizationId?.toLowerCase();
  const me = await dataverse.find("WhoAmI()");
  const found = textAt(me, "OrganizationId").toLowerCase();
  if (expected !== undefined && expected !== found) throw new Stop("wrong_organization", { expected, found });
  return dataverse;
}

/** Customer is what Dataverse calls production; everything else (CustomerTest, Trial, Developer …) is treated as a sandbox. */
export async function readIdentity(dataverse: Dataverse): Promise<Identity> {
  const [me, current] = await Promise.all([dataverse.find("WhoAmI()"), dataverse.find("RetrieveCurrentOrganization(AccessType=Microsoft.Dynamics.CRM.EndpointAccessType'Default')")]);
  const detail = rowAt(current, "Detail");
  return {
    organizationId: textAt(me, "OrganizationId").toLowerCase(), userId: textAt(me, "UserId").toLowerCase(), version: textAt(detail, "OrganizationVersion"), name: textAt(detail, "FriendlyName"),
    environmentType: detail["OrganizationType"] === "Customer" || detail["OrganizationType"] === 0 ? "production" : "sandbox",
  };
}
