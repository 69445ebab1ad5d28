// Logs and metrics. One JSON line per change of state with allow-listed members; redaction is the second lock, for what an author forgets.
import { pino, type DestinationStream, type Logger } from "pino";
import { Counter, type Registry } from "prom-client";
import type { Report, Reporter } from "../ports/reporter.ts";

const REDACTED = ["authorization", "*.authorization", "*.transientToken", "*.jwt", "*.sharedSecret", "*.nonce", "req.headers", "res.headers", "*.captureContext", "*.body"];
const ALLOWED: readonly (keyof Report)[] = ["organizationId", "paymentRequestId", "effectId", "kind", "state", "event", "reason", "attempt", "merchantReference", "durationMs"];

/** Digits in a row that could be a card number never reach a log, whatever carried them there. Ids (UUID, references) are kept. */
const CARD_LIKE = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\d(?:[\s\-._/*]{0,3}\d){12,}/gi;
const withoutDigits = (text: string): string => text.replace(CARD_LIKE, (found) => (UUID.test(found) ? found : "[digits]"));
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const tidy = (value: unknown): unknown => (typeof value === "string" ? withoutDigits(value).slice(0, 300) : value);

/** pino writes one line at a time; each goes through the same sieve, also those of other parts of the relay. A long number becomes 0, so that the line stays JSON. */
const sieve = (destination: DestinationStream): DestinationStream => ({ write: (line) => { destination.write(withoutDigits(line.replace(LONG_NUMBER, "0"))); } });
const LONG_NUMBER = /(?<=[:[,])\d{13,}(?=[,}\]])/g;

/** Lines go out by the page and at least five times a second: each on its own costs a tenth of a payment. Whoever kills the process loses that much of its log, nothing of its ledger. */
const toStderr = (): DestinationStream => pino.destination({ dest: 2, sync: false, minLength: 4096, periodicFlush: 200 });

/** `traceId` stands on every line that belongs to a trace. */
export const createLogger = (level: string, destination?: DestinationStream, traceId: () => string | undefined = () => undefined): Logger =>
  pino({ level, mixin: () => { const id = traceId(); return id === undefined ? {} : { traceId: id }; }, redact: { paths: REDACTED, censor: "[redacted]" }, base: { name: "relay" }, timestamp: pino.stdTimeFunctions.isoTime }, sieve(destination ?? toStderr()));

const pick = (report: Report): Record<string, unknown> => Object.fromEntries(ALLOWED.filter((name) => report[name] !== undefined).map((name) => [name, tidy(report[name])]));
const tidyLabels = (labels: Readonly<Record<string, string>>): Record<string, string> => Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, withoutDigits(value).slice(0, 100)]));

const COUNTERS = {
  effects: ["kind", "state"], answers: ["kind", "answer"], sessions: ["card"], pokes: ["source"], projections: ["answer"], refusals: ["reason"], approvals: ["verdict"], notices: ["table", "answer"], business_events: ["policy", "answer"], page_reports: ["kind"],
} as const;

export function createReporter(logger: Logger, registry: Registry): Reporter {
  const counters = Object.fromEntries(Object.entries(COUNTERS).map(([name, labelNames]) => [name, new Counter({ name: `cybs_${name}_total`, help: `Relay: ${name}, by ${labelNames.join(" and ")}.`, labelNames: [...labelNames], registers: [registry] })]));
  const alarms = new Counter({ name: "cybs_alarms_total", help: "Relay: alarms raised; each name has a runbook.", labelNames: ["name"], registers: [registry] });
  return {
    info: (what, report) => { logger.info(pick(report), what); },
    alarm: (name, report) => { alarms.inc(tidyLabels({ name })); logger.error({ alarm: name, ...pick(report) }, `alarm: ${name}`); },
    count: (name, labels) => { counters[name]?.inc(tidyLabels(labels)); },
  };
}
