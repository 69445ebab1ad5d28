// What a sales rep does on the screen, in the words of the screen.
import { type Page, type FrameLocator } from "@playwright/test";
import { createOrder } from "../sandbox/demo-data.ts";
import { createWebApi } from "../sandbox/web-api.ts";
import type { SandboxInterface } from "../sandbox/start.ts";
import { workerIndex } from "./ports.ts";

/** The file's own, else the worker's. */
export const sandbox = (): SandboxInterface => {
  const own = process.env["SANDBOX"];
  if (own !== undefined) return JSON.parse(own) as SandboxInterface;
  const ofWorker = (JSON.parse(process.env["SANDBOXES"] ?? "[]") as readonly SandboxInterface[])[workerIndex()];
  if (ofWorker === undefined) throw new Error("no sandbox was started for this worker");
  return ofWorker;
};
const httpOf = (url: string, offset: number): string => { const parsed = new URL(url); return `http://localhost:${Number(parsed.port) + offset}`; };
/** The plain-http sides of the stand-ins, for questions that no person asks. */
export const dataverseHttp = (): string => httpOf(sandbox().dataverse, 2);
export const cybersourceHttp = (): string => httpOf(sandbox().cybersource, -2);

const admin = () => createWebApi(dataverseHttp(), sandbox().tokens["sysadmin"] ?? "");
const ADDRESS = { address1_line1: "1 Market St", address1_city: "San Francisco", address1_stateorprovince: "CA", address1_postalcode: "94105", address1_country: "US" };

/** A customer of the test's own, without saved cards: what one test leaves behind is no other's concern. Owned by the administrator, or by whoever must see it as his own. */
export async function newCustomer(name = "Northwind Traders", ownerKey?: string): Promise<string> {
  const [owner] = ownerKey === undefined ? [] : await admin().find(`systemusers?$select=systemuserid&$filter=startswith(domainname,'${ownerKey}@')`);
  return admin().create("accounts", { name, emailaddress1: "billing@northwind.example", telephone1: "+1 415 555 0100", ...ADDRESS, ...(owner === undefined ? {} : { "ownerid@odata.bind": `/systemusers(${String(owner["systemuserid"])})` }) });
}

/** An order of one line for `price`, of the customer given by id, else of a new one. */
export async function newOrder(price: number, customerId?: string, ownerKey = "salesrep"): Promise<string> {
  return createOrder(admin(), { name: `Order of ${price}`, accountId: customerId ?? await newCustomer(), currency: "USD", ownerKey, lines: [{ name: "Thing", quantity: 1, price }] });
}

export async function openOrder(page: Page, orderId: string, options: { readonly as?: string; readonly more?: string } = {}): Promise<void> {
  await page.goto(`${sandbox().host}/main.aspx?etn=salesorder&id=${orderId}&pagetype=entityrecord&as=${options.as ?? "salesrep"}${options.more ?? ""}`);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

export async function openTakePayment(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Take payment" }).click();
  await page.getByRole("dialog", { name: "Take payment" }).waitFor();
}

export const entryFrame = (page: Page): FrameLocator => page.frameLocator("iframe.cybs-frame");

export async function typeCard(page: Page, number: string, code = "123"): Promise<void> {
  const newCard = page.getByRole("radio", { name: "New card" });
  await newCard.check();
  await entryFrame(page).frameLocator("iframe[title='Card number']").getByLabel("Card number").pressSequentially(number);
  await entryFrame(page).frameLocator("iframe[title='Security code']").getByLabel("Security code").fill(code);
  await page.getByLabel("Month", { exact: true }).fill("12");
  await page.getByLabel("Year", { exact: true }).fill("31");
}

export const pay = (page: Page): Promise<void> => page.getByRole("button", { name: /^(Charge|Authorize) / }).click();

export interface LedgerLine { readonly kind: string; readonly amount: string; readonly state: string; readonly merchantReference: string }
export const ledgerOf = async (amount: string): Promise<readonly LedgerLine[]> => ((await (await fetch(`${cybersourceHttp()}/_sandbox/ledger`)).json()) as LedgerLine[]).filter((line) => line.amount === amount);
export const rows = async (table: string): Promise<readonly Record<string, unknown>[]> => (await (await fetch(`${dataverseHttp()}/_sandbox/rows?table=${table}`)).json()) as Record<string, unknown>[];

/** Settings of the gateway's stand-in; whoever changes one puts it back. */
export const tellGateway = (settings: unknown): Promise<unknown> => fetch(`${cybersourceHttp()}/_sandbox/settings`, { method: "POST", body: JSON.stringify(settings) });
/** How long Cybersource's search is behind: two seconds as a rule; none for tests that give back what was captured a moment ago. */
export const SEARCH_LAG_MS = 2_000;
