// Request bodies, whole: a member that appears or goes missing is a failing test. One line for each way a card payment can be asked for.
import { describe, expect, test } from "@jest/globals";
import { toChangeRequest } from "../../plugin-proxy/src/cybersource/operations/change.ts";
import { toPayRequest } from "../../plugin-proxy/src/cybersource/operations/pay.ts";
import { toUndoRequest } from "../../plugin-proxy/src/cybersource/operations/undo.ts";
import { commerceFlagsFor, type FlagsInput } from "../../plugin-proxy/src/domain/payment/commerce-flags.ts";
import { asMerchantReference, asRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { ChangeCall } from "../../plugin-proxy/src/ports/gateway.ts";
import { binding, payCall, undoCalls, usd } from "./calls.ts";

const billTo = { firstName: "Nancy", lastName: "Davolio", address1: "1 Market St", locality: "San Francisco", administrativeArea: "CA", postalCode: "94105", country: "US", email: "nancy@example.com", phoneNumber: "+14155550100" };
const reference = { code: "PR-000001-1", transactionId: "T0000000000000000001" };

interface Line { readonly name: string; readonly input: FlagsInput; readonly processing: Record<string, unknown> }
const saved = { instrument: "saved_card", saveCard: false, isReauthorization: false } as const;
const typed = { instrument: "transient_token", isReauthorization: false } as const;
const merchant = (transaction: Record<string, unknown> | undefined) => ({ type: "merchant", storedCredentialUsed: true, ...(transaction === undefined ? {} : { merchantInitiatedTransaction: transaction }) });
const save = { actionList: ["TOKEN_CREATE"], actionTokenTypes: ["customer", "paymentInstrument"] };
const options = (initiator?: Record<string, unknown>) => ({ authorizationOptions: { partialAuthIndicator: false, ...(initiator === undefined ? {} : { initiator }) } });

const channels = ["phone", "mail"] as const;
const lines: readonly Line[] = [
  ...channels.flatMap((channel): readonly Line[] => [
    { name: `new card, ${channel}`, input: { ...typed, channel, saveCard: false }, processing: { commerceIndicator: "MOTO", ...options() } },
    { name: `new card saved, ${channel}`, input: { ...typed, channel, saveCard: true }, processing: { commerceIndicator: "MOTO", ...options({ type: "customer", credentialStoredOnFile: true }), ...save } },
    { name: `saved card, ${channel}`, input: { ...saved, channel, firstNetworkTransactionId: "N1" }, processing: { commerceIndicator: "MOTO", ...options({ type: "customer", storedCredentialUsed: true }) } },
  ]),
  { name: "new card, absent as agreed", input: { ...typed, channel: "absent_as_agreed", saveCard: false }, processing: { commerceIndicator: "MOTO", ...options() } },
  { name: "new card saved, absent as agreed", input: { ...typed, channel: "absent_as_agreed", saveCard: true }, processing: { commerceIndicator: "MOTO", ...options({ type: "customer", credentialStoredOnFile: true }), ...save } },
  { name: "saved card, absent as agreed", input: { ...saved, channel: "absent_as_agreed", firstNetworkTransactionId: "N1" }, processing: { commerceIndicator: "internet", ...options(merchant({ previousTransactionId: "N1" })) } },
  { name: "saved card, absent as agreed, first payment not known", input: { ...saved, channel: "absent_as_agreed" }, processing: { commerceIndicator: "internet", ...options(merchant(undefined)) } },
  { name: "re-authorization on the saved card", input: { ...saved, channel: "phone", isReauthorization: true, firstNetworkTransactionId: "N1" }, processing: { commerceIndicator: "internet", ...options(merchant({ reason: "3", previousTransactionId: "N1" })) } },
];

describe.each(["authorization", "sale"] as const)("The body of an %s", (kind) => {
  test.each(lines)("$name", ({ input, processing }) => {
    const isNew = input.instrument === "transient_token";
    const call = payCall({ kind, channel: input.channel, saveCard: input.saveCard, flags: commerceFlagsFor(input), instrument: isNew ? { kind: "transient_token", jwt: "a.b.c" } : { kind: "saved_card", paymentInstrumentId: "A1B2", tmsCustomerId: "C3D4" } });
    expect(JSON.parse(JSON.stringify(toPayRequest(call)))).toStrictEqual({
      clientReferenceInformation: { ...reference, comments: "ORD-1", applicationName: "Cybersource Payments for Dynamics 365" },
      processingInformation: { capture: kind === "sale", ...processing },
      ...(isNew ? { tokenInformation: { transientTokenJwt: "a.b.c" } } : { paymentInformation: { paymentInstrument: { id: "A1B2" }, customer: { id: "C3D4" } } }),
      orderInformation: { amountDetails: { totalAmount: "1240.00", currency: "USD" }, billTo },
      buyerInformation: { merchantCustomerID: "customer-1" },
    });
  });
});

test("a card saved for a customer that token management knows joins that customer", () => {
  expect(toPayRequest(payCall({ instrument: { kind: "transient_token", jwt: "a.b.c" }, saveCard: true, tmsCustomerId: "C3D4" }))).toMatchObject({
    processingInformation: { actionList: ["TOKEN_CREATE"], actionTokenTypes: ["paymentInstrument"] }, paymentInformation: { customer: { id: "C3D4" } }, tokenInformation: { transientTokenJwt: "a.b.c" },
  });
});

test.each([["JPY", 1_240n, "1240"], ["KWD", 1_240_000n, "1240.000"]])("amounts have the digits of %s", (currency, minor, text) => {
  expect(toPayRequest(payCall({ amount: { minor, currency } }))).toMatchObject({ orderInformation: { amountDetails: { totalAmount: text, currency } } });
});

test("lines are sent when they add up to the amount, and left out when they do not", () => {
  const line = { name: "Thing", sku: "T-1", quantity: 2, unitPrice: usd(60_000n), tax: usd(4_000n) };
  expect(toPayRequest(payCall({ lines: [line] }))).toMatchObject({ orderInformation: { lineItems: [{ productSku: "T-1", productName: "Thing", quantity: 2, unitPrice: "600.00", taxAmount: "40.00" }] } });
  expect(JSON.stringify(toPayRequest(payCall({ lines: [{ ...line, tax: usd(3_999n) }] })))).not.toContain("lineItems");
});

test("nothing empty is sent", () => {
  const text = JSON.stringify(toPayRequest(payCall({ billTo: { company: " ", city: "" }, instrument: { kind: "saved_card", paymentInstrumentId: "A1B2" } })));
  expect(text).not.toMatch(/""|\{\}|null|billTo/);
});

describe("The calls that take back", () => {
  const original = { code: "PR-000001-1", transactionId: "T0000000000000000000" };
  const amountDetails = { totalAmount: "1240.00", currency: "USD" };
  test.each([
    ["authorization_reversal", "/pts/v2/payments/6750124114786780104953/reversals", { clientReferenceInformation: reference, reversalInformation: { amountDetails, reason: "not_needed" } }],
    ["void", "/pts/v2/payments/6750124114786780104953/voids", { clientReferenceInformation: reference }],
    ["timeout_reversal", "/pts/v2/reversals", { clientReferenceInformation: original, reversalInformation: { amountDetails, reason: "no_answer" } }],
    ["timeout_void", "/pts/v2/voids", { clientReferenceInformation: original }],
    ["case_decision", "/risk/v1/decisions/6750124114786780104953/actions", { decisionInformation: { decision: "REJECT", comments: "Released from Dynamics 365" }, processingInformation: { actionList: ["REVERSE"] } }],
  ] as const)("%s", (kind, path, body) => { expect(toUndoRequest(undoCalls[kind])).toStrictEqual({ path, body }); });
});

type Capture = Extract<ChangeCall, { kind: "capture" }>;

describe("The calls that change a payment", () => {
  const parentRequestId = asRequestId("6750124114786780104953");
  const base = { binding, merchantReference: asMerchantReference("PR-000001-1"), transactionId: asTransactionId("T0000000000000000001") };
  const client = { ...reference, comments: "ORD-1", applicationName: "Cybersource Payments for Dynamics 365" };
  const amountDetails = { totalAmount: "1240.00", currency: "USD" };
  const invoiceDetails = { purchaseOrderNumber: "ORD-1" };
  const line = (name: string, unit: bigint, tax: bigint) => ({ name, sku: name, quantity: 1, unitPrice: usd(unit), tax: usd(tax) });
  const capture = (more: Partial<Capture> = {}): Capture => ({ ...base, kind: "capture", parentRequestId, amount: usd(124_000n), lines: [], documentNumber: "ORD-1", hasLevelThree: false, ...more });

  test("a capture on an account with one capture", () => {
    expect(toChangeRequest(capture())).toStrictEqual({ method: "POST", path: "/pts/v2/payments/6750124114786780104953/captures", body: { clientReferenceInformation: client, orderInformation: { amountDetails, invoiceDetails } } });
  });

  test.each([["ORD-01013-DE0CD6-OF-THE-YEAR", "ORD-01013-DE0CD6-"], ["Größe 12", "Gre 12"], ["0000", undefined], ["999", undefined]])("the order %s is named by %p: what any processor takes", (documentNumber, sent) => {
    const { orderInformation } = toChangeRequest(capture({ documentNumber })).body as { readonly orderInformation: { readonly invoiceDetails?: Record<string, unknown> } };
    expect(orderInformation.invoiceDetails?.["purchaseOrderNumber"]).toBe(sent);
  });

  test("the second of several captures", () => {
    expect(toChangeRequest(capture({ sequence: { number: 2, count: 3 } })).body).toStrictEqual({
      clientReferenceInformation: client, processingInformation: { captureOptions: { captureSequenceNumber: "2", totalCaptureCount: "3" } }, orderInformation: { amountDetails, invoiceDetails },
    });
  });

  test("a capture of everything carries the lines as they are, and their tax as a sum", () => {
    expect(toChangeRequest(capture({ lines: [line("A", 100_000n, 20_000n), line("B", 4_000n, 0n)] })).body["orderInformation"]).toStrictEqual({
      amountDetails: { ...amountDetails, taxAmount: "200.00" }, invoiceDetails: { ...invoiceDetails, taxable: true },
      lineItems: [{ productSku: "A", productName: "A", quantity: 1, unitPrice: "1000.00", totalAmount: "1000.00", taxAmount: "200.00" }, { productSku: "B", productName: "B", quantity: 1, unitPrice: "40.00", totalAmount: "40.00", taxAmount: "0.00" }],
    });
  });

  test("a line of several has the total of all of them, without its tax; an order without tax is not called taxed", () => {
    expect(toChangeRequest(capture({ lines: [{ name: "C", quantity: 4, unitPrice: usd(30_000n), tax: usd(4_000n) }] })).body).toMatchObject({ orderInformation: { invoiceDetails: { taxable: true }, lineItems: [{ quantity: 4, unitPrice: "300.00", totalAmount: "1200.00", taxAmount: "40.00" }] } });
    expect(JSON.stringify(toChangeRequest(capture({ lines: [line("D", 124_000n, 0n)] })).body)).not.toContain("taxable");
  });

  test("a line says what kind of goods it is and in what unit it is counted, in a part and in a sale as well", () => {
    const classified = { ...line("A", 124_000n, 0n), commodityCode: "31.18.15.00", unit: "Set" };
    const sent = { productSku: "A", productName: "A", commodityCode: "31181500", quantity: 1, unitOfMeasure: "Set" };
    expect(toChangeRequest(capture({ lines: [classified] })).body["orderInformation"]).toStrictEqual({
      amountDetails, invoiceDetails, lineItems: [{ ...sent, unitPrice: "1240.00", totalAmount: "1240.00", taxAmount: "0.00" }],
    });
    expect(toChangeRequest(capture({ amount: usd(4_000n), lines: [classified] })).body).toMatchObject({ orderInformation: { lineItems: [{ ...sent, unitPrice: "40.00" }] } });
    expect(toPayRequest(payCall({ kind: "sale", lines: [classified] }))).toMatchObject({ orderInformation: { lineItems: [sent] } });
  });

  describe("on an account with level III processing", () => {
    const goods = { ...line("A", 100_000n, 24_000n), commodityCode: "31181500", unit: "Set" };
    const order = { amountDetails: { ...amountDetails, taxAmount: "240.00" }, invoiceDetails: { ...invoiceDetails, taxable: true }, lineItems: [{ productSku: "A", productName: "A", commodityCode: "31181500", quantity: 1, unitOfMeasure: "Set", unitPrice: "1000.00", totalAmount: "1000.00", taxAmount: "240.00" }] };
    const pay = (more: Parameters<typeof payCall>[0]) => toPayRequest(payCall({ lines: [goods], hasLevelThree: true, ...more })) as { readonly processingInformation: Record<string, unknown>; readonly orderInformation: Record<string, unknown> };

    test("a capture says that such data is there, beside its place among several", () => {
      expect(toChangeRequest(capture({ lines: [goods], hasLevelThree: true })).body).toMatchObject({ processingInformation: { purchaseLevel: "3" }, orderInformation: order });
      expect(toChangeRequest(capture({ lines: [goods], hasLevelThree: true, sequence: { number: 1, count: 2 } })).body["processingInformation"]).toStrictEqual({ purchaseLevel: "3", captureOptions: { captureSequenceNumber: "1", totalCaptureCount: "2" } });
    });
    test("so does a sale, with the same members; an authorization captures nothing and does not", () => {
      expect(pay({ kind: "sale" })).toMatchObject({ processingInformation: { capture: true, purchaseLevel: "3" }, orderInformation: { ...order, billTo } });
      expect(pay({ kind: "authorization" }).processingInformation).not.toHaveProperty("purchaseLevel");
      expect(pay({ kind: "authorization" }).orderInformation).not.toHaveProperty("invoiceDetails");
    });
    test("nothing is said to be there where there are no lines", () => {
      expect(toChangeRequest(capture({ hasLevelThree: true })).body).not.toHaveProperty("processingInformation");
      expect(pay({ kind: "sale", lines: [] }).processingInformation).not.toHaveProperty("purchaseLevel");
    });
  });

  test("the number of the invoice that a capture is for goes with its first line", () => {
    const lines = [line("A", 100_000n, 0n), line("B", 24_000n, 0n)];
    const { orderInformation } = toChangeRequest(capture({ lines, invoiceNumber: "INV-1007" })).body as { readonly orderInformation: { readonly lineItems: readonly Record<string, unknown>[]; readonly invoiceDetails: unknown } };
    expect(orderInformation.lineItems.map((one) => one["invoiceNumber"])).toEqual(["INV-1007", undefined]);
    expect(orderInformation.invoiceDetails).toEqual(invoiceDetails);
  });

  test("a part carries its share of each line, to the cent", () => {
    const { orderInformation } = toChangeRequest(capture({ amount: usd(10_000n), lines: [line("A", 100_000n, 20_000n), line("B", 33_333n, 0n)] })).body as { orderInformation: { lineItems: { unitPrice: string; taxAmount: string }[]; amountDetails: { totalAmount: string; taxAmount: string } } };
    const cents = (text: string): number => Math.round(Number(text) * 100);
    expect(orderInformation.lineItems.reduce((sum, one) => sum + cents(one.unitPrice) + cents(one.taxAmount), 0)).toBe(10_000);
    expect(cents(orderInformation.amountDetails.taxAmount)).toBe(orderInformation.lineItems.reduce((sum, one) => sum + cents(one.taxAmount), 0));
  });

  test("an increment names what is added, and patches the authorization", () => {
    expect(toChangeRequest({ ...base, kind: "incremental_authorization", parentRequestId, additionalAmount: usd(1_050n) })).toStrictEqual({
      method: "PATCH", path: "/pts/v2/payments/6750124114786780104953",
      body: { clientReferenceInformation: reference, processingInformation: { authorizationOptions: { initiator: { storedCredentialUsed: true } } }, orderInformation: { amountDetails: { additionalAmount: "10.50", currency: "USD" } } },
    });
  });

  test.each([["sale", "payments"], ["capture", "captures"]] as const)("a refund of a %s", (parentKind, folder) => {
    expect(toChangeRequest({ ...base, kind: "refund", parentRequestId, parentKind, amount: usd(124_000n), documentNumber: "ORD-1" })).toStrictEqual({
      method: "POST", path: `/pts/v2/${folder}/6750124114786780104953/refunds`, body: { clientReferenceInformation: client, orderInformation: { amountDetails } },
    });
  });

  test("a credit names the instrument and no payment", () => {
    expect(toChangeRequest({ ...base, kind: "credit", amount: usd(124_000n), instrument: { kind: "saved_card", paymentInstrumentId: "A1B2", tmsCustomerId: "C3D4" }, billTo: {}, documentNumber: "ORD-1" })).toStrictEqual({
      method: "POST", path: "/pts/v2/credits", body: { clientReferenceInformation: client, paymentInformation: { paymentInstrument: { id: "A1B2" }, customer: { id: "C3D4" } }, orderInformation: { amountDetails } },
    });
  });

  test.each([["capture", "captures"], ["refund", "refunds"], ["credit", "credits"]] as const)("a void of a %s", (parentKind, folder) => {
    expect(toUndoRequest({ ...base, kind: "void", parentRequestId, parentKind })).toStrictEqual({ path: `/pts/v2/${folder}/6750124114786780104953/voids`, body: { clientReferenceInformation: reference } });
  });
});
