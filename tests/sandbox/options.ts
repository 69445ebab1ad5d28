// The sandbox's options and the one line of JSON it prints: an interface like any other, documented in docs/reference/sandbox.md.
import { mkdtempSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

export interface SandboxOptions {
  readonly json: boolean;
  readonly portBase: number;
  /** Kept across restarts when given; a fresh temporary folder otherwise. */
  readonly dataDir: string;
  readonly isTemporary: boolean;
  /** PostgreSQL for the relay instead of the embedded ledger. */
  readonly databaseUrl: string | undefined;
  readonly seed: number;
  readonly withRelay: boolean;
}

/** Offsets from the port base. */
export const PORTS = { host: 0, relay: 1, cybersourceBrowser: 2, dataverse: 3, cybersource: 4, dataverseHttp: 5, relayControl: 6 } as const;

function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < minimum || value > maximum) throw new Error(`--${name} must be a whole number from ${minimum} to ${maximum}, not "${text}".`);
  return value;
}

/** Reads the command line; throws a sentence when an option is not understood. */
export function readOptions(args: readonly string[]): SandboxOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false }, "port-base": { type: "string", default: "7070" }, data: { type: "string" },
      database: { type: "string" }, seed: { type: "string", default: "1" }, "no-relay": { type: "boolean", default: false },
    },
  });
  const [portBase, seed] = [wholeNumber("port-base", values["port-base"], 1024, 65_000), wholeNumber("seed", values.seed, 0, 2 ** 31)];
  const isTemporary = values.data === undefined;
  const dataDir = values.data ?? mkdtempSync(join(tmpdir(), "cybs-sandbox-"));
  mkdirSync(dataDir, { recursive: true });
  return { json: values.json, portBase, dataDir, isTemporary, databaseUrl: values.database, seed, withRelay: !values["no-relay"] };
}
