// What people do to a payment once it stands: they capture it, let it go, let it grow, give money back and void; a second person approves what is
// above the limit, or something that only looks like it. All of it as rows over the Web API, under the roles that may.
import { asText, referenceId, type Row } from "../sandbox/dataverse/store/rows.ts";
import { deliverHint } from "./hints.ts";
import { mainRowOf, statusOf, STATUS } from "./invariants/told.ts";
import type { Shop } from "./people.ts";
import { apiOver, Refused } from "./web-api.ts";
import type { World } from "./world.ts";

const CHOICE = 727_000_000;
const REASON = CHOICE + 4;
const CARLA = "b0000000-0000-4000-8000-000000000003";

export type DeedKind = "capture" | "increment" | "give_back" | "refund" | "void" | "reversal" | "credit";
/** What the second person does: the right thing, or something that must not count. */
export type ApprovalKind = "exact" | "rejected" | "other_amount" | "edited_before" | "edited_after" | "twice" | "at_odds" | "none";
export interface Deed {
  readonly kind: DeedKind;
  /** Of what was paid. */
  readonly share: number;
  /** After the payment was seen to stand. */
  readonly afterMs: number;
  readonly by: "person" | "flow";
  readonly approval: ApprovalKind;
  readonly approvesAfterMs: number;
  /** Asked for while the payment is in review: it is cancelled before anybody decides its case. */
  readonly isOfReview?: true;
}

const ACTION: Readonly<Record<Exclude<DeedKind, "capture" | "increment">, number>> = { give_back: 0, refund: 1, void: 2, reversal: 3, credit: 4 };
const LOOKS_EVERY_MS = 5_000;

interface Stood { readonly paymentId: string; readonly currencyId: string; readonly amount: number }
interface Scene { readonly world: World; readonly shop: Shop; readonly key: string; readonly orderId: string; /** Closing time: nothing new is begun from then on. */ readonly until: number;
  /** Leads to one of the seed's aims: the second person's page pokes. */
  readonly isAimed?: boolean }

/** Waits until the payment is shown as approved (or in review, for who cancels it), then does one thing after another. */
export async function changePayment(scene: Scene, deeds: readonly Deed[]): Promise<void> {
  const { world } = scene;
  const stood = await untilItStands(scene, deeds[0]?.isOfReview === true ? STATUS.review : STATUS.approved);
  if (stood === undefined) return;
  for (const deed of deeds) {
    await world.scheduler.sleep(deed.afterMs);
    if (world.scheduler.now() >= scene.until) return;
    try { await doDeed(scene, stood, deed); } catch (error) {
      if (!(error instanceof Refused)) throw error;
      world.scheduler.note(`a person is refused: ${error.message.slice(0, 120)}`);
    }
  }
}

async function untilItStands({ world, shop, key, until }: Scene, wanted: number): Promise<Stood | undefined> {
  while (world.scheduler.now() < until) {
    const row = mainRowOf(world, shop.hood, key);
    const status = row === undefined ? STATUS.inProgress : statusOf(row);
    if (row?.["cybs_isfinal"] === true && status !== wanted) return undefined;
    if (row !== undefined && status === wanted) return { paymentId: idOf(row, "cybs_paymentid"), currencyId: idOf(row, "transactioncurrencyid"), amount: Number(row["cybs_amount"]) };
    await world.scheduler.sleep(LOOKS_EVERY_MS);
  }
  return undefined;
}

const idOf = (row: Row, column: string): string => referenceId(row[column]) ?? asText(row[column]);
const inCents = (amount: number): number => Math.max(0.01, Math.round(amount * 100) / 100);

async function doDeed(scene: Scene, stood: Stood, deed: Deed): Promise<void> {
  const { world, shop, orderId } = scene;
  const amount = inCents(stood.amount * deed.share);
  const common = { "cybs_PaymentId@odata.bind": `/cybs_payments(${stood.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${stood.currencyId})`, cybs_amount: amount };
  if (deed.kind === "capture" || deed.kind === "increment") {
    const id = await shop.rep.create("cybs_paymentrequests", { ...common, "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, cybs_action: CHOICE + (deed.kind === "capture" ? 3 : 4), cybs_method: CHOICE + 2, cybs_state: CHOICE + 1 });
    world.scheduler.note(`a person asks for ${deed.kind} of ${amount}: ${id}`);
    void deliverHint(world, { kind: "poke", organization: shop.hood.index, paymentRequestId: id });
    return;
  }
  // Whoever asks for any of these wants the payment, or a part of it, undone.
  world.history.askedToUndo.add(scene.key);
  const author = deed.by === "person" ? apiOver(shop.hood.dataverse, "refundagent") : apiOver(shop.hood.dataverse, "sysadmin", { mscrmcallerid: CARLA });
  // A credit goes to a card that this customer has paid with.
  const card = deed.kind === "credit" ? { "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${cardOf(shop, stood)})` } : {};
  const id = await author.create("cybs_refundrequests", { ...common, ...card, cybs_action: CHOICE + ACTION[deed.kind], cybs_reasoncode: REASON, cybs_isrefundaccepted: true });
  world.history.refundsAsked.set(`${shop.hood.organizationId} ${id}`, { amount, isPersons: deed.by === "person", isRelease: deed.kind === "reversal" });
  world.scheduler.note(`${deed.by} asks for ${deed.kind} of ${amount}: ${id}`);
  void deliverHint(world, { kind: "poke", organization: shop.hood.index, paymentRequestId: id });
  void second(scene, { ...stood, amount, id }, deed);
}

const cardOf = (shop: Shop, { currencyId }: Stood): string => shop.cards.get([...shop.currencies].find(([, id]) => id === currencyId)?.[0] ?? "") ?? "";

const isRight = (approval: ApprovalKind): boolean => approval === "exact" || approval === "twice" || approval === "at_odds" || approval === "edited_after";

interface Asked extends Stood { readonly id: string }

/** The second person. Races the refund: whoever is first, what he says counts or does not. */
async function second({ world, shop, isAimed }: Scene, asked: Asked, deed: Deed): Promise<void> {
  if (deed.approval === "none") return;
  const says = (amount: number, decision: number): Promise<string> => apiOver(shop.hood.dataverse, "approver").create("cybs_refundapprovals", {
    "cybs_RefundRequestId@odata.bind": `/cybs_refundrequests(${asked.id})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${asked.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${asked.currencyId})`,
    cybs_decision: CHOICE + decision, cybs_amount: amount, cybs_reasoncode: REASON,
  });
  const edit = async (): Promise<void> => {
    const editedTo = inCents(asked.amount * 1.5);
    await shop.admin.send("PATCH", `cybs_refundrequests(${asked.id})`, { cybs_amount: editedTo });
    const known = world.history.refundsAsked.get(`${shop.hood.organizationId} ${asked.id}`);
    if (known !== undefined) known.editedTo = editedTo;
  };
  await world.scheduler.sleep(deed.approvesAfterMs);
  world.scheduler.note(`the second person: ${deed.approval} for ${asked.id}`);
  try {
    if (deed.approval === "edited_before") await edit();
    if (deed.approval === "at_odds") await says(asked.amount, 1);
    await says(deed.approval === "other_amount" ? inCents(asked.amount * 0.9) : asked.amount, deed.approval === "rejected" ? 1 : 0);
    if (deed.approval === "twice") await says(asked.amount, 0);
    if (isRight(deed.approval)) world.history.approvedRefunds.set(`${shop.hood.organizationId} ${asked.id}`, asked.amount);
    if (deed.approval === "edited_after") await edit();
    if (isAimed === true) void deliverHint(world, { kind: "poke", organization: shop.hood.index, paymentRequestId: asked.id });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    world.scheduler.note(`the second person is refused: ${error.message.slice(0, 120)}`);
  }
}
