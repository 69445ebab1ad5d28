// The table of demands names a test for each: every file is there and has a test of that name. What is not shown yet is said, and is no more than that.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..", "..");
const ROW = /^\| (Q\d+) \| ([^|]+) \| (?:`([^`]+)`|–) \| (.+) \|$/;
const rows = readFileSync(join(root, "docs/reference/demands.md"), "utf8").split("\n").map((line) => ROW.exec(line)).filter((match) => match !== null)
  .map(([, demand = "", what = "", file, name = ""]) => ({ demand, what, file, name }));
const range = (first: number, last: number): readonly string[] => Array.from({ length: last - first + 1 }, (_, index) => `Q${first + index}`);
const ASKED = [...range(1, 3), ...range(9, 18), ...range(30, 36), "Q42", ...range(44, 51), "Q55", "Q57", ...range(62, 67), ...range(73, 88)];

test("every demand stands once, in order", () => { expect(rows.map((row) => row.demand)).toEqual(ASKED); });

test("what no test shows yet is said", () => { expect(rows.filter((row) => row.file === undefined).map((row) => row.demand)).toEqual([]); });

describe("names a test that is there", () => {
  test.each(rows.filter((row) => row.file !== undefined))("$demand: $what", ({ file = "", name }) => {
    expect(existsSync(join(root, file))).toBe(true);
    expect(readFileSync(join(root, file), "utf8")).toContain(name);
  });
});
