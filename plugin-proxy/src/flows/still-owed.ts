// What a payment's document still costs, read anew: less what others have paid of it, of its order and of the order's invoices (beside-capture.ts); nothing
// once it is called off.
import type { Command } from "../domain/payment/command.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import { openForRelay } from "./around-invoice.ts";
import { openOnOwn, readBesideCapture } from "./beside-capture.ts";
import type { FlowDeps } from "./deps.ts";

interface Owed { readonly kind: "owed"; readonly minor: bigint }
const owed = (minor: bigint): Owed => ({ kind: "owed", minor });

/** Minor units. `intent` has captured nothing yet. */
export async function stillOwed(deps: FlowDeps, intent: Intent, { document }: Command): Promise<Owed | Unavailable> {
  const beside = await readBesideCapture(deps, intent);
  if (beside.kind === "unavailable") return beside;
  const { own, around } = beside;
  if ((document.kind === "invoice" && own?.isOpen !== true) || around?.isCancelled === true) return owed(0n);
  const [onOwn, together] = await deps.ledger.alone(async (ledger) => [
    own === undefined ? undefined : (await openOnOwn(ledger, intent, own)).minor, around === undefined ? undefined : (await openForRelay(ledger, around, intent)).minor,
  ] as const);
  return owed([onOwn, together].reduce<bigint>((least, minor) => (minor !== undefined && minor < least ? minor : least), onOwn ?? together ?? 0n));
}
