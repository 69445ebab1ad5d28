// Browser tests: Debian's Chromium against a sandbox of their own. One worker, because the sandbox's clock and faults are shared by what runs in it.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 1,
  fullyParallel: false,
  // Counted and printed as flaky by the run; a test that fails twice fails.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  globalSetup: "./e2e/start-sandbox.ts",
  reporter: process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] === undefined ? [["list"]] : [["list"], ["json"]],
  use: {
    launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--force-color-profile=srgb"] },
    viewport: { width: 1280, height: 860 },
    locale: "en-US",
    timezoneId: "America/Los_Angeles",
    actionTimeout: 10_000,
  },
});
