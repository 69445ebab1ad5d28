// The people of a run and what they do: sales reps who take payments with saved and new cards, flows that do it for them, somebody who changes
// his mind, somebody who edits the order, somebody who decides. They see Dataverse through their own roles and nothing else.
import { createHash } from "node:crypto";
import { openCardEntry } from "../../plugin-proxy/src/flows/open-card-entry.ts";
import { storeTransientToken } from "../../plugin-proxy/src/flows/store-transient-token.ts";
import { createOrder } from "../sandbox/demo-data.ts";
import type { WebApi } from "../sandbox/web-api.ts";
import { deliverHint } from "./hints.ts";
import { setLimits } from "./limits.ts";
import type { Neighbourhood } from "./neighbours.ts";
import { TYPED_CARDS } from "./invariants/sinks.ts";
import { apiOver, Refused } from "./web-api.ts";
import type { World } from "./world.ts";

const CHOICE = 727_000_000;
const MINUTE_MS = 60_000;
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

export interface Shop {
  readonly hood: Neighbourhood;
  readonly admin: WebApi;
  readonly rep: WebApi;
  readonly currencies: ReadonlyMap<string, string>;
  /** Saved cards by currency. */
  readonly cards: ReadonlyMap<string, string>;
}

/** An organization that is ready for business: its customers' cards are on file at its merchant. */
export async function openShop(hood: Neighbourhood): Promise<Shop> {
  const admin = apiOver(hood.dataverse, "sysadmin");
  const { store } = hood.dataverse.organization;
  const currencies = new Map([...store.all("transactioncurrency")].map((row) => [textOf(row["isocurrencycode"]), textOf(row["transactioncurrencyid"])]));
  const cards = new Map<string, string>();
  for (const currency of ["USD", "EUR"]) cards.set(currency, await saveCard({ hood, admin }, currency));
  const shop: Shop = { hood, admin, rep: apiOver(hood.dataverse, "salesrep"), currencies, cards };
  await setLimits(shop);
  return shop;
}

/** A card of the customer's on file, in token management and as a row. Its row's id. */
export async function saveCard({ hood, admin }: Pick<Shop, "hood" | "admin">, currency: string): Promise<string> {
  const { state } = hood.cybersource;
  const account = hood.accountIds[0] ?? "";
  const [customerId, instrumentId, identifierId] = [state.random.hex(32).toUpperCase(), state.random.hex(32).toUpperCase(), state.random.hex(32).toUpperCase()];
  state.customers.set(customerId, { id: customerId, merchantCustomerID: account, etag: 1, isDeleted: false, instrumentIds: [instrumentId], addressIds: [], details: {} });
  state.instruments.set(instrumentId, { id: instrumentId, customerId, identifierId, card: { type: "001", prefix: "411111", suffix: "1111", expirationMonth: "12", expirationYear: "2031" }, billTo: {}, isDefault: true, etag: 1, isDeleted: false, state: "ACTIVE" });
  const row = [...hood.dataverse.organization.store.all("cybs_merchantaccount")].find((one) => one["cybs_name"] === `Fabrikam Group ${currency}`);
  return admin.create("cybs_paymentmethods", {
    "ownerid@odata.bind": "/systemusers(b0000000-0000-4000-8000-000000000001)", cybs_name: "Visa •••• 1111", "cybs_CustomerId_account@odata.bind": `/accounts(${account})`, "cybs_MerchantAccountId@odata.bind": `/cybs_merchantaccounts(${textOf(row?.["cybs_merchantaccountid"])})`,
    cybs_tmscustomerid: customerId, cybs_paymentinstrumentid: instrumentId, cybs_instrumentidentifierid: identifierId, cybs_brand: CHOICE, cybs_lastfour: "1111", cybs_expirymonth: 12, cybs_expiryyear: 2031, cybs_state: CHOICE,
  });
}

export const placeOrder = (shop: Shop, price: number, currency: string): Promise<string> =>
  createOrder(shop.admin, { name: `Order ${price}`, accountId: shop.hood.accountIds[0] ?? "", currency, ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price }] });

export interface Wish {
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly card: "saved" | "new";
  /** Who writes the row: a person at a form, or a flow in his name. */
  readonly by: "person" | "flow";
  readonly withdrawsAfterMs?: number | undefined;
}

const rowOf = (world: World, shop: Shop, wish: Wish, state: number): Record<string, unknown> => ({
  "cybs_SalesOrderId@odata.bind": `/salesorders(${wish.orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${shop.currencies.get(wish.currency) ?? ""})`,
  cybs_action: CHOICE, cybs_amount: wish.amount, cybs_method: wish.card === "saved" ? CHOICE : CHOICE + 1, cybs_channel: CHOICE, cybs_savecard: false, cybs_state: CHOICE + state,
  ...(wish.card === "saved" ? { "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${shop.cards.get(wish.currency) ?? ""})` } : {}),
  cybs_validuntil: validUntil(world),
});
const validUntil = (world: World): string => new Date(world.scheduler.now() + 15 * MINUTE_MS).toISOString();

/** Takes a payment as the card picker does it, pokes, and perhaps takes it back. What Dataverse refuses a person is his affair. */
export async function takePayment(world: World, shop: Shop, wish: Wish): Promise<string | undefined> {
  return unlessRefused(world, async () => {
    const id = wish.card === "saved" ? await submitSaved(world, shop, wish) : await submitNew(world, shop, wish);
    if (id === undefined) return undefined;
    void deliverHint(world, { kind: "poke", organization: shop.hood.index, paymentRequestId: id });
    void unlessRefused(world, () => withdraw(world, shop, { ...wish, id }));
    return id;
  });
}

async function withdraw(world: World, shop: Shop, { withdrawsAfterMs, id }: Wish & { readonly id: string }): Promise<undefined> {
  if (withdrawsAfterMs === undefined) return undefined;
  await world.scheduler.sleep(withdrawsAfterMs);
  world.scheduler.note(`a person withdraws ${id}`);
  await shop.rep.send("PATCH", `cybs_paymentrequests(${id})`, { cybs_state: CHOICE + 2 });
  return undefined;
}

/** A page that meets a relay without its ledger shows a problem; the person gives up. */
async function unlessRefused(world: World, work: () => Promise<string | undefined>): Promise<string | undefined> {
  try { return await work(); } catch (error) {
    if (!(error instanceof Refused || (error instanceof Error && error.name === "LedgerAway"))) throw error;
    world.scheduler.note(`a person is refused: ${error.message.slice(0, 120)}`);
    return undefined;
  }
}

async function submitSaved(world: World, shop: Shop, wish: Wish): Promise<string> {
  const author = wish.by === "person" ? shop.rep : apiOver(shop.hood.dataverse, "sysadmin", { mscrmcallerid: "b0000000-0000-4000-8000-000000000001" });
  const id = await author.create("cybs_paymentrequests", rowOf(world, shop, wish, 1));
  world.scheduler.note(`${wish.by} asks ${shop.hood.index} for ${wish.amount} ${wish.currency}: ${id}`);
  return id;
}

/** Draft, nonce, session, card, token, submit: each is a trip to some replica, which may be down. */
async function submitNew(world: World, shop: Shop, wish: Wish): Promise<string | undefined> {
  const nonce = world.random.hex(43);
  const id = await shop.rep.create("cybs_paymentrequests", { ...rowOf(world, shop, wish, 0), cybs_noncehash: createHash("sha256").update(nonce).digest("hex") });
  world.scheduler.note(`person opens card entry in ${shop.hood.index} for ${wish.amount} ${wish.currency}: ${id}`);
  await world.scheduler.sleep(200);
  const replica = world.anyReplica();
  if (replica === undefined) return undefined;
  const { origin } = new URL(shop.hood.dataverse.organization.baseUrl);
  const session = await openCardEntry(replica.deps, { organizationId: shop.hood.organizationId, paymentRequestId: id, nonce, ancestorOrigins: [origin], card: true });
  if (!session.ok || session.value.captureContext === undefined) return undefined;
  await world.scheduler.sleep(8_000);
  const token = await typeCard(world, shop, session.value.captureContext);
  const other = world.anyReplica();
  if (token === undefined || other === undefined) return undefined;
  const stored = await storeTransientToken(other.deps, { sessionId: session.value.sessionId, nonce, transientToken: token });
  if (!stored.ok) return undefined;
  await shop.rep.send("PATCH", `cybs_paymentrequests(${id})`, { cybs_state: CHOICE + 1, cybs_validuntil: validUntil(world) });
  return id;
}

/** The number goes from Cybersource's own fields to Cybersource, and to nobody else. */
async function typeCard(world: World, shop: Shop, captureContext: string): Promise<string | undefined> {
  const { flx } = JSON.parse(Buffer.from(captureContext.split(".")[1] ?? "", "base64url").toString("utf8")) as { flx: { data: string } };
  const number = TYPED_CARDS[world.random.integer(2)];
  const reply = await shop.hood.cybersource.answerBrowser({ method: "POST", url: "/flex/v2/tokens", headers: {}, body: Buffer.from(JSON.stringify({ data: flx.data, number, securityCode: "123", expirationMonth: "12", expirationYear: "2031" })) });
  return reply.status === 201 ? String(reply.body) : undefined;
}
