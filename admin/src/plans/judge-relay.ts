// Colours for the relay, its ledger, its certificate, the clocks and Cybersource. Pure: facts in, findings out.
import { amber, green, red, type Finding } from "./finding.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

export interface RelayFacts {
  readonly isThere: boolean; readonly cause: string; readonly waitingFor: readonly string[]; readonly isProduction: boolean;
  readonly status: { readonly ledgerKind: string; readonly ledgerId: string; readonly isBound: boolean; readonly oldestDueMs: number; readonly dueWork: number; readonly unknownEffects: number; readonly incidents: number; readonly webhookKeys: number } | undefined;
  /** Ledger ids on transaction rows of the last day. */
  readonly ledgerIds: readonly string[];
}

export function judgeRelay(facts: RelayFacts, url: string): readonly Finding[] {
  if (!facts.isThere) return [red("relay", `the relay at ${url} does not answer (${facts.cause})`, "Start it; check address, firewall and certificate.")];
  const ready = facts.waitingFor.length === 0 ? green("relay", "reachable from here and ready") : red("relay", `not ready, waits for ${facts.waitingFor.join(", ")}`, "Its log says why: most often Dataverse refuses its client secret, or the ledger's database is away.");
  const { status } = facts;
  if (status === undefined) return [ready, amber("relay_state", "the relay does not tell its state", "Set OPERATIONS_KEY at the relay and relay.operationsKey in the environment file.")];
  const others = facts.ledgerIds.filter((id) => id !== status.ledgerId);
  return [
    ready,
    status.isBound ? green("binding", "the relay is bound to this organization") : red("binding", "the relay is not bound to this organization", "Give it the bindings file that setup wrote, and restart it."),
    status.ledgerKind === "pglite" && facts.isProduction ? red("ledger", "the ledger is embedded (PGlite), which does not survive a lost disk or a power cut", "Set DATABASE_URL to a PostgreSQL with backups before live payments.") : green("ledger", `ledger on ${status.ledgerKind}`),
    others.length === 0 ? green("one_ledger", "one ledger writes here") : red("one_ledger", `rows of the last day carry ${others.length} other ledger id(s)`, "Two relays with different ledgers serve this organization, or the ledger was lost. Stop one; rows of the other are recovered by looking, never charged again."),
    judgeQueue(status),
    status.webhookKeys > 1 ? amber("key_rotation", "two webhook keys are valid", "Finish the rotation: run setup, then remove WEBHOOK_KEY_PREVIOUS.") : green("key_rotation", "one webhook key"),
  ];
}

function judgeQueue({ oldestDueMs, dueWork, unknownEffects, incidents }: NonNullable<RelayFacts["status"]>): Finding {
  if (oldestDueMs > 30 * MINUTE) return red("queue", `${dueWork} piece(s) of work are due, the oldest for ${Math.round(oldestDueMs / MINUTE)} minutes`, "The worker does not keep up or is not running (ROLE=worker).");
  if (incidents > 0 || unknownEffects > 0 || oldestDueMs > 5 * MINUTE) return amber("queue", `${dueWork} due, ${unknownEffects} outcome(s) unknown, ${incidents} incident(s)`, "Look at Exceptions in the app; docs/runbooks/alarms.md has a section for each alarm.");
  return green("queue", `${dueWork} piece(s) of work due, nothing unknown`);
}

export function judgeCertificate(facts: { readonly isHttps: boolean; readonly validToMs: number | undefined; readonly problem: string | undefined }, nowMs: number): Finding {
  if (!facts.isHttps) return amber("certificate", "the relay is on plain http", "Right for a sandbox on this machine only; browsers elsewhere refuse it.");
  if (facts.problem !== undefined || facts.validToMs === undefined) return red("certificate", `the certificate is not trusted here: ${facts.problem ?? "none given"}`, "Use a certificate of a public authority; Dataverse calls nothing else.");
  const days = Math.floor((facts.validToMs - nowMs) / DAY);
  return days < 7 ? red("certificate", `the certificate ends in ${days} day(s)`, "Renew it now.") : days < 30 ? amber("certificate", `the certificate ends in ${days} days`, "Renew it.") : green("certificate", `the certificate is good for ${days} days`);
}

/** Differences in milliseconds, ours minus theirs. Signatures of calls to Cybersource last two minutes. */
export function judgeClocks(clocks: Readonly<Record<string, number | undefined>>): readonly Finding[] {
  return Object.entries(clocks).filter((entry): entry is [string, number] => entry[1] !== undefined).map(([name, aheadMs]) => {
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    const id = `clock_${name}`;
    const what = `${seconds} s ${aheadMs >= 0 ? "behind" : "ahead of"} this machine`;
    return seconds > 90 ? red(id, what, "Set the clock by a time server (NTP): signatures last two minutes.") : seconds > 20 ? amber(id, what, "Set the clock by a time server (NTP).") : green(id, "clocks agree");
  });
}

export interface MerchantFacts { readonly merchantId: string; readonly accepted: boolean; readonly refusal: string; readonly keyCreatedOn: string | undefined; readonly isBound: boolean; readonly isRow: boolean; readonly subscriptions: readonly { readonly product: string; readonly status: string }[] | undefined; readonly wantsSubscriptions: boolean }

export function judgeMerchant(facts: MerchantFacts, nowMs: number): readonly Finding[] {
  const id = facts.merchantId;
  const years = facts.keyCreatedOn === undefined ? undefined : (nowMs - Date.parse(facts.keyCreatedOn)) / (365.25 * DAY);
  const paused = facts.subscriptions?.filter((one) => one.status !== "ACTIVE") ?? [];
  return [
    facts.accepted ? green(`credentials_${id}`, `${id}: Cybersource accepts the credentials`) : red(`credentials_${id}`, `${id}: ${facts.refusal}`, "Compare key id and secret with the Business Center; explain-signature shows what was signed."),
    years === undefined ? amber(`key_age_${id}`, `${id}: nobody wrote down when the key was made`, "Set keyCreatedOn in the environment file: keys end three years after they were made.") : years > 2.9 ? red(`key_age_${id}`, `${id}: the key is ${years.toFixed(1)} years old and ends after three`, "Make a new key, set it beside the old one, restart nothing: the relay reads secrets every minute.") : years > 2 ? amber(`key_age_${id}`, `${id}: the key is ${years.toFixed(1)} years old`, "Plan its exchange.") : green(`key_age_${id}`, `${id}: the key is ${Math.max(0, years).toFixed(1)} years old`),
    facts.isBound ? green(`bound_${id}`, `${id}: the relay holds a key for it`) : red(`bound_${id}`, `${id}: the relay holds no key for it`, "Give the relay the bindings file that setup wrote, and restart it."),
    facts.isRow ? green(`account_${id}`, `${id}: has an enabled row in Dataverse`) : red(`account_${id}`, `${id}: has no enabled row in Dataverse`, "Run setup, or enable it in the app (Setup → Merchant accounts)."),
    facts.subscriptions === undefined || !facts.wantsSubscriptions ? green(`subscriptions_${id}`, `${id}: webhooks of Cybersource are not used; the relay looks by itself`) : facts.subscriptions.length === 0 ? amber(`subscriptions_${id}`, `${id}: no webhook subscription`, "Run setup: without it reviews are found by looking, later.") : paused.length > 0 ? amber(`subscriptions_${id}`, `${id}: ${paused.map((one) => `${one.product} is ${one.status}`).join(", ")}`, "PENDING_REVIEW: Cybersource approves the address within two days. SUSPENDED: repair the relay, then activate it in the Business Center.") : green(`subscriptions_${id}`, `${id}: ${facts.subscriptions.length} subscription(s) active`),
  ];
}

export interface DriftFacts { readonly compared: number; readonly differing: readonly string[]; readonly overdue: readonly string[] }

export const judgeDrift = (facts: DriftFacts): readonly Finding[] => [
  facts.differing.length === 0 ? green("drift", `${facts.compared} recent transaction(s) are the same at Cybersource`) : red("drift", `Dataverse and Cybersource differ: ${facts.differing.join(", ")}`, "Do not correct rows by hand: the relay restores them from its ledger. Run the alarm's section in docs/runbooks/alarms.md."),
  facts.overdue.length === 0 ? green("waiting", "no request has waited for long") : red("waiting", `${facts.overdue.length} submitted request(s) were not picked up: ${facts.overdue.slice(0, 5).join(", ")}`, "Is the relay running, and bound to this organization? It finds them by itself as soon as it is."),
];
