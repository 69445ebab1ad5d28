// Microsoft's checker rules (@microsoft/eslint-plugin-power-apps, all of them, as errors) find nothing in what runs inside Dynamics 365.
import { globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import { root } from "./support/product.ts";

/** The package has no types. */
interface Plugin { readonly configs: { readonly paCheckerHosted: { readonly rules: Readonly<Record<string, unknown>> } } }
const powerApps = (createRequire(import.meta.url)("@microsoft/eslint-plugin-power-apps") as unknown) as Plugin;
const rules = Object.fromEntries(Object.keys(powerApps.configs.paCheckerHosted.rules).map((rule) => [rule, "error" as const]));
const linter = new Linter({ cwd: root });
const check = (text: string, filename: string) => linter.verify(text, [{ files: ["**/*.{ts,tsx}"], languageOptions: { parser: tseslint.parser, parserOptions: { ecmaFeatures: { jsx: true } } }, plugins: { "@microsoft/power-apps": powerApps as never }, rules }], { filename }).map(({ ruleId, message, line }) => `${filename}:${line} ${ruleId ?? ""} ${message}`);
const sources = globSync(["pcf-controls/**/*.{ts,tsx}", "webresources/src/**/*.ts"], { cwd: root, exclude: (path) => /node_modules|\/(out|dist|generated)\//.test(path) }).sort();

test("there are rules, and files to check", () => {
  expect(Object.keys(rules).length).toBeGreaterThanOrEqual(10);
  expect(sources.length).toBeGreaterThan(40);
});

test("nothing is found in controls and form scripts", () => { expect(sources.flatMap((file) => check(readFileSync(`${root}/${file}`, "utf8"), file))).toEqual([]); });

describe("it would be found", () => {
  test.each([
    ["the 2011 endpoint", "const url = base + '/XRMServices/2011/Organization.svc';", "crm2011"], ["a synchronous request", "const r = new XMLHttpRequest(); r.open('GET', url, false);", "use-async"], ["window.top", "window.top.location.reload();", "window-top"],
  ])("%s", (_name, text, rule) => { expect(check(text, "planted.ts").join("\n")).toContain(rule); });
});
