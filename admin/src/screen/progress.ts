// Long work: a bar on a terminal, one line for each tenth elsewhere, so that a pipeline's log stays readable.
import { SingleBar } from "cli-progress";

export interface Progress {
  /** 0 to 100, and what is being done. */
  to(percent: number, step?: string): void;
  done(step: string): void;
  stop(): void;
}

const bounded = (percent: number): number => Math.max(0, Math.min(100, Math.round(percent)));

export function openProgress(title: string, { isTerminal, say }: { readonly isTerminal: boolean; readonly say: (text: string) => void }): Progress {
  if (!isTerminal) return inLines(title, say);
  const bar = new SingleBar({ format: `${title} [{bar}] {percentage}% {step}`, hideCursor: true, clearOnComplete: false, stream: process.stderr, barsize: 28 });
  bar.start(100, 0, { step: "" });
  return {
    to: (percent, step) => { bar.update(bounded(percent), step === undefined ? {} : { step }); },
    done: (step) => { bar.update(100, { step }); bar.stop(); },
    stop: () => { bar.stop(); },
  };
}

function inLines(title: string, say: (text: string) => void): Progress {
  let tenth = -1;
  return {
    to(percent, step) {
      const now = Math.floor(bounded(percent) / 10);
      if (now === tenth) return;
      tenth = now;
      say(`${title}: ${now * 10} %${step === undefined ? "" : `, ${step}`}`);
    },
    done: (step) => { say(`${title}: ${step}`); },
    stop: () => undefined,
  };
}
