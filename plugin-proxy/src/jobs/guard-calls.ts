// Keeps a merchant account that is not reached, or calls too much, from taking the relay with it: a circuit breaker and a budget for each
// account, shared by replicas, and a share of this process's hands. An open circuit is tried by a read; no money call is ever the probe.
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { Admission, AdmissionAnswer } from "../ports/admission.ts";
import type { Clocks } from "../ports/clocks.ts";
import type { Gateway, GatewayAnswer, MerchantBinding } from "../ports/gateway.ts";
import { asMerchantReference } from "../domain/ids.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { Circuit, Traffic } from "../ports/traffic.ts";
import type { RateBudget } from "./rate-budget.ts";

export interface GuardSettings {
  /** Calls in a row without an answer after which the circuit opens. */
  readonly failuresMax: number;
  readonly probeMsBase: number;
  readonly probeMsMax: number;
  /** Calls of one account under way in this process. */
  readonly inFlightMax: number;
}
export const GUARD_DEFAULTS: Omit<GuardSettings, "inFlightMax"> = { failuresMax: 5, probeMsBase: 5 * SECOND_MS, probeMsMax: 60 * SECOND_MS };

export interface GuardDeps {
  readonly traffic: Traffic;
  readonly gateway: Pick<Gateway, "look">;
  readonly clocks: Clocks;
  readonly reporter: Reporter;
  /** Undefined: no budget. */
  readonly budget: RateBudget | undefined;
  /** 0 ≤ x < 1; spreads what waits. */
  readonly random: () => number;
}

/** What other replicas found out is known within this time. */
const REFRESH_MS = SECOND_MS;
const BUSY_MS = SECOND_MS / 2;
/** Finds nothing, by design: it only has to be answered. */
const PROBE_REFERENCE = asMerchantReference("RELAY-PROBE");

const keyOf = ({ organizationId, merchantId }: Pick<MerchantBinding, "organizationId" | "merchantId">): string => `${organizationId} ${merchantId}`;
/** Proved not sent, or no answer that can be trusted: reset, deadline, 5xx. A refusal is an answer. */
const isFailure = (answer: GatewayAnswer): boolean => answer.kind === "not_sent" || (answer.kind === "unknown" && answer.event === "no_answer");

export function createAdmission(deps: GuardDeps, settings: GuardSettings): Admission {
  const inFlight = new Map<string, number>();
  const circuits = createCircuits(deps, settings);
  const refuse = (until: Instant, reason: Exclude<AdmissionAnswer, { isAdmitted: true }>["reason"]): AdmissionAnswer => ({ isAdmitted: false, until: until + deps.random() * BUSY_MS, reason });
  return {
    async admit(binding) {
      const now = deps.clocks.business();
      const closedUntil = await circuits.closedUntil(binding);
      if (closedUntil !== undefined) return refuse(closedUntil, "cybersource_away");
      const key = keyOf(binding);
      const running = inFlight.get(key) ?? 0;
      if (running >= settings.inFlightMax) return refuse(now + BUSY_MS, "account_busy");
      // Counted before anything is awaited, so that no two take the last place.
      inFlight.set(key, running + 1);
      const waitMs = await deps.budget?.waitMs(`cybersource ${key}`) ?? 0;
      if (waitMs === 0) return { isAdmitted: true };
      leave(inFlight, key);
      return refuse(now + waitMs, "rate_limited");
    },
    async settle(binding, answer) {
      leave(inFlight, keyOf(binding));
      if (answer === undefined) return;
      await (isFailure(answer) ? circuits.fail(binding) : circuits.succeed(binding));
    },
  };
}

function leave(inFlight: Map<string, number>, key: string): void {
  const left = (inFlight.get(key) ?? 1) - 1;
  if (left > 0) inFlight.set(key, left);
  else inFlight.delete(key);
}

function createCircuits(deps: GuardDeps, settings: GuardSettings) {
  let known = new Map<string, Circuit>();
  let refreshedAt = -Infinity;
  const gapMs = (failures: number): number => Math.min(settings.probeMsMax, settings.probeMsBase * 2 ** Math.min(10, Math.max(0, failures - settings.failuresMax)));
  const refresh = async (now: Instant): Promise<void> => {
    if (now - refreshedAt < REFRESH_MS) return;
    refreshedAt = now;
    known = new Map((await deps.traffic.circuits()).map((circuit) => [keyOf(circuit), circuit]));
  };
  const fail = async (binding: MerchantBinding): Promise<void> => {
    const at = deps.clocks.business();
    const { organizationId, merchantId } = binding;
    const before = known.get(keyOf(binding));
    const circuit = await deps.traffic.noteFailure({ organizationId, merchantId, failuresMax: settings.failuresMax, at, probeAt: at + gapMs((before?.failures ?? 0) + 1) });
    known.set(keyOf(binding), circuit);
    if (circuit.openedAt === at && circuit.failures === settings.failuresMax) deps.reporter.alarm("cybersource_not_reached", { organizationId, reason: `${circuit.failures} calls in a row of ${merchantId}` });
  };
  const succeed = async ({ organizationId, merchantId }: MerchantBinding): Promise<void> => {
    if (!known.delete(keyOf({ organizationId, merchantId }))) return;
    await deps.traffic.closeCircuit({ organizationId, merchantId });
    deps.reporter.info("cybersource_reached_again", { organizationId });
  };
  const probe = async (binding: MerchantBinding): Promise<boolean> => {
    const answer = await deps.gateway.look({ binding, merchantReferences: [PROBE_REFERENCE], around: deps.clocks.wire(), requestIds: [] });
    await (answer.kind === "looked" ? succeed(binding) : fail(binding));
    return answer.kind === "looked";
  };
  return {
    fail, succeed,
    /** Undefined: closed, or just found to be reachable again. */
    async closedUntil(binding: MerchantBinding): Promise<Instant | undefined> {
      const now = deps.clocks.business();
      await refresh(now);
      const circuit = known.get(keyOf(binding));
      if (circuit?.openedAt === undefined) return undefined;
      const { organizationId, merchantId } = binding;
      const nextProbeAt = now + gapMs(circuit.failures + 1);
      if (circuit.probeAt <= now && await deps.traffic.claimProbe({ organizationId, merchantId, now, nextProbeAt }) && await probe(binding)) return undefined;
      return Math.max(known.get(keyOf(binding))?.probeAt ?? nextProbeAt, now + SECOND_MS);
    },
  };
}
