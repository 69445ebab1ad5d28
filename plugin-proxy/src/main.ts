// The composition root: the only file that knows everyone. Started from the command line it runs the relay until it is told to stop;
// tests start it with clocks of their own.
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { collectDefaultMetrics, Registry } from "prom-client";
import type { Logger } from "pino";
import { loadConfig, type Config } from "./config.ts";
import { createDerivation } from "./crypto/derive-ids.ts";
import { containsPan } from "./crypto/pan.ts";
import { createSealer, hasher } from "./crypto/seal.ts";
import type { Credential } from "./cybersource/authentication/credential.ts";
import { createGateway, type GatewayOptions } from "./cybersource/create-gateway.ts";
import { readWebhook } from "./cybersource/webhook/read-webhook.ts";
import type { DataverseOptions } from "./dataverse/connection.ts";
import { createDataverse } from "./dataverse/create-dataverse.ts";
import { isLedgerDown } from "./db/is-ledger-down.ts";
import { openLedger } from "./db/open-ledger.ts";
import { asOrganizationId, type OrganizationId } from "./domain/ids.ts";
import { RECOVERY_DEFAULTS } from "./domain/payment/settings.ts";
import { MINUTE_MS, SECOND_MS } from "./domain/time.ts";
import { answerOnce } from "./flows/answer-once.ts";
import type { FlowDeps, OrganizationBinding } from "./flows/deps.ts";
import { governRefunds } from "./flows/govern-refund.ts";
import { lookAtPaymentPage } from "./flows/look-at-payment-page.ts";
import { openCardEntry } from "./flows/open-card-entry.ts";
import { receiveCybersourceEvent } from "./flows/receive-cybersource-event.ts";
import { receiveDataverseWebhook } from "./flows/receive-dataverse-webhook.ts";
import { receivePageReport } from "./flows/receive-page-report.ts";
import { receivePoke } from "./flows/receive-poke.ts";
import { storeTransientToken } from "./flows/store-transient-token.ts";
import { createServer, type RelayServer } from "./http/create-server.ts";
import { readPublicPage } from "./http/read-public-page.ts";
import { loadCardEntryPage } from "./http/page-file.ts";
import { createAdmission, GUARD_DEFAULTS } from "./jobs/guard-calls.ts";
import { createHands, withHands } from "./jobs/hands.ts";
import { followLedgerClock } from "./jobs/ledger-clock.ts";
import { createRateBudget } from "./jobs/rate-budget.ts";
import { processTimers } from "./jobs/timers.ts";
import { scheduleStart, startWorker, WORKER_DEFAULTS, type Worker } from "./jobs/worker.ts";
import { operationsOf } from "./operations.ts";
import { runTimelineCommand } from "./timeline-command.ts";
import { createLiveConfig, type LiveConfig } from "./live-config.ts";
import { addLedgerGauges } from "./observability/ledger-gauges.ts";
import { createLogger, createReporter } from "./observability/reporter.ts";
import { createSpanIds } from "./observability/span-ids.ts";
import { createTrace } from "./observability/trace.ts";
import type { Clocks } from "./ports/clocks.ts";
import type { Ledger } from "./ports/ledger.ts";
import type { Trace } from "./ports/trace.ts";
import type { Reporter } from "./ports/reporter.ts";

export interface Relay {
  readonly address: string;
  wake(): void;
  stop(): Promise<void>;
}
export interface RelayOverrides {
  readonly clocks?: Clocks;
  readonly logger?: Logger;
  /** Reads the configuration anew; without it secrets stay as they are. */
  readonly reload?: () => Config;
}

const PAGE_FILE = join(import.meta.dirname, "../card-entry/dist/page.json");

/** Opens the ledger, starts worker and server. Throws when anything it cannot do without is missing. */
export async function startRelay(config: Config, overrides: RelayOverrides = {}): Promise<Relay> {
  const trace = newTrace();
  const logger = overrides.logger ?? createLogger(config.logLevel, undefined, trace.traceId);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const reporter = createReporter(logger, registry);
  const ledger = await openLedger(config.ledger);
  // Due times, leases and the fence go by the database's clock: replicas need not agree on the time among themselves.
  const clock = await followLedgerClock({ traffic: ledger.traffic, own: Date.now, reporter });
  const clocks = overrides.clocks ?? { wire: clock.now, business: clock.now };
  const live = createLiveConfig(config, overrides.reload ?? (() => config), (outcome, why) => { logger.error({ outcome, why }, "configuration not renewed"); });
  const parts = createParts(config, { ledger, clocks, logger, registry, reporter, live, trace });
  let worker: Worker | undefined;
  // Who takes no work itself tells those that do.
  const wake = (): void => { if (worker === undefined) ledger.others.tell(); else worker.wake(); };
  const deps: FlowDeps = { ...parts.deps, wake };
  addLedgerGauges(registry, ledger, clocks);
  if (config.roles.includes("worker")) {
    await scheduleStart(deps);
    worker = startWorker(deps, { ...WORKER_DEFAULTS, leaseMs: config.leaseMs, sweeps: config.sweeps, concurrency: config.workerConcurrency, stopMsMax: config.shutdownMs });
  }
  const stopHearing = worker === undefined ? () => undefined : ledger.others.hear(wake);
  const server = createHttp(config, deps, { registry, logger, worker: () => worker, ledger, live });
  const address = await server.listen(config.port);
  const stopLooking = config.roles.includes("web") ? watchPaymentPage(config, deps, server) : () => undefined;
  logger.info({ address, organizations: config.organizations.length }, "relay started");
  return {
    address, wake,
    stop: async () => {
      live.stop();
      clock.stop();
      stopHearing();
      stopLooking();
      // Nothing new is taken on either side; what runs is finished, within the limit.
      await Promise.all([server.close(), worker?.stop()]);
      await Promise.all([parts.gateway.close(), parts.dataverse.close()]);
      await ledger.close();
      logger.info("relay stopped");
    },
  };
}

const PAGE_LOOK_MS = 60 * MINUTE_MS;

/** Once an hour the page is looked at as browsers get it, of one organization after the other. */
function watchPaymentPage(config: Config, deps: FlowDeps, server: RelayServer): () => void {
  const seen = readPublicPage(config.publicUrl, config.ca);
  let turn = 0;
  return processTimers.every(PAGE_LOOK_MS, () => {
    const organizationId = [...deps.organizations.keys()][turn++ % Math.max(1, deps.organizations.size)];
    if (organizationId !== undefined) void lookAtPaymentPage(deps, { served: (path) => server.answerTo(path), seen }, organizationId);
  });
}

const newTrace = (random?: (count: number) => Buffer) => createTrace(random === undefined ? createSpanIds(randomBytes) : (count) => random(count).toString("hex"));

/** The world, where it is not the real one: wires, waiting and chance of a simulation. */
export interface World {
  readonly transport: GatewayOptions["transport"];
  readonly exchange: DataverseOptions["exchange"];
  readonly sleep: DataverseOptions["sleep"];
  readonly random: () => number;
  readonly randomId: () => string;
  readonly randomBytes: (count: number) => Buffer;
}
export interface Given { readonly ledger: Ledger; readonly clocks: Clocks; readonly logger: Logger; readonly registry: Registry; readonly live: LiveConfig; readonly world?: World; readonly reporter?: Reporter; readonly trace?: Trace }

/** Puts the parts together; everything that is not a decision comes from `given`. */
export function createParts(config: Config, given: Given) {
  const byId = new Map(config.organizations.map((organization) => [organization.organizationId, organization]));
  const { live, reporter = createReporter(given.logger, given.registry), trace = newTrace(given.world?.randomBytes) } = given;
  const gateway = createGateway({
    ...given.world, host: config.cybersource.host, flexHosts: config.cybersource.flexHosts, wireClock: given.clocks.wire, signatureLifeMs: config.recovery.signatureLifeMs, deadlineMs: config.recovery.responseDeadlineMs, ca: config.ca, reportWords: config.reportWords, traceparent: trace.forCall,
    credentials: (binding) => credentialsOf(live.current()).get(`${binding.organizationId} ${binding.merchantId} ${binding.environment}`),
  });
  const budgetOf = (perSecond: number, burst: number, handful: number) => (perSecond === 0 ? undefined : createRateBudget({ traffic: given.ledger.traffic, now: given.clocks.wire }, { perSecond, burst, handful }));
  const { cybersourcePerSecond, dataversePer5Minutes } = config.traffic;
  const userBudget = budgetOf(dataversePer5Minutes * SECOND_MS / (5 * MINUTE_MS), dataversePer5Minutes, 20);
  const userOf = (organizationId: OrganizationId): string => `dataverse ${organizationId} ${config.dataverse.clientId}`;
  const dataverse = createDataverse({
    random: Math.random, ...given.world, ca: config.ca, now: given.clocks.wire, log: (note) => { given.logger.warn({ what: note.what, organizationId: note.organizationId, cause: note.cause.slice(0, 200) }, "dataverse"); },
    traceparent: trace.forCall, budgetWaitMs: async (organizationId) => userBudget?.waitMs(userOf(organizationId)) ?? 0, holdBudget: async (organizationId, ms) => userBudget?.hold(userOf(organizationId), ms),
    organizations: (organizationId) => {
      const organization = byId.get(organizationId);
      return organization === undefined ? undefined : { url: organization.url, tokenUrl: config.dataverse.tokenUrl, clientId: config.dataverse.clientId, clientSecret: live.current().dataverse.clientSecret.reveal() };
    },
  });
  const hands = createHands(handsOfAccount(config));
  const deps: Omit<FlowDeps, "wake"> = {
    moneyOut: governRefunds({ surroundings: dataverse.surroundings, clocks: given.clocks, hasher }), surroundings: dataverse.surroundings, ledger: given.ledger, dataverse, gateway: withHands(gateway, hands), clocks: given.clocks, trace,
    admission: createAdmission(
      { traffic: given.ledger.traffic, gateway, hands, clocks: given.clocks, reporter, budget: budgetOf(cybersourcePerSecond, Math.max(1, 2 * cybersourcePerSecond), Math.max(1, Math.ceil(cybersourcePerSecond / 8))), random: given.world?.random ?? Math.random },
      GUARD_DEFAULTS,
    ),
    derivation: createDerivation(config.keys.derivation.reveal()), sealer: createSealer(() => live.current().keys.tokenEncryption.reveal(), given.world?.randomBytes), hasher,
    reporter, settings: { ...RECOVERY_DEFAULTS, ...config.recovery }, limits: { ...config.limits, nonceAgeMs: 15 * MINUTE_MS },
    organizations: bindingsOf(config), publicOrigin: config.publicOrigin, randomId: given.world?.randomId ?? randomUUID,
  };
  return { deps, gateway, dataverse };
}

/** With several merchant accounts none may have more than three quarters of the hands waiting for its answers. */
function handsOfAccount(config: Config): number {
  const accounts = config.organizations.reduce((count, organization) => count + organization.merchants.length, 0);
  return accounts < 2 ? config.workerConcurrency : Math.ceil(config.workerConcurrency * 0.75);
}

const opened = new WeakMap<Config, ReadonlyMap<string, Credential>>();

/** Opened once for each configuration: a call only looks its merchant up. */
function credentialsOf(config: Config): ReadonlyMap<string, Credential> {
  const known = opened.get(config) ?? openCredentials(config);
  opened.set(config, known);
  return known;
}

function openCredentials(config: Config): ReadonlyMap<string, Credential> {
  return new Map(config.organizations.flatMap(({ organizationId, merchants }) => merchants.map(({ merchantId, environment, portfolioId, keys }) => {
    const { scheme, keyId, sharedSecret = "", privateKey, encryption } = keys.reveal();
    const named = { merchantId, keyId, portfolioId, encryption };
    const credential: Credential = scheme === "jwt_certificate" && privateKey !== undefined ? { ...named, scheme, privateKey } : { ...named, scheme: scheme === "http_signature" ? scheme : "jwt", sharedSecret };
    return [`${organizationId} ${merchantId} ${environment}`, credential] as const;
  })));
}

function bindingsOf(config: Config): ReadonlyMap<OrganizationId, OrganizationBinding> {
  return new Map(config.organizations.map((organization) => {
    const organizationId = asOrganizationId(organization.organizationId);
    return [organizationId, {
      organizationId, environmentType: organization.environmentType, embeddingOrigins: [...new Set([...organization.formOrigins, ...config.embeddingOrigins])],
      merchants: organization.merchants.map((merchant) => ({ organizationId, merchantId: merchant.merchantId, environment: merchant.environment })),
    }];
  }));
}

interface HttpGiven { readonly registry: Registry; readonly logger: Logger; readonly worker: () => Worker | undefined; readonly ledger: Ledger; readonly live: LiveConfig }

function createHttp(config: Config, deps: FlowDeps, given: HttpGiven): RelayServer {
  const page = loadCardEntryPage(PAGE_FILE);
  return createServer({
    handlers: {
      openCardEntry: (input) => openCardEntry(deps, input), storeTransientToken: (input) => storeTransientToken(deps, input),
      receivePoke: (input) => receivePoke(deps, input), receiveDataverseWebhook: (input) => receiveDataverseWebhook(deps, input),
      receiveCybersourceEvent: (input) => receiveCybersourceEvent(deps, input), receivePageReport: (seen) => { receivePageReport(deps, seen); }, answerOnce: (request, run) => answerOnce(deps, request, run),
    },
    embeddingOrigins: (organizationId) => deps.organizations.get(asOrganizationId(organizationId))?.embeddingOrigins,
    operations: operationsOf(config, deps, { ...given, page }), publicOrigin: config.publicOrigin, flexOrigins: config.cybersource.flexHosts, page, webhookKeys: () => given.live.current().keys.webhook.reveal(), isEqual: hasher.isEqual, containsPan,
    readCybersourceWebhook: (organizationId, delivery) => {
      const keys = given.live.current().organizations.find((organization) => organization.organizationId === organizationId.toLowerCase())?.webhooks.reveal();
      return readWebhook(delivery, keys ?? { signing: [], decryption: [] }, { now: deps.clocks.wire(), toleranceMs: config.webhookToleranceMs });
    },
    notReady: () => notReady(config, given), trace: deps.trace, metrics: given.registry, isLedgerDown, isOperationsOnly: !config.roles.includes("web"), now: deps.clocks.wire, trustProxy: config.trustProxy,
    reportError: ({ route, error }) => { given.logger.error({ route, error: error instanceof Error ? error.name : "unknown", stack: error instanceof Error ? error.stack?.split("\n").slice(1, 6).join("\n") : undefined }, "request failed"); },
  });
}

/** What keeps the relay from working: the ledger, or an organization that has not answered, or is another one. */
async function notReady(config: Config, given: HttpGiven): Promise<readonly string[]> {
  try { await given.ledger.check(); } catch { return ["ledger"]; }
  const worker = given.worker();
  if (worker === undefined) return [];
  return config.organizations.filter((organization) => !worker.readiness.isReady(asOrganizationId(organization.organizationId))).map((organization) => `organization ${organization.organizationId}`);
}

const STOP_GRACE_MS = 5 * SECOND_MS;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const [verb, ...rest] = process.argv.slice(2);
  if (verb === "timeline") {
    process.exitCode = await runTimelineCommand(config.ledger, rest, (text) => { process.stdout.write(text); });
    return;
  }
  const relay = await startRelay(config, { reload: () => loadConfig(process.env) });
  const stop = (): void => {
    // A part that hangs must not keep the process for ever: what it held goes on elsewhere.
    setTimeout(() => process.exit(1), config.shutdownMs + STOP_GRACE_MS).unref();
    void relay.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
