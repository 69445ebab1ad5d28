// What reaches out of a stand-in: the passing of time, and calls to webhook endpoints. A simulation hands in its own.
export interface Outgoing {
  /** POST when nothing is said. */
  readonly method?: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}
export interface Outside {
  /** Runs `work` after so many milliseconds of real time. */
  later(ms: number, work: () => void): void;
  /** The answer's status; 0 when there was none in time. */
  post(url: string, call: Outgoing): Promise<number>;
}

/** Timers of this process, and fetch without following redirects. */
export const realOutside: Outside = {
  // A timer takes 31 bits; what is due later is looked at when it fires.
  later: (ms, work) => { setTimeout(work, Math.min(ms, 2 ** 31 - 1)).unref(); },
  post: async (url, { method = "POST", headers, body, timeoutMs }) => {
    try {
      const response = await fetch(url, { method, signal: AbortSignal.timeout(timeoutMs), redirect: "manual", headers, ...(method === "POST" ? { body } : {}) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  },
};
