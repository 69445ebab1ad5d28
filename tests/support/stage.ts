// A stage for flow tests: both stand-ins in this process, the relay in processes of its own that can be killed, people who write rows.
// Everything goes over HTTP, as it would outside.
import { createHash, createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { globSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { startCybersource } from "../sandbox/cybersource/start.ts";
import { relayClient, startDataverse } from "../sandbox/dataverse/start.ts";
import { createDemoData, createOrder, type DemoData } from "../sandbox/demo-data.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock, type BusinessClock } from "../sandbox/kit/clock.ts";
import { relayEnvironment } from "../sandbox/relay-environment.ts";
import { startRelayProcess, type RelayProcess } from "../sandbox/relay-process.ts";
import { createWebApi, type WebApi } from "../sandbox/web-api.ts";

export const CHOICE = 727_000_000;
const root = join(import.meta.dirname, "..", "..");

export interface LedgerLine { readonly id: string; readonly kind: string; readonly amount: string; readonly currency: string; readonly merchantReference: string; readonly transactionId: string | null; readonly parentId: string | null; readonly state: string }
export type Row = Readonly<Record<string, unknown>>;

export interface Stage {
  readonly clock: BusinessClock;
  readonly demo: DemoData;
  readonly dataverse: { readonly url: string; readonly httpUrl: string; readonly organizationId: string };
  readonly cybersource: { readonly url: string; readonly browserUrl: string; readonly merchant: { readonly id: string; readonly keyId: string; readonly sharedSecret: string } };
  readonly relayUrl: string;
  readonly env: Readonly<Record<string, string>>;
  readonly caFile: string;
  as(user: string): WebApi;
  token(user: string): string;
  startRelay(more?: Readonly<Record<string, string>>): Promise<RelayProcess>;
  /** A relay beside the first, on another port. */
  startSecondRelay(more?: Readonly<Record<string, string>>): Promise<RelayProcess>;
  ledger(): Promise<readonly LedgerLine[]>;
  calls(): Promise<readonly { method: string; path: string; code?: string; transactionId?: string; lines?: readonly Row[]; purchaseLevel?: string }[]>;
  rows(table: string): Promise<readonly Row[]>;
  fault(part: "dataverse" | "cybersource", rule: unknown): Promise<void>;
  settings(settings: unknown): Promise<void>;
  /** A fresh order of Fabrikam, owned by the sales rep. */
  order(price: number, currency?: string): Promise<string>;
  savedCard(more?: { readonly number?: string; readonly account?: string }): Promise<string>;
  close(): Promise<void>;
}

/** How long until the clock on the wall of a zone shows this time ("17:30"); milliseconds, at most a day. */
export function untilTimeOfDay(now: Date, time: string, timeZone = "UTC"): number {
  const minuteOf = (ms: number): string => new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
  const start = Math.ceil(now.getTime() / 60_000) * 60_000;
  for (let ms = start; ms < start + 25 * 3_600_000; ms += 60_000) if (minuteOf(ms) === time) return ms - now.getTime();
  throw new Error(`${time} does not come in ${timeZone}`);
}

/** The first of nine free ports in a row. */
export async function freePorts(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    // Below the ports that the system gives to outgoing connections.
    const base = 12_000 + Math.floor(Math.random() * 18_000);
    const free = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7, 8].map((offset) => new Promise<boolean>((resolve) => {
      const server = net.createServer().once("error", () => { resolve(false); }).listen(base + offset, "localhost", () => { server.close(() => { resolve(true); }); });
    })));
    if (free.every(Boolean)) return base;
  }
  throw new Error("no free ports");
}

/** Looks often enough for a test. */
export const QUICK = { LEASE_MS: "1500", SWEEP_IDLE_MS: "1000", SWEEP_WAITING_MS: "1000", SWEEP_AFTER_SESSION_MS: "1000", LOG_LEVEL: process.env["STAGE_LOG"] ?? "silent" };

/**
 * For tests that wait until bytes can no longer arrive: the rules are the same, only the waiting is short. An attempt that is overdue for longer than
 * a signature's life is not trusted any more (recovery rules §3 row 2), so that moving the clock past it makes it unknown.
 */
export const SHORT_FENCE = { SIGNATURE_LIFE_MS: "5000", FENCE_SKEW_MS: "500", RESPONSE_DEADLINE_MS: "5000" };

/** `at`: the time of day in UTC ("09:00") at which the business clock starts, so that a test of the day's batch does not depend on when it is run. */
export async function startStage(options: { readonly databaseUrl?: string; readonly searchLagMs?: number; readonly at?: string } = {}): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), "cybs-stage-"));
  const base = await freePorts();
  const clock = createClock(options.at === undefined ? 0 : untilTimeOfDay(new Date(), options.at));
  const tls = await issueCertificates(dir);
  const dataverse = await startDataverse({ port: base + 3, httpPort: base + 5, tls, clock, seed: 7 });
  const cybersource = await startCybersource({ port: base + 4, browserPort: base + 2, tls, clock, seed: 7, say: () => undefined });
  const httpUrl = dataverse.httpUrl ?? "";
  const zip = globSync("solution/dist/CybersourcePayments_*_managed.zip", { cwd: root })[0];
  if (zip === undefined) throw new Error("no solution zip: npm run pack");
  const imported = await fetch(`${httpUrl}/_sandbox/import`, { method: "POST", body: new Uint8Array(readFileSync(join(root, zip))) });
  if (!imported.ok) throw new Error(await imported.text());
  const relayUrl = `http://localhost:${base + 1}`;
  const as = (user: string): WebApi => createWebApi(httpUrl, dataverse.tokens[user] ?? "");
  const demo = await createDemoData({ api: as("sysadmin"), relayUrl, merchantId: cybersource.merchant.id });
  const env = { ...relayEnvironment({ options: { json: false, portBase: base, dataDir: dir, isTemporary: true, databaseUrl: options.databaseUrl, seed: 7, withRelay: false }, ports: (part) => base + { host: 0, relay: 1, cybersourceBrowser: 2, dataverse: 3, cybersource: 4, dataverseHttp: 5, relayControl: 6 }[part], dataverse, relayClient, cybersource, caFile: tls.caFile, hostUrl: `http://localhost:${base}`, relayUrl }), ...QUICK };
  const relays: RelayProcess[] = [];
  const start = async (more: Readonly<Record<string, string>>): Promise<RelayProcess> => { const relay = await startRelayProcess({ ...env, ...more }); relays.push(relay); return relay; };
  const controls = [base + 6, base + 8];
  clock.onMove(async (offsetMs) => { await Promise.all(controls.map((port) => fetch(`http://127.0.0.1:${port}/clock`, { method: "POST", body: JSON.stringify({ offsetMs }) }).catch(() => undefined))); });
  const sandbox = async (url: string, path: string, body: unknown): Promise<void> => { await fetch(`${url}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) }); };
  await sandbox(cybersource.browserUrl, "settings", { searchLagMs: options.searchLagMs ?? 100 });
  const get = async (url: string): Promise<unknown> => (await fetch(url)).json();
  return {
    clock, demo, dataverse: { ...dataverse, httpUrl }, cybersource, relayUrl, env, caFile: tls.caFile, as, token: (user) => dataverse.tokens[user] ?? "",
    startRelay: (more = {}) => start(more),
    startSecondRelay: (more = {}) => start({ ...more, PORT: String(base + 7), RELAY_CONTROL_PORT: String(base + 8) }),
    ledger: async () => await get(`${cybersource.browserUrl}/_sandbox/ledger`) as LedgerLine[],
    calls: async () => await get(`${cybersource.browserUrl}/_sandbox/requests`) as { method: string; path: string }[],
    rows: async (table) => await get(`${httpUrl}/_sandbox/rows?table=${table}`) as Row[],
    // Each stand-in has one fault plan for both of its ports.
    fault: (part, rule) => sandbox(part === "dataverse" ? httpUrl : cybersource.browserUrl, "faults", rule),
    settings: (settings) => sandbox(cybersource.browserUrl, "settings", settings),
    order: (price, currency = "USD") => createOrder(as("sysadmin"), { name: `Order ${randomUUID().slice(0, 8)}`, accountId: demo.accounts["Fabrikam, Inc."] ?? "", currency, ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price }] }),
    savedCard: (more = {}) => createSavedCard({ api: as("sysadmin"), cybersource, caFile: tls.caFile, accountId: demo.accounts[more.account ?? "Fabrikam, Inc."] ?? "", number: more.number ?? "4111111111111111" }),
    close: async () => {
      await Promise.all(relays.map((relay) => relay.stop().catch(() => undefined)));
      await Promise.all([dataverse.close(), cybersource.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

type Gateway = Pick<Stage["cybersource"], "url" | "merchant">;

/** One signed call, made by hand: the tests do not borrow the product's signer. */
export async function signedCall(cybersource: Gateway, caFile: string, call: { readonly method: string; readonly path: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }): Promise<{ status: number; body: Row }> {
  const host = new URL(cybersource.url).host;
  const text = call.body === undefined ? undefined : JSON.stringify(call.body);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const claims = { ...(text === undefined ? {} : { digest: createHash("sha256").update(text).digest("base64"), digestAlgorithm: "SHA-256" }), iat, exp: iat + 60, "request-host": host, "request-method": call.method.toLowerCase(), "request-resource-path": call.path, iss: cybersource.merchant.id, jti: randomUUID(), "v-c-jwt-version": "2", "v-c-merchant-id": cybersource.merchant.id };
  const unsigned = `${encode({ alg: "HS256", kid: cybersource.merchant.keyId, typ: "JWT" })}.${encode(claims)}`;
  const jwt = `${unsigned}.${createHmac("sha256", Buffer.from(cybersource.merchant.sharedSecret, "base64")).update(unsigned).digest("base64url")}`;
  return new Promise((resolve, reject) => {
    const request = https.request(`${cybersource.url}${call.path}`, { method: call.method, ca: readFileSync(caFile), headers: { ...call.headers, host, authorization: `Bearer ${jwt}`, "content-type": "application/json", ...(text === undefined ? {} : { "content-length": Buffer.byteLength(text) }) } }, (response) => {
      let answer = "";
      response.on("data", (chunk: Buffer) => { answer += chunk.toString("utf8"); });
      response.on("end", () => { resolve({ status: response.statusCode ?? 0, body: /^\s*\{/.test(answer) ? JSON.parse(answer) as Row : { text: answer } }); });
    });
    request.once("error", reject);
    request.end(text);
  });
}

/** A token at Cybersource and its row, of the demo data's merchant account. */
export async function createSavedCard(input: { api: WebApi; cybersource: Gateway; caFile: string; accountId: string; number: string }): Promise<string> {
  const call = (path: string, body: unknown) => signedCall(input.cybersource, input.caFile, { method: "POST", path, body });
  const identifier = await call("/tms/v1/instrumentidentifiers", { card: { number: input.number } });
  const customer = await call("/tms/v2/customers", { buyerInformation: { merchantCustomerID: input.accountId } });
  const instrument = await call(`/tms/v2/customers/${String(customer.body["id"])}/payment-instruments`, { card: { expirationMonth: "12", expirationYear: "2031", type: "001" }, instrumentIdentifier: { id: identifier.body["id"] }, billTo: {} });
  const [account] = await input.api.find("cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq 'Fabrikam Group USD'");
  return input.api.create("cybs_paymentmethods", {
    "ownerid@odata.bind": "/systemusers(b0000000-0000-4000-8000-000000000001)", cybs_name: `Visa •••• ${input.number.slice(-4)}`, "cybs_CustomerId_account@odata.bind": `/accounts(${input.accountId})`, "cybs_MerchantAccountId@odata.bind": `/cybs_merchantaccounts(${String(account?.["cybs_merchantaccountid"])})`,
    cybs_tmscustomerid: customer.body["id"], cybs_paymentinstrumentid: instrument.body["id"], cybs_instrumentidentifierid: identifier.body["id"], cybs_brand: CHOICE, cybs_lastfour: input.number.slice(-4), cybs_expirymonth: 12, cybs_expiryyear: 2031, cybs_state: CHOICE,
  });
}

export interface RequestInput { readonly orderId: string; readonly amount: number; readonly cardId?: string; readonly by?: string; readonly minutes?: number; readonly more?: Readonly<Record<string, unknown>>; readonly state?: number }

/** A request row as the card picker writes it for a saved card. Returns its id. */
export async function request(stage: Stage, input: RequestInput): Promise<string> {
  const [currency] = await stage.as("sysadmin").find(`salesorders?$select=name,_transactioncurrencyid_value&$filter=salesorderid eq ${input.orderId}`);
  return stage.as(input.by ?? "salesrep").create("cybs_paymentrequests", {
    "cybs_SalesOrderId@odata.bind": `/salesorders(${input.orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(currency?.["_transactioncurrencyid_value"])})`,
    cybs_action: CHOICE, cybs_amount: input.amount, cybs_method: input.cardId === undefined ? CHOICE + 1 : CHOICE, cybs_channel: CHOICE, cybs_savecard: false, cybs_state: input.state ?? CHOICE + 1,
    ...(input.cardId === undefined ? {} : { "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${input.cardId})` }),
    cybs_validuntil: new Date(stage.clock.now().getTime() + (input.minutes ?? 15) * 60_000).toISOString(), ...input.more,
  });
}

/** Waits until `read` gives something, at most `ms`. */
export async function eventually<T>(read: () => Promise<T | undefined>, ms = 15_000): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    const found = await read();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error("it did not happen in time");
    await delay(50);
  }
}

/** The transaction rows of a request once the first is final (or in one of `states`, as offsets of the choice). */
export const settled = (stage: Stage, requestId: string, states: readonly number[] = [], ms?: number): Promise<readonly Row[]> => eventually(async () => {
  const rows = (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === requestId);
  const main = rows.find((row) => row["cybs_parentid"] === null || row["cybs_parentid"] === undefined);
  if (main === undefined) return undefined;
  return main["cybs_isfinal"] === true || states.includes(Number(main["cybs_status"]) - CHOICE) ? rows : undefined;
}, ms);

export const statusOf = (rows: readonly Row[]): number => Number(rows.find((row) => row["cybs_parentid"] === null || row["cybs_parentid"] === undefined)?.["cybs_status"]) - CHOICE;
