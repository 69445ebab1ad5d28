import type { WebApi } from "../sandbox/web-api.ts";

/** What a refund agent of the simulation may give back alone; above it somebody else approves. */
export const LIMIT_PER_REFUND = 150;

/** Everybody may give money back up to the limit; nobody in a flow's name alone. */
export async function setLimits({ admin, currencies }: { readonly admin: WebApi; readonly currencies: ReadonlyMap<string, string> }): Promise<void> {
  for (const currencyId of currencies.values()) {
    await admin.create("cybs_refundlimits", { cybs_isenabled: true, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})`, cybs_perrefund: LIMIT_PER_REFUND, cybs_perday: 1_000_000, cybs_percustomer: 1_000_000 });
  }
}
