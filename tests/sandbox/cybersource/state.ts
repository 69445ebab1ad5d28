// Everything this stand-in remembers: transactions, tokens, capture contexts, settings. Amounts are exact: ten-thousandths of the currency's unit.
import type { KeyObject } from "node:crypto";
import { createKeyStore, type KeyStore } from "./authentication/key-store.ts";
import type { BusinessClock } from "../kit/clock.ts";
import type { Reply } from "../kit/faults.ts";
import type { Random } from "../kit/random.ts";
import { mildStrictness, type Strictness } from "./strictness.ts";
import { createBook, defaultWebhookSettings, type WebhookBook, type WebhookSettings } from "./webhooks/book.ts";
import { realOutside, type Outside } from "../kit/outside.ts";

export type TransactionKind = "authorization" | "sale" | "capture" | "refund" | "credit" | "void" | "reversal" | "case_action";

export interface Card {
  readonly type: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly expirationMonth: string;
  readonly expirationYear: string;
}

/** What a payment names: a typed card, a transient token or a token of token management. */
export interface ResolvedCard {
  readonly card: Card;
  readonly number?: string | undefined;
  readonly securityCode?: string | undefined;
  readonly instrumentId?: string | undefined;
  readonly customerId?: string | undefined;
}

export interface Transaction {
  readonly id: string;
  readonly kind: TransactionKind;
  readonly merchantId: string;
  readonly code: string;
  readonly transactionId?: string | undefined;
  readonly parentId?: string | undefined;
  /** Ten-thousandths. What was asked for; `authorized` is what the issuer gave. */
  readonly amount: bigint;
  authorized: bigint;
  readonly currency: string;
  readonly card?: Card | undefined;
  readonly customerId?: string | undefined;
  readonly at: Date;
  /** Transaction search shows it from here on. */
  readonly visibleAt: Date;
  readonly asCreated: { readonly status: string; readonly captured: bigint; readonly authorized: bigint };
  status: string;
  reason?: string | undefined;
  /** soft: bank said yes, a check failed. case: a person decides in Case Management. */
  review?: "soft" | "case" | undefined;
  /** The issuer's approval stands: the cardholder's money is held or taken. */
  isLive: boolean;
  isReversed: boolean;
  isVoided: boolean;
  /** One of its captures was voided. */
  isCaptureVoided: boolean;
  captured: bigint;
  refunded: bigint;
  isSettled: boolean;
  /** Tokens that were made beside it, as the answer named them. */
  tokens?: Readonly<Record<string, unknown>>;
  /** What the processor said of it after its batch; shown by reports only. */
  settlement?: Readonly<Record<string, string>>;
  readonly reconciliationId: string;
  readonly networkTransactionId: string;
  readonly approvalCode: string;
}

export interface CaptureContext {
  readonly jti: string;
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly targetOrigins: readonly string[];
  readonly expiresAtMs: number;
}

export interface TransientToken {
  readonly jti: string;
  readonly jwt: string;
  readonly number: string;
  readonly securityCode: string;
  readonly card: Card;
  readonly expiresAtMs: number;
}

export interface Instrument {
  readonly id: string;
  /** None for one that was made by /tms/v1/paymentinstruments. */
  readonly customerId: string | undefined;
  readonly identifierId: string;
  card: Card;
  billTo: Record<string, unknown>;
  isDefault: boolean;
  state: "ACTIVE" | "CLOSED";
  etag: number;
  isDeleted: boolean;
}
export interface ShippingAddress {
  readonly id: string;
  readonly customerId: string;
  shipTo: Record<string, unknown>;
  isDefault: boolean;
  etag: number;
  isDeleted: boolean;
}
export interface Identifier {
  readonly id: string;
  readonly number: string;
  readonly creator: string;
  processingInformation?: Record<string, unknown>;
  tokenizedCardId?: string;
  etag: number;
  isDeleted: boolean;
}
export interface TokenizedCard {
  readonly id: string;
  readonly number: string;
  readonly source: string;
  readonly type: string;
  readonly enrollmentId: string;
  readonly tokenReferenceId: string;
  readonly tokenSuffix: string;
  expirationMonth: string;
  expirationYear: string;
  state: "ACTIVE" | "SUSPENDED" | "DELETED";
  etag: number;
  isDeleted: boolean;
}
export interface Customer {
  readonly id: string;
  readonly instrumentIds: string[];
  readonly addressIds: string[];
  merchantCustomerID: string;
  /** What else the merchant keeps: buyer, reference, defined fields. */
  details: Record<string, unknown>;
  etag: number;
  isDeleted: boolean;
}

/** One reviewed order, as conversion details tell of it. */
export interface Conversion {
  readonly merchantReferenceNumber: string;
  readonly conversionTime: string;
  readonly requestId: string;
  readonly originalDecision: "REVIEW";
  readonly newDecision: "ACCEPT" | "REJECT";
  readonly reviewer: string;
  readonly reviewerComments: string;
  readonly queue: string;
  readonly profile: string;
  readonly notes: readonly { readonly time: string; readonly addedBy: string; readonly comments: string }[];
}

/** A line of the chargeback report. */
export type Chargeback = Readonly<Record<string, string>> & { readonly time: string };

/** Switches of a merchant; cautious defaults. Documented in README.md. */
export interface Settings extends Strictness, WebhookSettings {
  searchLagMs: number;
  captureAfterVoid: boolean;
  reversalAfterVoid: boolean;
  partialReversal: boolean;
  incremental: boolean;
  standaloneCredits: boolean;
  /** Days after which a refund is too late (payments guide: 180). */
  refundDays: number;
  checkDuplicates: boolean;
  timeoutUndo: boolean;
  authorizationDays: number;
  /** Which of Cybersource's documented test amounts count besides ours. */
  processorSimulator: "none" | "fdc_compass" | "amex_brighton" | "aibms" | "vpc";
  /** Without it token management answers 403; another profile-id than this one 424. */
  hasTokenManagement: boolean;
  /** Without it a payment that asks for tokens is approved without them. */
  tokensBesidePayments: boolean;
  /** The transaction detail names the tokens that a payment made; each member is optional in its description. */
  detailShowsTokens: boolean;
  profileId: string;
  /** Seconds by which a signed date may be off; commonly quoted, not documented. */
  dateSkewSeconds: number;
  /** `(request-target)` counts beside `request-target`; its end was announced for 2024. */
  acceptsOldTarget: boolean;
  /** What a token's request-resource-path must be: the guide says the endpoint's path, its clients disagree about the query. */
  resourcePath: "either" | "with_query" | "without_query";
  /** A write with a v-c-idempotency-id that was seen gets the first answer again. No official description says so for payments. */
  honoursIdempotencyId: boolean;
  /** `Accept: application/json` is a 404 on payments and risk, as one integrator found; application/hal+json is not. */
  strictAccept: boolean;
  /** The field that the refusal of a bad transient token names. */
  transientTokenField: string;
  /** The body of a 429: none is documented. */
  tooManyRequestsBody: "message" | "none";
  /** How long a capture context lives: 900 at Cybersource. */
  contextLifeSeconds: number;
  /** Batches close at this local time (HH:MM) of this time zone. */
  batchCutOff: string;
  batchTimeZone: string;
  /** How many characters of a merchant reference reports show; 0: all. Some processors cut it to 15 or 17 (payments guide). */
  reportReferenceLength: number;
}
export const defaultSettings = (): Settings => ({
  ...mildStrictness(), ...defaultWebhookSettings(), searchLagMs: 2_000, captureAfterVoid: false, reversalAfterVoid: true, partialReversal: false, incremental: true, standaloneCredits: true, refundDays: 180, processorSimulator: "none", hasTokenManagement: true, tokensBesidePayments: true, detailShowsTokens: true, profileId: "93B32398-AD51-4CC2-A682-EA3E93614EB1", checkDuplicates: false, timeoutUndo: true, authorizationDays: 7, dateSkewSeconds: 300, acceptsOldTarget: true, resourcePath: "either", honoursIdempotencyId: false, strictAccept: false, transientTokenField: "tokenInformation.transientTokenJwt", tooManyRequestsBody: "message", contextLifeSeconds: 900, batchCutOff: "00:00", batchTimeZone: "UTC", reportReferenceLength: 0,
});

export interface State {
  readonly clock: BusinessClock;
  readonly outside: Outside;
  readonly random: Random;
  readonly seed: number;
  readonly merchant: { readonly id: string; readonly keyId: string; readonly sharedSecret: string };
  readonly keyStore: KeyStore;
  readonly transactions: Map<string, Transaction>;
  /** Payments still on their way to the issuer, by merchant transaction id (strictness lateAuthorization). */
  readonly late: Map<string, { readonly dueMs: number; readonly complete: () => void }>;
  readonly contexts: Map<string, CaptureContext>;
  readonly transientTokens: Map<string, TransientToken>;
  readonly customers: Map<string, Customer>;
  readonly instruments: Map<string, Instrument>;
  readonly addresses: Map<string, ShippingAddress>;
  readonly identifiers: Map<string, Identifier>;
  /** Number → identifier: a number already tokenised keeps its identifier. */
  readonly identifierIds: Map<string, string>;
  readonly tokenizedCards: Map<string, TokenizedCard>;
  readonly seenJwtIds: Map<string, number>;
  /** Answers to writes by their v-c-idempotency-id. */
  readonly idempotent: Map<string, Reply>;
  /** Answers of transaction search, by search id; the newest thousand. */
  readonly searches: Map<string, Readonly<Record<string, unknown>>>;
  readonly webhooks: WebhookBook;
  /** What reviewers decided, for conversion details. */
  readonly conversions: Conversion[];
  /** What cardholders' banks have said, for chargeback details. */
  readonly chargebacks: Chargeback[];
  readonly calls: { readonly method: string; readonly path: string; readonly code?: string | undefined; readonly transactionId?: string | undefined; readonly lines?: unknown; readonly purchaseLevel?: string | undefined; readonly isEncrypted: boolean; readonly at: string }[];
  settings: Settings;
}

export function createState(input: Pick<State, "clock" | "random" | "seed" | "merchant"> & Partial<Pick<State, "outside">>): State {
  const { clock, random, seed, merchant, outside = realOutside } = input;
  return {
    clock, outside, random, seed, merchant, keyStore: createKeyStore(merchant.id), transactions: new Map(), late: new Map(), contexts: new Map(), transientTokens: new Map(), customers: new Map(), instruments: new Map(),
    addresses: new Map(), identifiers: new Map(), identifierIds: new Map(), tokenizedCards: new Map(), seenJwtIds: new Map(), idempotent: new Map(), searches: new Map(), webhooks: createBook(), conversions: [], chargebacks: [], calls: [], settings: defaultSettings(),
  };
}

/** Forgets everything but keys and clock. */
export function resetState(state: State): void {
  for (const map of [state.transactions, state.late, state.contexts, state.transientTokens, state.customers, state.instruments, state.addresses, state.identifiers, state.identifierIds, state.tokenizedCards, state.idempotent, state.searches, state.webhooks.subscriptions]) map.clear();
  for (const list of [state.webhooks.keys, state.webhooks.notifications, state.webhooks.unbatched, state.conversions, state.chargebacks]) list.length = 0;
  state.calls.length = 0;
  state.settings = defaultSettings();
}

/** Request ids have 22 digits and grow with time (recorded ids start with the epoch second). */
export const newRequestId = (state: State): string => `${Math.floor(state.clock.now().getTime() / 100)}${state.random.digits(22)}`.slice(0, 22);
/** Token ids are 32 upper-case hex digits. */
export const newTokenId = (state: State): string => state.random.hex(32).toUpperCase();
