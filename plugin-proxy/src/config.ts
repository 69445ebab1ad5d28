// The only reader of the environment. Every mistake is named at once, in words an operator can act on; what comes out is frozen.
// Secrets are given by reference (env:NAME, file:/path) or as they are, and print as [secret] wherever they are printed.
import { readFileSync } from "node:fs";
import { openWebhookKeys, type WebhookKeys } from "./webhook-keys.ts";
import { openMerchantKeys, type MerchantKeys } from "./merchant-keys.ts";
import { Bindings, KEY_LENGTH_MIN, MERCHANT_SECRETS, SECRET_NAMES, Settings, splitList, type RawBinding, type RawSettings } from "./settings.ts";

/** A value that no log, error or JSON shows. */
export class Secret<T = string> {
  readonly #value: T;
  constructor(value: T) { this.#value = value; }
  reveal(): T { return this.#value; }
  toString(): string { return "[secret]"; }
  toJSON(): string { return "[secret]"; }
  [Symbol.for("nodejs.util.inspect.custom")](): string { return "[secret]"; }
}

export type KeyRing = Secret<readonly [string, ...string[]]>;

type Env = Readonly<Record<string, string | undefined>>;

function resolve(reference: string, env: Env): string {
  if (reference.startsWith("env:")) return env[reference.slice(4)] ?? "";
  if (reference.startsWith("file:")) return readFileSync(reference.slice(5), "utf8").trim();
  return reference;
}

const isLocal = (url: string): boolean => ["localhost", "127.0.0.1"].includes(new URL(url).hostname);

/** `keys.reveal()` opens what signs and encrypts; like every secret it prints as [secret]. */
export interface MerchantConfig { readonly merchantId: string; readonly environment: "test" | "production"; readonly portfolioId?: string | undefined; readonly keys: Secret<MerchantKeys> }
export interface OrganizationConfig { readonly organizationId: string; readonly url: string; readonly environmentType: "sandbox" | "production"; readonly formOrigins: readonly string[]; readonly merchants: readonly MerchantConfig[]; readonly webhooks: Secret<WebhookKeys> }
export interface Config {
  readonly port: number;
  readonly publicUrl: string;
  readonly publicOrigin: string;
  readonly roles: readonly ("web" | "worker")[];
  readonly ledger: { readonly databaseUrl: string } | { readonly directory: string };
  readonly organizations: readonly OrganizationConfig[];
  readonly cybersource: { readonly host: string; readonly flexHosts: readonly string[] };
  readonly dataverse: { readonly tokenUrl: string; readonly clientId: string; readonly clientSecret: Secret };
  /** The current key first; a second one is valid while keys are exchanged. */
  readonly keys: { readonly webhook: KeyRing; readonly operations: Secret | undefined; readonly derivation: Secret; readonly tokenEncryption: KeyRing };
  readonly embeddingOrigins: readonly string[];
  readonly ca: string | undefined;
  /** How many proxies in front are one's own. */
  readonly trustProxy: number;
  readonly logLevel: RawSettings["LOG_LEVEL"];
  readonly recovery: { readonly signatureLifeMs: number; readonly fenceSkewMs: number; readonly responseDeadlineMs: number; readonly lagMs: number; readonly adoptWindowMs: number; readonly watchMs: number; readonly reportDelayMs: number };
  /** What the reports call settled, rejected, won; lower case. */
  readonly reportWords: { readonly settled: readonly string[]; readonly rejected: readonly string[]; readonly disputeWon: readonly string[] };
  readonly leaseMs: number;
  readonly sweeps: { readonly idleMs: number; readonly whileWaitingMs: number; readonly afterSessionMs: number };
  readonly traffic: { readonly cybersourcePerSecond: number; readonly dataversePer5Minutes: number };
  readonly workerConcurrency: number;
  readonly shutdownMs: number;
  readonly webhookToleranceMs: number;
  readonly limits: { readonly mintsPerMinute: number; readonly declinesPerHour: number; readonly newCardDeclinesPerHour: number };
}

/** Every mistake of the configuration, one sentence a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(mistakes: readonly string[]) { super(`The relay's configuration has ${mistakes.length} mistake(s):\n${mistakes.map((mistake) => `  - ${mistake}`).join("\n")}`); }
}

/** Reads, checks, freezes. Throws ConfigError with every mistake. A setting that is empty counts as not given. */
export function loadConfig(env: Env): Config {
  const mistakes: string[] = [];
  const given: Record<string, string | undefined> = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  for (const name of SECRET_NAMES) given[name] = secretOf({ name, reference: given[name], env }, mistakes);
  const parsed = Settings.safeParse(given);
  if (!parsed.success) mistakes.push(...parsed.error.issues.map((issue) => toSentence(issue, given)));
  for (const name of KEYS) if ((given[name]?.length ?? KEY_LENGTH_MIN) < KEY_LENGTH_MIN) mistakes.push(`${name}: is shorter than ${KEY_LENGTH_MIN} characters.`);
  const ca = readText("CA_FILE", given["CA_FILE"], mistakes);
  const bindings = readBindings(given["BINDINGS_FILE"], env, mistakes);
  if (parsed.success) checkTogether(parsed.data, bindings, mistakes);
  // Keys are opened only when every reference is sound, so that one mistake is told once.
  const organizations = mistakes.length > 0 ? [] : bindings.map((binding) => toOrganization(binding, env, mistakes));
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return toConfig(parsed.data, organizations, ca);
}

const KEYS = ["WEBHOOK_KEY", "WEBHOOK_KEY_PREVIOUS", "OPERATIONS_KEY", "DERIVATION_KEY", "TOKEN_ENCRYPTION_KEY", "TOKEN_ENCRYPTION_KEY_PREVIOUS"] as const;
const ringOf = (current: string, previous: string | undefined): KeyRing => new Secret(previous === undefined ? [current] as const : [current, previous] as const);

/** Never quotes what was given: it may be a secret in the wrong place. */
function toSentence(issue: { readonly path: readonly PropertyKey[]; readonly message: string }, given: Env): string {
  const name = String(issue.path[0]);
  return `${name}: ${given[name] === undefined ? "is missing" : issue.message}.`;
}

function readText(name: string, file: string | undefined, mistakes: string[]): string | undefined {
  if (file === undefined) return undefined;
  try { return readFileSync(file, "utf8"); } catch { mistakes.push(`${name}: the file ${file} cannot be read.`); return undefined; }
}

/** The secret that a reference names. One that names nothing is a mistake, and not also a missing setting. */
function secretOf(wanted: { readonly name: string; readonly reference: string | undefined; readonly env: Env }, mistakes: string[]): string | undefined {
  const { name, reference } = wanted;
  if (reference === undefined) return undefined;
  let value = "";
  try { value = resolve(reference, wanted.env); } catch { mistakes.push(`${name}: its file cannot be read.`); return reference; }
  if (value !== "") return value;
  mistakes.push(`${name}: its reference names something that is empty or not set.`);
  return reference;
}

function readBindings(file: string | undefined, env: Env, mistakes: string[]): readonly RawBinding[] {
  const text = readText("BINDINGS_FILE", file, mistakes);
  if (text === undefined) return [];
  let json: unknown;
  try { json = JSON.parse(text); } catch { mistakes.push("BINDINGS_FILE: the file is not JSON."); return []; }
  const parsed = Bindings.safeParse(json);
  if (!parsed.success) { mistakes.push(...parsed.error.issues.map((issue) => `BINDINGS_FILE ${issue.path.join(".")}: ${issue.message}.`)); return []; }
  for (const merchant of parsed.data.flatMap((binding) => binding.merchants)) {
    for (const name of MERCHANT_SECRETS) secretOf({ name: `BINDINGS_FILE, ${name} of merchant ${merchant.merchantId}`, reference: merchant[name], env }, mistakes);
  }
  for (const binding of parsed.data) {
    for (const reference of [...binding.webhookKeys.map(({ key }) => key), ...binding.webhookDecryptionKeys.map(({ privateKey }) => privateKey)]) secretOf({ name: `BINDINGS_FILE, webhook keys of organization ${binding.organizationId}`, reference, env }, mistakes);
  }
  const ids = parsed.data.map((binding) => binding.organizationId.toLowerCase());
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) mistakes.push(`BINDINGS_FILE: organization ${id} is named twice.`);
  return parsed.data;
}

/** Rules that no single setting can break alone. */
function checkTogether(settings: RawSettings, bindings: readonly RawBinding[], mistakes: string[]): void {
  const hasProduction = bindings.some((binding) => binding.environmentType === "production");
  const isSafe = (url: string, isProduction: boolean): boolean => url.startsWith("https://") || (!isProduction && isLocal(url));
  if (!isSafe(settings.PUBLIC_URL, hasProduction)) mistakes.push("PUBLIC_URL: must be https (only localhost of sandbox organizations may be plain http).");
  if (!isSafe(settings.DATAVERSE_TOKEN_URL, hasProduction)) mistakes.push("DATAVERSE_TOKEN_URL: must be https.");
  for (const binding of bindings) {
    const isProduction = binding.environmentType === "production";
    if (!isSafe(binding.url, isProduction)) mistakes.push(`BINDINGS_FILE: the url of organization ${binding.organizationId} must be https.`);
    for (const merchant of binding.merchants) {
      if (isProduction !== (merchant.environment === "production")) mistakes.push(`BINDINGS_FILE: organization ${binding.organizationId} is ${binding.environmentType}, its merchant ${merchant.merchantId} is for ${merchant.environment}. Live credentials serve production organizations only, and the reverse.`);
    }
  }
  if (hasProduction && settings.CYBERSOURCE_HOST.startsWith("apitest.")) mistakes.push("CYBERSOURCE_HOST: a production organization cannot use the test host.");
  if (!hasProduction && bindings.length > 0 && settings.CYBERSOURCE_HOST === "api.cybersource.com") mistakes.push("CYBERSOURCE_HOST: sandbox organizations cannot use the live host.");
  if (settings.DATABASE_URL !== undefined && !/^postgres(ql)?:\/\//.test(settings.DATABASE_URL)) mistakes.push("DATABASE_URL: must start with postgresql://.");
  const roles = splitList(settings.ROLE);
  if (roles.length === 0 || roles.some((role) => role !== "web" && role !== "worker")) mistakes.push("ROLE: use web, worker or web,worker.");
}

function toOrganization(binding: RawBinding, env: Env, mistakes: string[]): OrganizationConfig {
  const secret = (reference: string | undefined): string | undefined => (reference === undefined ? undefined : resolve(reference, env));
  return {
    organizationId: binding.organizationId.toLowerCase(), url: binding.url, environmentType: binding.environmentType, formOrigins: binding.formOrigins.length === 0 ? [new URL(binding.url).origin] : binding.formOrigins,
    merchants: binding.merchants.map((merchant) => ({ merchantId: merchant.merchantId, environment: merchant.environment, portfolioId: merchant.portfolioId, keys: new Secret(openMerchantKeys(merchant, secret, mistakes)) })),
    webhooks: new Secret(openWebhookKeys(binding, (reference) => resolve(reference, env), mistakes)),
  };
}

const wordsOf = (list: string): readonly string[] => splitList(list).map((word) => word.toLowerCase());

function toConfig(settings: RawSettings, organizations: readonly OrganizationConfig[], ca: string | undefined): Config {
  return freeze<Config>({
    port: settings.PORT, publicUrl: settings.PUBLIC_URL, publicOrigin: new URL(settings.PUBLIC_URL).origin, roles: splitList(settings.ROLE) as ("web" | "worker")[],
    ledger: settings.DATABASE_URL === undefined ? { directory: settings.LEDGER_DIR } : { databaseUrl: settings.DATABASE_URL },
    organizations,
    cybersource: { host: settings.CYBERSOURCE_HOST, flexHosts: splitList(settings.FLEX_HOSTS) },
    dataverse: { tokenUrl: settings.DATAVERSE_TOKEN_URL, clientId: settings.DATAVERSE_CLIENT_ID, clientSecret: new Secret(settings.DATAVERSE_CLIENT_SECRET) },
    keys: { webhook: ringOf(settings.WEBHOOK_KEY, settings.WEBHOOK_KEY_PREVIOUS), operations: settings.OPERATIONS_KEY === undefined ? undefined : new Secret(settings.OPERATIONS_KEY), derivation: new Secret(settings.DERIVATION_KEY), tokenEncryption: ringOf(settings.TOKEN_ENCRYPTION_KEY, settings.TOKEN_ENCRYPTION_KEY_PREVIOUS) },
    embeddingOrigins: splitList(settings.EMBEDDING_ORIGINS), ca, trustProxy: settings.TRUST_PROXY === "false" ? 0 : settings.TRUST_PROXY === "true" ? 1 : Number(settings.TRUST_PROXY), logLevel: settings.LOG_LEVEL,
    recovery: { signatureLifeMs: settings.SIGNATURE_LIFE_MS, fenceSkewMs: settings.FENCE_SKEW_MS, responseDeadlineMs: settings.RESPONSE_DEADLINE_MS, lagMs: settings.LAG_MS, adoptWindowMs: settings.ADOPT_WINDOW_MS, watchMs: settings.WATCH_MS, reportDelayMs: settings.REPORT_DELAY_MS },
    reportWords: { settled: wordsOf(settings.SETTLED_WORDS), rejected: wordsOf(settings.SETTLEMENT_REJECTED_WORDS), disputeWon: wordsOf(settings.DISPUTE_WON_WORDS) },
    traffic: { cybersourcePerSecond: settings.CYBERSOURCE_CALLS_PER_SECOND, dataversePer5Minutes: settings.DATAVERSE_REQUESTS_PER_5_MINUTES },
    workerConcurrency: settings.WORKER_CONCURRENCY, shutdownMs: settings.SHUTDOWN_MS, webhookToleranceMs: settings.WEBHOOK_TOLERANCE_MS,
    leaseMs: settings.LEASE_MS, sweeps: { idleMs: settings.SWEEP_IDLE_MS, whileWaitingMs: settings.SWEEP_WAITING_MS, afterSessionMs: settings.SWEEP_AFTER_SESSION_MS },
    limits: { mintsPerMinute: settings.MINT_LIMIT_PER_MINUTE, declinesPerHour: settings.DECLINE_LIMIT_PER_HOUR, newCardDeclinesPerHour: settings.NEW_CARD_DECLINE_LIMIT_PER_HOUR },
  });
}

/** Frozen all the way down; secrets guard themselves. */
function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !(value instanceof Secret)) for (const inner of Object.values(value)) freeze<unknown>(inner);
  return Object.freeze(value);
}
