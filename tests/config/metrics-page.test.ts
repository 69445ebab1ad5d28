// The reference of metrics is what a relay registers, each with a sentence.
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { metricsPage, PAGE_FILE } from "./metrics-page.ts";

test("docs/reference/metrics.md is what tests/config/metrics-page.ts writes, and describes every metric", async () => {
  const page = await metricsPage();
  expect(readFileSync(PAGE_FILE, "utf8")).toBe(page);
  expect(page).not.toContain("not described");
});
