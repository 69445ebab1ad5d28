// The style that a machine can check: lengths, folder names, no escape hatches. The reasons stand in CONTRIBUTING.md.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..", "..");
const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const MEDIAN_LINES_MAX = 80;

const tracked = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
const isSource = (file: string): boolean => /\.tsx?$/.test(file) && !/\.d\.ts$|\.(test|spec)\.tsx?$|(^|\/)(fixtures|generated)\/|^solution\/schema\/src\//.test(file) && (!file.startsWith("tests/") || file.startsWith("tests/sandbox/"));
const sources = tracked.filter(isSource).map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n") }));

/** Lines from a function's or method's head to its closing brace at the same indentation. */
function longFunctions(lines: readonly string[]): readonly string[] {
  const heads = /^(\s*)(export )?(default )?(async )?(function\b|(private |public |protected |static )*(async )?[#\w]+\([^;]*\)[^;=]*\{$|const \w+ = (async )?\([^;]*=> \{$)/;
  return lines.flatMap((line, index) => {
    const head = heads.exec(line);
    if (head === null || /^\s*(if|for|while|switch|return|catch)\b/.test(line)) return [];
    const indent = head[1] ?? "";
    const end = lines.findIndex((other, at) => at > index && (other === `${indent}}` || other.startsWith(`${indent}};`) || other.startsWith(`${indent}});`)));
    return end - index > FUNCTION_LINES_MAX ? [`${line.trim()} (${end - index} lines)`] : [];
  });
}

describe("the code stays small", () => {
  test("no source file is longer than 300 lines", () => {
    expect(sources.filter(({ lines }) => lines.length > FILE_LINES_MAX + 1).map(({ file, lines }) => `${file}: ${lines.length}`)).toEqual([]);
  });

  test("no function is longer than 70 lines", () => {
    expect(sources.flatMap(({ file, lines }) => longFunctions(lines).map((found) => `${file}: ${found}`))).toEqual([]);
  });

  test("the product's median file has at most 80 lines", () => {
    const lengths = sources.filter(({ file }) => !file.startsWith("tests/")).map(({ lines }) => lines.length).sort((left, right) => left - right);
    expect(lengths[Math.floor(lengths.length / 2)] ?? 0).toBeLessThanOrEqual(MEDIAN_LINES_MAX);
  });
});

describe("names say where things are", () => {
  test("there is no folder for what has no name", () => {
    expect(tracked.filter((file) => /(^|\/)(utils|common|helpers|services|types)\//.test(file))).toEqual([]);
  });

  test("only a package's own index is a barrel", () => {
    const barrels = sources.filter(({ file, lines }) => /\/index\.tsx?$/.test(file) && lines.some((line) => line.startsWith("export *")));
    expect(barrels.map(({ file }) => file).filter((file) => !/^(solution\/schema|plugin-proxy\/contract|pcf-controls\/shared|solution\/packer|webresources)\/src\/index\.ts$/.test(file))).toEqual([]);
  });
});

describe("no escape hatches", () => {
  const hatches = /:\s*any\b|\bas any\b|<any>|@ts-ignore|@ts-expect-error|eslint-disable/;
  test("no any, no suppressed check", () => {
    expect(sources.flatMap(({ file, lines }) => lines.filter((line) => hatches.test(line)).map((line) => `${file}: ${line.trim()}`))).toEqual([]);
  });

  test("nothing is left for later and no test is skipped", () => {
    const later = /\b(TODO|FIXME|HACK)\b|\b(it|test|describe)\.(skip|todo|only)\b/;
    const all = tracked.filter((file) => /\.tsx?$/.test(file) && !file.endsWith("tidy.test.ts"));
    expect(all.flatMap((file) => readFileSync(join(root, file), "utf8").split("\n").filter((line) => later.test(line)).map((line) => `${file}: ${line.trim()}`))).toEqual([]);
  });

  test("every source file starts with a comment that says what it is for", () => {
    expect(sources.filter(({ lines }) => !/^(\/\/|\/\*)/.test(lines[0] ?? "")).map(({ file }) => file)).toEqual([]);
  });

  test("only the configuration reads the environment of the relay", () => {
    const readers = sources.filter(({ file, lines }) => file.startsWith("plugin-proxy/src/") && lines.some((line) => line.includes("process.env")));
    expect(readers.map(({ file }) => file).filter((file) => !/\/(config|main)(\/|\.ts$|-)/.test(file))).toEqual([]);
  });
});
