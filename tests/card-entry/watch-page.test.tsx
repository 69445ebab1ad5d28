// What the card-entry page notices in itself, and what belongs there.
import { beforeEach, describe, expect, test } from "@jest/globals";
import { watchPage, type Foreign, type PageWatch } from "../../plugin-proxy/card-entry/src/watch-page.ts";

const OWN = "https://relay.example/card-entry/assets/0123456789abcdef.js";
const FLEX = "https://flex.cybersource.com/microform/v2/flex.js";
let told: Foreign[];
let page: Document;
let watch: PageWatch;
const settle = async (): Promise<void> => { for (let turn = 0; turn < 5; turn++) await Promise.resolve(); };
function add(tag: string, attributes: Readonly<Record<string, string>>, into: ParentNode = page.body): Element {
  const element = page.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  into.append(element);
  return element;
}
beforeEach(() => {
  told = [];
  page = document.implementation.createHTMLDocument("Card entry");
  add("script", { src: OWN, integrity: "sha384-own" }, page.head);
  watch = watchPage(page, OWN, (foreign) => { told.push(foreign); });
});

describe("belongs to the page", () => {
  test("its own script, the library that the capture context names, and frames of the library's origin", async () => {
    watch.allow(FLEX, "sha256-flex");
    add("script", { src: FLEX, integrity: "sha256-flex" }, page.head);
    add("iframe", { src: "https://flex.cybersource.com/field" });
    add("iframe", {});
    await settle();
    expect(told).toEqual([]);
  });
});

describe("does not belong, and is told once", () => {
  test.each<[string, string, Readonly<Record<string, string>>, Foreign]>([
    ["a script from elsewhere", "script", { src: "https://evil.example/x.js?card=1" }, { kind: "script", what: "script https://evil.example" }],
    ["the library with another hash", "script", { src: FLEX, integrity: "sha256-other" }, { kind: "script", what: "script https://flex.cybersource.com" }],
    ["our own address without a hash", "script", { src: OWN }, { kind: "script", what: "script https://relay.example" }],
    ["a script in the text", "script", {}, { kind: "script", what: "script inline" }],
    ["a frame from elsewhere", "iframe", { src: "https://evil.example/form" }, { kind: "frame", what: "iframe https://evil.example" }],
    ["a form", "form", { action: "https://evil.example/take" }, { kind: "form", what: "form https://evil.example" }],
    ["an extension's script", "script", { src: "chrome-extension://abc/x.js" }, { kind: "extension", what: "script chrome-extension:" }],
  ])("%s", async (_name, tag, attributes, foreign) => {
    watch.allow(FLEX, "sha256-flex");
    add(tag, attributes);
    add(tag, attributes);
    await settle();
    expect(told).toEqual([foreign]);
  });

  test("also deep inside something that was added, and at most five in all", async () => {
    const box = page.createElement("div");
    for (let n = 0; n < 9; n++) add("iframe", { src: `https://evil${n}.example/` }, box);
    page.body.append(box);
    await settle();
    expect(told).toHaveLength(5);
  });

  test("what the policy stopped", () => {
    page.dispatchEvent(Object.assign(new Event("securitypolicyviolation"), { blockedURI: "https://evil.example/x.js", effectiveDirective: "script-src-elem", sourceFile: "" }));
    expect(told).toEqual([{ kind: "policy", what: "script-src-elem https://evil.example" }]);
  });

  test("what was in the page before it was watched", () => {
    add("script", { src: "https://evil.example/early.js" }, page.head);
    const early: Foreign[] = [];
    watchPage(page, OWN, (foreign) => { early.push(foreign); });
    expect(early).toEqual([{ kind: "script", what: "script https://evil.example" }]);
  });
});
