// Both stand-ins answer without a socket, on a clock and a network that are handed to them: what a simulation of everything needs.
import { createHash, createHmac, randomUUID } from "node:crypto";
import { expect, test } from "@jest/globals";
import { openCybersource } from "../sandbox/cybersource/open.ts";
import { openDataverse } from "../sandbox/dataverse/start.ts";
import { createClock, type BusinessClock } from "../sandbox/kit/clock.ts";
import type { Call, Reply } from "../sandbox/kit/faults.ts";
import { payment } from "./merchant.ts";

const START_MS = Date.UTC(2026, 2, 1);
/** Time that stands still until it is told to move. */
const stillClock = (): BusinessClock => createClock(0, () => START_MS);
const call = (method: string, url: string, headers: Call["headers"], body = ""): Call => ({ method, url, headers, body: Buffer.from(body) });
const json = (reply: Reply): Record<string, unknown> => JSON.parse(String(reply.body ?? "{}")) as Record<string, unknown>;

test("Cybersource takes a payment at a time that is not now", async () => {
  const clock = stillClock();
  const { answer, merchant } = await openCybersource({ clock, seed: 3, say: () => undefined });
  const body = JSON.stringify(payment("12.00"));
  const signed = (at: number): Call => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const iat = Math.floor(at / 1000);
    const claims = { digest: createHash("sha256").update(body).digest("base64"), digestAlgorithm: "SHA-256", iat, exp: iat + 120, "request-host": "cybersource.example", "request-method": "post", "request-resource-path": "/pts/v2/payments", iss: merchant.id, jti: randomUUID(), "v-c-jwt-version": "2", "v-c-merchant-id": merchant.id };
    const text = `${encode({ alg: "HS256", kid: merchant.keyId, typ: "JWT" })}.${encode(claims)}`;
    return call("POST", "/pts/v2/payments", { host: "cybersource.example", authorization: `Bearer ${text}.${createHmac("sha256", Buffer.from(merchant.sharedSecret, "base64")).update(text).digest("base64url")}` }, body);
  };
  const reply = await answer(signed(START_MS));
  expect([reply.status, json(reply)["submitTimeUtc"]]).toEqual([201, "2026-03-01T00:00:00Z"]);
  expect((await answer(signed(Date.now()))).status).toBe(401);
});

test("Dataverse answers and calls a webhook through what it was given, when its time has come", async () => {
  const clock = stillClock();
  const posted: string[] = [];
  const waiting: (() => void)[] = [];
  const dataverse = openDataverse({ clock, seed: 3, outside: { later: (_ms, work) => { waiting.push(work); }, post: (url) => { posted.push(url); return Promise.resolve(200); } } });
  dataverse.organization.baseUrl = "https://dataverse.example";
  const ask = async (method: string, path: string, body?: unknown): Promise<Reply> => dataverse.answer(call(method, `/api/data/v9.2/${path}`, { authorization: `Bearer ${dataverse.tokens["sysadmin"] ?? ""}`, "content-type": "application/json" }, body === undefined ? "" : JSON.stringify(body)));
  const made = async (set: string, row: unknown): Promise<string> => /\(([0-9a-f-]{36})\)/.exec((await ask("POST", set, row)).headers?.["odata-entityid"] ?? "")?.[1] ?? "";
  const first = async (path: string, id: string): Promise<string> => String((json(await ask("GET", path))["value"] as Record<string, unknown>[])[0]?.[id]);
  const endpoint = await made("serviceendpoints", { name: "hook", url: "https://hook.example/", contract: 8, authtype: 5, authvalue: '<settings><setting name="key" value="1" /></settings>' });
  const message = await first("sdkmessages?$filter=name eq 'Create'", "sdkmessageid");
  const filter = await first(`sdkmessagefilters?$filter=primaryobjecttypecode eq 'account' and _sdkmessageid_value eq ${message}`, "sdkmessagefilterid");
  await made("sdkmessageprocessingsteps", { name: "step", mode: 1, stage: 40, "eventhandler_serviceendpoint@odata.bind": `/serviceendpoints(${endpoint})`, "sdkmessageid@odata.bind": `/sdkmessages(${message})`, "sdkmessagefilterid@odata.bind": `/sdkmessagefilters(${filter})` });
  const account = await made("accounts", { name: "Contoso" });
  expect([account.length, posted]).toEqual([36, []]);
  for (const work of waiting.splice(0)) work();
  expect(posted).toEqual(["https://hook.example/"]);
  expect(json(await ask("GET", `accounts(${account})?$select=createdon`))["createdon"]).toBe("2026-03-01T00:00:00Z");
});
