// Service protection: three limits by user in a sliding window, each with its code, its text and Retry-After; settable.
import { afterAll, beforeAll, afterEach, describe, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
beforeAll(async () => { o = await startOrganization(); });
afterAll(async () => { await o.close(); });
const NONE = { requests: 1_000_000, windowMs: 300_000, concurrent: 10_000, executionMs: Number.MAX_SAFE_INTEGER };
const limit = (limits: Record<string, number>): Promise<Answer> => o.sandbox("POST", "limits", { ...NONE, ...limits });
afterEach(async () => { await limit({}); });
const ask = (user = "finance"): Promise<Answer> => o.call(user, "GET", "accounts?$select=name");

describe("beyond a limit", () => {
  test.each<[string, Record<string, number>, string, string]>([
    ["requests", { requests: 6 }, "0x80072322", "Number of requests exceeded the limit of 6 over time window of 300 seconds."],
    ["concurrency", { concurrent: 0 }, "0x80072326", "Number of concurrent requests exceeded the limit of 0."],
    ["execution time", { executionMs: 0 }, "0x80072321", "Combined execution time of incoming requests exceeded limit of 0  milliseconds over time window of 300 seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later."],
  ])("%s", async (_name, limits, code, message) => {
    await limit(limits);
    const answers: Answer[] = [];
    for (let count = 0; count < 7; count++) answers.push(await ask());
    const last = answers.at(-1);
    expect([last?.status, last?.error.code, last?.error.message]).toEqual([429, code, message]);
    expect(last?.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(Number(last?.headers.get("retry-after"))).toBeLessThanOrEqual(300);
  });
});

test("one user's traffic is not another's, and the window ends", async () => {
  await limit({ requests: 1, windowMs: 5_000 });
  expect([(await ask()).status, (await ask("salesrep")).status, (await ask()).status]).toEqual([200, 200, 429]);
  let status = 429;
  for (let tries = 0; tries < 120 && status === 429; tries++) { await new Promise((resolve) => { setTimeout(resolve, 100); }); ({ status } = await ask()); }
  expect(status).toBe(200);
});

test("who impersonates spends his own", async () => {
  await limit({ requests: 1 });
  const asAnn = { mscrmcallerid: "b0000000-0000-4000-8000-000000000001" };
  expect([(await o.call("sysadmin", "GET", "WhoAmI", undefined, asAnn)).status, (await o.call("sysadmin", "GET", "WhoAmI", undefined, asAnn)).status, (await ask("salesrep")).status]).toEqual([200, 429, 200]);
});

test("a batch is one request, and every answer says what is left", async () => {
  await limit({ requests: 10, executionMs: 1_200_000 });
  const part = "--b\r\nContent-Type: application/http\r\n\r\nGET /api/data/v9.2/accounts?$select=name HTTP/1.1\r\n\r\n";
  const batch = await o.call("finance", "POST", "$batch", `${part}${part}${part}--b--`, { "content-type": "multipart/mixed;boundary=b" });
  expect([batch.status, batch.headers.get("x-ms-ratelimit-burst-remaining-xrm-requests")]).toEqual([200, "9"]);
  const next = await ask();
  expect(next.headers.get("x-ms-ratelimit-burst-remaining-xrm-requests")).toBe("8");
  expect(Number(next.headers.get("x-ms-ratelimit-time-remaining-xrm-requests"))).toBeLessThanOrEqual(1_200);
});
