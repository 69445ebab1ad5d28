// An approved sale, as Cybersource answers it; only the reference it was asked with is put in.
const [before = "", after = ""] = JSON.stringify({
  _links: { void: { method: "POST", href: "/pts/v2/payments/6750124114786780104953/voids" }, self: { method: "GET", href: "/pts/v2/payments/6750124114786780104953" } },
  clientReferenceInformation: { code: "{code}" }, id: "6750124114786780104953", orderInformation: { amountDetails: { totalAmount: "102.21", authorizedAmount: "102.21", currency: "USD" } },
  paymentAccountInformation: { card: { type: "001" } }, paymentInformation: { card: { type: "001" }, tokenizedCard: { type: "001" }, paymentInstrument: { id: "F67EE91E2C8C3DD9E053AF598E0AA7A6" } },
  pointOfSaleInformation: { terminalId: "111111" }, reconciliationId: "78243988SD9YL291", status: "AUTHORIZED", submitTimeUtc: "2026-01-29T17:13:31Z",
  processorInformation: { approvalCode: "888888", networkTransactionId: "123456789619999", transactionId: "123456789619999", responseCode: "100", avs: { code: "X", codeRaw: "I1" } },
}).split("{code}");

export const answerPayment = (body: string): string => `${before}${/"code":"([^"]+)"/.exec(body)?.[1] ?? ""}${after}`;

/** What search and detail say of a sale that was executed while its answer was lost: found by its reference, under an id of its own. */
const references = new Map<string, string>();
let lastId = 6_760_000_000_000_000_000_000n;

export function answerSearch(body: string): string {
  const code = /code:\((?:\\")?([^\s)"\\]+)/.exec(body)?.[1] ?? "";
  lastId += 1n;
  references.set(String(lastId), code);
  return JSON.stringify({ totalCount: 1, count: 1, _embedded: { transactionSummaries: [{ id: String(lastId), clientReferenceInformation: { code } }] } });
}

export function answerDetail(id: string, merchantId: string): string | undefined {
  const code = references.get(id);
  return code === undefined ? undefined : JSON.stringify({
    id, merchantId, clientReferenceInformation: { code }, orderInformation: { amountDetails: { totalAmount: "102.21", authorizedAmount: "102.21", currency: "USD" } },
    applicationInformation: { status: "PENDING", applications: [{ name: "ics_auth", reasonCode: "100", rCode: "1", rFlag: "SOK", reconciliationId: "78243988SD9YL291" }, { name: "ics_bill", reasonCode: "100", rCode: "1", rFlag: "SOK" }] },
    paymentInformation: { card: { suffix: "1111", type: "001" } }, processorInformation: { approvalCode: "888888", networkTransactionId: "123456789619999" },
  });
}
