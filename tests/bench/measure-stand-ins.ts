// How fast the stand-ins are, so that no other figure measures them: requests a second over TLS (stand-ins in a process of their own, signed calls
// from this one), a page out of 100,000 orders, and the start with an imported solution.
import { createHmac, createHash, randomUUID } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { openDataverse, type OpenDataverse } from "../sandbox/dataverse/start.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import { startChild } from "./child.ts";
import type { Figure } from "./figure.ts";
import { median, round } from "./median.ts";

const root = join(import.meta.dirname, "..", "..");
const [SECONDS, CONNECTIONS, ORDERS, PAGES] = [5, 16, 100_000, 21];

interface Ready { readonly kind: "ready"; readonly dataverse: string; readonly cybersource: string; readonly caFile: string; readonly token: string; readonly path: string; readonly merchant: { readonly id: string; readonly keyId: string; readonly sharedSecret: string } }
type Send = (url: string, options: { readonly method: string; readonly headers: Record<string, string>; readonly body: string }) => Promise<number>;

function sender(caFile: string): { readonly send: Send; readonly close: () => void } {
  const agent = new https.Agent({ keepAlive: true, ca: readFileSync(caFile), maxSockets: CONNECTIONS });
  return {
    close: () => { agent.destroy(); },
    send: (url, { method, headers, body }) => new Promise((resolve, reject) => {
      const request = https.request(url, { method, agent, headers: { ...headers, "content-length": String(Buffer.byteLength(body)) } }, (response) => { response.resume().on("end", () => { resolve(response.statusCode ?? 0); }); });
      request.on("error", reject);
      request.end(body);
    }),
  };
}

async function perSecond(call: () => Promise<number>, expected: number): Promise<number> {
  let done = 0;
  const until = performance.now() + SECONDS * 1000;
  const pump = async (): Promise<void> => { while (performance.now() < until) { if (await call() !== expected) throw new Error("a stand-in answered something else"); done += 1; } };
  await Promise.all(Array.from({ length: CONNECTIONS }, pump));
  return done / SECONDS;
}

function signed({ merchant, cybersource }: Ready, body: string): Record<string, string> {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const { host } = new URL(cybersource);
  const claims = { digest: createHash("sha256").update(body).digest("base64"), digestAlgorithm: "SHA-256", iat, exp: iat + 120, "request-host": host, "request-method": "post", "request-resource-path": "/pts/v2/payments", iss: merchant.id, jti: randomUUID(), "v-c-jwt-version": "2", "v-c-merchant-id": merchant.id };
  const text = `${encode({ alg: "HS256", kid: merchant.keyId, typ: "JWT" })}.${encode(claims)}`;
  return { host, authorization: `Bearer ${text}.${createHmac("sha256", Buffer.from(merchant.sharedSecret, "base64")).update(text).digest("base64url")}`, "content-type": "application/json" };
}

async function measureRequests(): Promise<readonly Figure[]> {
  const child = startChild<Ready>("stand-ins.ts");
  try {
    const ready = await child.next((message): message is Ready => (message as { readonly kind?: unknown }).kind === "ready");
    const { send, close } = sender(ready.caFile);
    const read = (): Promise<number> => send(`${ready.dataverse}${ready.path}`, { method: "GET", headers: { authorization: `Bearer ${ready.token}`, accept: "application/json" }, body: "" });
    let count = 0;
    const pay = (): Promise<number> => {
      const body = JSON.stringify({ clientReferenceInformation: { code: `B-${++count}` }, paymentInformation: { card: { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031" } }, orderInformation: { amountDetails: { totalAmount: "5.00", currency: "USD" } } });
      return send(`${ready.cybersource}/pts/v2/payments`, { method: "POST", headers: signed(ready, body), body });
    };
    const [reads, payments] = [await perSecond(read, 200), await perSecond(pay, 201)];
    close();
    const figure = (name: string, value: number): Figure => ({ name, value: round(value, 0), unit: "/s", goal: ">= 1000", holds: value >= 1_000 });
    return [figure("Dataverse stand-in: GET of a row by id over TLS", reads), figure("Cybersource stand-in: signed authorization over TLS", payments)];
  } finally {
    await child.stop();
  }
}

const callOf = (open: OpenDataverse) => (method: string, path: string, body?: unknown): ReturnType<OpenDataverse["answer"]> => open.answer({ method, url: `/api/data/v9.2/${path}`, headers: { authorization: `Bearer ${open.tokens["sysadmin"] ?? ""}`, "content-type": "application/json" }, body: Buffer.from(body === undefined ? "" : JSON.stringify(body)) });

async function measureLongTable(): Promise<readonly Figure[]> {
  const open = openDataverse({ clock: createClock(), seed: 1 });
  open.organization.baseUrl = "https://dataverse.example";
  const call = callOf(open);
  const accounts: string[] = [];
  for (let index = 0; index < 100; index++) accounts.push(/\(([0-9a-f-]{36})\)/.exec((await call("POST", "accounts", { name: `Account ${index}` })).headers?.["odata-entityid"] ?? "")?.[1] ?? "");
  const began = performance.now();
  for (let index = 0; index < ORDERS; index++) await call("POST", "salesorders", { name: `Order ${index}`, freightamount: (index * 7_919) % 1_000, "customerid_account@odata.bind": `/accounts(${accounts[index % accounts.length] ?? ""})` });
  const loadSeconds = (performance.now() - began) / 1000;
  const query = `salesorders?$select=name,totalamount&$filter=${encodeURIComponent("totalamount gt 500 and statecode eq 0")}&$orderby=totalamount desc,name&$expand=customerid_account($select=name)&$top=50`;
  const times: number[] = [];
  for (let round_ = 0; round_ < PAGES; round_++) {
    const from = performance.now();
    if ((await call("GET", query)).status !== 200) throw new Error("the page was refused");
    times.push(performance.now() - from);
  }
  const page = median(times);
  return [
    { name: "Dataverse stand-in: 100,000 orders created over the Web API", value: round(loadSeconds, 1), unit: "s", holds: true },
    { name: "Dataverse stand-in: page of 50 of them, filtered, sorted, expanded, p50", value: round(page, 1), unit: "ms", goal: "<= 50", holds: page <= 50 },
  ];
}

async function measureStart(): Promise<Figure> {
  const [zip] = globSync("solution/dist/CybersourcePayments_*_managed.zip", { cwd: root }).sort().reverse();
  if (zip === undefined) throw new Error("no solution zip: npm run pack");
  const from = performance.now();
  const open = openDataverse({ clock: createClock(), seed: 1 });
  const reply = await open.answer({ method: "POST", url: "/_sandbox/import", headers: {}, body: readFileSync(join(root, zip)) });
  if (reply.status !== 200) throw new Error(String(reply.body));
  const seconds = (performance.now() - from) / 1000;
  return { name: "Dataverse stand-in: start with the imported solution", value: round(seconds), unit: "s", goal: "<= 5", holds: seconds <= 5 };
}

export async function measureStandIns(): Promise<readonly Figure[]> {
  return [await measureStart(), ...await measureLongTable(), ...await measureRequests()];
}
