// npm run demo: three payments in a real browser, headless, then what Dataverse's rows say beside what Cybersource's ledger says.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { ensureDebian } from "../support/ensure-debian.ts";
import { readOptions } from "../sandbox/options.ts";
import { startSandbox } from "../sandbox/start.ts";
import { cybersourceHttp, newOrder, openOrder, openTakePayment, pay, rows, sandbox, typeCard, type LedgerLine } from "../e2e/actors.ts";

const textIn = (value: unknown): string => (typeof value === "string" ? value : "");
const say = (text: string): void => { process.stdout.write(`${text}\n`); };
const CHOICE = 727_000_000;
const KINDS = ["claim", "authorization", "sale", "capture", "increment", "reversal", "void", "refund", "credit", "timeout reversal", "timeout void", "token", "case decision"];
const STATES = ["in progress", "approved", "review", "partial", "declined", "refused", "unknown", "absent", "undone", "expired", "withdrawn"];

async function takeOne(page: Page, what: string, price: number, card: string | undefined, heading: RegExp): Promise<void> {
  await openOrder(page, await newOrder(price, sandbox().demo.accounts["Fabrikam, Inc."]));
  await openTakePayment(page);
  if (card !== undefined) {
    await typeCard(page, card);
    if (!heading.source.includes("Declined")) await page.getByLabel(/Save this card/).check();
  }
  await pay(page);
  await page.getByRole("heading", { name: heading }).waitFor({ timeout: 20_000 });
  say(`  ✔ ${what}`);
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")}`).join("\n");
}

async function showTimeline(): Promise<void> {
  const ledger = await (await fetch(`${cybersourceHttp()}/_sandbox/ledger`)).json() as (LedgerLine & { id: string; currency: string })[];
  const transactions = [...await rows("cybs_paymenttransaction")].sort((left, right) => String(left["createdon"]).localeCompare(String(right["createdon"])));
  const lines = transactions.map((row) => {
    const found = ledger.find((line) => line.id === row["cybs_requestid"]);
    return [
      String(row["cybs_occurredon"]).slice(11, 19), KINDS[Number(row["cybs_type"]) - CHOICE] ?? "", STATES[Number(row["cybs_status"]) - CHOICE] ?? "", Number(row["cybs_amount"] ?? 0).toFixed(2), textIn(row["cybs_reason"]) || textIn(row["cybs_approvalcode"]),
      found === undefined ? "no money effect" : `${found.kind} ${found.amount} ${found.currency} (${found.state})`, textIn(row["cybs_merchantreference"]),
    ];
  });
  say(`\n${table([["time", "transaction", "Dataverse", "amount", "code or reason", "Cybersource's ledger", "merchant reference"], ...lines])}\n`);
}

async function main(): Promise<void> {
  ensureDebian(["chromium"]);
  const folder = mkdtempSync(join(tmpdir(), "cybs-demo-"));
  process.env["LOG_LEVEL"] ??= "silent";
  const started = await startSandbox({ ...readOptions(["--port-base", "9270"]), dataDir: folder }, say);
  process.env["SANDBOX"] = JSON.stringify(started.interface);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ locale: "en-US" });
    say("\nAnn Weiler takes three payments:");
    await takeOne(page, "a new card, saved with consent: approved", 1240, "4111111111111111", /Payment approved/);
    await takeOne(page, "the saved card: approved", 50, undefined, /Payment approved/);
    await takeOne(page, "another card: declined by the bank", 480, "4000000000000002", /Declined/);
    await showTimeline();
  } finally {
    await browser.close();
    await started.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(() => process.exit(0), (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exit(1);
});
