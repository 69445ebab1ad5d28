// The laws that keep the packer byte-faithful: positions are exact, and what is not edited stays as it is.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { applyEdits, childrenNamed, decodeText, readXml, type XmlElement } from "@cybs/packer";

const name = fc.stringMatching(/^[A-Za-z][\w.-]{0,8}$/);
const text = fc.string().map((value) => value.replace(/[<>&\]]/g, ""));
const attributes = fc.dictionary(name, text.map((value) => value.replaceAll("\"", "")), { maxKeys: 3, noNullPrototype: true })
  .map((all) => Object.entries(all).map(([key, value]) => ` ${key}="${value}"`).join(""));
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.tuple(name, attributes, fc.oneof({ depthSize: "small", withCrossShrink: true }, text, fc.array(tie("element"), { maxLength: 3 }).map((all) => all.join("\n")), fc.constant("<!-- <not> an </element> -->"), fc.constant("<![CDATA[<neither>]]>")))
    .map(([tag, attrs, inner]) => (inner === "" ? `<${tag}${attrs} />` : `<${tag}${attrs}>${inner}</${tag}>`)),
}));

const all = (one: XmlElement): XmlElement[] => [one, ...one.children.flatMap(all)];

describe("reading XML with positions", () => {
  test("gives each element the exact slice of text that is its own", () => {
    fc.assert(fc.property(element, (xml) => {
      for (const one of all(readXml(`<?xml version="1.0"?>\n<!-- x -->${xml}\n`))) {
        const slice = `<?xml version="1.0"?>\n<!-- x -->${xml}\n`.slice(one.start, one.end);
        expect(readXml(slice).name).toBe(one.name);
        expect(slice.startsWith(`<${one.name}`) && (one.isSelfClosing ? slice.endsWith("/>") : slice.endsWith(`</${one.name}>`))).toBe(true);
      }
    }));
  });

  test("leaves every byte that is not edited in its place", () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.tuple(fc.nat(40), fc.nat(5), fc.string()), { maxLength: 5 }), (before, cuts) => {
      let at = 0;
      const edits = cuts.map(([skip, length, replacement]) => {
        const start = Math.min(at + skip, before.length);
        const end = Math.min(start + length, before.length);
        at = end;
        return { start, end, text: replacement };
      });
      const expected = edits.reduceRight((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), before);
      expect(applyEdits(before, edits)).toBe(expected);
    }));
  });

  test.each([["<a><b></a></b>", /closes nothing/], ["<a>", /never closed/], ["", /exactly one root/], ["<a/><b/>", /exactly one root/]])("refuses %s", (xml, says) => {
    expect(() => readXml(xml)).toThrow(says);
  });

  test("decodes references and keeps what it does not know", () => {
    expect(decodeText("&lt;&#65;&#x42;&amp;&nbsp;")).toBe("<AB&&nbsp;");
  });

  test("finds children, not grandchildren, by name", () => {
    expect(childrenNamed(readXml("<a><b/><c><b/></c><b/></a>"), "b")).toHaveLength(2);
  });
});
