// Merchant accounts: credentials are tried by a real signed call before anything is written, then the row in Dataverse is made or set right.
// A row says which merchant id serves which business unit and currency; keys stay with the relay.
import { merchantAccountTable as table } from "@cybs/schema";
import { openCybersource, type Cybersource } from "../../cybersource/signed-call.ts";
import { tryAbilities } from "../../cybersource/try-abilities.ts";
import { tryCredentials } from "../../cybersource/try-credentials.ts";
import { ABILITIES, type Environment, type MerchantSettings } from "../../configuration/environment-file.ts";
import { textAt, type Row } from "../../dataverse/row.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import { stableId } from "../../plans/plan-import.ts";
import { Stop } from "../../stop.ts";
import type { Context } from "../../verb.ts";

export interface SetAccount { readonly merchantId: string; readonly row: "created" | "changed" | "unchanged"; readonly abilities: MerchantSettings["abilities"]; readonly clockAheadMs: number }
const CHOICE = 727_000_000;

export async function setMerchantAccount(context: Context, input: { readonly dataverse: Dataverse; readonly environment: Environment; readonly merchant: MerchantSettings; readonly wantsTrial: boolean }): Promise<SetAccount> {
  const { environment, merchant } = input;
  const cybersource = await openCybersource({ network: context.network, secrets: context.secrets, clock: context.clock, host: environment.cybersource.host }, merchant);
  const clockAheadMs = await tryCredentials(cybersource);
  context.screen.say(`✓ ${merchant.merchantId}: Cybersource accepts the credentials`);
  const abilities = input.wantsTrial ? await findAbilities(context, cybersource, merchant) : merchant.abilities;
  return { merchantId: merchant.merchantId, clockAheadMs, abilities, row: await writeRow(input.dataverse, { ...merchant, abilities }) };
}

async function findAbilities(context: Context, cybersource: Cybersource, merchant: MerchantSettings): Promise<MerchantSettings["abilities"]> {
  if (merchant.environment !== "test") throw new Stop("ability_not_tried", { merchantId: merchant.merchantId });
  return [...await tryAbilities({ cybersource, currency: merchant.currency, clock: context.clock, say: (ability, isShown) => { context.screen.say(`  ${isShown ? "✓ can" : "– cannot"} ${ability}`); } })];
}

async function writeRow(dataverse: Dataverse, merchant: MerchantSettings): Promise<SetAccount["row"]> {
  const [[unit], [currency]] = await Promise.all([
    dataverse.list(`businessunits?$select=businessunitid&$filter=name eq '${merchant.businessUnit.replaceAll("'", "''")}'`), dataverse.list(`transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq '${merchant.currency}'`),
  ]);
  if (unit === undefined) throw new Stop("unresolved_reference", { what: `Business unit ${merchant.businessUnit}` });
  if (currency === undefined) throw new Stop("unresolved_reference", { what: `Currency ${merchant.currency}` });
  const unitId = textAt(unit, "businessunitid");
  const currencyId = textAt(currency, "transactioncurrencyid");
  const environment = CHOICE + (merchant.environment === "production" ? 1 : 0);
  const columns = table.columns;
  const wanted: Row = { [columns.merchantId]: merchant.merchantId, ...Object.fromEntries(ABILITIES.map((ability) => [`cybs_${ability}`, merchant.abilities.includes(ability)])) };
  const filter = `${table.lookupValues.businessUnitId} eq ${unitId} and ${table.lookupValues.transactionCurrencyId} eq ${currencyId} and ${columns.environment} eq ${environment}`;
  const [existing] = await dataverse.list(`${table.entitySetName}?$select=${Object.keys(wanted).join(",")}&$filter=${filter}`);
  if (existing === undefined) {
    await dataverse.create(table.entitySetName, {
      [table.primaryId]: stableId(`merchant account ${unitId} ${currencyId} ${environment}`), [columns.name]: `${merchant.businessUnit} ${merchant.currency}`, [columns.environment]: environment, [columns.isEnabled]: true, ...wanted,
      [`${table.navigation.businessUnitId}@odata.bind`]: `/businessunits(${unitId})`, [`${table.navigation.transactionCurrencyId}@odata.bind`]: `/transactioncurrencies(${currencyId})`,
    });
    return "created";
  }
  if (Object.entries(wanted).every(([name, value]) => existing[name] === value)) return "unchanged";
  await dataverse.update(table.entitySetName, textAt(existing, table.primaryId), wanted);
  return "changed";
}
