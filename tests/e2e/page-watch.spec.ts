// Somebody puts a script into the payment page: the policy stops it, and who runs the relay is alarmed (PCI DSS 11.6.1). A payment without it is not.
import { expect, test } from "@playwright/test";
import { entryFrame, newOrder, openOrder, openTakePayment, sandbox, typeCard } from "./actors.ts";

const alarms = async (): Promise<number> => Number(/^cybs_alarms_total\{name="payment_page_changed"\} (\d+)/m.exec(await (await fetch(`${sandbox().relay}/metrics`)).text())?.[1] ?? 0);

test("a foreign script in the payment page is stopped and alarmed", async ({ page }) => {
  await openOrder(page, await newOrder(1801));
  await openTakePayment(page);
  await typeCard(page, "4111111111111111");
  expect(await alarms()).toBe(0);
  await entryFrame(page).locator("body").evaluate((body) => { const script = document.createElement("script"); script.src = "https://evil.example/skim.js"; body.append(script); });
  await expect.poll(alarms, { timeout: 20_000 }).toBeGreaterThan(0);
});
