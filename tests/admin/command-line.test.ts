// The command line itself: its reference page, its exit codes, its streams, and what a verb says in a process of its own.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { runAdmin } from "../../admin/src/main.ts";
import { FAILURES } from "../../admin/src/failures.ts";
import { RETIREMENTS, readContractClock } from "../../admin/src/plans/contract-clock.ts";
import { PAGE_FILE, renderReference } from "./reference-page.ts";

const root = join(import.meta.dirname, "..", "..");
async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const code = await runAdmin({ args, env: {}, workingFolder: "/nowhere", io: { isTerminal: false, out: (text) => { said.out += text; }, err: (text) => { said.err += text; } } });
  return { code, ...said };
}

test("the reference page is what the verbs say", () => { expect(readFileSync(PAGE_FILE, "utf8")).toBe(renderReference()); });

test.each(Object.entries(FAILURES))("%s: a sentence, and what to do", (_code, { title, remedy }) => {
  expect(title.length).toBeGreaterThan(20);
  expect(`${title} ${remedy}`).toMatch(/[.}:] /);
});

describe("exit codes and streams", () => {
  test("a verb that is not there, or an option: 2, with help", async () => {
    expect(await run("explode")).toMatchObject({ code: 2, err: expect.stringContaining("unknown command") });
    expect(await run("import", "--fast")).toMatchObject({ code: 2, err: expect.stringContaining("--fast") });
  });

  test("help is 0 and names every verb", async () => {
    const help = await run("--help");
    expect(help.code).toBe(0);
    for (const verb of ["import", "setup", "place-control", "doctor", "promote", "explain-signature", "evidence", "erase", "uninstall"]) expect(help.out).toContain(verb);
  });

  test("without an environment file: 1, the code, and what to do; as JSON on stdout alone", async () => {
    expect(await run("doctor")).toMatchObject({ code: 1, out: "", err: expect.stringContaining("environment_file_missing") });
    const asJson = await run("doctor", "--json");
    expect(JSON.parse(asJson.out)).toMatchObject({ ok: false, code: "environment_file_missing", remedy: expect.stringContaining("setup") });
    expect(asJson.out.trim().split("\n")).toHaveLength(1);
  });

  test("as a program: brings its own Node and gives the exit code on", async () => {
    const started = await promisify(execFile)(process.execPath, [join(root, "admin/bin/cybs-admin.mjs"), "promote", "--help"], { cwd: root });
    expect(started.stdout).toContain("export, diff, plan or apply");
    await expect(promisify(execFile)(process.execPath, [join(root, "admin/bin/cybs-admin.mjs"), "nothing"], { cwd: root })).rejects.toMatchObject({ code: 2 });
  }, 60_000);
});

describe("the contract clock", () => {
  const at = (date: string, schemes: readonly string[]) => readContractClock({ schemes, flexVersions: ["v2"], subscriptionVersions: ["3"], webApi: "v9.2" }, Date.parse(date));
  test("green when not in use, amber long before, red in the last half year", () => {
    expect(at("2026-01-01", ["jwt"]).every((finding) => finding.level === "green")).toBe(true);
    expect(at("2026-01-01", ["http_signature"])[0]).toMatchObject({ level: "amber", fix: expect.stringContaining("jwt") });
    expect(at("2026-11-25", ["http_signature"])[0]).toMatchObject({ level: "red" });
  });
  test("every date is one, and names where it was announced", () => { for (const one of RETIREMENTS) { expect(Number.isNaN(Date.parse(one.endsOn))).toBe(false); expect(one.source.length).toBeGreaterThan(10); } });
});
