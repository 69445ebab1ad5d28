// Solution history: one row for each import and uninstall, as the Power Platform's own view of it shows.
// Source: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/msdyn_solutionhistory
import { nowText, type Organization } from "../organization.ts";

export const OPERATION = { import: 0, uninstall: 1 } as const;
const COMPLETED = 1;

export interface Happened { readonly uniqueName: string; readonly version: string; readonly isManaged: boolean; readonly operation: (typeof OPERATION)[keyof typeof OPERATION]; readonly isUpgrade?: boolean; readonly error?: string }

export function keepHistory(organization: Organization, { uniqueName, version, isManaged, operation, isUpgrade = false, error }: Happened): void {
  const { store, model, random } = organization;
  const at = nowText(organization);
  store.put(model.table("msdyn_solutionhistory"), {
    msdyn_solutionhistoryid: random.uuid(), msdyn_name: uniqueName, msdyn_solutionversion: version, msdyn_ismanaged: isManaged, msdyn_operation: operation, msdyn_suboperation: isUpgrade ? 3 : 1, msdyn_status: COMPLETED, msdyn_result: error === undefined,
    msdyn_exceptionmessage: error ?? null, msdyn_starttime: at, msdyn_endtime: at, createdon: at, modifiedon: at, versionnumber: store.nextVersion(),
  });
}
