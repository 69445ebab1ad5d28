// The reference of tables is the solution's own words.
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { PAGE_FILE, tablesPage } from "./tables-page.ts";

test("docs/reference/tables.md is what tests/solution/tables-page.ts writes", () => { expect(readFileSync(PAGE_FILE, "utf8")).toBe(tablesPage()); });

test("every table and column says in words what it is", () => {
  const rows = tablesPage().split("\n").filter((line) => line.startsWith("| `"));
  expect(rows.length).toBeGreaterThan(150);
  expect(rows.filter((line) => /\| +\|$/.test(line) || / \| {2}\| /.test(line))).toEqual([]);
});
