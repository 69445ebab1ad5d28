// What most flow tests begin with: a stage, its relay, and a saved card.
import type { RelayProcess } from "../sandbox/relay-process.ts";
import { startStage, type Stage } from "../support/stage.ts";

export interface Opened { readonly stage: Stage; readonly relay: RelayProcess; readonly card: string }

/** `at`: when the business clock starts (stage.ts). `before` the relay starts. */
export async function openWithCard(options: { readonly at?: string; readonly relay?: Readonly<Record<string, string>>; readonly before?: (stage: Stage) => Promise<unknown> } = {}): Promise<Opened> {
  const stage = await startStage(options.at === undefined ? {} : { at: options.at });
  await options.before?.(stage);
  return { stage, relay: await stage.startRelay(options.relay), card: await stage.savedCard() };
}
