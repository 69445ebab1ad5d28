// What replicas share about traffic: idempotency keys of the HTTP side, rate budgets, circuit breakers, and the store's own clock.
import type { OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";

export interface IdempotencyKey {
  readonly scope: string;
  readonly key: string;
}
export type IdempotencyAnswer =
  /** Nobody has used the key, or who did is gone: execute, then `finishRequest`. */
  | { readonly kind: "begun" }
  | { readonly kind: "in_flight" }
  /** The key was used with another request. */
  | { readonly kind: "other_request" }
  | { readonly kind: "answered"; readonly status: number; readonly sealed: Uint8Array };

export interface MerchantKey {
  readonly organizationId: OrganizationId;
  readonly merchantId: string;
}
export interface Circuit extends MerchantKey {
  /** Consecutive calls that were not answered. */
  readonly failures: number;
  readonly openedAt?: Instant | undefined;
  /** When the next read may be tried while it is open. */
  readonly probeAt: Instant;
}

export interface GrantedTokens {
  readonly granted: number;
  /** In the future while the bucket is held. */
  readonly refilledAt: Instant;
}

export interface Traffic {
  /** Insert-first: of any number of requests with one key one begins. `heldUntil`: after it a request that was never answered may begin anew. */
  beginRequest(query: IdempotencyKey & { readonly fingerprint: string; readonly now: Instant; readonly heldUntil: Instant }): Promise<IdempotencyAnswer>;
  finishRequest(query: IdempotencyKey & { readonly status: number; readonly sealed: Uint8Array }): Promise<void>;
  /** A token bucket: how many of `wanted` whole tokens are granted now (0 to wanted). */
  takeTokens(query: { readonly key: string; readonly perSecond: number; readonly burst: number; readonly wanted: number; readonly now: Instant }): Promise<GrantedTokens>;
  /** Empties the bucket; it refills from `until` on. */
  holdTokens(query: { readonly key: string; readonly until: Instant }): Promise<void>;
  /** Every circuit with a failure. */
  circuits(): Promise<readonly Circuit[]>;
  /** One more call without an answer; from `failuresMax` on it is open. Returns what it is then. */
  noteFailure(query: MerchantKey & { readonly failuresMax: number; readonly at: Instant; readonly probeAt: Instant }): Promise<Circuit>;
  closeCircuit(query: MerchantKey): Promise<void>;
  /** A read was answered: calls may be tried again; its failures still count, so that the next one opens it at once. */
  tryCircuit(query: MerchantKey): Promise<void>;
  /** Compare-and-set: one replica at a time probes an open circuit. */
  claimProbe(query: MerchantKey & { readonly now: Instant; readonly nextProbeAt: Instant }): Promise<boolean>;
  /** The store's clock, which all replicas share; undefined where it has none of its own. */
  now(): Promise<Instant | undefined>;
}
