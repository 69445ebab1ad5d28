// What happened around a payment, beside the events that moved it: calls to Cybersource, writes to Dataverse, deliveries, what people decided.
// Members are allow-listed here; there is no place for a body, a header, a name or a number of a card.
import type { OrganizationId, PaymentRequestId } from "../ids.ts";
import type { EffectEvent } from "../payment/events.ts";
import { MINUTE_MS, type Instant } from "../time.ts";

export const TRAIL_SOURCES = ["gateway", "dataverse", "webhook", "person", "relay"] as const;
export type TrailSource = (typeof TRAIL_SOURCES)[number];

export interface TrailEntry {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly at: Instant;
  readonly source: TrailSource;
  readonly what: string;
  readonly effectId?: string | undefined;
  readonly attempt?: number | undefined;
  readonly kind?: string | undefined;
  /** Of a request that a lost ledger took up. */
  readonly name?: string | undefined;
  readonly answer?: string | undefined;
  readonly reason?: string | undefined;
  /** Of a lost ledger's event. */
  readonly evidence?: string | undefined;
  readonly requestId?: string | undefined;
  readonly merchantReference?: string | undefined;
  readonly amount?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly revision?: number | undefined;
  readonly rowId?: string | undefined;
  readonly userId?: string | undefined;
}

/** All that a timeline is told from. */
export interface Happenings {
  readonly events: readonly EffectEvent[];
  readonly trail: readonly TrailEntry[];
}

/** The longest list that is read at once. */
export const TRAIL_MAX = 2_000;

/** A line that moves nothing is shown in Dataverse this long after it was noted: those that come together are written together. */
export const SHOWN_AFTER_MS = MINUTE_MS;
