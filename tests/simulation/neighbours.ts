// Dataverse and Cybersource of one run. The solution is imported and the demo data written once a process; each run forks three
// organizations from that, so that rows of different organizations have equal ids, and gives each a merchant account of its own.
import { packProduct } from "../../solution/packer/src/pack-product.ts";
import { generateFlexKeys, type FlexKeyPair } from "../sandbox/cybersource/flex/sign-jws.ts";
import { openCybersource, type Merchant, type OpenCybersource } from "../sandbox/cybersource/start.ts";
import { worstStrictness } from "../sandbox/cybersource/strictness.ts";
import type { Settings } from "../sandbox/cybersource/state.ts";
import { forkDataverse, openDataverse, type OpenDataverse } from "../sandbox/dataverse/start.ts";
import type { Outside } from "../sandbox/dataverse/organization.ts";
import { createDemoData, type DemoData } from "../sandbox/demo-data.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import { apiOver } from "./web-api.ts";
import type { Abilities } from "./abilities.ts";
import { join } from "node:path";

export const EPOCH_MS = Date.UTC(2026, 5, 1, 9, 0, 0);
export const ORGANIZATIONS = 3;
export const organizationId = (index: number): string => `d0000000-0000-4000-8000-00000000000${index + 1}`;
export const merchantOf = (index: number): Merchant => ({ id: `merchant_${index + 1}`, keyId: `0f3c1a52-6f0e-4c58-9a51-2d0c7f6f9d1${index + 1}`, sharedSecret: Buffer.from(`secret of merchant ${index + 1}, of no use elsewhere`).toString("base64") });
/** What Cybersource signs its notifications to an organization with. */
export const webhookKeyOf = (index: number): { readonly keyId: string; readonly key: string } => ({ keyId: `5d2b7c40-9e1a-4f36-8b27-6c0f1a2d3e4${index + 1}`, key: Buffer.from(`notifications of merchant ${index + 1}`).toString("base64") });
export const dataverseUrl = (index: number): string => `https://organization-${index + 1}.dynamics.example`;
export const CYBERSOURCE_HOST = "cybersource.example";
export const FLEX_ORIGIN = "https://flex.cybersource.example";
const SEED = 7;
const CHOICE = 727_000_000;
const root = join(import.meta.dirname, "..", "..");

interface Template { readonly dataverse: OpenDataverse; readonly demo: DemoData; readonly flexKeys: readonly FlexKeyPair[] }
let template: Promise<Template> | undefined;

async function makeTemplate(): Promise<Template> {
  const dataverse = openDataverse({ clock: createClock(0, () => EPOCH_MS), seed: SEED });
  dataverse.organization.baseUrl = dataverseUrl(0);
  const zip = packProduct({ root, isPartial: true, say: () => undefined }).find(({ name }) => name.endsWith("_managed.zip"))?.zip;
  if (zip === undefined) throw new Error("the solution was not packed");
  const imported = await dataverse.answer({ method: "POST", url: "/_sandbox/import", headers: {}, body: Buffer.from(zip) });
  if (imported.status !== 200) throw new Error(String(imported.body));
  const demo = await createDemoData({ api: apiOver(dataverse, "sysadmin"), relayUrl: "https://relay.example", merchantId: "to be replaced" });
  return { dataverse, demo, flexKeys: await Promise.all([generateFlexKeys(), generateFlexKeys()]) };
}

const CAPTURES = { on_fulfilment: 2, on_invoice: 3 } as const;
const abilityColumns = (abilities: Abilities | undefined): Record<string, unknown> =>
  (abilities === undefined ? {} : { cybs_multicapture: abilities.multiCapture, cybs_incremental: abilities.incremental, cybs_batchcutoff: abilities.batchCutOff, cybs_timezone: "UTC", cybs_standalonecredit: true, cybs_creditpolicy: CHOICE + 1, ...(abilities.captures === undefined ? {} : { cybs_capturepolicy: CHOICE + CAPTURES[abilities.captures] }) });

/** One organization and the merchant account that serves it. */
export interface Neighbourhood {
  readonly index: number;
  readonly organizationId: string;
  readonly dataverse: OpenDataverse;
  readonly cybersource: OpenCybersource;
  readonly accountIds: readonly string[];
}

export interface NeighbourOptions {
  readonly seed: number;
  readonly organizations?: number | undefined;
  readonly now: () => number;
  readonly outside: (index: number) => { readonly dataverse: Outside; readonly cybersource: Outside };
  readonly strictness: Partial<Settings>;
  readonly abilities?: Abilities | undefined;
  /** By how much a neighbour's clock is wrong. */
  readonly dataverseSkewMs: number;
}

export async function openNeighbours(options: NeighbourOptions): Promise<readonly Neighbourhood[]> {
  template ??= makeTemplate();
  const from = await template;
  return Promise.all(Array.from({ length: options.organizations ?? ORGANIZATIONS }, (_, index) => openNeighbourhood(from, options, index)));
}

async function openNeighbourhood(from: Template, options: NeighbourOptions, index: number): Promise<Neighbourhood> {
  const dataverse = forkDataverse(from.dataverse, { clock: createClock(0, () => options.now() + options.dataverseSkewMs), seed: options.seed, organization: { id: organizationId(index), name: `Organization ${index + 1}` }, outside: options.outside(index).dataverse });
  const { organization } = dataverse;
  organization.baseUrl = dataverseUrl(index);
  const merchant = merchantOf(index);
  const accounts = organization.model.table("cybs_merchantaccount");
  for (const row of [...organization.store.all("cybs_merchantaccount")]) organization.store.put(accounts, { ...row, cybs_merchantid: merchant.id, ...abilityColumns(options.abilities) });
  let used = 0;
  const flexKeyPair = async (): Promise<FlexKeyPair> => {
    const pair = from.flexKeys[used++ % from.flexKeys.length];
    if (pair === undefined) throw new Error("no key pair");
    return pair;
  };
  const cybersource = await openCybersource({ clock: createClock(0, options.now), seed: options.seed, merchant, say: () => undefined, flexKeyPair, outside: options.outside(index).cybersource });
  cybersource.browserUrl = FLEX_ORIGIN;
  Object.assign(cybersource.state.settings, worstStrictness(), options.strictness);
  return { index, organizationId: organization.id, dataverse, cybersource, accountIds: Object.values(from.demo.accounts) };
}
