// Which merchant account serves a document: that of its owning business unit in its currency, else of the nearest parent unit.
import type { MerchantAccount } from "./command.ts";

export interface BusinessUnitNode {
  readonly id: string;
  readonly parentId?: string | undefined;
}

const DEPTH_MAX = 32;

/** The account, or undefined when none up to the root serves this currency. Disabled accounts do not count. */
export function chooseMerchantAccount(query: { readonly accounts: readonly MerchantAccount[]; readonly businessUnits: readonly BusinessUnitNode[]; readonly businessUnitId: string; readonly currency: string }): MerchantAccount | undefined {
  const parents = new Map(query.businessUnits.map((unit) => [unit.id, unit.parentId]));
  let unit: string | undefined = query.businessUnitId;
  for (let depth = 0; unit !== undefined && depth < DEPTH_MAX; depth++) {
    const here: string = unit;
    const found = query.accounts.find((account) => account.isEnabled && account.businessUnitId === here && account.currency === query.currency);
    if (found !== undefined) return found;
    unit = parents.get(here);
  }
  return undefined;
}
