// The sandbox's options, from outside: where its data lives, whose tokens it gives, who runs the relay, and what it says to a wrong word.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";
import { eventually, freePorts } from "../support/stage.ts";
import { BUILD_MS_MAX, buildFirst, familyOf, isRunning, runScript, startSandboxProcess, type SandboxProcess, type Started } from "./sandbox-process.ts";

const folder = mkdtempSync(join(tmpdir(), "cybs-options-"));
const open: SandboxProcess[] = [];
async function start(...args: string[]): Promise<SandboxProcess> {
  const one = await startSandboxProcess(["--port-base", String(await freePorts()), ...args]);
  open.push(one);
  return one;
}
beforeAll(buildFirst, BUILD_MS_MAX);
afterAll(async () => { for (const one of open) await one.stop(); rmSync(folder, { recursive: true, force: true }); }, 60_000);
const answers = (url: string): Promise<boolean> => fetch(url).then((response) => response.ok, () => false);

describe("--data and --seed", () => {
  let first: SandboxProcess;
  let account = "";
  let ledger = "";
  const payment = { clientReferenceInformation: { code: "KEPT-1" }, paymentInformation: { card: { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031" } }, orderInformation: { amountDetails: { totalAmount: "33.00", currency: "USD" } } };
  beforeAll(async () => {
    first = await start("--no-relay", "--data", join(folder, "kept"), "--seed", "5");
    account = await first.as("sysadmin").create("accounts", { name: "Kept" });
    expect((await first.signed("POST", "/pts/v2/payments", payment)).status).toBe(201);
    ledger = (await first.control("cybersource", "ledger")).text;
    await first.stop();
  }, 150_000);

  test("rows, the ledger, the authority and the tokens are there again after a restart, and no id comes twice", async () => {
    const second = await start("--no-relay", "--data", join(folder, "kept"), "--seed", "5");
    expect(second.told.ca).toBe(join(folder, "kept", "ca.pem"));
    expect(second.told.tokens).toEqual(first.told.tokens);
    expect(await second.as("sysadmin").find(`accounts?$select=accountid&$filter=name eq 'Kept'`)).toEqual([expect.objectContaining({ accountid: account })]);
    expect((await second.control("cybersource", "ledger")).text).toBe(ledger);
    expect(await second.as("sysadmin").find("solutions?$select=uniquename")).toHaveLength(1);
    const { body } = await second.signed("POST", "/pts/v2/payments", payment);
    expect(ledger).not.toContain(String(body["id"]));
    // A reset comes back to the demo data, not to what was there at the restart.
    await second.control("dataverse", "reset", {});
    expect((await second.as("sysadmin").find("accounts?$select=name&$orderby=name")).map((row) => row["name"])).toEqual(["Contoso Coffee", "Fabrikam, Inc.", "Northwind Traders"]);
    await second.stop();
    expect(existsSync(join(folder, "kept", "dataverse.json"))).toBe(true);
  }, 150_000);

  test("another seed gives other tokens", async () => {
    const other = await start("--no-relay", "--seed", "6");
    for (const [user, token] of Object.entries(other.told.tokens)) expect(token).not.toBe(first.told.tokens[user]);
    await other.stop();
  }, 150_000);
});

describe("--no-relay", () => {
  let sandbox: SandboxProcess;
  beforeAll(async () => { sandbox = await start("--no-relay"); }, 150_000);
  afterAll(async () => { await sandbox.stop(); });

  test("prints what a relay needs, and nothing listens where it would", async () => {
    expect(Object.keys(sandbox.told.relayEnv ?? {})).toEqual(expect.arrayContaining(["PORT", "PUBLIC_URL", "BINDINGS_FILE", "CYBERSOURCE_HOST", "DATAVERSE_TOKEN_URL", "DATAVERSE_CLIENT_ID", "DATAVERSE_CLIENT_SECRET", "WEBHOOK_KEY", "DERIVATION_KEY", "TOKEN_ENCRYPTION_KEY", "EMBEDDING_ORIGINS", "LEDGER_DIR"]));
    expect(await answers(`${sandbox.told.relay}/health`)).toBe(false);
    expect((await sandbox.control("dataverse", "clock", { advance: "PT1S" })).status).toBe(200);
  });
  test("npm run relay starts one from that environment; killed and started again it serves again", async () => {
    const run = (): Started => runScript("relay", [], sandbox.told.relayEnv);
    const first = run();
    await eventually(async () => (await answers(`${sandbox.told.relay}/ready`) ? true : undefined), 60_000);
    // What really listens, not npm before it.
    process.kill(familyOf(first.pid).at(-1) ?? 0, "SIGKILL");
    await first.ended;
    expect(await answers(`${sandbox.told.relay}/ready`)).toBe(false);
    const second = run();
    await eventually(async () => (await answers(`${sandbox.told.relay}/ready`) ? true : undefined), 60_000);
    const family = familyOf(second.pid);
    second.kill("SIGTERM");
    await second.ended;
    await eventually(async () => (family.some(isRunning) ? undefined : true));
  }, 180_000);
});

describe("--database", () => {
  let database: PostgresServer;
  beforeAll(async () => { database = await freshDatabase(); }, 60_000);
  afterAll(async () => { await database.stop(); }, 30_000);
  test("the relay keeps its ledger in PostgreSQL, and no embedded one is made", async () => {
    const sandbox = await start("--database", database.url, "--data", join(folder, "postgres"));
    expect(await answers(`${sandbox.told.relay}/ready`)).toBe(true);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ name: string }>("select table_name as name from information_schema.tables where table_schema = 'public'");
    await client.end();
    expect(rows.length).toBeGreaterThan(0);
    expect(existsSync(join(folder, "postgres", "ledger"))).toBe(false);
    await sandbox.stop();
  }, 180_000);
});

describe("what cannot be", () => {
  const refused = async (...args: string[]): Promise<Started> => { const one = runScript("sandbox", ["--json", ...args]); await one.ended; return one; };
  test.each<[string, readonly string[], RegExp]>([
    ["a port that is none", ["--port-base", "80"], /--port-base must be a whole number from 1024 to 65000, not "80"/], ["a seed that is none", ["--seed", "many"], /--seed must be a whole number/], ["a word that is none", ["--verbose"], /Unknown option '--verbose'/],
  ])("%s is refused with a sentence, and no line is printed", async (_name, args, sentence) => {
    const one = await refused(...args);
    expect([await one.ended, one.stdout()]).toEqual([1, ""]);
    expect(one.stderr()).toMatch(sentence);
  }, 60_000);
  test("without a port base it is 7070: a taken port among them is named, and nothing stays", async () => {
    // Somebody else may hold it already.
    const holder = net.createServer().on("error", () => undefined).listen(7073, "localhost");
    const one = await refused("--no-relay");
    holder.close();
    expect([await one.ended, one.stdout()]).toEqual([1, ""]);
    expect(one.stderr()).toContain("Port 7073 is taken. Choose another with --port-base.");
  }, 60_000);
  test("SIGTERM while it starts ends it too", async () => {
    const one = runScript("sandbox", ["--json", "--port-base", String(await freePorts())]);
    await eventually(async () => (one.stderr().includes("Starting the relay") ? true : undefined), 60_000);
    const family = familyOf(one.pid);
    one.kill("SIGTERM");
    await one.ended;
    expect(await eventually(async () => (family.some(isRunning) ? undefined : "gone"), 30_000)).toBe("gone");
  }, 120_000);
});
