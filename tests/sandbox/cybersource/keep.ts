// What survives a restart when a data folder is given: transactions, tokens, webhooks, decisions, settings. Capture contexts and transient tokens
// live for minutes and end with the process.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { State } from "./state.ts";

type Kept = Pick<State, "transactions" | "customers" | "instruments" | "addresses" | "identifiers" | "identifierIds" | "tokenizedCards" | "settings" | "conversions"> & { readonly chargebacks?: State["chargebacks"] } & { readonly webhooks: Omit<State["webhooks"], "wake"> & { readonly wake: undefined }; readonly starts: number };
export interface Keeper {
  /** How often the folder was used before: randomness must not repeat itself. */
  readonly starts: number;
  restore(state: State): void;
  save(state: State): void;
}

export function createKeeper(dataDir: string | undefined): Keeper {
  const file = dataDir === undefined ? undefined : join(dataDir, "cybersource.v8");
  const kept = file !== undefined && existsSync(file) ? deserialize(readFileSync(file)) as Kept : undefined;
  const starts = (kept?.starts ?? -1) + 1;
  return {
    starts,
    restore: (state) => {
      if (kept === undefined) return;
      for (const name of ["transactions", "customers", "instruments", "addresses", "identifiers", "identifierIds", "tokenizedCards"] as const) {
        const target: Map<string, unknown> = state[name];
        for (const [key, value] of kept[name]) target.set(key, value);
      }
      for (const [key, value] of kept.webhooks.subscriptions) state.webhooks.subscriptions.set(key, value);
      state.webhooks.keys.push(...kept.webhooks.keys);
      state.webhooks.notifications.push(...kept.webhooks.notifications);
      state.webhooks.unbatched.push(...kept.webhooks.unbatched);
      state.conversions.push(...kept.conversions);
      state.chargebacks.push(...(kept.chargebacks ?? []));
      state.settings = { ...state.settings, ...kept.settings };
    },
    save: (state) => {
      if (file === undefined) return;
      const { transactions, customers, instruments, addresses, identifiers, identifierIds, tokenizedCards, settings, webhooks, conversions, chargebacks } = state;
      // Renamed into place, so that a process that is killed leaves the older file or the newer one, never half of one.
      writeFileSync(`${file}.new`, serialize({ transactions, customers, instruments, addresses, identifiers, identifierIds, tokenizedCards, settings, webhooks: { ...webhooks, wake: undefined }, conversions, chargebacks, starts } satisfies Kept));
      renameSync(`${file}.new`, file);
    },
  };
}
