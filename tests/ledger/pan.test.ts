// PAN-shaped text is found however people write it, ids and amounts are not taken for one, and no text makes the search slow.
import { createHash, randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createDerivation } from "../../plugin-proxy/src/crypto/derive-ids.ts";
import { containsPan } from "../../plugin-proxy/src/crypto/pan.ts";
import { asOrganizationId, asPaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";

const NUMBERS = ["4111111111111111", "5555555555554444", "2223000048400011", "378282246310005", "6011111111111117", "3530111333300000", "30569309025904", "6304000000000000", "4222222222222"];
const grouped = (number: string, separator: string): string => number.replace(/(.{4})(?=.)/g, `$1${separator}`);

describe("a card number is found", () => {
  test.each(NUMBERS)("plain, grouped and inside text: %s", (number) => {
    for (const text of [number, grouped(number, " "), grouped(number, "-"), grouped(number, "."), grouped(number, " - "), grouped(number, "\u00a0"), number.replace(/(?=.)/g, " "), `card ${number}!`, `PAN${number}x`, `{"note":"${number}"}`]) {
      expect({ text, found: containsPan(text) }).toEqual({ text, found: true });
    }
  });

  test.each([
    ["with its expiry and code behind it", "4111 1111 1111 1111 12/27 123"], ["with a count before it", "2 x 4111 1111 1111 1111"], ["with a number before it", "12 4111111111111111"],
    ["in full-width digits", "４１１１１１１１１１１１１１１１"], ["split by invisible characters", "4111\u200b1111\u200b1111\u200b1111"], ["over two lines", "4111 1111\n1111 1111"],
  ])("%s", (_how, text) => { expect(containsPan(text)).toBe(true); });

  test("wherever it stands among words", () => {
    const words = fc.array(fc.constantFrom("please", "charge", "Ann's", "card", "thanks", "äöü", "()"), { maxLength: 20 });
    fc.assert(fc.property(words, words, fc.constantFrom(...NUMBERS), fc.constantFrom("", " ", "-"), (before, after, number, separator) => containsPan([...before, grouped(number, separator), ...after].join(" "))));
  });
});

describe("what is no card number is let through", () => {
  test.each(["", "4111111111111112", "1234567890123456", "+1 (425) 555-0100", "2026-11-24T10:00:00.000Z", "1763978400000", "SO-2026-000123", "VAT DE123456789", "411111111111111"])("%s", (text) => {
    expect(containsPan(text)).toBe(false);
  });

  test("100,000 of our own ids", () => {
    const derivation = createDerivation("a key of the test's own");
    const organizationId = asOrganizationId("00000000-0000-4000-8000-0000000000aa");
    const found: string[] = [];
    for (let index = 0; index < 25_000; index++) {
      const paymentRequestId = asPaymentRequestId(`${String(index).padStart(8, "0")}-0000-4000-8000-000000000001`);
      const query = { organizationId, paymentRequestId, step: "claim", attempt: 1 };
      for (const id of [derivation.effectId(organizationId, paymentRequestId, "claim"), derivation.merchantReference(query), derivation.transactionId(query), randomUUID()]) if (containsPan(id)) found.push(id);
    }
    expect(found).toEqual([]);
  });

  test("hashes in hexadecimal", () => {
    const found = Array.from({ length: 5_000 }, (_, index) => createHash("sha256").update(`${index}`).digest("hex")).filter(containsPan);
    expect(found).toEqual([]);
  });
});

/** The quickest of some runs: what else the machine does only ever adds to it. */
function quickestMs(text: string): number {
  const runs = Array.from({ length: 5 }, () => {
    const started = performance.now();
    containsPan(text);
    return performance.now() - started;
  });
  return Math.max(Math.min(...runs), 0.05);
}

test.each(["1 ", "4 ", "4", "444444444444x", "4-   ", "a", "1a", "4\u200b"])("sixteen times as much of %j, the worst there is, takes about sixteen times as long, not its square", (piece) => {
  const small = quickestMs(piece.repeat(4_096 / piece.length));
  const large = quickestMs(piece.repeat(65_536 / piece.length));
  expect(large / small).toBeLessThan(100);
});
