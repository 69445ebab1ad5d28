// A saved card in token management: where it stands, and what is kept of it. developer.cybersource.com, token management, payment instruments.
import type { CardAnswer } from "../../ports/gateway.ts";
import { parseJson, textAt } from "../json-shape.ts";

/** Of a customer, or of nobody. */
export const cardPath = ({ tmsCustomerId, paymentInstrumentId }: { readonly tmsCustomerId: string | undefined; readonly paymentInstrumentId: string }): string => (tmsCustomerId === undefined
  ? `/tms/v1/paymentinstruments/${encodeURIComponent(paymentInstrumentId)}`
  : `/tms/v2/customers/${encodeURIComponent(tmsCustomerId)}/payment-instruments/${encodeURIComponent(paymentInstrumentId)}`);

const numberOf = (text: string | undefined): number | undefined => (text !== undefined && /^\d{1,4}$/.test(text) ? Number(text) : undefined);

/** The number is masked but for its ends; only the last four are read. */
export function toCard(reply: { readonly status: number; readonly text: string } | undefined): CardAnswer {
  if (reply?.status === 404 || reply?.status === 410) return { kind: "gone" };
  const body = reply?.status === 200 ? parseJson(reply.text) : undefined;
  if (body === undefined) return { kind: "unavailable", cause: `token management answered ${reply?.status ?? "nothing"}` };
  return {
    kind: "card", isClosed: textAt(body, "state") === "CLOSED", lastFour: /\d{4}$/.exec(textAt(body, "_embedded", "instrumentIdentifier", "card", "number") ?? "")?.[0],
    expirationMonth: numberOf(textAt(body, "card", "expirationMonth")), expirationYear: numberOf(textAt(body, "card", "expirationYear")),
  };
}
