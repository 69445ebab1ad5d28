// Every control speaks both languages: the same keys, the same places for values, nothing left in English, and no key without its words.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..", "..", "pcf-controls");
const controls = globSync("*/*/ControlManifest.Input.xml", { cwd: root }).map((manifest) => manifest.replace(/[/\\]ControlManifest\.Input\.xml$/, ""));
const read = (folder: string, language: number): ReadonlyMap<string, string> => {
  const [file] = globSync(`${folder}/strings/*.${language}.resx`, { cwd: root });
  const text = file === undefined ? "" : readFileSync(join(root, file), "utf8");
  return new Map([...text.matchAll(/<data name="([^"]+)"[^>]*><value>([\s\S]*?)<\/value>/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
};
const places = (text: string): readonly string[] => (text.match(/\{\d\}/g) ?? []).sort();

test("there are controls to look at", () => { expect(controls.length).toBeGreaterThanOrEqual(8); });

describe.each(controls)("%s", (folder) => {
  const [english, german] = [read(folder, 1033), read(folder, 1031)];
  test("German has exactly the English keys", () => { expect([...german.keys()].sort()).toEqual([...english.keys()].sort()); });
  test("the same values stand in both", () => {
    expect([...english].filter(([key, text]) => places(text).join() !== places(german.get(key) ?? "").join()).map(([key]) => key)).toEqual([]);
  });
  test("the manifest names both files", () => {
    const manifest = readFileSync(join(root, folder, "ControlManifest.Input.xml"), "utf8");
    expect([manifest.includes(".1033.resx"), manifest.includes(".1031.resx")]).toEqual([true, true]);
  });
  test("every word that the control asks for by name exists", () => {
    const source = globSync(`${folder}/*.{ts,tsx}`, { cwd: root }).map((file) => readFileSync(join(root, file), "utf8")).join("\n");
    const asked = [...source.matchAll(/\bt\("(\w+)"/g)].map((match) => match[1] ?? "");
    expect(asked.filter((key) => !english.has(key))).toEqual([]);
  });
});
