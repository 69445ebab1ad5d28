// The table of the stand-ins' behaviours names tests that exist, and every switch that there is.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { defaultSettings } from "../sandbox/cybersource/state.ts";
import { SWITCHES } from "../sandbox/dataverse/switches.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs/reference/stand-ins.md"), "utf8");
const named = [...page.matchAll(/`(tests\/[\w./-]+\.test\.ts)` "([^"]+)"/g)].map((match): [string, string] => [match[1] ?? "", match[2] ?? ""]);

test("the page names tests for nearly every line", () => {
  const lines = page.split("\n").filter((line) => line.startsWith("| ") && !line.includes("| – | – |"));
  expect(lines.filter((line) => line.split("|").length >= 5 && !line.includes(".test.ts") && !/^\| (topic|§ of the facts|what|where) \|/.test(line))).toEqual([]);
  expect(named.length).toBeGreaterThan(80);
});

describe("named", () => {
  test.each(named)("%s: %s", (file, words) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(readFileSync(join(root, file), "utf8")).toContain(words);
  });
});

test("every switch of both is on the page", () => {
  expect([...Object.keys(SWITCHES), ...Object.keys(defaultSettings())].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
