// What people do to an order beside its payments: they invoice it in whole or in part, take cash, charge a card on an invoice, fulfil the order, cancel it or
// an invoice. What a merchant account's policy asks for because of that is the relay's to do. What they did is remembered apart from what Dataverse and the ledger say.
import { asText } from "../sandbox/dataverse/store/rows.ts";
import type { Random } from "../sandbox/kit/random.ts";
import { deliverHint } from "./hints.ts";
import { minorOfNumber } from "./money.ts";
import type { Shop } from "./people.ts";
import { Refused } from "./web-api.ts";
import type { World } from "./world.ts";
import type { Policy } from "./abilities.ts";
import { dealKey, type Deal } from "./deal.ts";

const CHOICE = 727_000_000;
const MINUTE_MS = 60_000;

export interface Errand {
  /** On the invoice that was made last, where there is one. */
  readonly kind: "invoice" | "cash_on_order" | "cash_on_invoice" | "card_on_invoice" | "card_on_order" | "fulfil" | "cancel" | "cancel_invoice";
  /** Of the order's total, or of what the invoice comes to. */
  readonly share: number;
  /** After the errand before. */
  readonly afterMs: number;
}

interface Scene { readonly world: World; readonly shop: Shop; readonly orderId: string; readonly price: number; readonly currency: string; readonly until: number }

/** One after the other, until people go home. */
export async function runErrands(scene: Scene, errands: readonly Errand[]): Promise<void> {
  const { world, shop, orderId, price, currency } = scene;
  const deal: Deal = { organization: shop.hood.index, orderId, orderMinor: minorOfNumber(price, currency), currency, invoices: [], cash: [], state: "open" };
  world.history.deals.set(dealKey(shop.hood.organizationId, orderId), deal);
  for (const errand of errands) {
    await world.scheduler.sleep(errand.afterMs);
    if (world.scheduler.now() >= scene.until) return;
    try { await run(scene, deal, errand); } catch (error) {
      if (!(error instanceof Refused)) throw error;
      world.scheduler.note(`a person is refused: ${error.message.slice(0, 120)}`);
    }
    world.changed();
  }
}

async function run(scene: Scene, deal: Deal, { kind, share }: Errand): Promise<void> {
  const { world, shop: { admin }, orderId, price } = scene;
  const invoice = deal.invoices.findLast((one) => !one.isCancelled);
  const say = (what: string): void => { world.scheduler.note(`a person: ${what}`); };
  switch (kind) {
    case "invoice": {
      const id = share === 1 ? await wholeInvoice(scene) : await partInvoice(scene, inCents(price * share));
      deal.invoices.push({ id, minor: minorOfNumber(share === 1 ? price : inCents(price * share), deal.currency), isCancelled: false });
      world.history.deals.set(dealKey(scene.shop.hood.organizationId, id), deal);
      say(`invoices ${share} of ${orderId}: ${id}`);
      return;
    }
    case "cash_on_order": case "cash_on_invoice": {
      const on = kind === "cash_on_order" ? undefined : invoice;
      if (kind === "cash_on_invoice" && on === undefined) return;
      await takeCash(scene, deal, { share, on });
      return;
    }
    case "card_on_invoice": case "card_on_order": {
      if (kind === "card_on_invoice" && invoice === undefined) return;
      const amount = kind === "card_on_order" ? inCents(price * share) : inCents(Number(invoice?.minor ?? 0n) / 100 * share);
      await chargeCard(scene, { amount, invoiceId: kind === "card_on_invoice" ? invoice?.id : undefined });
      return;
    }
    case "fulfil":
      await admin.send("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "shipped", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });
      deal.state = "fulfilled";
      say(`fulfils ${orderId}`);
      return;
    case "cancel":
      await admin.send("POST", "CancelSalesOrder", { OrderClose: { "@odata.type": "Microsoft.Dynamics.CRM.orderclose", subject: "called off", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });
      deal.state = "cancelled";
      say(`cancels ${orderId}`);
      return;
    case "cancel_invoice":
      if (invoice === undefined) return;
      await admin.send("PATCH", `invoices(${invoice.id})`, { statecode: 3 });
      invoice.isCancelled = true;
      say(`cancels invoice ${invoice.id}`);
  }
}

const inCents = (amount: number): number => Math.max(0.01, Math.round(amount * 100) / 100);
const currencyOf = ({ shop, currency }: Scene): Record<string, string> => ({ "transactioncurrencyid@odata.bind": `/transactioncurrencies(${shop.currencies.get(currency) ?? ""})` });

async function wholeInvoice({ shop: { admin, hood }, orderId }: Scene): Promise<string> {
  const before = new Set(invoicesOf(hood, orderId));
  await admin.send("POST", "ConvertSalesOrderToInvoice", { SalesOrderId: orderId, ColumnSet: { AllColumns: true } });
  return invoicesOf(hood, orderId).find((id) => !before.has(id)) ?? "";
}
const invoicesOf = (hood: Shop["hood"], orderId: string): readonly string[] => hood.dataverse.organization.store.pointingAt("invoice", "salesorderid", orderId).map((row) => asText(row["invoiceid"]));

/** As a person writes one. */
async function partInvoice(scene: Scene, price: number): Promise<string> {
  const { shop: { admin, hood }, orderId } = scene;
  const id = await admin.create("invoices", { name: "A part", "salesorderid@odata.bind": `/salesorders(${orderId})`, "customerid_account@odata.bind": `/accounts(${hood.accountIds[0] ?? ""})`, ...currencyOf(scene) });
  await admin.create("invoicedetails", { "invoiceid@odata.bind": `/invoices(${id})`, isproductoverridden: true, productdescription: "A part", quantity: 1, ispriceoverridden: true, priceperunit: price, ...currencyOf(scene) });
  return id;
}

async function takeCash(scene: Scene, deal: Deal, { share, on }: { readonly share: number; readonly on: Deal["invoices"][number] | undefined }): Promise<void> {
  const { world, shop: { admin }, orderId, price } = scene;
  const amount = inCents((on === undefined ? price : Number(on.minor) / 100) * share);
  const document = on === undefined ? { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})` } : { "cybs_InvoiceId@odata.bind": `/invoices(${on.id})` };
  await admin.create("cybs_manualpayments", { ...document, ...currencyOf(scene), cybs_kind: CHOICE, cybs_amount: amount, cybs_receivedon: new Date(world.scheduler.now()).toISOString() });
  deal.cash.push({ minor: minorOfNumber(amount, deal.currency), at: world.scheduler.now(), invoiceId: on?.id });
  world.scheduler.note(`a person: takes ${amount} in cash on ${on === undefined ? `order ${orderId}` : `invoice ${on.id}`}`);
}

/** A sale with the saved card. */
async function chargeCard(scene: Scene, { amount, invoiceId }: { readonly amount: number; readonly invoiceId: string | undefined }): Promise<void> {
  const { world, shop, orderId, currency } = scene;
  const document = invoiceId === undefined ? { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})` } : { "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})` };
  const id = await shop.admin.create("cybs_paymentrequests", {
    ...document, ...currencyOf(scene), "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${shop.cards.get(currency) ?? ""})`,
    cybs_action: CHOICE + 2, cybs_amount: amount, cybs_method: CHOICE, cybs_channel: CHOICE, cybs_savecard: false, cybs_state: CHOICE + 1, cybs_validuntil: new Date(world.scheduler.now() + 15 * MINUTE_MS).toISOString(),
  });
  world.scheduler.note(`a person: charges ${amount} on ${invoiceId === undefined ? `order ${orderId}` : `invoice ${invoiceId}`}: ${id}`);
  void deliverHint(world, { kind: "poke", organization: shop.hood.index, paymentRequestId: id });
}

type Line = readonly [Errand["kind"], number];
const INVOICED: readonly (readonly Line[])[] = [
  [["invoice", 1]], [["cash_on_order", 0.4], ["invoice", 1]], [["invoice", 1], ["card_on_invoice", 1]], [["invoice", 0.6], ["invoice", 0.4]], [["invoice", 0.6], ["card_on_invoice", 1], ["invoice", 0.4]],
  [["cash_on_order", 1], ["invoice", 1]], [["cash_on_order", 0.5], ["invoice", 1], ["card_on_invoice", 0.5]], [["invoice", 0.5], ["cash_on_invoice", 1], ["invoice", 0.5]], [["invoice", 1], ["cancel_invoice", 1], ["invoice", 1]],
  [["invoice", 1], ["card_on_invoice", 0.7], ["card_on_invoice", 0.7]], [["invoice", 1], ["cancel_invoice", 1], ["cancel", 1]],
];
const FULFILLED: readonly (readonly Line[])[] = [
  [["fulfil", 1]], [["cash_on_order", 0.4], ["fulfil", 1]], [["cash_on_order", 1], ["fulfil", 1]], [["invoice", 0.6], ["card_on_invoice", 1], ["fulfil", 1]], [["invoice", 1], ["cash_on_invoice", 0.3], ["fulfil", 1]],
  [["fulfil", 1], ["invoice", 1], ["card_on_invoice", 1]], [["cash_on_order", 0.3], ["fulfil", 1], ["invoice", 1]], [["cancel", 1]], [["cash_on_order", 0.2], ["cancel", 1]],
];

/** At once, or after a while: often while the payment is still under way. */
export function errandsOf(random: Random, policy: Policy): readonly Errand[] {
  const plays = policy === "on_invoice" ? INVOICED : FULFILLED;
  return (plays[random.integer(plays.length)] ?? []).map(([kind, share]): Errand => ({ kind, share, afterMs: 1_000 + Math.floor(random.next() ** 2 * 60_000) }));
}
