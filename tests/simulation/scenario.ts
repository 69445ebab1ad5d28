// What happens in a seed: who asks for what and when, what the card's bank will answer (by the amount), when the order is changed under a payment,
// and whether the ledger is lost. Made from the seed before anything runs, so that the weather cannot change it.
import { createRandom, type Random } from "../sandbox/kit/random.ts";
import { deedsOf, grows } from "./deeds-of.ts";
import { runErrands, type Errand } from "./errands.ts";
import { changePayment, type Deed } from "./give-back.ts";
import { placeOrder, takePayment, type Shop, type Wish } from "./people.ts";
import type { World } from "./world.ts";

export interface Act {
  readonly atMs: number;
  readonly organization: number;
  /** Price of a fresh order; acts with the same order number share it. */
  readonly order: number;
  readonly price: number;
  readonly wish: Omit<Wish, "orderId">;
  /** What follows once it stands. */
  readonly deeds?: readonly Deed[] | undefined;
  /** What people do to the order meanwhile. */
  readonly errands?: readonly Errand[] | undefined;
}
export interface Scenario {
  readonly acts: readonly Act[];
  readonly stormMs: number;
  readonly keepsAtMs: readonly number[];
  readonly restore?: { readonly atMs: number; readonly takesMs: number; readonly to: "kept" | "nothing" } | undefined;
}

/** Amounts to which the stand-in answers in its own way: declines, holds, reviews, half answers (tests/sandbox/cybersource/README.md). */
export const TELLING_AMOUNTS: readonly number[] = [6001, 6002, 6003, 6010, 6011, 6013, 6018, 6020, 6021, 6022, 6023, 6030, 6031, 6032, 6033, 6034, 6035, 6036, 6037, 6038, 6039, 6040];
const MINUTE_MS = 60_000;
/** By then the relay has met its organizations in fair weather; what is older it refuses. */
const CONNECTED_MS = 6_000;
export const STORM_MS = 6 * MINUTE_MS;
/** A lost ledger is noticed, and another one put in its place: its processes start only when nothing of the old ones can still be under way. */
const RESTORE_TAKES_MS = 8 * MINUTE_MS;

export function scenarioOf(random: Random, seed: number): Scenario {
  const acts: Act[] = [];
  const orders = 1 + random.integer(2);
  for (let order = 0; order < orders; order++) acts.push(...actsOf(random, order, seed));
  const restores = random.next();
  const atMs = Math.floor((0.3 + random.next() * 0.7) * STORM_MS);
  const restore = restores < 0.2 ? { atMs, takesMs: RESTORE_TAKES_MS, to: restores < 0.1 ? "kept" as const : "nothing" as const } : undefined;
  return { acts, stormMs: restore === undefined ? STORM_MS : atMs + RESTORE_TAKES_MS + 3 * MINUTE_MS, keepsAtMs: [1, 2, 4].map((minutes) => minutes * MINUTE_MS), restore };
}

/** Nobody comes but the people of an aim: in every other such seed while the weather is still bad. */
export const aimedScenario = (isInStorm: boolean): Scenario => ({ acts: [], stormMs: isInStorm ? AIMED_STORM_MS : 0, keepsAtMs: [] });
const AIMED_STORM_MS = 1.5 * MINUTE_MS;

/** One order and the payments asked for on it: one, or two at once that do not both fit. */
function actsOf(random: Random, order: number, seed: number): readonly Act[] {
  const organization = random.integer(3);
  const currency = random.next() < 0.5 ? "USD" : "EUR";
  const isTelling = random.next() < 0.45;
  const price = isTelling ? TELLING_AMOUNTS[(seed + order) % TELLING_AMOUNTS.length] ?? 6010 : 100 + random.integer(500);
  const atMs = CONNECTED_MS + Math.floor(random.next() * STORM_MS * 0.5);
  const wish = (amount: number): Omit<Wish, "orderId"> => ({
    amount, currency, card: random.next() < 0.1 ? "new" : "saved", by: random.next() < 0.15 ? "flow" : "person",
    withdrawsAfterMs: random.next() < 0.25 ? Math.floor(200 * 1_500 ** random.next()) : undefined,
  });
  // From a source of its own, so that what was asked for is as it was.
  const deeds = deedsOf(createRandom(seed * 4 + 11 + order * 1_000_003), currency === "USD");
  const first: Act = { atMs, organization, order, price, wish: wish(grows(deeds) ? Math.ceil(price * 0.7) : price), deeds };
  if (random.next() < 0.6) return [first];
  return [first, { ...first, deeds: undefined, atMs: atMs + Math.floor(random.next() ** 3 * 5 * MINUTE_MS), wish: wish(isTelling ? price : Math.ceil(price * 0.6)) }];
}

async function play({ world, shop, until }: { readonly world: World; readonly shop: Shop; readonly until: number }, act: Act, orderId: string): Promise<void> {
  const id = await takePayment(world, shop, { ...act.wish, orderId });
  if (id !== undefined && act.deeds !== undefined) await changePayment({ world, shop, orderId, until, key: `${shop.hood.organizationId} ${id}` }, act.deeds);
}

/** When people go home: some minutes after the storm, where they have more to do than to take payments. */
export const closesAfterMs = ({ acts, stormMs }: Scenario): number => stormMs + (acts.some((act) => (act.deeds ?? []).length > 0 || act.errands !== undefined) ? 4 * MINUTE_MS : 0);

/** Puts the acts on the stage. Orders are there before their first act. */
export function enact(world: World, shops: readonly Shop[], scenario: Scenario): void {
  const { scheduler } = world;
  const until = scheduler.now() + closesAfterMs(scenario);
  const orders = new Map<number, Promise<string>>();
  for (const act of scenario.acts) {
    const shop = shops[act.organization % shops.length];
    if (shop === undefined) continue;
    scheduler.at(act.atMs, "", async () => {
      const order = orders.get(act.order) ?? placeOrder(shop, act.price, act.wish.currency);
      orders.set(act.order, order);
      const orderId = await order;
      void play({ world, shop, until }, act, orderId);
      if (act.errands !== undefined) void runErrands({ world, shop, orderId, price: act.price, currency: act.wish.currency, until }, act.errands);
    });
  }
  for (const atMs of scenario.keepsAtMs) scheduler.at(atMs, "the ledger is kept", () => { world.ledgerHost.keep(); });
  const { restore } = scenario;
  if (restore !== undefined) scheduler.at(restore.atMs, "", () => { world.restore(restore.to, restore.takesMs); });
}
