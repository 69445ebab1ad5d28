// Keeps a merchant account that is not reached, or calls too much, from taking the relay with it: a circuit breaker and a budget for each
// account, shared by replicas, and a share of this process's hands. An open circuit is tried by a read; no money call is ever the probe. Once a
// read was answered calls go one at a time, until one of them was answered, too: a search that works says little of a payment.
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { Admission, AdmissionAnswer } from "../ports/admission.ts";
import type { Clocks } from "../ports/clocks.ts";
import type { Gateway, GatewayAnswer, MerchantBinding } from "../ports/gateway.ts";
import { asMerchantReference } from "../domain/ids.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { Circuit, Traffic } from "../ports/traffic.ts";
import { keyOf, type Hands } from "./hands.ts";
import type { RateBudget } from "./rate-budget.ts";

export interface GuardSettings {
  /** Calls in a row without an answer after which the circuit opens. */
  readonly failuresMax: number;
  readonly probeMsBase: number;
  readonly probeMsMax: number;
}
export const GUARD_DEFAULTS: GuardSettings = { failuresMax: 5, probeMsBase: 5 * SECOND_MS, probeMsMax: 60 * SECOND_MS };

export interface GuardDeps {
  readonly traffic: Traffic;
  readonly gateway: Pick<Gateway, "look">;
  readonly clocks: Clocks;
  readonly reporter: Reporter;
  /** Undefined: no budget. */
  readonly budget: RateBudget | undefined;
  readonly hands: Hands;
  /** 0 ≤ x < 1; spreads what waits. */
  readonly random: () => number;
}

/** What other replicas found out is known within this time. */
const REFRESH_MS = SECOND_MS;
const BUSY_MS = SECOND_MS / 2;
/** Finds nothing, by design: it only has to be answered. */
const PROBE_REFERENCE = asMerchantReference("RELAY-PROBE");

/** Proved not sent, or no answer that can be trusted: reset, deadline, 5xx. A refusal is an answer. */
const isFailure = (answer: GatewayAnswer): boolean => answer.kind === "not_sent" || (answer.kind === "unknown" && answer.event === "no_answer");

export function createAdmission(deps: GuardDeps, settings: GuardSettings): Admission {
  const { hands } = deps;
  const circuits = createCircuits(deps, settings);
  const refuse = (until: Instant, reason: Exclude<AdmissionAnswer, { isAdmitted: true }>["reason"]): AdmissionAnswer => ({ isAdmitted: false, until: until + deps.random() * BUSY_MS, reason });
  return {
    async admit(binding) {
      const now = deps.clocks.business();
      const closedUntil = await circuits.closedUntil(binding);
      if (closedUntil !== undefined) return refuse(closedUntil, "cybersource_away");
      // Counted before anything is awaited, so that no two take the last place.
      if (!hands.take(binding, circuits.isOnTrial(binding) ? 1 : undefined)) return refuse(now + BUSY_MS, "account_busy");
      let waitMs: number | undefined;
      try { waitMs = await deps.budget?.waitMs(`cybersource ${keyOf(binding)}`) ?? 0; } finally { if (waitMs !== 0) hands.giveBack(binding); }
      return waitMs === 0 ? { isAdmitted: true } : refuse(now + waitMs, "rate_limited");
    },
    async settle(binding, answer) {
      hands.giveBack(binding);
      if (answer === undefined) return;
      await (isFailure(answer) ? circuits.fail(binding) : circuits.succeed(binding));
    },
  };
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
  /** Whatever is answered, a refused key or a limit too, is an answer: the circuit is about Cybersource being there. */
  const probe = async (binding: MerchantBinding): Promise<boolean> => {
    const answer = await deps.gateway.look({ binding, merchantReferences: [PROBE_REFERENCE], around: deps.clocks.wire(), requestIds: [] });
    if (answer.kind === "unavailable" && answer.isRefused !== true) { await fail(binding); return false; }
    const circuit = known.get(keyOf(binding));
    if (circuit !== undefined) known.set(keyOf(binding), { ...circuit, openedAt: undefined });
    await deps.traffic.tryCircuit(binding);
    return true;
  };
  return {
    fail, succeed,
    isOnTrial: (binding: MerchantBinding): boolean => (known.get(keyOf(binding))?.failures ?? 0) >= settings.failuresMax,
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
