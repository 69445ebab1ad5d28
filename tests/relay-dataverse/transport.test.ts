// What the relay does when Dataverse is slow, throttles, drops or talks nonsense.
import { describe, expect, test } from "@jest/globals";
import { asOrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import { ids, withAdapter } from "./adapter.ts";
import { failure, type Script } from "./batch-server.ts";

const who = { status: 200, body: { OrganizationId: ids.organizationId } };
const answer: Script["answer"] = (operation) => (operation.path.startsWith("WhoAmI") ? who : { status: 200, body: { Detail: { OrganizationType: "CustomerTest" } } });
const known = { kind: "read", organizationId: ids.organizationId, environmentType: "sandbox", at: expect.any(Number) };

describe("patience", () => {
  test.each([429, 503])("%i is obeyed for as long as Retry-After says", async (status) => {
    await withAdapter({
      answer,
      raw: (_request, response, attempt) => {
        if (attempt > 1) return false;
        response.writeHead(status, { "retry-after": "7" }).end("slow down");
        return true;
      },
    }, async ({ dataverse, slept }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual(known);
      expect(slept).toEqual([7_000]);
    });
  });

  test("a longer Retry-After than the budget is handed to the caller, and the next call does not ask before it is over", async () => {
    let asked = 0;
    await withAdapter({
      raw: (_request, response) => {
        asked += 1;
        response.writeHead(429, { "retry-after": "300" }).end();
        return true;
      },
    }, async ({ dataverse, slept }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual({ kind: "unavailable", cause: "answered 429", retryAfterMs: 300_000 });
      expect(await dataverse.identify(ids.organizationId)).toEqual({ kind: "unavailable", cause: "throttled", retryAfterMs: 300_000 });
      expect([asked, slept]).toEqual([1, []]);
    });
  });

  test("who waits at a screen is told sooner", async () => {
    await withAdapter({ raw: (_request, response) => (response.writeHead(503, { "retry-after": "7" }).end(), true) }, async ({ dataverse, slept }) => {
      expect(await dataverse.readRequest(ids)).toEqual({ kind: "unavailable", cause: "answered 503", retryAfterMs: 7_000 });
      expect(slept).toEqual([]);
    });
  });

  test("Retry-After may be a date, by Dataverse's own clock", async () => {
    await withAdapter({
      answer,
      raw: (_request, response, attempt) => {
        if (attempt > 1) return false;
        response.writeHead(503, { "retry-after": "Tue, 24 Nov 2020 10:00:09 GMT", date: "Tue, 24 Nov 2020 10:00:00 GMT" }).end();
        return true;
      },
    }, async ({ dataverse, slept }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual(known);
      expect(slept).toEqual([9_000]);
    });
  });

  test("one throttled operation throttles the batch", async () => {
    let attempt = 0;
    await withAdapter({ answer: (operation, all) => ((attempt += 1) === 1 ? { status: 429, headers: { "Retry-After": "3" }, body: failure(429, "0x80072322").body } : answer(operation, all)) }, async ({ dataverse, slept }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual(known);
      expect(slept).toEqual([3_000]);
    });
  });

  test.each([
    { name: "a dropped connection", spoil: (response: import("node:http").ServerResponse) => { response.destroy(); } },
    { name: "an answer cut in half", spoil: (response: import("node:http").ServerResponse) => { response.writeHead(200, { "content-type": "multipart/mixed; boundary=b" }).end("--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{"); } },
    { name: "a page of a proxy", spoil: (response: import("node:http").ServerResponse) => { response.writeHead(200, { "content-type": "text/html" }).end("<h1>Please sign in</h1>"); } },
    { name: "a bad gateway", spoil: (response: import("node:http").ServerResponse) => { response.writeHead(502).end(); } },
    { name: "an answer that never ends", spoil: (response: import("node:http").ServerResponse) => { response.writeHead(200, { "content-type": "multipart/mixed; boundary=b" }).write("x".repeat(70_000)); } },
  ])("$name is tried again, then given up within the budget", async ({ spoil }) => {
    await withAdapter({ answer, raw: (_request, response, attempt) => (attempt <= 2 ? (spoil(response), true) : false) }, async ({ dataverse, server }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual(known);
      expect(server.tokenRequests).toHaveLength(1);
    }, { limits: { responseBytesMax: 60_000, deadlineMs: 500 } });
    await withAdapter({ raw: (_request, response) => (spoil(response), true) }, async ({ dataverse, slept }) => {
      expect(await dataverse.identify(ids.organizationId)).toMatchObject({ kind: "unavailable", retryAfterMs: 5_000 });
      expect(slept.reduce((total, ms) => total + ms, 0)).toBeLessThanOrEqual(2_000);
    }, { limits: { responseBytesMax: 60_000, deadlineMs: 500, budgetMs: 2_000 } });
  });

  test.each([
    { status: 302, headers: { location: "https://evil.example/" } }, { status: 403, headers: {} }, { status: 404, headers: {} }, { status: 500, headers: {} },
  ])("$status is not repeated and no redirect is followed", async ({ status, headers }) => {
    let asked = 0;
    await withAdapter({ raw: (_request, response) => (asked += 1, response.writeHead(status, headers).end(), true) }, async ({ dataverse }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual({ kind: "unavailable", cause: `answered ${status}` });
      expect(asked).toBe(1);
    });
  });
});

describe("tokens", () => {
  test("one token serves many calls at once; a refused one is renewed once", async () => {
    const seen: (string | undefined)[] = [];
    await withAdapter({
      answer,
      raw: (request, response) => {
        seen.push(request.headers.authorization);
        if (request.headers.authorization !== "Bearer token-1" || seen.length <= 3) return false;
        response.writeHead(401).end();
        return true;
      },
    }, async ({ dataverse, server }) => {
      await Promise.all([1, 2, 3].map(() => dataverse.identify(ids.organizationId)));
      expect(server.tokenRequests).toHaveLength(1);
      expect(await dataverse.identify(ids.organizationId)).toEqual(known);
      expect(server.tokenRequests).toHaveLength(2);
      expect(new URLSearchParams(server.tokenRequests[0]).get("scope")).toBe(`${server.url}/.default`);
    });
  });

  test("a token that is refused twice is said to be, and nothing of it is logged", async () => {
    await withAdapter({ raw: (_request, response) => (response.writeHead(401).end(), true) }, async ({ dataverse, notes }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual({ kind: "unavailable", cause: "token refused (401)" });
      expect(JSON.stringify(notes)).not.toMatch(/token-\d|s3cret/);
    });
  });

  test("an organization that configuration does not know is not asked", async () => {
    await withAdapter({ answer }, async ({ dataverse, server }) => {
      expect(await dataverse.identify(asOrganizationId("ffffffff-0000-4000-8000-000000000001"))).toEqual({ kind: "unavailable", cause: "organization not configured" });
      expect(server.batches).toHaveLength(0);
    });
  });
});

describe("identify", () => {
  test.each([
    { type: "CustomerTest", expected: "sandbox" }, { type: 5, expected: "sandbox" }, { type: "Customer", expected: "production" }, { type: "Secondary", expected: "production" },
    { type: "Platform", expected: "unknown" }, { type: null, expected: "unknown" },
  ])("organization type $type is $expected", async ({ type, expected }) => {
    await withAdapter({ answer: (operation) => (operation.path.startsWith("WhoAmI") ? who : { status: 200, body: { Detail: { OrganizationType: type } } }) }, async ({ dataverse }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual({ ...known, environmentType: expected });
    });
  });

  test("without that function the type is unknown, the organization is not", async () => {
    await withAdapter({ answer: (operation) => (operation.path.startsWith("WhoAmI") ? who : failure(404, "0x8006088a")) }, async ({ dataverse }) => {
      expect(await dataverse.identify(ids.organizationId)).toEqual({ ...known, environmentType: "unknown" });
    });
  });
});
