// Every control and every page of the app, four times: from right to left, in high contrast, in German, and inside somebody else's page. Each time it
// is there, says what it says in that language, nothing sticks out sideways, and axe finds nothing. The pictures of the READMEs are taken here.
import { expect, test, type FrameLocator, type Locator, type Page } from "@playwright/test";
import { serve } from "../sandbox/kit/serve.ts";
import { newOrder, sandbox } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { newShopper, payByRow, recordUrl, UNKNOWN, type RowPayment, type Shopper } from "./paid.ts";

let shopper: Shopper;
let held: RowPayment;
let sold: RowPayment;
let openOrderId = "";
test.beforeAll(async () => {
  shopper = await newShopper();
  held = await payByRow(shopper, 940, { kind: "authorization" });
  sold = await payByRow(shopper, 950);
  await payByRow(shopper, 6031, { until: UNKNOWN });
  openOrderId = await newOrder(960, shopper.customerId);
});

type Place = Page | FrameLocator;
interface Surface {
  readonly name: string;
  /** Where it is; the query comes behind. */
  readonly url: () => string;
  /** What has to be done on the page before it is shown. */
  readonly open?: (place: Place) => Promise<void>;
  readonly within: string;
  /** What is to be seen before it is looked at: text alone may stand there unseen while something is still read. */
  readonly shows?: (place: Place) => Locator;
  /** Something that it says, in both languages. */
  readonly says: RegExp;
  readonly german: RegExp;
  readonly pictures?: readonly string[];
}
const press = (name: RegExp) => async (place: Place): Promise<void> => { await place.getByRole("button", { name }).first().click(); await place.getByRole("dialog").waitFor(); };
const app = (more: string, as = "sysadmin"): string => `${sandbox().host}/main.aspx?app=cybs_CybersourcePayments&as=${as}${more}`;
const FORMS = { orderPayments: "621d3184-f083-473b-b17e-b9f07296e618", savedCards: "96cb3e7b-f7e7-45e1-a06a-a9d00c45fc20", incomplete: "b31e3a00-43bd-4073-8c05-cd5c8e54b40f" };
const bulk = async (place: Place): Promise<void> => { await place.getByRole("row").filter({ hasText: /940[.,]00/ }).first().getByRole("checkbox").check(); await press(/^(Capture|Einziehen)$/)(place); };

const SURFACES: readonly Surface[] = [
  { name: "card picker", url: () => recordUrl("salesorder", openOrderId, "salesrep"), open: press(/^(Take payment|Zahlung annehmen)$/), within: ".dialog", shows: (place) => place.getByRole("radio", { name: /New card|Neue Karte/ }), says: /New card|Neue Karte/, german: /Neue Karte/, pictures: ["card-picker", "take-payment"] },
  { name: "capture panel", url: () => recordUrl("cybs_payment", held.id, "salesrep"), open: press(/^(Capture|Einziehen)$/), within: ".dialog", says: /940/, german: /Betrag/ },
  { name: "refund panel", url: () => recordUrl("cybs_payment", sold.id, "refundagent"), open: press(/Give money back|Geld zurückgeben/), within: ".dialog", says: /950/, german: /Betrag/ },
  { name: "payment status", url: () => recordUrl("salesorder", sold.orderId, "salesrep", `&formid=${FORMS.orderPayments}`), within: ".cybs-panel, .cybs-status", says: /950/, german: /Verkauf|Genehmigt|Bezahlt|Offen/, pictures: ["payment-status"] },
  { name: "payment timeline", url: () => recordUrl("cybs_payment", sold.id, "salesrep"), open: async (place) => { await place.getByRole("tab", { name: /What happened|Was geschah/ }).click(); }, within: ".cybs-timeline", says: /950/, german: /JSON/ },
  { name: "saved cards", url: () => recordUrl("cybs_paymentmethod", shopper.cardId, "salesrep", `&formid=${FORMS.savedCards}`), within: ".cybs-panel", says: /1111/, german: /Entfernen|Umbenennen|Standard/, pictures: ["saved-cards"] },
  { name: "incomplete payments", url: () => app(`&pagetype=entityrecord&etn=cybs_operatordecision&formid=${FORMS.incomplete}`), within: ".cybs-panel", says: /6[.,]031/, german: /Noch keine Antwort von Cybersource\. Nehmen Sie für diesen Beleg keine weitere Zahlung an.*Noch keine Antwort von Cybersource \(Verkauf über 6\.031,00 USD\)/s, pictures: ["incomplete-payments"] },
  { name: "bulk run", url: () => app("&pagetype=entitylist&etn=cybs_payment", "salesrep"), open: bulk, within: ".dialog", shows: (place) => place.getByRole("button", { name: /(capture|einziehen).*940/i }), says: /940/, german: /Betrag|Zahlung/, pictures: ["bulk-run"] },
  { name: "dashboard", url: () => app(""), within: "main", says: /Payments today|Zahlungen heute/, german: /Zahlungen heute/ },
  { name: "list of payments", url: () => app("&pagetype=entitylist&etn=cybs_payment"), within: "main", says: /ORD-|PR-/, german: /Zahlung/ },
  { name: "form of a payment", url: () => recordUrl("cybs_payment", sold.id, "finance"), within: "main", says: /950/, german: /Zahlung/ },
  { name: "form of a refund limit", url: () => app("&pagetype=entityrecord&etn=cybs_refundlimit", "configurator"), within: "main", says: /Refund|Erstattung/, german: /Erstattung/ },
];

/** Every name is the list that axe and people see; the innermost of what `within` names. */
const area = (place: Place, surface: Surface): Locator => place.locator(surface.within).last();
async function show(page: Page, surface: Surface, query: string): Promise<void> {
  await page.goto(surface.url() + query);
  await surface.open?.(page);
  await expect(surface.shows?.(page) ?? area(page, surface)).toBeVisible({ timeout: 20_000 });
  await expect(area(page, surface)).toContainText(surface.says, { timeout: 20_000 });
}
const sticksOut = (locator: Locator): Promise<number> => locator.evaluate((element) => element.scrollWidth - element.clientWidth);

for (const surface of SURFACES) {
  test.describe(surface.name, () => {
    test("from right to left", async ({ page }) => {
      await show(page, surface, "&dir=rtl");
      expect(await area(page, surface).evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
      expect(await sticksOut(area(page, surface))).toBeLessThanOrEqual(0);
      await expectAccessible(page, surface.within);
    });

    test("in high contrast", async ({ page }) => {
      await page.emulateMedia({ forcedColors: "active" });
      await show(page, surface, "");
      await expectAccessible(page, surface.within);
    });

    test("in German", async ({ page }) => {
      await show(page, surface, "&lcid=1031");
      await expect(area(page, surface)).toContainText(surface.german);
      await expectAccessible(page, surface.within);
    });

    test("inside somebody else's page", async ({ page }) => {
      const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another site</title></head><body><h1>Another site</h1><iframe title="Dynamics 365" style="border:0;width:100%;height:800px" src="${surface.url().replaceAll("&", "&amp;")}"></iframe></body></html>`;
      const site = await serve({ port: Number(new URL(sandbox().host).port) + 17, handler: (_request, response) => { response.setHeader("content-type", "text/html; charset=utf-8"); response.end(html); } });
      try {
        await page.goto(site.url);
        const framed = page.frameLocator("iframe[title='Dynamics 365']");
        await surface.open?.(framed);
        await expect(surface.shows?.(framed) ?? area(framed, surface)).toBeVisible({ timeout: 20_000 });
        await expect(area(framed, surface)).toContainText(surface.says, { timeout: 20_000 });
        await expect(framed.getByRole("alert").filter({ hasText: /cannot|blocked|not allowed/i })).toHaveCount(0);
      } finally {
        await site.close();
      }
    });

    if (surface.pictures !== undefined) {
      test("as its README shows it", async ({ page }) => {
        await show(page, surface, "");
        for (const picture of surface.pictures ?? []) await takePicture(page, picture, area(page, surface));
      });
    }
  });
}
