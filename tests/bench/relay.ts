// The relay as it is shipped, in a process of the bench.
import { setTimeout as delay } from "node:timers/promises";
import { loadConfig } from "../../plugin-proxy/src/config.ts";
import { startRelay } from "../../plugin-proxy/src/main.ts";
import { announceSubject } from "./subject.ts";

// Also while it waits to be ready: a bench that gave up leaves nothing behind.
process.once("disconnect", () => { process.exit(0); });
const relay = await startRelay(loadConfig(process.env));
while (!(await fetch(`http://localhost:${process.env["PORT"] ?? ""}/ready`)).ok) await delay(50);
announceSubject(() => relay.stop());
