// Which words allow what: the one table of picker and relay, and what it makes of a card's row.
import { describe, expect, test } from "@jest/globals";
import { CONSENT_TEXTS, consentTextsFor, scopeOfConsent } from "@cybs/contract";
import { paymentMethodTable, paymentRequestTable } from "@cybs/schema";
import { fromPaymentMethod } from "../../plugin-proxy/src/dataverse/rows/payment-method.ts";
import { projectionOf } from "./fixtures.ts";

const { columns, choices, maxLengths } = paymentMethodTable;
const { laterOrders, alsoMerchantInitiated } = choices.consentScope;
function rowOf(consentTextVersion: string, isNew: boolean) {
  const { paymentMethod } = projectionOf();
  if (paymentMethod === undefined) throw new Error("no card");
  return fromPaymentMethod({ ...paymentMethod, consentTextVersion }, { owner: undefined, isNew });
}

describe("a card's consent", () => {
  test.each([["2026-11", laterOrders], ["2026-11-merchant", alsoMerchantInitiated], ["2026-01", laterOrders], ["ours-merchant", laterOrders], ["", laterOrders]])("of words %p has the scope %p", (version, scope) => {
    expect(rowOf(version, true)).toMatchObject({ [columns.consentScope]: scope, [columns.consentTextVersion]: version });
  });

  test.each(CONSENT_TEXTS.map(({ version }) => version))("of words %p is left as it is where the card stands already", (version) => {
    expect(rowOf(version, false)).not.toHaveProperty(columns.consentScope);
  });
});

describe("the words to offer", () => {
  test.each([
    ["2026-11", { saving: "2026-11", merchantToo: "2026-11-merchant" }],
    ["2026-11-merchant", { saving: "2026-11", merchantToo: "2026-11-merchant" }],
    ["ours-7", { saving: "ours-7", merchantToo: undefined }],
  ])("where %p is set", (setting, offered) => { expect(consentTextsFor(setting)).toEqual(offered); });

  test("of the first tick never allow what only the second one says", () => {
    for (const { version } of CONSENT_TEXTS) expect(scopeOfConsent(consentTextsFor(version).saving)).toBe("laterOrders");
  });

  test("fit their columns, each version once", () => {
    const versions = CONSENT_TEXTS.map(({ version }) => version);
    expect(new Set(versions).size).toBe(versions.length);
    for (const version of versions) expect(version.length).toBeLessThanOrEqual(Math.min(maxLengths.consentTextVersion, paymentRequestTable.maxLengths.consentTextVersion));
  });
});
