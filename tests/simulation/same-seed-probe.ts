// Runs seeds in a process of their own and prints what they gave: seed, digest of the trace, steps, violations. Also every kind of resource outside the
// scheduler that a seed has used (a timer, a socket, the thread pool): such a thing is ready when real time says so.
// Usage: node same-seed-probe.ts SEED[,SEED…]
import { createHook } from "node:async_hooks";
import { createHash } from "node:crypto";
import { runSeed } from "./run-seed.ts";

export interface Probe {
  readonly seeds: Readonly<Record<string, string>>;
  readonly strange: readonly string[];
}

/** The scheduler's own turns of the event loop, and what runs dry within one. */
const OWN: ReadonlySet<string> = new Set(["PROMISE", "Immediate", "TickObject", "Microtask"]);

async function probe(seeds: readonly number[]): Promise<Probe> {
  // What is made once a process (solution, demo data, key pairs) is made here.
  await runSeed(seeds[0] ?? 1);
  const strange = new Set<string>();
  const others = new Map<number, string>();
  // What is done at once (a signature, bytes at random) only begins; what calls back later is seen again before it does.
  const hook = createHook({
    init: (id, type) => { if (!OWN.has(type)) others.set(id, type); },
    before: (id) => { const type = others.get(id); if (type !== undefined) strange.add(type); },
  }).enable();
  const found: Record<string, string> = {};
  for (const seed of seeds) {
    const { trace, steps, violations } = await runSeed(seed);
    found[seed] = `${createHash("sha256").update(trace.join("\n")).digest("hex")} ${steps} ${violations.length}`;
  }
  hook.disable();
  return { seeds: found, strange: [...strange] };
}

process.stdout.write(JSON.stringify(await probe((process.argv[2] ?? "").split(",").map(Number))));
