// People who keep taking payments, whatever happens to the relays: each request for an order of its own, with an amount of its own to find it by.
import { setTimeout as delay } from "node:timers/promises";
import { request, type Stage } from "../support/stage.ts";

export interface Taken { readonly id: string; readonly amount: number }
export interface Load {
  readonly taken: readonly Taken[];
  /** Orders or requests that the stand-in did not take: nobody counts on them. */
  notMade(): number;
  stop(): Promise<void>;
}

/** `perSecond` requests, each poked at one of `urls` in turn; a poke that nobody answers is nothing, the sweep finds the row. */
export function startLoad(stage: Stage, options: { readonly card: string; readonly perSecond: number; readonly urls: readonly string[]; readonly firstAmount: number }): Load {
  const taken: Taken[] = [];
  const state = { isStopping: false, notMade: 0 };
  const running = new Set<Promise<void>>();
  const take = async (number: number): Promise<void> => {
    const amount = options.firstAmount + number / 100;
    const id = await request(stage, { orderId: await stage.order(amount), amount, cardId: options.card });
    taken.push({ id, amount });
    const url = options.urls[number % options.urls.length] ?? stage.relayUrl;
    await fetch(`${url}/pokes`, {
      method: "POST", headers: { "content-type": "application/json" }, signal: AbortSignal.timeout(2_000),
      body: JSON.stringify({ organizationId: stage.dataverse.organizationId, paymentRequestId: id }),
    }).catch(() => undefined);
  };
  const loop = (async () => {
    for (let number = 1; !state.isStopping; number++) {
      // A person whose form fails has not asked for anything yet.
      const one = take(number).catch(() => { state.notMade += 1; }).finally(() => { running.delete(one); });
      running.add(one);
      await delay(1_000 / options.perSecond);
    }
  })();
  return { taken, notMade: () => state.notMade, stop: async () => { state.isStopping = true; await loop; await Promise.all(running); } };
}
