// The people of a seed's aim: they take the payment that is aimed at a cell, and do with it what leads to the aimed operation; while the weather is bad, or
// once it is over and every process runs again.
import { changePayment } from "../give-back.ts";
import { placeOrder, saveCard, takePayment, type Shop } from "../people.ts";
import type { World } from "../world.ts";
import { batchClosesAfterMs, type Aim } from "./aims.ts";
import { nameOf, type Cell } from "./cells.ts";
import { playOf } from "./plays.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;
const STARTS_MS = 10_000;
/** One after the other, so that a process that ends at one's aim does not end in the middle of another's: an answer that never comes is waited for. */
const apartMs = (aims: readonly Aim[]): number => (aims.some(({ cell }) => cell.row?.reply.kind === "no_reply") ? 75_000 : 25_000);
/** What came in the way of one is rarely there again. */
const TRIES_MAX = 3;
/** What was asked for last is heard of by then. */
const SETTLES_MS = 70_000;
const LOOKS_EVERY_MS = 20_000;
/** The better part of an hour is the longest that a process is stopped. */
const WAITS_MS_MAX = 60 * MINUTE_MS;
/** The fence, the adopt window and a late look are over by then. */
const COMES_LATER_MS = 45 * MINUTE_MS;
const LASTS_MS = 5 * MINUTE_MS;
/** What is left then comes seldom: one process is enough for it. */
const CALMS_MS = 30 * MINUTE_MS;
/** A payment that comes later than this before the batch closes is in the next one. */
const BEFORE_BATCH_MS = 30_000;

/** Calm comes once all of them have done what they came for. */
export function takeAims(world: World, shops: readonly Shop[], aims: readonly Aim[], stormMs: number): void {
  const { scheduler } = world;
  const batchClosesAt = scheduler.now() + batchClosesAfterMs(stormMs);
  const inTurn = async (turn: readonly Aim[]): Promise<void> => {
    const until = scheduler.now() + WAITS_MS_MAX;
    const plays: Promise<void>[] = [];
    for (const aim of turn) {
      while (!isAwake(world) && scheduler.now() < until) await scheduler.sleep(LOOKS_EVERY_MS);
      const shop = shops[aim.organization % shops.length];
      if (shop === undefined) throw new Error(`there is no organization ${aim.organization}`);
      plays.push(takeAim(world, shop, aim, batchClosesAt));
      await scheduler.sleep(apartMs(aims));
    }
    await Promise.all(plays);
    await scheduler.sleep(SETTLES_MS);
  };
  const all = async (): Promise<void> => {
    let left = aims;
    for (let tries = 0; tries < TRIES_MAX && left.length > 0; tries++) {
      await inTurn(left);
      const isHit = ({ cell }: Aim): boolean => world.calls.hits.has(nameOf(cell));
      const until = scheduler.now() + COMES_LATER_MS;
      while (left.some((aim) => comesLater(aim.cell) && !isHit(aim)) && scheduler.now() < until) await scheduler.sleep(MINUTE_MS);
      left = left.filter((aim) => !isHit(aim));
    }
    world.calmAt = scheduler.now();
    scheduler.at(CALMS_MS, "scaled in", () => { world.scaleIn(); });
  };
  scheduler.at(aims.length === 0 ? stormMs : (aims.some((aim) => aim.isInStorm === true) ? 0 : stormMs) + STARTS_MS, "", () => { void all(); });
}

async function takeAim(world: World, open: Shop, aim: Aim, batchClosesAt: number): Promise<void> {
  const { scheduler } = world;
  const isRefund = aim.cell.operation === "refund";
  const play = playOf(aim.cell);
  // A card that no bank has told never to try again.
  const shop = { ...open, cards: new Map([[play.wish.currency, await saveCard(open, play.wish.currency)]]) };
  const orderId = await placeOrder(shop, play.price, play.wish.currency);
  const id = await takePayment(world, shop, { ...play.wish, orderId });
  if (id === undefined) return;
  const key = `${shop.hood.organizationId} ${id}`;
  scheduler.note(`aims at ${aim.cell.operation} × ${aim.cell.answer} × ${aim.cell.point}`);
  world.steering.take(key, aim);
  // Money that is with the processor is refunded; before that it would wait for its batch, and go together with the others.
  const isInNextBatch = scheduler.now() > batchClosesAt - BEFORE_BATCH_MS;
  const waitsMs = isRefund ? batchClosesAt + (isInNextBatch ? DAY_MS : 0) + aim.organization * apartMs([aim]) - scheduler.now() : 0;
  const until = scheduler.now() + waitsMs + LASTS_MS;
  const deeds = play.deeds.map((deed) => ({ ...deed, afterMs: deed.afterMs + waitsMs }));
  if (deeds.length > 0) await changePayment({ world, shop, orderId, until, key, isAimed: true }, deeds);
}

/** An undo by transactionId waits for the fence, or for the deal to be over. */
const comesLater = ({ operation }: Cell): boolean => operation === "timeout_void" || operation === "timeout_reversal";
const isAwake = (world: World): boolean => world.replicas.every((replica) => replica !== undefined && replica.life.pausedUntil <= world.scheduler.now());
