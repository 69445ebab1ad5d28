// The tables of the ledger in memory, with the same keys as migrations/*.sql. Key parts are joined with a character that no id contains.
import type { EffectEvent } from "../../domain/payment/events.ts";
import type { Allocation } from "../../domain/allocation/plan-allocations.ts";
import type { PaymentRequestId } from "../../domain/ids.ts";
import type { Intent } from "../../domain/payment/intent.ts";
import type { ReportReading } from "../../domain/settlement/day-report.ts";
import type { Instant } from "../../domain/time.ts";
import type { TrailEntry } from "../../domain/timeline/trail.ts";
import type { Incident, Session, StoredToken, Work } from "../../ports/ledger.ts";
import type { BookedRefund } from "../../ports/surroundings-ledger.ts";
import { UndoLog, UndoMap } from "./undo-map.ts";

export const keyOf = (...parts: readonly string[]): string => parts.join("\n");

export interface CaptureRecord { readonly capturedMinor: bigint; readonly givenBackMinor: bigint }
export interface DocumentRecord { readonly limitMinor: bigint; readonly takenMinor: bigint }
/** `sealed` is undefined once the token's secret was discarded. */
export interface TokenRecord { readonly token: StoredToken; readonly hasSecret: boolean }
export interface WorkRecord { readonly work: Work; readonly leasedUntil: Instant | undefined }

export interface MemoryTables {
  readonly log: UndoLog;
  readonly intents: UndoMap<Intent>;
  /** Intent keys by document. */
  readonly byDocument: UndoMap<readonly string[]>;
  /** Founding rows by later row, and by payment. */
  readonly commands: UndoMap<PaymentRequestId>;
  readonly payments: UndoMap<PaymentRequestId>;
  readonly captures: UndoMap<CaptureRecord>;
  readonly effectIds: UndoMap<true>;
  readonly merchantReferences: UndoMap<true>;
  readonly transactionIds: UndoMap<true>;
  readonly events: UndoMap<readonly EffectEvent[]>;
  readonly documents: UndoMap<DocumentRecord>;
  readonly sessions: UndoMap<Session>;
  readonly nonces: UndoMap<true>;
  readonly sessionsByRequest: UndoMap<readonly Session[]>;
  readonly tokens: UndoMap<TokenRecord>;
  /** Token keys by request. */
  readonly tokensByRequest: UndoMap<readonly string[]>;
  readonly details: UndoMap<Uint8Array>;
  readonly velocity: UndoMap<readonly Instant[]>;
  readonly blocked: UndoMap<true>;
  readonly pauses: UndoMap<Instant>;
  readonly inbox: UndoMap<true>;
  readonly work: UndoMap<WorkRecord>;
  /** The last number given to a lease. */
  readonly leases: UndoMap<number>;
  readonly incidents: UndoMap<Incident>;
  readonly connections: UndoMap<Instant>;
  readonly refunds: UndoMap<{ readonly refund: BookedRefund; readonly isReleased: boolean }>;
  readonly allocations: UndoMap<readonly Allocation[]>;
  readonly paidWith: UndoMap<true>;
  readonly cardHolders: UndoMap<string>;
  readonly trail: UndoMap<readonly TrailEntry[]>;
  readonly positions: UndoMap<string>;
  readonly ownedRows: UndoMap<PaymentRequestId>;
  readonly customerKeys: UndoMap<Uint8Array>;
  readonly erasures: UndoMap<Instant>;
  readonly readings: UndoMap<ReportReading>;
}

export function createTables(): MemoryTables {
  const log = new UndoLog();
  const table = <V>(): UndoMap<V> => new UndoMap<V>(log);
  return {
    log, intents: table(), byDocument: table(), commands: table(), payments: table(), captures: table(), effectIds: table(), merchantReferences: table(), transactionIds: table(), events: table(), documents: table(), sessions: table(), nonces: table(),
    sessionsByRequest: table(), tokens: table(), tokensByRequest: table(), details: table(), velocity: table(), blocked: table(), pauses: table(), inbox: table(), work: table(), leases: table(), incidents: table(), connections: table(),
    refunds: table(), allocations: table(), paidWith: table(), cardHolders: table(), trail: table(), positions: table(), ownedRows: table(), customerKeys: table(), erasures: table(), readings: table(),
  };
}
