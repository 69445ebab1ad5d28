// Pictures of what people see, and what axe says about it. With PICTURES=1 the pictures of the READMEs are written anew.
import { existsSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

const fileOf = (place: string, name: string): string => new URL(`../../${place}/${name}.png`, import.meta.url).pathname;
/** Only what the documents show already is written there; a new one begins as an empty file. */
const folder = (name: string): string => (process.env["PICTURES"] === "1" && existsSync(fileOf("docs/pictures", name)) ? fileOf("docs/pictures", name) : fileOf("tests/test-results/pictures", name));

/** Of the dialog alone, or of what is given. */
export async function takePicture(page: Page, name: string, of: Locator = page.getByRole("dialog")): Promise<void> {
  await of.screenshot({ path: folder(name), scale: "css", animations: "disabled" });
}

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * Our own page: every rule axe has. All frames, the relay's and Cybersource's too: WCAG 2.2 A and AA.
 * In high contrast the browser paints other colours than the ones axe reads (getComputedStyle tells the author's, CSS Color Adjustment §3.1):
 * there the contrast is the system's as long as nothing of ours opts out of it (Fluent does, for system colours of its own), and that is what is checked instead.
 */
export async function expectAccessible(page: Page, within = ".dialog"): Promise<void> {
  const isForced = await page.evaluate(() => matchMedia("(forced-colors: active)").matches);
  if (isForced) expect(await page.evaluate(() => {
    const hasText = (one: Element): boolean => [...one.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && (child.textContent ?? "").trim() !== "");
    return [...document.querySelectorAll("body *")].filter((one) => hasText(one) && one.closest("[class*='ms-']") === null && getComputedStyle(one).getPropertyValue("forced-color-adjust") === "none").map((one) => one.outerHTML);
  })).toEqual([]);
  const axe = (): AxeBuilder => new AxeBuilder({ page }).include(within).disableRules(isForced ? ["color-contrast"] : []);
  const own = await axe().exclude(["iframe"]).analyze();
  // Without frames the first look has seen everything already.
  const inFrames = page.frames().length > 1 ? (await axe().withTags(WCAG).analyze()).violations : [];
  const said = [...own.violations, ...inFrames].map((violation) => `${violation.id}: ${violation.nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).join("; ")}`);
  expect(said).toEqual([]);
}
