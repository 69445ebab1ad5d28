// What the payment page's inspection finds: files that are not what the page declares, scripts that have no business there, weak policies.
import { describe, expect, test } from "@jest/globals";
import { compareInventories, inspectPage, integrityOf, takeInventory, type PageFacts } from "../../admin/src/plans/page-inventory.ts";

const script = "void 0;";
const facts = (change: (facts: { -readonly [Name in keyof PageFacts]: PageFacts[Name] }) => void = () => undefined): PageFacts => {
  const made = {
    page: { url: "https://relay.example/card-entry/o", status: 200, text: '<!doctype html><script src="/a.js" integrity="x"></script>', headers: { "content-security-policy": "default-src 'none'; script-src https://relay.example/a.js; frame-src https://flex.example" } },
    assets: [{ url: "https://relay.example/card-entry/assets/0123456789abcdef.js", status: 200, text: script, headers: {}, declared: integrityOf(script), kind: "script" as const }], flexOrigins: ["https://flex.example"], takenAt: "2026-11-25T00:00:00Z",
  };
  change(made);
  return made;
};

describe("inspection", () => {
  test("a page as it should be has no fault", () => { expect(inspectPage(facts())).toEqual([]); });

  test.each<[string, Parameters<typeof facts>[0], RegExp]>([
    ["a file that is not the declared one", (page) => { page.assets = page.assets.map((asset) => ({ ...asset, text: "steal();" })); }, /not the one whose hash/],
    ["a script in the page's text", (page) => { page.page = { ...page.page, text: `${page.page.text}<script>steal()</script>` }; }, /script in its own text/],
    ["an inline handler", (page) => { page.page = { ...page.page, text: '<body onload="steal()">' }; }, /inline event handler/],
    ["no policy", (page) => { page.page = { ...page.page, headers: {} }; }, /no content security policy/],
    ["a policy with unsafe-inline", (page) => { page.page = { ...page.page, headers: { "content-security-policy": "script-src 'unsafe-inline'" } }; }, /inline or eval/],
    ["scripts from anywhere", (page) => { page.page = { ...page.page, headers: { "content-security-policy": "script-src https: *" } }; }, /from anywhere/],
  ])("%s is found", (_name, change, fault) => { expect(inspectPage(facts(change)).join()).toMatch(fault); });
});

describe("comparison", () => {
  const before = takeInventory(facts());
  test("a new build's name is no new file, its content is a change", () => {
    const now = takeInventory(facts((page) => { page.assets = page.assets.map((asset) => ({ ...asset, url: asset.url.replace("0123456789abcdef", "fedcba9876543210"), text: "void 1;" })); }));
    expect(compareInventories(before, now)).toEqual([expect.stringMatching(/^changed: /)]);
  });
  test("a further frame, a lost header and another page are named", () => {
    const now = takeInventory(facts((page) => { page.flexOrigins = [...page.flexOrigins, "https://evil.example"]; page.page = { ...page.page, text: "<p>", headers: {} }; }));
    expect(compareInventories(before, now)).toEqual(["the page's HTML has changed", "new: https://evil.example", expect.stringContaining("header content-security-policy")]);
  });
});
