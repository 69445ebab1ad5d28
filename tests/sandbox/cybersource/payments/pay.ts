// POST /pts/v2/payments: authorization, or sale with processingInformation.capture. A 201 does not mean approved.
// Bodies follow recorded answers of the test gateway (developer.cybersource.com, payments).
import type { Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { formatAmount, parseAmountIn } from "../amounts.ts";
import { badRequest, serverError, tooManyRequests } from "../errors.ts";
import { path, text } from "../shape.ts";
import type { ResolvedCard, State, Transaction } from "../state.ts";
import { createTokens, type CreatedTokens } from "../tokens/create.ts";
import { resolveCard } from "./instrument.ts";
import { isPicked } from "../strictness.ts";
import { utc } from "./follow-up.ts";
import { holdBack } from "./late.ts";
import { messageFor } from "./messages.ts";
import { findByTransactionId, record } from "./record.ts";
import { outcomeFor, type Outcome } from "./triggers.ts";

interface PayInput {
  readonly code: string;
  readonly transactionId: string | undefined;
  readonly amount: bigint;
  readonly currency: string;
  readonly isSale: boolean;
  readonly card: ResolvedCard;
  readonly body: Record<string, unknown>;
}

function readInput(state: State, body: Record<string, unknown>): PayInput | { readonly refusal: Reply } {
  const code = text(path(body, "clientReferenceInformation", "code"));
  const amountText = path(body, "orderInformation", "amountDetails", "totalAmount");
  const currency = text(path(body, "orderInformation", "amountDetails", "currency"));
  const missing = [
    ...(code === undefined ? ["clientReferenceInformation.code"] : []),
    ...(amountText === undefined ? ["orderInformation.amountDetails.totalAmount"] : []),
    ...(currency === undefined ? ["orderInformation.amountDetails.currency"] : []),
  ];
  if (missing.length > 0) return { refusal: badRequest(state, "MISSING_FIELD", missing) };
  const amount = parseAmountIn(amountText, currency ?? "", state.settings.truncatesAmounts);
  if (amount === undefined || amount >= 10n ** 15n) return { refusal: badRequest(state, "INVALID_DATA", ["orderInformation.amountDetails.totalAmount"]) };
  if (!/^[A-Z]{3}$/.test(currency ?? "")) return { refusal: badRequest(state, "INVALID_DATA", ["orderInformation.amountDetails.currency"]) };
  if ((code ?? "").length > 50) return { refusal: badRequest(state, "INVALID_DATA", ["clientReferenceInformation.code"]) };
  const card = resolveCard(state, body);
  if ("refusal" in card) return card;
  return {
    code: code ?? "", amount, currency: currency ?? "", card, body, isSale: path(body, "processingInformation", "capture") === true,
    transactionId: text(path(body, "clientReferenceInformation", "transactionId")),
  };
}

const DUPLICATE_MS = 15 * 60_000;

function isDuplicate(state: State, code: string): boolean {
  const since = state.clock.now().getTime() - DUPLICATE_MS;
  return state.settings.checkDuplicates && [...state.transactions.values()].some((one) => one.code === code && one.at.getTime() > since);
}

export function pay(state: State, body: Record<string, unknown>): Reply {
  const input = readInput(state, body);
  if ("refusal" in input) return input.refusal;
  if (isDuplicate(state, input.code)) return badRequest(state, "DUPLICATE_REQUEST");
  const { transactionId } = input;
  const isRepeated = transactionId !== undefined && !state.settings.acceptsRepeatedTransactionId && findByTransactionId(state, transactionId) !== undefined;
  if (isRepeated) return badRequest(state, "INVALID_DATA", ["clientReferenceInformation.transactionId"]);
  const outcome = outcomeFor(state, {
    amount: input.amount, number: input.card.number, securityCode: input.card.securityCode, lastName: text(path(body, "orderInformation", "billTo", "lastName")),
    expirationMonth: input.card.card.expirationMonth, expirationYear: input.card.card.expirationYear,
  });
  if (outcome.kind === "bad_request") return badRequest(state, outcome.reason, outcome.reason === "INVALID_DATA" ? ["orderInformation.billTo.postalCode"] : []);
  if (outcome.kind === "http" && !outcome.isExecuted) return outcome.status === 429 ? tooManyRequests(state) : serverError(state, outcome.reason ?? "SYSTEM_ERROR");
  if (transactionId !== undefined && isPicked(state, "lateAuthorization", input.code)) {
    holdBack(state, transactionId, () => { execute(state, input, outcome); });
    return serverError(state, "SERVER_TIMEOUT");
  }
  const transaction = execute(state, input, outcome);
  if (outcome.kind === "http") return serverError(state, outcome.reason ?? "SERVER_TIMEOUT");
  const actions = path(body, "processingInformation", "actionList");
  const wantsTokens = Array.isArray(actions) && actions.includes("TOKEN_CREATE");
  const tokens = wantsTokens && transaction.isLive && state.settings.tokensBesidePayments ? createTokens(state, input.card, body) : undefined;
  if (tokens !== undefined) transaction.tokens = tokens.tokenInformation;
  return json(201, bodyOf(transaction, outcome, tokens), { "content-type": "application/hal+json" });
}

interface Verdict { readonly status: string; readonly reason?: string; readonly review?: "soft" | "case"; readonly isLive: boolean; readonly isCaptured: boolean; readonly share?: bigint }

function verdictOf(outcome: Outcome, isSale: boolean): Verdict {
  switch (outcome.kind) {
    case "approve": case "http": return { status: "AUTHORIZED", isLive: true, isCaptured: isSale };
    case "decline": return { status: "DECLINED", reason: outcome.reason, isLive: false, isCaptured: false };
    case "soft_decline": return { status: "AUTHORIZED_PENDING_REVIEW", reason: outcome.reason, review: "soft", isLive: true, isCaptured: false };
    case "partial": return { status: "PARTIAL_AUTHORIZED", isLive: true, isCaptured: false, share: 2n };
    // The issuer approved, Decision Manager rejected: the hold stays until it is reversed.
    case "risk_decline": return { status: "AUTHORIZED_RISK_DECLINED", reason: outcome.reason, isLive: true, isCaptured: false };
    case "case_review": return { status: "AUTHORIZED_PENDING_REVIEW", reason: "DECISION_PROFILE_REVIEW", review: "case", isLive: true, isCaptured: false };
    case "review_before": return { status: "PENDING_REVIEW", reason: "DECISION_PROFILE_REVIEW", review: "case", isLive: false, isCaptured: false };
    case "status": return { status: outcome.status, ...(outcome.reason === undefined ? {} : { reason: outcome.reason }), isLive: false, isCaptured: false };
    case "bad_request": return { status: "INVALID_REQUEST", isLive: false, isCaptured: false };
  }
}

function execute(state: State, input: PayInput, outcome: Outcome): Transaction {
  const verdict = verdictOf(outcome, input.isSale);
  const authorized = verdict.isLive ? input.amount / (verdict.share ?? 1n) : 0n;
  return record(state, {
    kind: input.isSale ? "sale" : "authorization", code: input.code, transactionId: input.transactionId, amount: input.amount, authorized, currency: input.currency,
    card: input.card.card, customerId: input.card.customerId, status: verdict.status, reason: verdict.reason, review: verdict.review, isLive: verdict.isLive,
    captured: verdict.isCaptured ? authorized : 0n,
  });
}

function linksOf(transaction: Transaction): Record<string, unknown> {
  const base = `/pts/v2/payments/${transaction.id}`;
  const link = (href: string): unknown => ({ method: "POST", href });
  const self = { self: { method: "GET", href: base } };
  if (!transaction.isLive) return self;
  return transaction.captured > 0n ? { void: link(`${base}/voids`), ...self } : { authReversal: link(`${base}/reversals`), ...self, capture: link(`${base}/captures`) };
}

function bodyOf(transaction: Transaction, outcome: Outcome, tokens: CreatedTokens | undefined): Record<string, unknown> {
  const { card, currency } = transaction;
  const authorizedAmount = formatAmount(transaction.authorized, currency);
  const isApprovedByBank = transaction.isLive;
  return {
    _links: linksOf(transaction), clientReferenceInformation: { code: transaction.code }, id: transaction.id,
    ...(isApprovedByBank ? { orderInformation: { amountDetails: { authorizedAmount, currency, ...(transaction.captured > 0n ? { totalAmount: authorizedAmount } : {}) } } } : {}),
    paymentAccountInformation: { card: { type: card?.type } }, paymentInformation: { tokenizedCard: { type: card?.type }, card: { type: card?.type }, ...(tokens === undefined ? {} : tokens.paymentInformation) },
    ...(tokens === undefined ? {} : { tokenInformation: tokens.tokenInformation }),
    processorInformation: {
      ...(isApprovedByBank ? { approvalCode: transaction.approvalCode } : {}), networkTransactionId: transaction.networkTransactionId, transactionId: transaction.networkTransactionId,
      responseCode: isApprovedByBank ? "100" : "005", avs: { code: transaction.reason === "AVS_FAILED" ? "N" : "X", codeRaw: "I1" },
      ...(transaction.reason === "CV_FAILED" ? { cardVerification: { resultCode: "N", resultCodeRaw: "N" } } : {}),
      ...(transaction.reason === "STOLEN_LOST_CARD" ? { merchantAdvice: { code: "03", codeRaw: "03" } } : {}),
    },
    ...(isApprovedByBank ? { reconciliationId: transaction.reconciliationId } : {}),
    ...(transaction.reason === undefined ? {} : { errorInformation: { reason: transaction.reason, message: messageFor(transaction.reason) } }),
    ...(outcome.kind === "risk_decline" || outcome.kind === "case_review" ? { riskInformation: { score: { result: "60", modelUsed: "default" }, profile: { name: "default" } } } : {}),
    status: transaction.status, submitTimeUtc: utc(transaction.at),
  };
}
