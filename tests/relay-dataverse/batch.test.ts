// The `$batch` codec and exact money: laws, garbage and hostile values.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseExactJson } from "../../plugin-proxy/src/dataverse/exact-json.ts";
import { readBatch } from "../../plugin-proxy/src/dataverse/read-batch.ts";
import { fromColumn, isWritable, toColumn } from "../../plugin-proxy/src/dataverse/rows/money-columns.ts";
import { textValue } from "../../plugin-proxy/src/dataverse/rows/write-values.ts";
import { writeBatch } from "../../plugin-proxy/src/dataverse/write-batch.ts";

const part = (status: number, body: string): string => `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 ${status} OK\r\nOData-Version: 4.0\r\n\r\n${body}\r\n`;
const whole = (parts: readonly string[]): string => `${parts.map((text) => `--batchresponse_a\r\n${text}`).join("")}--batchresponse_a--\r\n`;
const type = "multipart/mixed; boundary=batchresponse_a";

describe("the reader of batches", () => {
  test("gives every part its own status, and a change set its parts", () => {
    const set = `Content-Type: multipart/mixed; boundary="changesetresponse_b"\r\n\r\n--changesetresponse_b\r\n${part(204, "")}--changesetresponse_b\r\n${part(201, "{\"a\":1.50}")}--changesetresponse_b--\r\n`;
    expect(readBatch(type, whole([part(200, "{\"value\":[]}"), set, part(404, "{\"error\":{}}")]))).toMatchObject([
      { kind: "part", part: { status: 200, body: { value: [] } } },
      { kind: "committed", parts: [{ status: 204, body: undefined }, { status: 201, body: { a: "1.50" } }] },
      { kind: "part", part: { status: 404 } },
    ]);
  });

  test("line feeds alone and quoted boundaries are the same", () => {
    const text = whole([part(200, "{\"a\":\"b\"}")]);
    expect(readBatch("multipart/mixed;boundary=\"batchresponse_a\"", text.replaceAll("\r\n", "\n"))).toEqual(readBatch(type, text));
  });

  test("an answer without its end is no answer, wherever it was cut", () => {
    const text = whole([part(200, "{\"value\":[]}"), part(200, "{\"value\":[{}]}")]).trimEnd();
    fc.assert(fc.property(fc.integer({ min: 0, max: text.length - 3 }), (at) => readBatch(type, text.slice(0, at)) === undefined));
  });

  test("garbage is never an exception", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (contentType, text) => {
      readBatch(contentType, text);
      readBatch(type, `--batchresponse_a\n${text}\n--batchresponse_a--`);
      return true;
    }), { numRuns: 500 });
  });
});

describe("the writer of batches", () => {
  test("no value can end a part or add a header", () => {
    const evil = "\r\n--batch_cybs--\r\nGET /evil HTTP/1.1\r\n";
    const text = writeBatch([{ kind: "change_set", changes: [{ method: "POST", path: "rows", body: { evil } }] }, { kind: "read", path: `rows?$filter=name eq '${evil}'` }]);
    expect(text).not.toContain("\nGET /evil");
    expect(text.split("--batch_cybs--")).toHaveLength(4);
    expect(text.split("\r\n--batch_cybs--\r\n")).toHaveLength(2);
  });
});

describe("money across the wire", () => {
  test("every amount of up to 15 digits comes back as it went, in every currency", () => {
    fc.assert(fc.property(fc.bigInt(-999_999_999_999_999n, 999_999_999_999_999n), fc.constantFrom("USD", "JPY", "KWD", "CLF"), (minor, currency) => {
      const json = JSON.stringify({ amount: toColumn({ minor, currency }) });
      const read = parseExactJson(json)?.value as { amount: string | number };
      return fromColumn(String(read.amount), currency)?.minor === minor;
    }), { numRuns: 2_000 });
  });

  test("a number keeps its digits wherever it stands, and text that looks like one stays text", () => {
    const digits = "1234567890123456";
    const read = (json: string): unknown => parseExactJson(json)?.value;
    expect(read(`{"a":1.50,"b":[2.50,3],"c": 4.50,"é":5.50,"d":-${digits},"e":1E5,"f":7}`)).toEqual({ a: "1.50", b: ["2.50", 3], c: "4.50", é: "5.50", d: `-${digits}`, e: "1E5", f: 7 });
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.constantFrom('x":1.50,', ':1.50}', '\\":2.5,', "a, 3.5", "\\"), fc.integer()), { noNullPrototype: true }), (value) => {
      expect(read(JSON.stringify({ ...value, amount: "0" }).replace('"amount":"0"', '"amount":0.10'))).toEqual({ ...value, amount: "0.10" });
    }));
    for (const none of ['{"a":01.5}', '{"a":1.}', '{"a":.5}', '{"a":1.5', '{"a":1.5]']) expect(parseExactJson(none)).toBeUndefined();
  });

  test.each([[999_999_999_999_999n, true], [1_000_000_000_000_000n, false], [-1_000_000_000_000_000n, false]] as const)("%s minor units can be written: %s", (minor, expected) => {
    expect(isWritable({ minor, currency: "USD" })).toBe(expected);
  });
});

test("text is cut to its column and never through the middle of a character", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), fc.integer({ min: 2, max: 20 }), (text, max) => {
    const cut = textValue(text, max) ?? "";
    return cut.length <= max && !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(cut);
  }));
});
