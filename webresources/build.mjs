// One script for forms and ribbon: an IIFE with the global Cybs, as Dynamics 365 loads it. Beside it, what went into it,
// for the bill of materials of the package.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
mkdirSync(join(here, "dist/js"), { recursive: true });
const { metafile } = await build({
  entryPoints: [join(here, "src/index.ts")], outfile: join(here, "dist/js/payments.js"), bundle: true, minify: true, format: "iife", globalName: "Cybs", target: "es2020", conditions: ["source"], legalComments: "none", metafile: true,
});
writeFileSync(join(here, "dist/payments.meta.json"), JSON.stringify(metafile));
