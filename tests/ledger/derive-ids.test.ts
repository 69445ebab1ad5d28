// Derived ids: the same for ever, different for every step and attempt, unique in what processors leave of them.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createDerivation, uuidV5 } from "../../plugin-proxy/src/crypto/derive-ids.ts";
import { createSealer, hasher } from "../../plugin-proxy/src/crypto/seal.ts";
import { asOrganizationId, asPaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";

const derivation = createDerivation("a key of the test's own");
const STEPS = ["claim", "capture-1", "capture-12", "incremental_authorization-1", "authorization_reversal-1", "authorization_reversal-2", "void-1", "refund-3", "timeout_reversal-1", "timeout_void-1", "token_creation-1", "case_decision-1"];
const query = fc.record({ organizationId: fc.uuid().map(asOrganizationId), paymentRequestId: fc.uuid().map(asPaymentRequestId), step: fc.constantFrom(...STEPS), attempt: fc.integer({ min: 1, max: 5 }) });

describe("references and transaction ids", () => {
  test("are the same from the same key, and others from another", () => {
    fc.assert(fc.property(query, (of) => {
      expect(createDerivation("a key of the test's own").merchantReference(of)).toBe(derivation.merchantReference(of));
      expect(createDerivation("another key").transactionId(of)).not.toBe(derivation.transactionId(of));
    }));
  });

  test("hold only what every processor takes, and are short enough", () => {
    fc.assert(fc.property(query, (of) => {
      expect(derivation.merchantReference(of)).toMatch(/^[A-Z0-9-]{16,50}$/);
      expect(derivation.transactionId(of)).toMatch(/^[A-Z0-9]{16}$/);
    }));
  });

  test("differ between all steps and attempts of many requests, in their first 15 characters too", () => {
    const organizationId = asOrganizationId("00000000-0000-4000-8000-0000000000aa");
    const seen = { references: new Set<string>(), cut: new Set<string>(), transactions: new Set<string>(), effects: new Set<string>() };
    const requests = 300;
    for (let index = 0; index < requests; index++) {
      const paymentRequestId = asPaymentRequestId(`${String(index).padStart(8, "0")}-0000-4000-8000-000000000001`);
      for (const step of STEPS) {
        seen.effects.add(derivation.effectId(organizationId, paymentRequestId, step));
        for (let attempt = 1; attempt <= 5; attempt++) {
          const of = { organizationId, paymentRequestId, step, attempt };
          seen.references.add(derivation.merchantReference(of));
          seen.cut.add(derivation.merchantReference(of).slice(0, 15));
          seen.transactions.add(derivation.transactionId(of));
        }
      }
    }
    const sends = requests * STEPS.length * 5;
    expect([seen.references.size, seen.cut.size, seen.transactions.size, seen.effects.size]).toEqual([sends, sends, sends, requests * STEPS.length]);
  });

  test("row ids are UUIDs of version 5", () => {
    fc.assert(fc.property(fc.array(fc.string(), { minLength: 1 }), (parts) => { expect(uuidV5(...parts)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/); }));
  });
});

describe("a sealed box", () => {
  const sealer = createSealer(() => ["0123456789abcdef"]);

  test("gives back what was put in, and shows nothing of it", () => {
    fc.assert(fc.property(fc.string({ minLength: 4, unit: "grapheme" }), (plain) => {
      const box = sealer.seal(plain, "row-1");
      expect(sealer.open(box, "row-1")).toBe(plain);
      expect(Buffer.from(box).includes(plain)).toBe(false);
    }));
  });

  test("opens for nobody else: another key, another row, a changed byte, no box at all", () => {
    const box = sealer.seal("secret", "row-1");
    expect(createSealer(() => ["another key of sixteen"]).open(box, "row-1")).toBeUndefined();
    expect(sealer.open(box, "row-2")).toBeUndefined();
    for (let index = 0; index < box.length; index++) expect(sealer.open(box.map((byte, at) => (at === index ? byte ^ 1 : byte)), "row-1")).toBeUndefined();
    expect(sealer.open(new Uint8Array(3), "row-1")).toBeUndefined();
  });

  test("opens while keys are exchanged, and is sealed with the new one from then on", () => {
    let keys: readonly [string, ...string[]] = ["0123456789abcdef"];
    const exchanged = createSealer(() => keys);
    const old = exchanged.seal("old", "row-1");
    keys = ["fedcba9876543210", "0123456789abcdef"];
    const fresh = exchanged.seal("fresh", "row-1");
    expect([exchanged.open(old, "row-1"), exchanged.open(fresh, "row-1")]).toEqual(["old", "fresh"]);
    keys = ["fedcba9876543210"];
    expect([exchanged.open(old, "row-1"), exchanged.open(fresh, "row-1")]).toEqual([undefined, "fresh"]);
  });

  test("is another one every time", () => {
    expect(Buffer.from(sealer.seal("x", "r"))).not.toEqual(Buffer.from(sealer.seal("x", "r")));
  });
});

test("hashes are compared whole", () => {
  expect(hasher.sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect([hasher.isEqual("a", "a"), hasher.isEqual("a", "b"), hasher.isEqual("a", "aa")]).toEqual([true, false, false]);
});
