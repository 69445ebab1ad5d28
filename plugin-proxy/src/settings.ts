// Every setting of the relay: its name, form, default and meaning. docs/reference/settings.md is written from this.
import { z } from "zod";

const milliseconds = (fallback: number, limits: { readonly min?: number; readonly max?: number } = {}) => z.coerce.number().int().min(limits.min ?? 1).max(limits.max ?? 2_592_000_000).default(fallback);
const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
const originText = z.string().refine(isOrigin, "must be an origin like https://contoso.crm.dynamics.com, without a path");
const origins = (fallback: string) => z.string().default(fallback).refine((text) => splitList(text).every(isOrigin), "must be origins like https://contoso.crm.dynamics.com, without a path, separated by commas");
const secret = z.string().min(1);

export const splitList = (text: string): readonly string[] => text.split(",").map((part) => part.trim()).filter((part) => part !== "");

const Merchant = z.strictObject({
  merchantId: z.string().min(1).max(30), environment: z.enum(["test", "production"]), authentication: z.enum(["jwt", "http_signature", "jwt_certificate"]).default("jwt"),
  keyId: z.string().min(1).optional(), sharedSecret: z.string().min(1).optional(), p12File: z.string().min(1).optional(), p12Password: z.string().min(1).optional(),
  portfolioId: z.string().min(1).optional(),
  messageEncryption: z.enum(["off", "request", "request_and_response"]).default("off"), encryptionCertificateFile: z.string().min(1).optional(), responseKeyId: z.string().min(1).optional(), responseKey: z.string().min(1).optional(),
});
export type RawMerchant = z.infer<typeof Merchant>;
/** Secrets of a merchant; each may be a reference. */
export const MERCHANT_SECRETS = ["sharedSecret", "p12Password", "responseKey"] as const;
const WebhookKey = z.strictObject({ keyId: z.string().min(1).max(100), key: z.string().min(1) });
const WebhookDecryptionKey = z.strictObject({ keyId: z.string().min(1).max(200).optional(), privateKey: z.string().min(1) });
const Binding = z.strictObject({
  organizationId: z.guid(), url: z.url(), environmentType: z.enum(["sandbox", "production"]), formOrigins: z.array(originText).default([]), merchants: z.array(Merchant).min(1),
  webhookKeys: z.array(WebhookKey).max(20).default([]), webhookDecryptionKeys: z.array(WebhookDecryptionKey).max(20).default([]),
});
/** The content of BINDINGS_FILE: which organization may use which merchant account with which key. */
export const Bindings = z.array(Binding).min(1);

/** Names of settings that hold secrets; each may be a reference (env:NAME, file:/path). */
export const SECRET_NAMES = ["DATABASE_URL", "DATAVERSE_CLIENT_SECRET", "WEBHOOK_KEY", "WEBHOOK_KEY_PREVIOUS", "OPERATIONS_KEY", "DERIVATION_KEY", "TOKEN_ENCRYPTION_KEY", "TOKEN_ENCRYPTION_KEY_PREVIOUS"] as const;
/** Keys shorter than this can be guessed. */
export const KEY_LENGTH_MIN = 16;

export const Settings = z.object({
  PUBLIC_URL: z.url().describe("Address under which browsers reach the relay. https, except localhost for sandbox organizations."),
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080).describe("Port to listen on."),
  ROLE: z.string().default("web,worker").describe("What this process does: web, worker or web,worker. A worker answers /health, /ready and /metrics only."),
  DATABASE_URL: z.string().optional().describe("PostgreSQL that holds the ledger. Without it the ledger lies in LEDGER_DIR, which is for a single machine and not for live merchant accounts."),
  LEDGER_DIR: z.string().min(1).default("./ledger").describe("Folder of the embedded ledger, used by one process at a time."),
  BINDINGS_FILE: z.string().min(1).describe("JSON file that binds organizations to merchant accounts and keys; see below."),
  CYBERSOURCE_HOST: z.string().regex(/^[a-z0-9.-]+(:\d+)?$/i, "must be a host name like api.cybersource.com, without https:// or path").default("apitest.cybersource.com").describe("Host of Cybersource's REST API: api.cybersource.com for live accounts."),
  FLEX_HOSTS: origins("https://testflex.cybersource.com,https://flex.cybersource.com").describe("Origins that Cybersource's card fields may be loaded from."),
  DATAVERSE_TOKEN_URL: z.url().describe("Token endpoint of the tenant (…/oauth2/v2.0/token)."),
  DATAVERSE_CLIENT_ID: z.string().min(1).describe("Application id of the relay's application user."),
  DATAVERSE_CLIENT_SECRET: secret.describe("Client secret of that application."),
  WEBHOOK_KEY: secret.describe("Key that Dataverse's webhook sends; at least 16 characters."),
  WEBHOOK_KEY_PREVIOUS: secret.optional().describe("The webhook key before, still taken while it is exchanged."),
  OPERATIONS_KEY: secret.optional().describe("Key by which the admin command asks for the relay's state and has a customer's details erased; at least 16 characters. Without it nobody can."),
  DERIVATION_KEY: secret.describe("Key that merchant references and transaction ids are derived from; at least 16 characters. Must stay the same after a restore: with another one, recovery cannot find what was sent."),
  TOKEN_ENCRYPTION_KEY: secret.describe("Key that encrypts transient tokens and cardholder's details in the ledger; at least 16 characters."),
  TOKEN_ENCRYPTION_KEY_PREVIOUS: secret.optional().describe("The encryption key before: it opens what was sealed with it, and seals nothing."),
  EMBEDDING_ORIGINS: origins("").describe("Further origins that may frame the card-entry page (Teams, Outlook, portals), separated by commas."),
  CA_FILE: z.string().min(1).optional().describe("File of an additional certificate authority (PEM) for calls to Cybersource and Dataverse."),
  TRUST_PROXY: z.enum(["true", "false", "1", "2", "3", "4"]).default("false").describe("How many proxies of yours in front add to X-Forwarded-For; true: one. What stands before their entries was written by the sender, and is not believed."),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info").describe("Least serious line that is logged."),
  SIGNATURE_LIFE_MS: milliseconds(120_000, { max: 120_000 }).describe("How long Cybersource accepts a signed request."),
  FENCE_SKEW_MS: milliseconds(180_000, { min: 0 }).describe("Added to a signature's end before a request counts as unable to arrive."),
  RESPONSE_DEADLINE_MS: milliseconds(60_000, { max: 600_000 }).describe("How long an answer is waited for; then the outcome is unknown."),
  LAG_MS: milliseconds(900_000).describe("Before this age an empty search at Cybersource proves nothing."),
  ADOPT_WINDOW_MS: milliseconds(1_800_000).describe("How long after the claim a payment found later is kept."),
  WATCH_MS: milliseconds(604_800_000).describe("How long an attempt that was closed as absent is still looked for."),
  REPORT_DELAY_MS: milliseconds(21_600_000, { max: 259_200_000 }).describe("How long after the end of a day its settlement and chargeback reports are read."),
  SETTLED_WORDS: z.string().default("SETTLED").describe("What purchase and refund details call a refund that was settled, separated by commas."),
  SETTLEMENT_REJECTED_WORDS: z.string().default("REJECTED,FAILED").describe("What they call one that the bank turned down, separated by commas. A word in neither list changes nothing and raises an alarm."),
  DISPUTE_WON_WORDS: z.string().default("").describe("Actions of chargeback details by which a dispute ends in your favour, separated by commas; money can be given back again then. Every other line opens a dispute or keeps it open."),
  LEASE_MS: milliseconds(15_000, { min: 500 }).describe("How long a worker holds a piece of work without renewing."),
  SWEEP_IDLE_MS: milliseconds(300_000, { min: 100 }).describe("Time between two sweeps when nothing waits."),
  SWEEP_WAITING_MS: milliseconds(30_000, { min: 100 }).describe("Time between two sweeps while something waits."),
  SWEEP_AFTER_SESSION_MS: milliseconds(5_000, { min: 100 }).describe("Time between two sweeps just after card entry."),
  WEBHOOK_TOLERANCE_MS: milliseconds(3_600_000, { max: 86_400_000 }).describe("How old the signature of a Cybersource notification may be."),
  WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(16).describe("Pieces of work that a worker does at once. With several organizations none takes more than three quarters of them."),
  SHUTDOWN_MS: milliseconds(20_000, { max: 600_000 }).describe("How long a relay that is told to stop finishes what runs. Give the platform's grace period some seconds more."),
  CYBERSOURCE_CALLS_PER_SECOND: z.coerce.number().min(0).max(100_000).default(50).describe("Money calls of one merchant account in a second, all replicas together; bursts of two seconds. 0: no limit."),
  DATAVERSE_REQUESTS_PER_5_MINUTES: z.coerce.number().min(0).max(100_000_000).default(6_000).describe("Requests of the application user in five minutes, all replicas together: Dataverse's service protection limit. 0: no limit."),
  MINT_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(20).describe("Card-entry sessions a user may open in a minute."),
  DECLINE_LIMIT_PER_HOUR: z.coerce.number().int().min(1).default(10).describe("Declines after which a user is stopped for an hour."),
  NEW_CARD_DECLINE_LIMIT_PER_HOUR: z.coerce.number().int().min(1).max(1_000).default(100).describe("Declines of new cards after which a merchant account takes no new card for an hour, whoever types it: card testing. Saved cards go on."),
});
export type RawSettings = z.infer<typeof Settings>;
export type RawBinding = z.infer<typeof Binding>;
