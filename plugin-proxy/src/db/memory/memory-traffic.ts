// Idempotency keys, budgets and circuits in memory: the same answers as traffic.ts. It has no clock of its own.
import type { Instant } from "../../domain/time.ts";
import type { Circuit, IdempotencyAnswer, MerchantKey, Traffic } from "../../ports/traffic.ts";
import { keyOf } from "./memory-tables.ts";

interface Held { readonly fingerprint: string; readonly heldUntil: Instant; readonly answer?: { readonly status: number; readonly sealed: Uint8Array } }
interface Bucket { readonly tokens: number; readonly refilledAt: Instant }

export function createMemoryTraffic(): Traffic {
  const requests = new Map<string, Held>();
  const buckets = new Map<string, Bucket>();
  const circuits = new Map<string, Circuit>();
  const circuitKey = ({ organizationId, merchantId }: MerchantKey): string => keyOf(organizationId, merchantId);
  return {
    beginRequest: async ({ scope, key, fingerprint, now, heldUntil }): Promise<IdempotencyAnswer> => {
      const known = requests.get(keyOf(scope, key));
      if (known !== undefined && known.fingerprint !== fingerprint) return { kind: "other_request" };
      if (known?.answer !== undefined) return { kind: "answered", ...known.answer };
      if (known !== undefined && known.heldUntil >= now) return { kind: "in_flight" };
      requests.set(keyOf(scope, key), { fingerprint, heldUntil });
      return { kind: "begun" };
    },
    finishRequest: async ({ scope, key, status, sealed }) => {
      const known = requests.get(keyOf(scope, key));
      if (known !== undefined && known.answer === undefined) requests.set(keyOf(scope, key), { ...known, answer: { status, sealed } });
    },
    takeTokens: async ({ key, perSecond, burst, wanted, now }) => {
      const bucket = buckets.get(key) ?? { tokens: burst, refilledAt: now };
      const held = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.refilledAt) * perSecond) / 1000);
      const granted = Math.min(wanted, Math.floor(held));
      const refilledAt = Math.max(bucket.refilledAt, now);
      buckets.set(key, { tokens: held - granted, refilledAt });
      return { granted, refilledAt };
    },
    holdTokens: async ({ key, until }) => { buckets.set(key, { tokens: 0, refilledAt: Math.max(buckets.get(key)?.refilledAt ?? until, until) }); },
    circuits: async () => [...circuits.values()],
    noteFailure: async ({ organizationId, merchantId, failuresMax, at, probeAt }) => {
      const known = circuits.get(circuitKey({ organizationId, merchantId }));
      const failures = (known?.failures ?? 0) + 1;
      const circuit: Circuit = { organizationId, merchantId, failures, openedAt: known?.openedAt ?? (failures >= failuresMax ? at : undefined), probeAt: Math.max(known?.probeAt ?? 0, probeAt) };
      circuits.set(circuitKey(circuit), circuit);
      return circuit;
    },
    closeCircuit: async (query) => { circuits.delete(circuitKey(query)); },
    tryCircuit: async (query) => {
      const known = circuits.get(circuitKey(query));
      if (known !== undefined) circuits.set(circuitKey(query), { ...known, openedAt: undefined });
    },
    claimProbe: async ({ now, nextProbeAt, ...query }) => {
      const known = circuits.get(circuitKey(query));
      if (known?.openedAt === undefined || known.probeAt > now) return false;
      circuits.set(circuitKey(query), { ...known, probeAt: nextProbeAt });
      return true;
    },
    now: async () => undefined,
  };
}
