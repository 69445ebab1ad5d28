// PATCH /pts/v2/payments/{id}: an incremental authorization answers with the original id. The guide names the new total or what is added;
// either is taken. Source: payments guide, incremental authorizations.
import type { Reply } from "../../kit/faults.ts";
import { formatAmount, parseAmountIn } from "../amounts.ts";
import { badRequest } from "../errors.ts";
import { path, text } from "../shape.ts";
import type { State, Transaction } from "../state.ts";
import { codeOf, hal, link, utc, type Body } from "./follow-up.ts";
import { messageFor } from "./messages.ts";
import { isExpired } from "./record.ts";
import { outcomeFor, type Outcome } from "./triggers.ts";

const STATUS: Partial<Readonly<Record<Outcome["kind"], string>>> = { decline: "DECLINED", soft_decline: "AUTHORIZED_PENDING_REVIEW" };

export function increment(state: State, parent: Transaction, body: Body): Reply {
  const details = (name: string): unknown => path(body, "orderInformation", "amountDetails", name);
  const read = (value: unknown): bigint | undefined => parseAmountIn(value, parent.currency, state.settings.truncatesAmounts);
  const total = read(details("totalAmount"));
  const additional = read(details("additionalAmount")) ?? (total === undefined ? undefined : total - parent.authorized);
  if (additional === undefined || additional <= 0n) return badRequest(state, "MISSING_FIELD", ["orderInformation.amountDetails.additionalAmount"]);
  if (!state.settings.incremental) return badRequest(state, "NOT_SUPPORTED");
  const currency = text(details("currency"));
  if (currency !== undefined && currency.toUpperCase() !== parent.currency.toUpperCase()) return badRequest(state, "INVALID_DATA", ["orderInformation.amountDetails.currency"]);
  if (!parent.isLive || parent.isReversed || parent.captured > 0n || parent.review !== undefined || isExpired(state, parent)) return badRequest(state, "MISSING_AUTH");
  const outcome = outcomeFor(state, { amount: additional, expirationMonth: parent.card?.expirationMonth ?? "12", expirationYear: parent.card?.expirationYear ?? "2031" });
  if (outcome.kind === "bad_request") return badRequest(state, outcome.reason);
  const status = STATUS[outcome.kind] ?? "AUTHORIZED";
  const reason = outcome.kind === "decline" || outcome.kind === "soft_decline" ? outcome.reason : undefined;
  // What waits for a review has not grown: the original authorization stands untouched.
  if (status === "AUTHORIZED") parent.authorized += additional;
  return hal({
    _links: { self: link("GET", `/pts/v2/payments/${parent.id}`) }, id: parent.id, status, clientReferenceInformation: { code: codeOf(body) }, submitTimeUtc: utc(state.clock.now()), reconciliationId: parent.reconciliationId,
    ...(status === "DECLINED" ? {} : { orderInformation: { amountDetails: { authorizedAmount: formatAmount(parent.authorized, parent.currency), currency: parent.currency } } }),
    ...(reason === undefined ? {} : { errorInformation: { reason, message: messageFor(reason) } }),
  });
}
