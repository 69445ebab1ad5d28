// How one organization is reached, and what this adapter is given from outside: no clock, random number or certificate is taken from the air.
import type { OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";

/** Asked for at every token request, so that a secret can be exchanged without a restart. */
export interface DataverseConnection {
  /** `https://contoso.crm.dynamics.com`, no path. */
  readonly url: string;
  /** `https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token`. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** One line for the log: allow-listed members, never a body, a header or a name. */
export interface DataverseNote {
  readonly what: "retry" | "unavailable" | "owner_fallback" | "newer_stands" | "document_not_written" | "row_unreadable";
  readonly organizationId: OrganizationId;
  readonly cause: string;
  readonly durationMs?: number | undefined;
}

/** One HTTP POST and what came of it. */
export interface ExchangeRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export type ExchangeAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly contentType: string; readonly retryAfter: string | undefined; readonly date: string | undefined; readonly text: string }
  | { readonly kind: "no_answer"; readonly cause: string };
export type Exchange = (request: ExchangeRequest) => Promise<ExchangeAnswer>;

export interface DataverseOptions {
  readonly organizations: (organizationId: OrganizationId) => DataverseConnection | undefined;
  /** PEM of an own certificate authority (sandbox, TLS-inspecting proxies). */
  readonly ca?: string | undefined;
  /** The wire clock: deadlines, token life, and the fallback for Dataverse's own clock. */
  readonly now: () => Instant;
  readonly log: (note: DataverseNote) => void;
  /** 0 ≤ x < 1; spreads the waiting times of several replicas. */
  readonly random: () => number;
  readonly sleep?: ((ms: number) => Promise<void>) | undefined;
  readonly limits?: Partial<DataverseLimits> | undefined;
  /** The wire; a pool of connections of its own when not given. */
  readonly exchange?: Exchange | undefined;
  /** The application user's budget, shared by replicas: milliseconds to wait before the next call; 0 takes one. */
  readonly budgetWaitMs?: ((organizationId: OrganizationId) => Promise<number>) | undefined;
  /** Dataverse has answered 429 and said when to come back: other replicas need not be told by it, too. */
  readonly holdBudget?: ((organizationId: OrganizationId, ms: number) => Promise<void>) | undefined;
  /** The trace that a call belongs to (W3C traceparent). */
  readonly traceparent?: (() => string | undefined) | undefined;
}

/** Bounds of one call. Dataverse allows 52 requests at once per user (learn.microsoft.com/power-apps/developer/data-platform/api-limits). */
export interface DataverseLimits {
  readonly deadlineMs: number;
  /** All tries and waits of one call together; what does not fit is told to the caller as a time to come back. */
  readonly budgetMs: number;
  readonly responseBytesMax: number;
  readonly connectionsMax: number;
}
export const LIMITS: DataverseLimits = { deadlineMs: 10_000, budgetMs: 20_000, responseBytesMax: 8_000_000, connectionsMax: 20 };

/** The Web API's root; one place for its version. */
export const API_PATH = "/api/data/v9.2/";
