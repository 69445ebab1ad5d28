// Every alarm that the code can raise has a section in the runbook, and the runbook names none that does not exist.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..", "..");
const sources = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "plugin-proxy/src"], { cwd: root, encoding: "utf8" }).split("\n").filter((file) => file.endsWith(".ts"));
const code = sources.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
const raised = [/alarm\("(\w+)"/g, /type: "incident", kind: "(\w+)"/g, /openIncident\(\{[^}]*kind: "(\w+)"/g].flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""));
/** These two are handed on as values. */
const verdicts = [...(/kind: "incident"; readonly why: ([^}]+)\}/.exec(code)?.[1] ?? "").matchAll(/"(\w+)"/g)].map((match) => match[1] ?? "");
const sections = [...readFileSync(join(root, "docs/runbooks/alarms.md"), "utf8").matchAll(/^### (\w+)$/gm)].map((match) => match[1] ?? "");

test("alarms and runbook sections are the same", () => {
  expect(verdicts).toHaveLength(2);
  expect([...new Set(sections)].sort()).toEqual([...new Set([...raised, ...verdicts])].sort());
});
