// The network goes away at every single call that setup makes, before the call is heard and after it was: each time the command ends with a sentence
// and a code, and the same command, run again, comes to the same end as one that was never disturbed. The calls are counted, not listed: a new
// step of setup is tried without anybody thinking of it.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { HttpAnswer, Network } from "../../admin/src/network.ts";
import { RELAY_APPLICATION, startJourney, type Journey } from "./journey.ts";

let journey: Journey;
let start = "";
const environmentFile = (): string => join(journey.bench.dir, "environment.json");
beforeAll(async () => {
  journey = await startJourney();
  expect(await journey.bench.run(["import"])).toMatchObject({ code: 0 });
  start = readFileSync(environmentFile(), "utf8");
  journey.bench.keepAsStart();
}, 120_000);
afterAll(() => journey.close(), 60_000);

async function afresh(): Promise<void> {
  await journey.bench.sandbox("reset", {});
  await fetch(`${journey.cybersource.browserUrl}/_sandbox/reset`, { method: "POST", body: "{}" });
  writeFileSync(environmentFile(), start);
  for (const name of ["bindings.json", "secrets"]) rmSync(join(journey.bench.dir, name), { recursive: true, force: true });
}
beforeEach(afresh);

/** Waiting takes no time, as nothing comes of it here. */
const quick = { now: () => Date.now(), sleep: async () => undefined };
const ANSWERS = (): readonly string[] => ["setup", "--relay-url", journey.relayUrl, "--webhook-key", "env:WEBHOOK_KEY", "--operations-key", "env:OPERATIONS_KEY", "--application-id", RELAY_APPLICATION.clientId, "--merchant", journey.merchant(), "--try-abilities"];
const AGAIN = ["setup", "--try-abilities"];
const run = (args: readonly string[], through?: (network: Network) => Network) => journey.bench.run(args, { env: journey.secrets, clock: quick, ...(through === undefined ? {} : { through }) });

interface Cut { calls: string[] }
const GONE: HttpAnswer = { kind: "no_answer", cause: "ECONNRESET" };
/** From the n-th call on nothing is answered; that one is still heard when `isHeard`. */
function cutAt(n: number, isHeard: boolean, cut: Cut = { calls: [] }): (network: Network) => Network {
  return (network) => ({
    close: () => network.close(),
    send: async (request) => {
      cut.calls.push(`${request.method} ${new URL(request.url).pathname}`);
      if (cut.calls.length < n) return network.send(request);
      if (cut.calls.length === n && isHeard) await network.send(request);
      return GONE;
    },
  });
}

/** What stands where, without ids, times and keys. */
async function state(): Promise<unknown> {
  const { bench } = journey;
  const names = async (table: string, ...columns: readonly string[]): Promise<readonly string[]> => (await bench.rows(table)).map((row) => columns.map((column) => String(row[column])).join(" ")).sort();
  const relayUsers = (await bench.rows("systemuser")).filter((row) => row["applicationid"] === RELAY_APPLICATION.clientId);
  const subscriptions = await (await fetch(`${journey.cybersource.browserUrl}/_sandbox/requests`)).json() as { method: string; path: string }[];
  return {
    solutions: await names("solution", "uniquename", "version"), endpoints: await names("serviceendpoint", "url"), steps: await names("sdkmessageprocessingstep", "name", "statecode"), components: (await bench.rows("solutioncomponent")).length,
    relayUsers: relayUsers.length, roles: await names("role", "name"), values: await names("environmentvariablevalue", "value"), accounts: await names("cybs_merchantaccount", "cybs_merchantid", "cybs_reversalaftervoid", "cybs_multicapture"),
    subscribed: subscriptions.some((call) => call.method === "POST" && call.path.startsWith("/notification-subscriptions")),
    file: (JSON.parse(readFileSync(environmentFile(), "utf8")) as { merchants: { abilities: string[]; webhookKey?: unknown }[] }).merchants.map((one) => [one.abilities, one.webhookKey !== undefined]),
    bindings: (JSON.parse(readFileSync(join(bench.dir, "bindings.json"), "utf8")) as { merchants: { merchantId: string }[]; webhookKeys: unknown[] }[]).map((one) => [one.merchants.map((merchant) => merchant.merchantId), one.webhookKeys.length]),
  };
}

test("setup is cut at each of its calls, heard and unheard, and goes on", async () => {
  const whole: Cut = { calls: [] };
  expect(await run(ANSWERS(), cutAt(Infinity, false, whole))).toMatchObject({ code: 0 });
  const wanted = await state();
  expect(whole.calls.length).toBeGreaterThan(50);
  const wrong: unknown[] = [];
  for (let n = 1; n <= whole.calls.length; n++) {
    for (const isHeard of whole.calls[n - 1]?.startsWith("GET") === true ? [false] : [false, true]) {
      await afresh();
      const broken = await run(ANSWERS(), cutAt(n, isHeard));
      const isTold = broken.code === 1 && /_(unreachable|failed)$/.test(String(broken.json["code"])) && String(broken.json["remedy"]).endsWith(".");
      // What was answered once is in the file; before that the whole command is given again.
      const hasMerchant = (JSON.parse(readFileSync(environmentFile(), "utf8")) as { merchants: unknown[] }).merchants.length > 0;
      const again = await run(hasMerchant ? AGAIN : ANSWERS());
      const isWhole = again.code === 0 && JSON.stringify(await state()) === JSON.stringify(wanted);
      if (!isTold || !isWhole) wrong.push({ n, call: whole.calls[n - 1], isHeard, broken: broken.json, again: again.json, state: isWhole ? undefined : await state() });
    }
  }
  expect(wrong).toEqual([]);
}, 300_000);
