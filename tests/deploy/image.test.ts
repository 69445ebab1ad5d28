// The image, as far as it can be tried without a builder: what it copies exists, and the relay runs from those files alone, none of them writable.
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "..", "..");
const dockerfile = readFileSync(join(root, "deploy/Dockerfile"), "utf8");
const stages = dockerfile.split(/^FROM /m).slice(1);
const last = stages.at(-1) ?? "";
const copied = [...last.matchAll(/^COPY (?!--from=packages)(?:--from=page )?(\S+) (\S+)$/gm)].map(([, from = "", to = ""]) => ({ from: from.replace(/^\/src\//, ""), to }));

describe("the Dockerfile", () => {
  test("ends in a distroless image that runs as nobody", () => {
    expect(last).toMatch(/^gcr\.io\/distroless\/nodejs24-debian12:nonroot\n/);
    expect(last).toMatch(/^USER nonroot$/m);
    expect(last).not.toMatch(/^RUN /m);
  });

  test("copies what exists", () => {
    expect(copied.length).toBeGreaterThan(6);
    for (const { from } of copied) expect([from, existsSync(join(root, from))]).toEqual([from, true]);
    for (const [, names = ""] of (stages[1] ?? "").matchAll(/^COPY (.+) \S+$/gm)) for (const name of names.split(" ")) expect([name, existsSync(join(root, name))]).toEqual([name, true]);
  });

  test("keeps what it must not hold out of its context", () => {
    const ignored = readFileSync(join(root, "deploy/Dockerfile.dockerignore"), "utf8").split("\n");
    expect(ignored).toEqual(expect.arrayContaining([".git", "**/node_modules"]));
  });
});

describe("the relay from the image's files", () => {
  const app = mkdtempSync(join(tmpdir(), "cybs-image-"));
  beforeAll(() => {
    for (const { from, to } of copied) {
      const target = join(app, to, to.endsWith("/") ? from.split("/").at(-1) ?? "" : "");
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(root, from), target, { recursive: true });
    }
    const packages = join(app, "node_modules");
    mkdirSync(join(packages, "@cybs"), { recursive: true });
    const manifest = JSON.parse(readFileSync(join(root, "plugin-proxy/package.json"), "utf8")) as { dependencies: Record<string, string> };
    // What the workspaces are in the image; everything else as it is installed here.
    for (const [name, folder] of Object.entries({ "@cybs/contract": "plugin-proxy/contract", "@cybs/schema": "solution/schema" })) symlinkSync(join(app, folder), join(packages, name));
    for (const name of Object.keys(manifest.dependencies).filter((one) => !one.startsWith("@cybs/"))) {
      mkdirSync(dirname(join(packages, name)), { recursive: true });
      symlinkSync(join(root, "node_modules", name), join(packages, name));
    }
  });
  afterAll(() => {
    chmodSync(app, 0o755);
    rmSync(app, { recursive: true, force: true });
  });

  test("starts, and says in sentences which settings are missing", async () => {
    const command = JSON.parse(/^CMD (\[.*\])$/m.exec(last)?.[1] ?? "[]") as string[];
    const child = spawn(process.execPath, command, { cwd: app, env: { PATH: process.env["PATH"], NODE_ENV: "production" }, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => { said += chunk.toString(); });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(said).toContain("The relay's configuration has");
    expect(said).toContain("PUBLIC_URL: is missing.");
    expect(code).toBe(1);
  }, 60_000);
});
