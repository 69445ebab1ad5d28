// The three places a ledger can lie in, each opened fresh for a test.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import { layBlankDatabase } from "../sandbox/kit/blank-database.ts";
import { freshDatabase } from "../support/postgres.ts";

export interface Place { readonly ledger: Ledger; close(): Promise<void> }
export const PLACES: readonly { readonly name: string; readonly open: () => Promise<Place> }[] = [
  { name: "memory", open: async () => { const ledger = await openLedger({ memory: true }); return { ledger, close: () => ledger.close() }; } },
  {
    name: "PGlite", open: async () => {
      const directory = mkdtempSync(join(tmpdir(), "cybs-ledger-"));
      await layBlankDatabase(directory);
      const ledger = await openLedger({ directory });
      return { ledger, close: async () => { await ledger.close(); rmSync(directory, { recursive: true, force: true }); } };
    },
  },
  {
    name: "PostgreSQL", open: async () => {
      const database = await freshDatabase();
      const ledger = await openLedger({ databaseUrl: database.url });
      return { ledger, close: async () => { await ledger.close(); await database.stop(); } };
    },
  },
];
