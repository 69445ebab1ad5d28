// A clerk in Cybersource's Business Center. He sees a payment that has no answer, takes the money there by hand, copies our reference into his form and
// types another amount: search then shows a transaction under our reference that is not the relay's (recovery rules, law 6: an incident, touched by nobody).
import { mainEffect } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { record } from "../sandbox/cybersource/payments/record.ts";
import type { Random } from "../sandbox/kit/random.ts";
import { intentKey } from "./ledger-host.ts";
import { tenThousandthsOfMinor } from "./money.ts";
import type { World } from "./world.ts";

const LOOKS_EVERY_MS = 15_000;

/** Looks in from time to time until the storm is over; books each payment once at most. */
export function clerkLooksIn(world: World, random: Random): void {
  const seen = new Set<string>();
  const look = (): void => {
    if (world.isStormOver) return;
    for (const intent of world.ledgerHost.intents.values()) {
      const { command } = intent;
      const main = mainEffect(intent);
      const reference = main.attempts.at(-1)?.merchantReference;
      if (main.state !== "unknown" || command === undefined || reference === undefined || seen.has(intentKey(intent))) continue;
      seen.add(intentKey(intent));
      if (random.next() < 0.7) book(world, { organizationId: intent.organizationId, reference, currency: command.amount.currency, minor: command.amount.minor + (random.next() < 0.5 ? 1_000n : -1_000n) });
    }
    world.scheduler.at(LOOKS_EVERY_MS, "", look);
  };
  world.scheduler.at(LOOKS_EVERY_MS, "", look);
}

interface Booking { readonly organizationId: string; readonly reference: string; readonly currency: string; readonly minor: bigint }

function book(world: World, { organizationId, reference, currency, minor }: Booking): void {
  const hood = world.neighbours.find((one) => one.organizationId === organizationId);
  if (hood === undefined) return;
  const amount = tenThousandthsOfMinor(minor, currency);
  const { id } = record(hood.cybersource.state, {
    kind: "authorization", code: reference, amount, authorized: amount, currency, status: "AUTHORIZED", isLive: true, card: { type: "001", prefix: "411111", suffix: "1111", expirationMonth: "12", expirationYear: "2031" },
  });
  world.scheduler.note(`a clerk books ${minor} minor units under ${reference} by hand: ${id}`);
}
