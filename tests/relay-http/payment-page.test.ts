// The payment page checks itself (PCI DSS 11.6.1): what a page tells of itself is alarmed, and the relay looks at its own page as browsers get it.
import { afterEach, describe, expect, test } from "@jest/globals";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { asOrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import { lookAtPaymentPage } from "../../plugin-proxy/src/flows/look-at-payment-page.ts";
import { receivePageReport } from "../../plugin-proxy/src/flows/receive-page-report.ts";
import { readPublicPage } from "../../plugin-proxy/src/http/read-public-page.ts";
import type { Report } from "../../plugin-proxy/src/ports/reporter.ts";
import { json, organization, startTestServer, type TestServer } from "./relay-server.ts";

let server: TestServer;
const alarms: { name: string; report: Report }[] = [];
const counted: string[] = [];
const reporter = { info: () => undefined, alarm: (name: string, report: Report) => { alarms.push({ name, report }); }, count: (name: string, labels: Readonly<Record<string, string>>) => { counted.push(`${name} ${labels["kind"] ?? ""}`); } };
afterEach(async () => { alarms.length = 0; counted.length = 0; await server.close(); });

const headers = { "content-type": "application/json" };
const tell = (body: unknown, more: Record<string, string> = {}) => server.send({ method: "POST", path: "/card-entry/reports", headers: { ...headers, ...more }, body: json(body) });
const start = () => startTestServer({ receivePageReport: (seen) => { receivePageReport({ reporter }, seen); } });

describe("what the page tells", () => {
  test("is alarmed with kind, tag and origin", async () => {
    server = await start();
    expect(await tell({ organizationId: organization, kind: "script", what: "script https://evil.example" })).toMatchObject({ status: 202, json: {} });
    expect(alarms).toEqual([{ name: "payment_page_changed", report: { organizationId: organization, kind: "script", reason: "script https://evil.example" } }]);
  });

  test("of a browser's extension is only counted; of a stranger's organization nothing is", async () => {
    server = await start();
    await tell({ organizationId: organization, kind: "extension", what: "script chrome-extension:" });
    expect(await tell({ organizationId: "0a000000-0000-4000-8000-0000000000ff", kind: "script", what: "script inline" })).toMatchObject({ status: 202 });
    expect(alarms).toEqual([]);
    expect(counted).toEqual(["page_reports extension"]);
  });

  test.each([
    ["another origin", {}, { origin: "https://evil.example" }, "origin_not_allowed"], ["contents instead of an origin", { what: "x".repeat(201) }, {}, "invalid_request"],
    ["a kind nobody knows", { kind: "other" }, {}, "invalid_request"], ["a card number", { what: "script 4111111111111111" }, {}, "card_number_refused"],
  ])("%s is refused", async (_name, body, more, code) => {
    server = await start();
    expect((await tell({ organizationId: organization, kind: "script", what: "script inline", ...body }, more)).json["code"]).toBe(code);
    expect(alarms).toEqual([]);
  });

  test("a flood is stopped", async () => {
    server = await start();
    const answers = await Promise.all(Array.from({ length: 61 }, () => tell({ organizationId: organization, kind: "script", what: "script inline" })));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  });
});

describe("what arrives at the public address", () => {
  /** Stands before the relay and changes what passes. */
  async function through(change: (path: string, answer: { text: string; headers: Record<string, string> }) => void, run: (url: string) => Promise<void>): Promise<void> {
    const proxy = http.createServer((request, response) => {
      void server.send({ method: "GET", path: request.url ?? "/" }).then((answer) => {
        const out = { text: answer.text, headers: Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !/^(content-length|transfer-encoding|connection|keep-alive)$/.test(name)).map(([name, value]) => [name, String(value)])) };
        change(request.url ?? "/", out);
        response.writeHead(answer.status, out.headers);
        response.end(out.text);
      });
    });
    await new Promise<void>((resolve) => { proxy.listen(0, "127.0.0.1", resolve); });
    try { await run(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`); } finally { await new Promise((resolve) => { proxy.close(resolve); proxy.closeAllConnections(); }); }
  }
  const look = (url: string) => lookAtPaymentPage({ reporter }, { served: (path) => server.answerTo(path), seen: readPublicPage(url, undefined) }, asOrganizationId(organization));

  test("is the same: nothing is said", async () => {
    server = await start();
    await through(() => undefined, async (url) => { expect(await look(url)).toEqual([]); });
    expect(alarms).toEqual([]);
  });

  test.each<[string, (path: string, answer: { text: string; headers: Record<string, string> }) => void, RegExp]>([
    ["a script put into the page", (path, answer) => { if (!path.includes("assets")) answer.text += "<script src='https://evil.example/x.js'></script>"; }, /^\/card-entry\/[\w-]+: other contents$/],
    ["another script file", (path, answer) => { if (path.endsWith(".js")) answer.text += "/**/"; }, /\.js: other contents$/],
    ["a weaker policy", (_path, answer) => { if (answer.headers["content-security-policy"]?.includes("script-src") === true) answer.headers["content-security-policy"] = "script-src *"; }, /header content-security-policy$/],
  ])("%s is alarmed", async (_name, change, says) => {
    server = await start();
    await through(change, async (url) => { expect(await look(url)).toEqual([expect.stringMatching(says)]); });
    expect(alarms).toEqual([{ name: "payment_page_changed", report: { organizationId: organization, kind: "seen", reason: expect.stringMatching(says) } }]);
  });

  test("cannot be reached from here: nothing is said", async () => {
    server = await start();
    expect(await look("http://127.0.0.1:9")).toEqual([]);
  });
});
