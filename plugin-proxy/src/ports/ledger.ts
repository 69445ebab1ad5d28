// The ledger: what this relay intends, has sent and has found out. PostgreSQL, PGlite or memory, held to one behaviour by one test.
// Inside `transaction` only `tx` may be used (awaiting anything outer on PGlite waits for ever). No call to the network in there.
import type { EffectKind } from "../domain/payment/effect.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import type { DocumentRef } from "../domain/payment/command.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { MerchantReference, OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { CustomerKeys } from "./customer-keys.ts";
import type { OwnedRowsLedger } from "./owned-rows.ts";
import type { ReportsLedger } from "./reports-ledger.ts";
import type { SurroundingsLedger } from "./surroundings-ledger.ts";
import type { Traffic } from "./traffic.ts";

/**
 * What is due: a payment to move on, rows to write, an organization to sweep, an event of Cybersource to look after,
 * what follows a payment, documents to watch, the day's reports of a merchant account. One row per (kind, organization, key).
 */
export type WorkKind = "advance" | "project" | "sweep" | "event" | "surround" | "documents" | "reports";
export interface Work {
  readonly kind: WorkKind;
  readonly organizationId: OrganizationId;
  /** Payment request id; the organization's id for sweep and documents; what an event is about; the merchant id of reports. */
  readonly key: string;
  readonly dueAt: Instant;
  readonly tries: number;
  /** Grows when the work is scheduled again while it is being done; `release` then keeps it. */
  readonly version: number;
  /** Another number each time that any work is taken; who holds an older one has lost it, also where the work was done and scheduled anew since. */
  readonly lease: number;
  /** W3C traceparent of who asked for it last. */
  readonly trace?: string | undefined;
}

export interface ScheduledWork {
  readonly kind: WorkKind;
  readonly organizationId: OrganizationId;
  readonly key: string;
  readonly dueAt: Instant;
  readonly trace?: string | undefined;
}

/** Card entry: minted once per nonce. Holds no card data. */
export interface Session {
  readonly sessionId: string;
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly nonceHash: string;
  readonly userId: string;
  readonly mintedAt: Instant;
  /** Wire clock. */
  readonly expiresAt: Instant;
  readonly action: "authorization" | "sale";
  /** JWK that this context's tokens are signed with; undefined when no card entry was asked for. */
  readonly tokenKey?: string | undefined;
}

export interface StoredToken {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly sessionId: string;
  readonly jti: string;
  readonly bodyHash: string;
  /** Encrypted with the configuration's key; at most 15 minutes old. */
  readonly sealed: Uint8Array;
  /** Wire clock. */
  readonly expiresAt: Instant;
  readonly lastFour: string;
  readonly typeCode?: string | undefined;
  readonly expirationMonth?: number | undefined;
  readonly expirationYear?: number | undefined;
}

/** What another payment takes of the same document. */
export interface DocumentClaim {
  readonly paymentRequestId: PaymentRequestId;
  readonly paymentId: string;
  readonly exposureMinor: bigint;
  readonly authorizedMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  /** planned, sent or unknown: not finished. */
  readonly isOpen: boolean;
  readonly isUnknown: boolean;
  readonly needsAttention: boolean;
  readonly authorName: string;
  readonly since: Instant;
}

export interface Incident {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly kind: string;
  readonly detail: string;
  readonly at: Instant;
}

/** Counted per hour, minute or day: minting, declines, attempts. Keys are hashes or ids, never card data. */
export interface VelocityKey {
  readonly organizationId: OrganizationId;
  readonly scope: "mint" | "attempt" | "decline";
  readonly key: string;
}

/** What a notification says of a payment of ours. */
export interface NamedPayment { readonly merchantReference: MerchantReference; readonly kind: string; readonly requestId: string | undefined }
/** How a delivery stands on a payment's timeline. */
export const deliveryWords = (isNew: boolean): string => (isNew ? "received" : "duplicate_ignored");

export interface LedgerTransaction {
  /** Locks the intent until the transaction ends. */
  loadIntent(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<Intent | undefined>;
  /** Whose attempt carries this merchant reference; undefined when none of ours does. */
  findByReference(organizationId: OrganizationId, reference: MerchantReference): Promise<PaymentRequestId | undefined>;
  /** The founding row of the payment that a later row changes, or of the payment itself; undefined: this ledger does not know it. */
  founderOf(organizationId: OrganizationId, of: { readonly commandId: PaymentRequestId } | { readonly paymentId: string }): Promise<PaymentRequestId | undefined>;
  /** A claim that turned out to be of a later row: gone here, to be put on its payment in the same transaction. */
  dropClaim(intent: Intent): Promise<void>;
  /** Returns false when it is already there (unique key), as a payment or as a later row of one. */
  insertIntent(intent: Intent): Promise<boolean>;
  /**
   * Writes what changed. Compare-and-set: each changed effect's row must still be in `before`'s state and the intent's revision in
   * `before`'s revision, else it throws LedgerConflict and nothing is written. `reserve` holds the document's limit strictly; without it
   * a sum above the limit raises the limit (a found-live payment is a fact, not a wish).
   */
  saveIntent(before: Intent, after: Intent, options?: { readonly reserve?: true }): Promise<void>;
  appendEvents(intent: Intent, events: readonly EffectEvent[]): Promise<void>;

  /** Locks the document's row until the transaction ends, sets its limit (its total), and returns the claims of all other intents on it. */
  lockDocument(query: { readonly organizationId: OrganizationId; readonly document: DocumentRef; readonly limitMinor: bigint; readonly currency: string; readonly except: PaymentRequestId }): Promise<readonly DocumentClaim[]>;
  /** The same claims, without a lock; the intent itself included. */
  documentClaims(organizationId: OrganizationId, document: DocumentRef): Promise<readonly DocumentClaim[]>;
  /** The intent and the claims on its document as they stood at one moment, without a lock. */
  loadWithClaims(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<{ readonly intent: Intent; readonly claims: readonly DocumentClaim[] } | undefined>;

  insertSession(session: Session): Promise<"inserted" | "nonce_spent">;
  loadSession(sessionId: string): Promise<Session | undefined>;
  latestSession(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<Session | undefined>;

  /** stored; same: this very body was stored for this session before; replayed: this token was given with another session. */
  putTransientToken(token: StoredToken): Promise<"stored" | "same" | "replayed">;
  loadTransientToken(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<StoredToken | undefined>;
  /** Forgets the token's secret; its jti stays known, so that it cannot come back. */
  discardTransientToken(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<void>;

  /** Cardholder's details, sealed, apart from the financial facts. */
  putDetail(organizationId: OrganizationId, paymentRequestId: PaymentRequestId, sealed: Uint8Array): Promise<void>;
  loadDetail(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<Uint8Array | undefined>;
  discardDetail(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): Promise<void>;

  recordVelocity(keys: readonly VelocityKey[], at: Instant): Promise<void>;
  /** How many since `since`, counted to at most 1,000. */
  countVelocity(key: VelocityKey, since: Instant): Promise<number>;
  blockInstrument(query: { readonly organizationId: OrganizationId; readonly merchantId: string; readonly paymentInstrumentId: string; readonly reason: string; readonly at: Instant }): Promise<void>;
  isInstrumentBlocked(query: { readonly organizationId: OrganizationId; readonly merchantId: string; readonly paymentInstrumentId: string }): Promise<boolean>;

  /** A merchant account whose credentials were refused waits; with `action`, what it is not set up for waits alone. `until` is business time. */
  pauseAccount(query: { readonly organizationId: OrganizationId; readonly merchantId: string; readonly action?: EffectKind | undefined; readonly until: Instant; readonly reason: string }): Promise<void>;
  /** The latest of the account's own pause and those of `actions`. */
  pausedUntil(query: { readonly organizationId: OrganizationId; readonly merchantId: string; readonly actions?: readonly EffectKind[] | undefined }): Promise<Instant | undefined>;

  /** Insert-first deduplication; false when it was there. */
  insertInbox(query: { readonly organizationId: OrganizationId; readonly source: "dataverse" | "cybersource" | "decision" | "approval" | "notice"; readonly key: string; readonly at: Instant }): Promise<boolean>;
  /**
   * A delivery, the work that follows from it, and a line on the timeline of the payment it names (when this ledger knows it), in one.
   * False when the delivery was there: then no work follows, and the line says so. A line is shown in Dataverse within a minute.
   */
  takeDelivery(query: { readonly organizationId: OrganizationId; readonly source: "dataverse" | "cybersource"; readonly key: string; readonly at: Instant; readonly work?: Omit<ScheduledWork, "organizationId"> | undefined; readonly names?: NamedPayment | undefined }): Promise<boolean>;
  /** "Look at this row now": the request itself where card entry was opened for it, else its organization's sweep. */
  hasten(query: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly dueAt: Instant; readonly trace?: string | undefined }): Promise<void>;
  /** Due at the earlier of the old and the new time. */
  schedule(work: ScheduledWork): Promise<void>;
  /** Ends a lease: due again at `dueAt`, or gone when undefined (unless it was scheduled again meanwhile). */
  release(work: Work, dueAt: Instant | undefined): Promise<void>;
  markProjected(organizationId: OrganizationId, paymentRequestId: PaymentRequestId, revision: number): Promise<void>;
  openIncident(incident: Incident): Promise<void>;

  /** Refunds booked, allocations, cards' holders, the trail. */
  readonly surroundings: SurroundingsLedger;
  /** Rows that only the relay writes: what others did to them. */
  readonly ownedRows: OwnedRowsLedger;
  /** How far the day's reports were read. */
  readonly reports: ReportsLedger;
  /** Keys of customers, wrapped: personal data is sealed under them. */
  readonly customerKeys: CustomerKeys;

  /** When this ledger first met the organization (business time); sets it when new. */
  connectedAt(organizationId: OrganizationId, now: Instant): Promise<Instant>;
}

export interface LedgerGauges {
  readonly openEffects: Readonly<Record<string, number>>;
  readonly dueWork: Readonly<Record<string, number>>;
  readonly oldestDueAt?: Instant | undefined;
  readonly incidents: number;
}

/** Processes beside this one on the same ledger. Told is a hint: it may be lost. */
export interface OtherProcesses {
  /** There is something to do. */
  tell(): void;
  /** Calls `wake` whenever somebody has told. Returns how to stop. */
  hear(wake: () => void): () => void;
}

export interface Ledger {
  /** Made once when the ledger is created; stands on every claim row in Dataverse. */
  readonly ledgerId: string;
  transaction<T>(work: (tx: LedgerTransaction) => Promise<T>): Promise<T>;
  /** Without a transaction around it: for a single write, or for reads that need neither a lock nor each other. */
  alone<T>(work: (ledger: LedgerTransaction) => Promise<T>): Promise<T>;
  readonly traffic: Traffic;
  readonly others: OtherProcesses;
  /**
   * Leases what is due: skips what others hold; each lease ends at `leaseUntil` (wire clock) unless extended. Organizations take turns: each
   * gives its first piece before any gives its second, and none more than `perOrganization` names for it. Where that is given, what it does not name
   * is left to processes that know it: a configuration without an organization must not use up what is due for it.
   */
  takeDue(query: { readonly now: Instant; readonly wireNow: Instant; readonly leaseUntil: Instant; readonly kinds: readonly WorkKind[]; readonly limit: number; readonly perOrganization?: ReadonlyMap<OrganizationId, number> | undefined }): Promise<readonly Work[]>;
  extendLease(work: Work, leaseUntil: Instant): Promise<void>;
  /** When something is due next (business clock), for the worker's nap. */
  nextDueAt(kinds: readonly WorkKind[], organizations?: readonly OrganizationId[]): Promise<Instant | undefined>;
  gauges(now: Instant): Promise<LedgerGauges>;
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Another process moved the intent between load and save: a bug when it happens under the lock, harmless otherwise. */
export class LedgerConflict extends Error {
  override readonly name = "LedgerConflict";
}
