// Bundles the card-entry page: one script, one style, their hashes, and the html that names them. The relay serves exactly this.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const here = import.meta.dirname;
const bundled = await build({ entryPoints: [join(here, "src/main.ts")], bundle: true, minify: true, write: false, format: "iife", target: "es2022", conditions: ["source"], legalComments: "none" });
const script = bundled.outputFiles[0].text;
const style = readFileSync(join(here, "src/page.css"), "utf8");
const integrity = (text) => `sha384-${createHash("sha384").update(text).digest("base64")}`;
const version = createHash("sha256").update(script).update(style).digest("hex").slice(0, 16);
const scriptIntegrity = integrity(script);
const styleIntegrity = integrity(style);
const html = readFileSync(join(here, "src/page.html"), "utf8")
  .replaceAll("{{version}}", version).replace("{{scriptIntegrity}}", scriptIntegrity).replace("{{styleIntegrity}}", styleIntegrity);
mkdirSync(join(here, "dist"), { recursive: true });
writeFileSync(join(here, "dist/page.json"), JSON.stringify({ html, script, style, scriptIntegrity, styleIntegrity, version }));
console.log(`card-entry page ${version}: script ${script.length} bytes`);
