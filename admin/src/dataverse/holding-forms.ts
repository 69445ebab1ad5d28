// Forms that hold a control of ours and are not ours: customers' own, where place-control or a person put it.
import type { HoldingForm } from "../plans/plan-uninstall.ts";
import { textAt } from "./row.ts";
import type { Dataverse } from "./web-api.ts";

export async function readHoldingForms(dataverse: Dataverse): Promise<readonly HoldingForm[]> {
  const rows = await dataverse.list("systemforms?$select=name,objecttypecode,ismanaged&$filter=contains(formxml,'cybs_CybersourcePayments.') and ismanaged eq false");
  return rows.map((row) => ({ name: textAt(row, "name"), table: textAt(row, "objecttypecode") }));
}
