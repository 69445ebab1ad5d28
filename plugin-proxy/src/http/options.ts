// What the HTTP side is given: the flows it may call, slices of the configuration, and the few functions it cannot import.
import type { Registry } from "prom-client";
import type { Result } from "../domain/result.ts";
import type { Instant } from "../domain/time.ts";
import type { CardEntryRefusal, CardEntrySession, OpenCardEntryInput } from "../flows/open-card-entry.ts";
import type { WebhookHint } from "../flows/receive-dataverse-webhook.ts";
import type { KeptAnswer, KeyedRequest, OnceAnswer } from "../flows/answer-once.ts";
import type { CybersourceEvent, WebhookReading } from "../ports/webhook.ts";
import type { SeenInPage } from "../flows/receive-page-report.ts";
import type { Hint } from "../flows/receive-poke.ts";
import type { StoreTransientTokenInput, TokenRefusalCode } from "../flows/store-transient-token.ts";
import type { Trace } from "../ports/trace.ts";
import type { Operations } from "./operations-types.ts";
import type { CardEntryPage } from "./page-file.ts";

/** The flows, with their dependencies already given. */
export interface Handlers {
  readonly openCardEntry: (input: OpenCardEntryInput) => Promise<Result<CardEntrySession, CardEntryRefusal>>;
  readonly storeTransientToken: (input: StoreTransientTokenInput) => Promise<Result<unknown, { readonly code: TokenRefusalCode }>>;
  readonly receivePoke: (input: Hint) => Promise<void>;
  readonly receiveDataverseWebhook: (input: WebhookHint) => Promise<unknown>;
  readonly receiveCybersourceEvent: (input: { readonly organizationId: string; readonly event: CybersourceEvent }) => Promise<unknown>;
  readonly receivePageReport: (seen: SeenInPage) => void;
  readonly answerOnce: (request: KeyedRequest, run: () => Promise<KeptAnswer>) => Promise<OnceAnswer>;
}

export interface RateLimits {
  /** From one address in a minute; a whole office may share one. */
  readonly sessionsPerAddress: number;
  readonly pokesPerAddress: number;
  readonly pokesPerRequest: number;
  /** Idempotency keys: each is a row that stays. */
  readonly keysPerAddress: number;
  readonly eventsPerAddress: number;
}
export const RATE_LIMITS: RateLimits = { sessionsPerAddress: 600, pokesPerAddress: 1_200, pokesPerRequest: 30, keysPerAddress: 600, eventsPerAddress: 6_000 };

/** A delivery as it came. */
export interface CybersourceDelivery {
  readonly raw: Buffer;
  readonly signature: string | undefined;
  readonly eventType: string | undefined;
  readonly merchantId: string | undefined;
}

export interface ServerOptions {
  readonly handlers: Handlers;
  /** Origins that may frame an organization's card-entry page; undefined for organizations nobody configured. */
  readonly embeddingOrigins: (organizationId: string) => readonly string[] | undefined;
  readonly publicOrigin: string;
  /** Where the Flex library and its fields come from. */
  readonly flexOrigins: readonly string[];
  readonly page: CardEntryPage;
  /** Several may be valid while a key is exchanged. */
  readonly webhookKeys: () => readonly string[];
  /** Takes the same time whatever differs. */
  /** Verifies, opens and reads a delivery of Cybersource, with the keys of that organization. */
  readonly readCybersourceWebhook: (organizationId: string, delivery: CybersourceDelivery) => Promise<WebhookReading>;
  readonly isEqual: (left: string, right: string) => boolean;
  readonly containsPan: (text: string) => boolean;
  /** Names of what is not ready yet; empty when everything is. */
  readonly notReady: () => Promise<readonly string[]>;
  readonly metrics: Registry;
  /** For the admin command; absent or without a key there is no such address. */
  readonly operations?: Operations | undefined;
  /** Is this the ledger's database not answering, rather than a bug? */
  readonly isLedgerDown: (error: unknown) => boolean;
  /** A bug or a broken dependency: name and stack of the error, never what was sent. */
  readonly reportError: (report: { readonly route: string; readonly error: unknown }) => void;
  readonly trace: Pick<Trace, "run">;
  /** A worker answers operators only: no page, no pokes, no webhooks. */
  readonly isOperationsOnly?: boolean | undefined;
  readonly now: () => Instant;
  readonly limits?: Partial<RateLimits> | undefined;
  /** How many entries of X-Forwarded-For, from the last, are by proxies of one's own. Those before them are whatever the sender wrote. */
  readonly trustProxy?: number | undefined;
}
