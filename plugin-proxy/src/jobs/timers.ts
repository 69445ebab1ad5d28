// The timers of this process. A simulation hands in its own: a replica that crashes loses them with everything else.
import type { Timers } from "../ports/clocks.ts";

export const processTimers: Timers = {
  after: (ms, work) => { const timer = setTimeout(work, ms); return () => { clearTimeout(timer); }; },
  every: (ms, work) => { const timer = setInterval(work, ms); return () => { clearInterval(timer); }; },
};
