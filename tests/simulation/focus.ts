// What a share of the seeds is about: situations that chance alone brings too rarely. Such a seed has the same people, weather and law as any other, and
// more of one thing. It keeps its ledger: what a lost one leaves is another matter. A pure function of the seed.
import { createRandom, type Random } from "../sandbox/kit/random.ts";
import type { Abilities, Policy } from "./abilities.ts";
import { APPROVALS } from "./deeds-of.ts";
import { errandsOf } from "./errands.ts";
import type { Deed, DeedKind } from "./give-back.ts";
import { STORM_MS, type Act, type Scenario } from "./scenario.ts";
import { struckAt, stoppedBeforeSocket, type Weather, type WireFault } from "./weather.ts";

interface FocusKind {
  /** The act of each order that came first, in another way. */
  readonly act?: (act: Act, random: Random) => Act;
  readonly abilities?: Partial<Abilities>;
  readonly replicas?: number;
  readonly weather: (weather: Weather, random: Random) => Weather;
  /** A clerk books under a reference of ours at Cybersource, by hand. */
  readonly hasClerk?: true;
}

const LOST: readonly WireFault[] = ["drop_after", "gateway_error_after", "cut", "crash_after"];
const NEVER_CAME: readonly WireFault[] = ["drop_before", "gateway_error", "throttled"];
const deed = (kind: DeedKind, share: number, random: Random): Deed =>
  ({ kind, share, afterMs: 5_000 + random.integer(40_000), by: "person", approval: "exact", approvesAfterMs: 2_000 });

export const FOCI: Readonly<Record<string, FocusKind>> = {
  /** A process sleeps for an hour between its committed `sent` and the socket; others go on meanwhile. */
  "a long sleep before the socket": {
    replicas: 2, weather: stoppedBeforeSocket,
    act: (act, random) => (random.next() < 0.5 ? act : { ...act, wish: { ...act.wish, withdrawsAfterMs: 1_000 + random.integer(90_000) } }),
  },
  "somebody else's booking": { hasClerk: true, weather: (weather, random) => struckAt(weather, { random, share: 0.6, faults: NEVER_CAME.slice(0, 1), isAt: (what) => what === "POST /pts/v2/payments" }) },
  "a case that is to be cancelled": {
    act: (act, random) => ({ ...act, price: 6022, deeds: [{ ...deed("reversal", 1, random), isOfReview: true }], wish: { ...act.wish, amount: 6022, withdrawsAfterMs: undefined } }),
    weather: (weather, random) => struckAt(weather, { random, share: 0.6, faults: NEVER_CAME, isAt: (what) => what.includes("/risk/v1/decisions/") }),
  },
  "an increment without an answer": {
    abilities: { incremental: true },
    act: (act, random) => ({ ...act, price: 400, deeds: [deed("increment", 0.3, random), deed("capture", 1.3, random)], wish: { ...act.wish, currency: "EUR", amount: 280, withdrawsAfterMs: undefined } }),
    weather: (weather, random) => struckAt(weather, { random, share: 0.5, faults: LOST, isAt: (what) => what.startsWith("PATCH /pts/v2/payments/") }),
  },
  "a sale that fails, without an answer": {
    act: (act, random) => ({ ...act, price: 6010, deeds: undefined, wish: { ...act.wish, currency: "USD", amount: 6010, withdrawsAfterMs: 500 + random.integer(60_000) } }),
    weather: (weather, random) => struckAt(weather, { random, share: 0.6, faults: LOST, isAt: (what) => what === "POST /pts/v2/payments" }),
  },
  "a payment without an answer": {
    act: (act, random) => ({ ...act, wish: { ...act.wish, withdrawsAfterMs: random.next() < 0.5 ? 15_000 + random.integer(90_000) : undefined } }),
    weather: (weather, random) => struckAt(weather, { random, share: 0.6, faults: LOST, isAt: (what) => what === "POST /pts/v2/payments" }),
  },
  "a payment that is taken back, without an answer": {
    act: (act, random) => ({ ...act, price: 140, deeds: [deed(act.wish.currency === "USD" ? "void" : "reversal", 1, random)], wish: { ...act.wish, amount: 140, withdrawsAfterMs: undefined } }),
    abilities: { batchCutOff: "00:00" },
    weather: (weather, random) => struckAt(weather, { random, share: 0.4, faults: LOST, isAt: (what) => /\/(?:voids|reversals)$/.test(what) }),
  },
  /** Of a processor that captures several times, with room for one more. */
  "a part that is captured": {
    abilities: { multiCapture: true },
    act: (act, random) => ({ ...act, price: 200, deeds: [deed("capture", 0.3, random), deed("capture", 0.3, random)], wish: { ...act.wish, currency: "EUR", amount: 200, withdrawsAfterMs: undefined } }),
    weather: (weather, random) => struckAt(weather, { random, share: 0.3, faults: LOST, isAt: (what) => what.endsWith("/captures") }),
  },
  /** Whatever a flow asks for in a person's name needs a second person, below the limit too. */
  "a flow that gives money back": {
    abilities: { batchCutOff: "09:02" },
    act: (act, random) => ({ ...act, price: 140, deeds: [{ ...deed(random.next() < 0.5 ? "refund" : "give_back", random.next() < 0.5 ? 1 : 0.4, random), by: "flow", approval: APPROVALS[random.integer(APPROVALS.length)] ?? "none" }], wish: { ...act.wish, currency: "USD", amount: 140, withdrawsAfterMs: undefined } }),
    weather: (weather) => weather,
  },
  "a refund without an answer": {
    abilities: { batchCutOff: "09:02" },
    act: (act, random) => ({ ...act, price: 140, deeds: [deed("refund", random.next() < 0.5 ? 1 : 0.4, random)], wish: { ...act.wish, currency: "USD", amount: 140, withdrawsAfterMs: undefined } }),
    weather: (weather, random) => struckAt(weather, { random, share: 0.5, faults: LOST, isAt: (what) => what.endsWith("/refunds") }),
  },
};

/** Of a share of the storms that are about nothing else: orders that are invoiced, fulfilled or cancelled, paid in cash and on their invoices, while an account captures by rule. */
const TRADES: Readonly<Record<string, FocusKind>> = {
  "an order that is invoiced": { abilities: { captures: "on_invoice", multiCapture: true }, act: (act, random) => traded(act, random, "on_invoice"), weather: (weather) => weather },
  "an order that is fulfilled": { abilities: { captures: "on_fulfilment" }, act: (act, random) => traded(act, random, "on_fulfilment"), weather: (weather) => weather },
};
/** What a bank answers in its own way stays a minority; whatever a person captures by himself leaves nothing to a rule. */
const traded = (act: Act, random: Random, policy: Policy): Act => {
  const price = random.next() < 0.75 ? 100 + random.integer(400) : act.price;
  const share = act.wish.amount / act.price;
  const deeds = random.next() < 0.3 ? act.deeds?.filter(({ kind }) => kind === "give_back" || kind === "refund" || kind === "reversal") : undefined;
  return { ...act, price, deeds, errands: errandsOf(random, policy), wish: { ...act.wish, amount: Math.min(price, Math.ceil(price * share)), withdrawsAfterMs: random.next() < 0.3 ? act.wish.withdrawsAfterMs : undefined } };
};

export type Focus = FocusKind & { readonly name: string; readonly seed: number };
/** The share of the seeds that are about something, and of the others the share that are about trade. */
const SHARE = 0.5;
const TRADE_SHARE = 0.3;

/** `forced`: by name, whatever the seed. */
export function focusOf(seed: number, forced?: string): Focus | undefined {
  const random = createRandom(seed * 4 + 17);
  const [names, trades] = [Object.keys(FOCI), Object.keys(TRADES)];
  const name = forced ?? (random.next() < SHARE ? names[random.integer(names.length)] : random.next() < TRADE_SHARE ? trades[random.integer(trades.length)] : undefined);
  const kind = name === undefined ? undefined : FOCI[name] ?? TRADES[name];
  return name === undefined || kind === undefined ? undefined : { ...kind, name, seed };
}

/** The scenario as this focus has it. */
export function focused(scenario: Scenario, focus: Focus | undefined): Scenario {
  if (focus === undefined) return scenario;
  const random = createRandom(focus.seed * 4 + 18);
  const firsts = new Map<number, Act>();
  const acts = scenario.acts.map((act) => {
    const first = firsts.get(act.order);
    if (first !== undefined) return { ...act, price: first.price, wish: { ...act.wish, currency: first.wish.currency, amount: Math.min(act.wish.amount, first.price) } };
    const changed = focus.act?.(act, random) ?? act;
    firsts.set(act.order, changed);
    return changed;
  });
  return { ...scenario, acts, stormMs: STORM_MS, restore: undefined };
}
