// Secrets are exchanged without a restart: the configuration is read again every minute (and on SIGHUP), and when only secrets have
// changed the new ones are used from the next call on. What cannot be read keeps the old ones, and somebody is told.
import { ConfigError, type Config } from "./config.ts";

export interface LiveConfig {
  current(): Config;
  /** Reads once, now. */
  reload(): ReloadOutcome;
  stop(): void;
}
/** restart_needed: something beside secrets has changed, or the derivation key, which names what was sent. */
export type ReloadOutcome = "renewed" | "restart_needed" | "not_readable";

const RELOAD_MS = 60_000;

/** `load` reads environment and files anew. `tell` hears of everything but the usual. */
export function createLiveConfig(initial: Config, load: () => Config, tell: (outcome: ReloadOutcome, why: string) => void): LiveConfig {
  let config = initial;
  // Secrets print as [secret]: what is left is what a restart is needed for.
  const openly = JSON.stringify(initial);
  const reload = (): ReloadOutcome => {
    let next: Config;
    try {
      next = load();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      tell("not_readable", error.message);
      return "not_readable";
    }
    if (JSON.stringify(next) !== openly || next.keys.derivation.reveal() !== config.keys.derivation.reveal()) {
      tell("restart_needed", "settings other than exchangeable secrets have changed");
      return "restart_needed";
    }
    config = next;
    return "renewed";
  };
  const timer = setInterval(reload, RELOAD_MS);
  timer.unref();
  process.on("SIGHUP", reload);
  return { current: () => config, reload, stop: () => { clearInterval(timer); process.off("SIGHUP", reload); } };
}
