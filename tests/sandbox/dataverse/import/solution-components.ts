// MSCRM.SolutionUniqueName: what is created with this header becomes a component of that unmanaged solution.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors (MSCRM.SolutionUniqueName)
import { DataverseError } from "../errors.ts";
import { nowText, type Organization } from "../organization.ts";
import { asText } from "../store/rows.ts";
import { solutionRow } from "./check.ts";

/** Numbers of the componenttype choice, for what can be created over the Web API here. */
const COMPONENT_TYPES: Readonly<Record<string, number>> = { role: 20, systemform: 60, webresource: 61, sdkmessageprocessingstep: 92, sdkmessageprocessingstepimage: 93, serviceendpoint: 95, environmentvariabledefinition: 380, environmentvariablevalue: 381 };

export function addToSolution(organization: Organization, uniqueName: string | undefined, component: { readonly table: string; readonly id: string }): void {
  const componenttype = COMPONENT_TYPES[component.table];
  if (uniqueName === undefined || componenttype === undefined) return;
  const solution = solutionRow(organization, uniqueName);
  if (solution === undefined) throw new DataverseError(400, "0x80048030", `The solution specified with UniqueName: ${uniqueName} does not exist.`);
  if (solution["ismanaged"] === true) throw new DataverseError(400, "0x80047014", "Cannot add a component to a managed solution.");
  const { store, model, random } = organization;
  const solutioncomponentid = random.uuid();
  store.put(model.table("solutioncomponent"), { solutioncomponentid, objectid: component.id, componenttype, solutionid: { id: asText(solution["solutionid"]), table: "solution" }, createdon: nowText(organization), modifiedon: nowText(organization), versionnumber: store.nextVersion() });
}
