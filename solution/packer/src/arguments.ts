// The command line of `npm run pack`, read once.
import { parseArgs } from "node:util";
import { PackError } from "./source-tree.ts";
import type { PackageType } from "./twins.ts";

export const USAGE = `Usage:
  npm run pack                                   our solution, both packages, into solution/dist
  npm run pack -- --source DIR --out FILE --type managed|unmanaged
                                                 any unpacked solution into one zip
  npm run pack -- --folder DIR                   our solution's complete source (built parts laid over it) for: pac solution pack
Options:
  --build N   the fourth number of the version
  --partial   our solution without controls and scripts that are not built (for work on tables and forms)
  --help`;

export type Arguments =
  | { kind: "help" }
  | { kind: "product"; isPartial: boolean; build: number | undefined }
  | { kind: "folder"; folder: string; build: number | undefined }
  | { kind: "foreign"; source: string; out: string; type: PackageType };

/** Reads the arguments; what cannot be understood is said together with the usage. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: { source: { type: "string" }, out: { type: "string" }, type: { type: "string" }, partial: { type: "boolean" }, folder: { type: "string" }, build: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return { kind: "help" };
  const build = values.build === undefined ? undefined : Number(values.build);
  if (values.folder !== undefined) return { kind: "folder", folder: values.folder, build };
  if (values.source === undefined && values.out === undefined && values.type === undefined) return { kind: "product", isPartial: values.partial ?? false, build };
  if (values.source === undefined || values.out === undefined) throw new PackError(`--source and --out belong together.\n${USAGE}`);
  if (values.type !== "managed" && values.type !== "unmanaged") throw new PackError(`--type must be managed or unmanaged.\n${USAGE}`);
  return { kind: "foreign", source: values.source, out: values.out, type: values.type };
}
