// Every picture of the documents is taken by a browser test (PICTURES=1 writes them anew), and is shown somewhere.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..", "..");
const read = (files: readonly string[]): string => files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
const pictures = globSync("docs/pictures/*.png", { cwd: root }).map((file) => basename(file, ".png"));

test("each is taken by a browser test", () => {
  const tests = read(globSync("tests/e2e/*.ts", { cwd: root }));
  expect(pictures.filter((name) => !tests.includes(`"${name}"`))).toEqual([]);
});

test("each is shown, and each that is shown is there", () => {
  const pages = read(execFileSync("git", ["ls-files", "-co", "--exclude-standard", "*.md"], { cwd: root, encoding: "utf8" }).split("\n").filter((file) => file !== ""));
  const shown = new Set([...pages.matchAll(/pictures\/([\w-]+)\.png/g)].map((match) => match[1] ?? ""));
  expect([...shown].sort()).toEqual(pictures.filter((name) => shown.has(name)).sort());
  expect(pictures.filter((name) => !shown.has(name))).toEqual([]);
});
